"""What all runs of equal shares over one election share, laid out for kernels.

Each project has the list of its supporters: groups of equal ballots that give it a positive value.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from talkoot.base.compiled import inlined, kernel

I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]

COST, FLAT, RANK, WORTH, CLUB, OPEN, TERMS = range(7)
"""Columns of ``terms``, per project: scaled cost; total value over all supporters; rank by the tie
rule (least first); what rho is divided by before projects are compared; number of the group of
which only one may be bought (-1: none); 1 where it can be bought for money, 2 where it is free, 0
where neither. Their number is ``TERMS``."""

ENTRY_GROUP, ENTRY_WEIGHT, ENTRY_VALUE, ENTRY = range(4)
"""Columns of ``entries``, per supporter: group, ballots in it, value. Their number is ``ENTRY``."""


SUPPORT, BACKERS, SUMS = range(3)
"""Columns of what :func:`listed` sums up, and their number."""


class Field(NamedTuple):
    """One election; s supporters over p projects, g groups, m marks.

    ``bounds``: int64 (p+1,): project i has the supporters ``bounds[i]:bounds[i+1]`` of ``entries``,
    int32 (s, 3), groups rising. ``unit``: whether every value is 1. ``terms``: int64 (p, 6).
    ``order``: int64 (c,): the projects that can be bought for money, best first as long as nobody
    is short. ``indptr``, ``items``, ``values``: the ballots, as in a profile.
    """

    bounds: I64
    entries: I32
    unit: bool
    terms: I64
    order: I64
    indptr: I64
    items: I32
    values: I64


@inlined
def flat_key(terms: I64, place: int) -> float:
    """About the key of a project that all its supporters pay in full: it can never be smaller."""
    return float(terms[place, COST]) / (float(terms[place, FLAT]) * float(terms[place, WORTH]))


@inlined
def _placed(  # noqa: PLR0917 - a kernel takes its arrays by place
    indptr: I64, items: I32, values: I64, weights: I64, bounds: I64, entries: I32
) -> None:
    """Write each supporter at the next free place of each project it supports."""
    following = bounds[:-1].copy()
    for group in range(len(weights)):
        for mark in range(indptr[group], indptr[group + 1]):
            if values[mark] > 0:
                at = following[items[mark]]
                following[items[mark]] = at + 1
                entries[at, ENTRY_GROUP] = group
                entries[at, ENTRY_WEIGHT] = weights[group]
                entries[at, ENTRY_VALUE] = values[mark]


LISTED = (
    "i8(const(i8[::1]), const(i4[::1]), const(i8[::1]), const(i8[::1]),"
    " i8[::1], i4[:, ::1], i8[:, ::1])"
)


@kernel(LISTED)
def listed(  # noqa: PLR0917 - a kernel takes its arrays by place
    indptr: I64, items: I32, values: I64, weights: I64, bounds: I64, entries: I32, sums: I64
) -> int:
    """List the supporters of every project.

    ``bounds``: int64 (p+1,), written; ``entries``: int32 (m, 3), written as far as needed;
    ``sums``: int64 (p, 2), written: sum of the values of its supporters, and their ballots. Gives
    the greatest value, at least 1, or -1 where a value exceeds 31 bits.
    """
    projects = len(bounds) - 1
    bounds[:] = 0
    greatest = 1
    for mark in range(len(values)):
        greatest = max(greatest, values[mark])
        if values[mark] > 0:
            bounds[items[mark] + 1] += 1
    if greatest >= 1 << 31:
        return -1
    for place in range(projects):
        bounds[place + 1] += bounds[place]
    _placed(indptr, items, values, weights, bounds, entries)
    for place in range(projects):
        support, backers = 0, 0
        for at in range(bounds[place], bounds[place + 1]):
            backers += entries[at, ENTRY_WEIGHT]
            support += int(entries[at, ENTRY_WEIGHT]) * int(entries[at, ENTRY_VALUE])
        sums[place, SUPPORT], sums[place, BACKERS] = support, backers
    return greatest


@kernel("i8(i8[:, ::1], i8[::1])")
def ordered(terms: I64, order: I64) -> int:
    """Write the projects that can be bought for money to ``order``, int64 (p,), best flat key
    first, and give their number. The order is only where to look first: equal or nearly equal ones
    may stand either way.
    """
    keys = np.empty(len(terms), dtype=np.float64)
    number = 0
    for place in range(len(terms)):
        if terms[place, OPEN] == 1:
            keys[place] = flat_key(terms, place)
            order[number] = place
            number += 1
    gap = number // 2
    while gap > 0:
        for at in range(gap, number):
            place = order[at]
            to = at
            while to >= gap and keys[order[to - gap]] > keys[place]:
                order[to] = order[to - gap]
                to -= gap
            order[to] = place
        gap //= 2
    return number
