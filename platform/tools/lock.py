"""Resolves the dependencies into ``requirements.lock``: one file for all platforms and Pythons.

And the part that serves and counts into ``docker/requirements.lock``. A lock carries a SHA-256
for every file and no address, so that any index or cache can serve it.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
OPTIONS += ["-p", "3.11", "pyproject.toml"]
EVERYTHING = ["--all-extras", "--group", "dev", "-o", "requirements.lock"]
# What serving and counting need, in the very versions that the tests ran with.
SERVER = ["--extra", "server", "--extra", "count", "-c", "requirements.lock"]
SERVER += ["-o", "docker/requirements.lock"]


def main(arguments: list[str]) -> int:
    """Arguments go to uv: ``--upgrade`` takes newer versions, otherwise what is locked stays."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        print("Resolving needs uv: put it on the PATH.")
        return 1
    for selection in (EVERYTHING, SERVER):
        command = [uv, "pip", "compile", *OPTIONS, *arguments, *selection]
        if status := subprocess.run(command, cwd=ROOT, check=False).returncode:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
