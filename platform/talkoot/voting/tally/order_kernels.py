"""Sorting groups of ballots by what they say, as compiled loops.

First by a word that holds the beginning of each ballot, which NumPy sorts; then by the whole ballot
where words are equal. The slow twin is ``sorted`` in ``profile.profile_from_counts``.
"""

import numpy as np

from talkoot.base.compiled import inlined, kernel
from talkoot.voting.tally.choices import I32, I64, U64

Place = int | np.int64

NOTHING = np.uint64(0)
ONE = np.uint64(1)


@kernel("void(const(i8[::1]), const(i4[::1]), const(i8[::1]), i8, i8, i8, i8, i8, u8[::1])")
def sort_keys(  # noqa: PLR0917 - a kernel takes its arrays by place
    indptr: I64,
    items: I32,
    values: I64,
    marks: int,
    item_bits: int,
    value_bits: int,
    dropped: int,
    least: int,
    keys: U64,
) -> None:
    """Write a word for each ballot that never puts a ballot before one that says less.

    It holds the first ``marks`` marks: ``item_bits`` for the place plus one (0: no more marks),
    ``value_bits`` for how far the value is above ``least``, without its ``dropped`` last bits.
    ``keys``: uint64 (n,), written; the others as in a profile.
    """
    for row in range(len(keys)):
        key = NOTHING
        for mark in range(marks):
            at = indptr[row] + mark
            word = NOTHING
            if at < indptr[row + 1]:
                above = np.uint64(values[at]) - np.uint64(least)
                word = (np.uint64(items[at]) + ONE) << np.uint64(value_bits)
                word |= above >> np.uint64(dropped)
            if mark > 0:
                key <<= np.uint64(item_bits + value_bits)
            key |= word
        keys[row] = key


@inlined
def _before(indptr: I64, items: I32, values: I64, row: Place, other: Place) -> bool:
    """Whether a ballot sorts before another: mark after mark, place before value, short first."""
    start, end = indptr[row], indptr[row + 1]
    before = indptr[other]
    length = min(end - start, indptr[other + 1] - before)
    for at in range(length):
        if items[start + at] != items[before + at]:
            return bool(items[start + at] < items[before + at])
        if values[start + at] != values[before + at]:
            return bool(values[start + at] < values[before + at])
    return bool(end - start < indptr[other + 1] - before)


@inlined
def _merged(  # noqa: PLR0917 - as above
    indptr: I64, items: I32, values: I64, order: I64, room: I64, start: Place, end: Place
) -> None:
    """Sort a stretch of ``order``: neighbours are merged, then pairs of these, and so on."""
    width = np.int64(1)
    while width < end - start:
        for left in range(start, end - width, 2 * width):
            right = min(left + 2 * width, end)
            for at in range(left, left + width):
                room[at] = order[at]
            one, two, to = left, left + width, left
            while one < left + width:
                if two < right and _before(indptr, items, values, order[two], room[one]):
                    order[to] = order[two]
                    two += 1
                else:
                    order[to] = room[one]
                    one += 1
                to += 1
        width *= 2


@kernel("void(const(i8[::1]), const(i4[::1]), const(i8[::1]), const(u8[::1]), i8[::1], i8[::1])")
def ties_sorted(  # noqa: PLR0917 - as above
    indptr: I64, items: I32, values: I64, keys: U64, order: I64, room: I64
) -> None:
    """Sort by their whole content what :func:`sort_keys` left equal.

    ``order``: int64 (n,), rows by rising key, sorted further; ``room``: int64 (n,), scratch.
    """
    start = np.int64(0)
    for end in range(1, len(order) + 1):
        if end < len(order) and keys[order[end]] == keys[order[start]]:
            continue
        _merged(indptr, items, values, order, room, start, end)
        start = np.int64(end)
