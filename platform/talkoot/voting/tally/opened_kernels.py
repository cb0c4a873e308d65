"""Ballots' bytes -> choices, as the rules of the ballot allow. Kernels."""

import numpy as np
import numpy.typing as npt

from talkoot.base.compiled import inlined, kernel

U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

COUNT_BYTES = 4
MARK_BYTES = 12
VALUE_MAX = 2**31 - 1
"""The greatest value that a mark may have: what a column of 32-bit numbers holds."""

# Places in the array of rules: what the values may be, and the ballot's bounds.
KIND, LENGTH, CAPACITY, MIN_CHOICES, MIN_VALUE, MAX_VALUE, MIN_SUM, MAX_SUM, MAX_COST = range(9)
RULES = 9

APPROVED, BOUNDED, RANKED = range(3)
"""Every value is 1; each lies in its bounds; or they are the places 1, 2, 3 ... in this order."""


@inlined
def _u32(raw: U8, at: int) -> int:
    number = (np.int64(raw[at]) << 24) | (np.int64(raw[at + 1]) << 16)
    return int(number | (np.int64(raw[at + 2]) << 8) | np.int64(raw[at + 3]))


@inlined
def _value_fits(kind: int, value: int, turn: int, rules: I64) -> bool:
    if kind == APPROVED:
        return value == 1
    if kind == RANKED:
        return value == turn
    return bool(rules[MIN_VALUE] <= value <= rules[MAX_VALUE])


@inlined
def _marks(  # noqa: PLR0917, C901 - by place; and one check after another
    raw: U8, at: int, length: int, rules: I64, costs: I64, seen: I64, stamp: int
) -> int:
    """How many marks a ballot has; -1: spoiled. ``seen`` gets ``stamp`` at the places it names."""
    if length != rules[LENGTH]:
        return -1
    number = _u32(raw, at)
    if number > rules[CAPACITY] or number < rules[MIN_CHOICES]:
        return -1
    kind, before, total, cost = rules[KIND], -1, 0, 0
    for turn in range(number):
        mark = at + COUNT_BYTES + MARK_BYTES * turn
        place, high, value = _u32(raw, mark), _u32(raw, mark + 4), _u32(raw, mark + 8)
        if place >= len(costs) or high != 0 or value > VALUE_MAX:
            return -1
        if (kind != RANKED and place <= before) or seen[place] == stamp:
            return -1
        if not _value_fits(kind, value, turn + 1, rules):
            return -1
        seen[place], before = stamp, place
        total += value
        cost += costs[place]
        if cost > rules[MAX_COST]:
            return -1
    if total > rules[MAX_SUM] or (number > 0 and total < rules[MIN_SUM]):
        return -1
    for byte in range(at + COUNT_BYTES + MARK_BYTES * number, at + length):
        if raw[byte] != 0:
            return -1
    return number


@kernel(
    "void(const(u1[::1]), const(i8[::1]), const(i8[::1]), const(i8[::1]), const(i8[::1]), i8[::1],"
    " i8[::1], u1[::1])"
)
def ballots_checked(  # noqa: PLR0917 - a kernel takes its arrays by place
    raw: U8, at: I64, length: I64, rules: I64, costs: I64, seen: I64, marks: I64, spoiled: U8
) -> None:
    """Check ballots: how many marks each has, and which are spoiled.

    ``raw``: uint8 (bytes,); ``at``, ``length``: int64 (n,), where each ballot's bytes lie.
    ``rules``: int64 (9,), see above. ``costs``: int64 (projects,), each at most ``MAX_COST`` + 1.
    ``seen``: int64 (projects,), scratch, all -1. Written: ``marks`` int64 (n,), 0 where spoiled,
    and ``spoiled`` uint8 (n,), 1 where spoiled.
    """
    for row in range(len(at)):
        number = _marks(raw, at[row], length[row], rules, costs, seen, row)
        spoiled[row] = number < 0
        marks[row] = max(number, 0)


@kernel(
    "void(const(u1[::1]), const(i8[::1]), i8, const(i8[::1]), u2[::1], i4[::1])",
    "void(const(u1[::1]), const(i8[::1]), i8, const(i8[::1]), u4[::1], i4[::1])",
)
def choices_filled(  # noqa: PLR0917 - as above
    raw: U8, at: I64, kind: int, indptr: I64, items: U16 | U32, values: I32
) -> None:
    """Write the marks of checked ballots, by rising place.

    ``indptr``: int64 (n + 1,). Written: ``items``, and ``values`` int32 unless its length is 0;
    a ranking's places become Borda points, l for the first of l.
    """
    for row in range(len(at)):
        first, end = indptr[row], indptr[row + 1]
        for cell in range(first, end):
            mark = at[row] + COUNT_BYTES + MARK_BYTES * (cell - first)
            place, value = _u32(raw, mark), _u32(raw, mark + 8)
            if kind == RANKED:
                value = end - first + 1 - value
            to = cell
            while to > first and items[to - 1] > place:
                items[to] = items[to - 1]
                if len(values):
                    values[to] = values[to - 1]
                to -= 1
            items[to] = place
            if len(values):
                values[to] = value
