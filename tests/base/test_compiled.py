"""What a kernel promises its callers, whatever it computes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from talkoot.base.compiled import kernel


@kernel("i8(const(u1[::1]), i8[::1])")
def _total(some: npt.NDArray[np.uint8], out: npt.NDArray[np.int64]) -> int:
    for one in some:
        out[0] += one
    return len(some)


def test_an_array_that_is_only_read_may_be_one_that_cannot_be_written() -> None:
    out = np.zeros(1, np.int64)
    kept = np.frombuffer(bytes([1, 2, 3]), np.uint8)
    assert not kept.flags.writeable
    assert _total(kept, out) == 3
    assert _total(kept.copy(), out) == 3
    assert out.tolist() == [12]


def test_a_kernel_refuses_an_array_of_another_type() -> None:
    with pytest.raises(TypeError, match="No matching definition"):
        _total(np.zeros(3, np.uint16), np.zeros(1, np.int64))
    with pytest.raises(TypeError, match="No matching definition"):
        _total(np.zeros(6, np.uint8)[::2], np.zeros(1, np.int64))


PROGRAMME = """
import numpy as np
from talkoot.base.compiled import kernel

@kernel("i8(const(u1[::1]))")
def length(some):
    return len(some)

print(length(np.zeros(5, np.uint8)), len(length.stats.cache_hits), len(length.stats.cache_misses))
"""


def _run(programme: Path, cache: Path) -> list[int]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(cache), "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(
        [sys.executable, programme], env=environment, check=True, capture_output=True, text=True
    )
    return [int(number) for number in done.stdout.split()]


@pytest.mark.parametrize("folder", ["may be written", "may not be written"])
def test_a_kernel_is_compiled_once_and_only_loaded_by_the_next_process(
    folder: str, tmp_path: Path
) -> None:
    """Where the folder of the module may not be written, the user's cache keeps it."""
    programme, cache = tmp_path / "town" / "programme.py", tmp_path / "cache"
    programme.parent.mkdir()
    programme.write_text(PROGRAMME)
    beside = programme.parent / "__pycache__"
    if folder == "may not be written":
        beside.write_text("no folder: nobody can write into it, not even root")
    assert _run(programme, cache) == [5, 0, 1]
    assert _run(programme, cache) == [5, 1, 0]
    kept = cache if folder == "may not be written" else beside
    assert list(kept.rglob("*.nbc"))


HELPER = """
from talkoot.base.compiled import inlined

@inlined
def step(some):
    return some + {by}
"""
CALLER = """
from talkoot.base.compiled import kernel
from counters.helper import step

@kernel("i8(i8)")
def counted(some):
    return step(some)
"""


def test_a_kernel_is_compiled_anew_when_what_it_takes_from_another_file_has_changed(
    tmp_path: Path,
) -> None:
    package = tmp_path / "counters"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "caller.py").write_text(CALLER)
    programme = tmp_path / "count.py"
    programme.write_text("from counters.caller import counted\n\nprint(counted(1))\n")
    for by in (1, 20, 1):
        (package / "helper.py").write_text(HELPER.format(by=by))
        assert _run(programme, tmp_path) == [1 + by]
