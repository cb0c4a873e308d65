"""Everything that a machine can say about the code: ``make check``.

Without arguments every step runs, also after one has failed; with arguments only those named.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "platform" / "tools"
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"

STEPS = {
    "style": ["-m", "ruff", "check", "--quiet", "--output-format=concise", "."],
    "format": ["-m", "ruff", "format", "--check", "--quiet", "--output-format=concise", "."],
    "types": ["-m", "mypy", "--no-error-summary"],
    "imports": ["-c", LINT_IMPORTS, "--no-cache", "--no-logo"],
    "rooms": [str(TOOLS / "rooms.py")],
    "unused": ["-m", "vulture"],
    "duplicates": [str(TOOLS / "duplicates.py")],
    "docs": [
        "-m",
        "pytest",
        "-q",
        "--no-header",
        "--tb=short",
        "tests/test_docs.py",
        "tests/test_house.py",
    ],
}


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(STEPS))
    if unknown:
        print(f"No such step: {', '.join(unknown)}. There are: {', '.join(STEPS)}.")
        return 2
    failed = [name for name in names or STEPS if not passes(name)]
    if failed:
        print(f"make check: {', '.join(failed)} failed.")
    return 1 if failed else 0


def passes(name: str) -> bool:
    """Run one step; what it says is shown only where it failed."""
    began = time.monotonic()
    print(f"{name:<11}", end="", flush=True)
    answer = subprocess.run(
        [sys.executable, *STEPS[name]],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    verdict = "ok" if answer.returncode == 0 else "FAILED"
    print(f"{verdict:<7} {time.monotonic() - began:5.1f} s", flush=True)
    if answer.returncode:
        print(answer.stdout.rstrip(), flush=True)
    return answer.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
