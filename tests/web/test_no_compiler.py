"""A web process starts without the compiler of the counting kernels, and shows results without."""

import subprocess
import sys

WITHOUT = """
import sys
sys.modules["numba"] = None
sys.modules["llvmlite"] = None
import talkoot.web.app
import talkoot.web.serve
print("started")
"""


def test_a_web_process_imports_no_compiler() -> None:
    found = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, timeout=120, check=False
    )
    assert (found.returncode, found.stdout) == (0, "started\n"), found.stderr
