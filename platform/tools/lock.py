"""Resolves the dependencies into ``requirements.lock``: one file for all platforms and Pythons.

It carries a SHA-256 for every file and no address, so that any index or cache can serve it.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
EVERYTHING = ["-p", "3.11", "--all-extras", "--group", "dev"]


def main(arguments: list[str]) -> int:
    """Arguments go to uv: ``--upgrade`` takes newer versions, otherwise what is locked stays."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        print("Resolving needs uv: put it on the PATH.")
        return 1
    command = [uv, "pip", "compile", *OPTIONS, *EVERYTHING, *arguments]
    command += ["pyproject.toml", "-o", "requirements.lock"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
