"""``talkoot warm``: no kernel is left that a count would have to compile."""

import subprocess
import sys
from pathlib import Path

from tests.cli.processes import talkoot

COMPILED_BY_AN_IMPORT_OF_EVERY_ROOM = """
import importlib, pkgutil
from numba.core.caching import FunctionCache
import talkoot.voting

compiled, save = [], FunctionCache.save_overload
FunctionCache.save_overload = lambda *kernel: compiled.append(kernel) or save(*kernel)
for module in pkgutil.walk_packages(talkoot.voting.__path__, "talkoot.voting."):
    importlib.import_module(module.name)
print(len(compiled))
"""


def test_after_warming_no_kernel_is_left_to_compile(tmp_path: Path) -> None:
    warmed = talkoot(tmp_path, "warm")
    assert warmed.returncode == 0, warmed.stderr
    assert "are compiled" in warmed.stdout
    again = [sys.executable, "-c", COMPILED_BY_AN_IMPORT_OF_EVERY_ROOM]
    done = subprocess.run(again, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "0"
