"""Runs the measurements: every ``tests/bench/bench_*.py``, with pytest as the runner.

They are no part of ``make test``: figures taken beside other work say nothing.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "tests" / "bench"


def main(arguments: list[str]) -> int:
    if not any(BENCH.glob("**/bench_*.py")):
        print("Nothing is measured yet: a measurement is a file tests/bench/bench_NAME.py.")
        return 0
    command = [sys.executable, "-m", "pytest", "-o", "python_files=bench_*.py", "-s", "--full"]
    return subprocess.run([*command, str(BENCH), *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
