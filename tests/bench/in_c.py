"""The loops of ``loop.c``, compiled when they are measured."""

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from talkoot.voting.dedup import Settlement
from tests.bench.made import PROJECTS, Made

SOURCE = Path(__file__).with_name("loop.c")
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")
LONG = ctypes.c_int64
ROWS_OF_A_PART, MOST_PARTS = 13, 12
"""As powers of two, like those of the kernels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """The compiled loops, good for as long as the library's folder is there."""

    library: ctypes.CDLL

    def settled(self, made: Made) -> Settlement:
        """Settle as the kernels do. Raises ``ValueError`` where the loop gives up."""
        n, entries = made.n, made.entries
        bits = min(max(n.bit_length() - ROWS_OF_A_PART - 1, 0), MOST_PARTS)
        by, fates = np.full(n, -1, np.int64), np.zeros(n, np.uint8)
        standing = np.empty(n, np.int64)
        pointers = (column.ctypes.data for column in (by, fates, standing))
        count = self.library.settled(
            LONG(n),
            ctypes.c_void_p(entries.voter.ctypes.data),
            ctypes.c_void_p(entries.precedence.ctypes.data),
            ctypes.c_void_p(entries.entry_hash.ctypes.data),
            ctypes.c_int(bits),
            *map(ctypes.c_void_p, pointers),
        )
        if count < 0:
            raise ValueError("the keys are not those of a hash")
        return Settlement(standing=standing[:count], fates=fates, superseded_by=by)

    def tallied(self, made: Made, settlement: Settlement) -> list[int]:
        """Count the standing ballots by project."""
        votes = np.zeros(PROJECTS, np.int64)
        columns = (settlement.fates, made.choices.indptr, made.choices.items, votes)
        pointers = (ctypes.c_void_p(column.ctypes.data) for column in columns)
        self.library.tallied(LONG(made.n), *pointers)
        counts: list[int] = votes.tolist()
        return counts


@contextmanager
def compiled() -> Iterator[Loop | None]:
    """Compile the loops and load them; ``None`` where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        yield None
        return
    with TemporaryDirectory(prefix="talkoot-bench-") as folder:
        library = Path(folder) / "loop.so"
        subprocess.run([compiler, *FLAGS, "-o", str(library), str(SOURCE)], check=True)
        loaded = ctypes.CDLL(str(library))
        loaded.settled.restype = LONG
        loaded.tallied.restype = None
        yield Loop(library=loaded)
