"""Compiled kernels: plain Python over NumPy arrays, turned into machine code by Numba.

A kernel names its signature, so that it is compiled once and for all when its module is imported,
and kept beside the module (or, where that folder cannot be written, in the user's cache): the next
process only loads it. It holds no lock of the interpreter while it runs.

Importing this module takes about half a second: only what counts may do it.
"""

import re
import sys
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import ParamSpec, TypeVar

from numba import njit, types
from numba.core.typing.templates import Signature

P = ParamSpec("P")
R = TypeVar("R")


def kernel(*signatures: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile a function for the given signatures, for instance ``"i8(u8[:, ::1], i4[::1])"``.

    ``const(u8[::1])`` is an array that the kernel only reads: it also takes one that may not be
    written, as arrays over bytes and from another process are. Arithmetic is exact as written: no
    reordering of sums, divisions by zero as NumPy does them.
    """

    def compiled(function: Callable[P, R]) -> Callable[P, R]:
        # Numba looks whether the kernel's own file has changed, not those that it takes from. What
        # is kept is found by its name: so the name says what all of them hold.
        function.__qualname__ += f"_{_sources_of(function.__module__)}"
        made: Callable[P, R] = njit(
            [_read(signature) for signature in signatures],
            cache=True,
            nogil=True,
            fastmath=False,
            error_model="numpy",
        )(function)
        return made

    return compiled


def _sources_of(module: str) -> str:
    """What a module and all that it imports from its own package hold, as a short hash."""
    package = module.partition(".")[0]
    found: dict[str, bytes] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        file = sys.modules[name].__file__
        if name in found or file is None:
            continue
        found[name] = Path(file).read_bytes()
        imported = [word.decode() for word in _IMPORT.findall(found[name])]
        waiting += [one for one in imported if one.partition(".")[0] == package]
    return blake2b(b"".join(found[name] for name in sorted(found)), digest_size=6).hexdigest()


_IMPORT = re.compile(rb"^from ([\w.]+) import", re.MULTILINE)


def _read(signature: str) -> Signature:
    """A signature, read as Numba reads its own, and ``const`` besides."""
    words = {**vars(types), "const": lambda array: array.copy(readonly=True)}
    read: Signature = eval(signature, words)  # noqa: S307 - our own, written beside each kernel
    return read


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a small helper together with whichever kernel calls it.

    It is kept within those kernels only: kept by itself, it would go on holding what it once took
    from a file that has changed since.
    """
    made: Callable[P, R] = njit(nogil=True, error_model="numpy")(function)
    return made


def pasted(function: Callable[P, R]) -> Callable[P, R]:
    """Paste a small helper into its callers before they are compiled.

    Numbers given to it stay known while compiling, at the price of compiling it for every call.
    """
    made: Callable[P, R] = njit(inline="always", error_model="numpy")(function)
    return made
