"""What the kernels of this room share: blanks, equal bytes, and the places of a hash table."""

# ruff: noqa: PLR2004 - the bytes of Unicode's blanks have no better names than their numbers

import numpy as np
import numpy.typing as npt

from talkoot.base.compiled import inlined

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

NOTHING_YET = np.uint64(0xCBF29CE484222325)
FNV_PRIME = np.uint64(0x100000001B3)

TAB, CR, FILE_SEPARATOR, BLANK = 9, 13, 28, 32


@inlined
def _blank(text: U8, at: int, end: int) -> int:
    """The bytes of the blank that begins at ``at``, 0 where none does. Blanks are Unicode's."""
    byte = text[at]
    if byte < 128:
        return int(TAB <= byte <= CR or FILE_SEPARATOR <= byte <= BLANK)
    if byte == 0xC2 and at + 1 < end:
        return 2 * int(text[at + 1] == 0x85 or text[at + 1] == 0xA0)
    if not 0xE1 <= byte <= 0xE3 or at + 2 >= end:
        return 0
    second, third = text[at + 1], text[at + 2]
    if byte == 0xE1:
        return 3 * int(second == 0x9A and third == 0x80)
    if byte == 0xE3:
        return 3 * int(second == 0x80 and third == 0x80)
    if second == 0x81:
        return 3 * int(third == 0x9F)
    wide = third <= 0x8A or third in (0xA8, 0xA9, 0xAF)
    return 3 * int(second == 0x80 and wide)


@inlined
def _blank_before(text: U8, at: int, end: int) -> int:
    """The bytes of the blank that ends at ``end`` and begins at ``at`` or later, 0 for none."""
    byte = text[end - 1]
    if byte < 128:
        return int(TAB <= byte <= CR or FILE_SEPARATOR <= byte <= BLANK)
    for size in (2, 3):
        if end - size >= at and _blank(text, end - size, end) == size:
            return size
    return 0


@inlined
def _bare_from(text: U8, at: int, end: int) -> int:
    """Where a span begins without the blanks before it: at its end where there is nothing else."""
    while at < end:
        size = _blank(text, at, end)
        if size == 0:
            break
        at += size
    return at


@inlined
def _bare_to(text: U8, at: int, end: int) -> int:
    """Where a span ends without the blanks after it."""
    while at < end:
        size = _blank_before(text, at, end)
        if size == 0:
            break
        end -= size
    return end


@inlined
def holds_text(text: U8, at: int, end: int) -> bool:
    """Whether there is anything but blanks in a span."""
    return at < end and (BLANK < text[at] < 128 or _bare_from(text, at, end) < end)


@inlined
def trimmed(text: U8, at: int, end: int) -> tuple[int, int]:
    """Where a span begins and ends without the blanks around it."""
    # Nearly every span begins and ends with a plain letter: then nothing need be called.
    if at < end and not BLANK < text[at] < 128:
        at = _bare_from(text, at, end)
    if at < end and not BLANK < text[end - 1] < 128:
        end = _bare_to(text, at, end)
    return at, end


@inlined
def same(  # noqa: PLR0917 - two spans, and kernels know no names
    text: U8, at: int, end: int, other: U8, start: int, stop: int
) -> bool:
    """Whether two spans hold the same bytes."""
    if end - at != stop - start:
        return False
    for step in range(end - at):  # noqa: SIM110 - a kernel has no generators
        if text[at + step] != other[start + step]:
            return False
    return True


@inlined
def hashed(text: U8, at: int, end: int, before: np.uint64) -> np.uint64:
    """FNV-1a over a span, going on from the hash of what came before (:data:`NOTHING_YET`)."""
    found = before
    for place in range(at, end):
        found = (found ^ np.uint64(text[place])) * FNV_PRIME
    return found


@inlined
def first_slot(hash_: np.uint64, table: I32) -> np.int64:
    """Where to look first in a table whose length is a power of two; then in the places after."""
    spread = (hash_ ^ (hash_ >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((spread >> np.uint64(20)) & np.uint64(len(table) - 1))
