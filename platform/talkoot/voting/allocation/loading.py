"""Sequential Phragmen over one election. A kernel.

A ballot's load is the load of the last project it helped to buy, so that the loads of a project's
supporters are counts of rounds. Each round's load is kept as two whole numbers between which it
lies. All loads together are what has been spent, so that every sum here is a whole number below
2^62 and nothing is rounded but where it is said.
"""

import numpy as np

from talkoot.base.compiled import inlined, kernel
from talkoot.voting.allocation.choosing import EQUAL, FIRST, OPEN_, SECOND, product
from talkoot.voting.allocation.field import (
    CLUB,
    COST,
    ENTRY_GROUP,
    ENTRY_WEIGHT,
    F64,
    FLAT,
    I32,
    I64,
    RANK,
)
from talkoot.voting.allocation.filling import OUTWARD, ceiling

CARRIED_LOW, CARRIED_HIGH, LOOKED, QUOTE = range(4)
"""Columns of ``quotes``, per project: bounds of the cost and all loads of its supporters together,
and the round in which they were found."""

WINNER, TIES, LOW, HIGH, ROUND = range(5)
"""Columns of ``rounds``: what was bought; where the list of those that were exactly as good ends in
``tied``; bounds of the new load of its supporters."""

ENDED, STOPPED, OPEN_ROUND = range(3)
"""What the kernel says: nothing is left; a best project did not fit; a round is not decided."""


@inlined
def carried(  # noqa: PLR0917 - a kernel takes its arrays by place
    bounds: I64, entries: I32, last: I64, rounds: I64, quotes: I64, place: int, cost: int
) -> None:
    """Sum up what a project's supporters would carry if they bought it now."""
    low, high = cost, cost
    for at in range(bounds[place], bounds[place + 1]):
        weight, round_ = int(entries[at, ENTRY_WEIGHT]), last[entries[at, ENTRY_GROUP]]
        if round_ >= 0:
            low += weight * rounds[round_, LOW]
            high += weight * rounds[round_, HIGH]
    quotes[place, CARRIED_LOW], quotes[place, CARRIED_HIGH] = low, high


@inlined
def headed(bounds: I64, entries: I32, last: I64, place: int, heads: I64) -> None:
    """Count a project's supporters by the round that set their load (0: none yet), into ``heads``,
    int64 (rounds + 1,).
    """
    heads[:] = 0
    for at in range(bounds[place], bounds[place + 1]):
        heads[last[entries[at, ENTRY_GROUP]] + 1] += entries[at, ENTRY_WEIGHT]


@inlined
def compared(  # noqa: PLR0917 - a kernel takes its arrays by place
    bounds: I64,
    entries: I32,
    terms: I64,
    last: I64,
    quotes: I64,
    keys: F64,
    one: int,
    other: int,
    heads: I64,
) -> int:
    """Compare the new loads of two projects. ``heads``: int64 (2, rounds + 1), working space."""
    if keys[one, 1] < keys[other, 0]:
        return FIRST
    if keys[other, 1] < keys[one, 0]:
        return SECOND
    if (
        quotes[one, CARRIED_LOW] == quotes[one, CARRIED_HIGH]
        and quotes[other, CARRIED_LOW] == quotes[other, CARRIED_HIGH]
    ):
        high, low = product(quotes[one, CARRIED_LOW], terms[other, FLAT])
        high_other, low_other = product(quotes[other, CARRIED_LOW], terms[one, FLAT])
        if high == high_other and low == low_other:
            return EQUAL
        less = high < high_other or (high == high_other and low < low_other)
        return FIRST if less else SECOND
    if terms[one, COST] != terms[other, COST] or terms[one, FLAT] != terms[other, FLAT]:
        return OPEN_
    headed(bounds, entries, last, one, heads[0])
    headed(bounds, entries, last, other, heads[1])
    for round_ in range(heads.shape[1]):
        if heads[0, round_] != heads[1, round_]:
            return OPEN_
    return EQUAL


@inlined
def _contenders(  # noqa: PLR0917 - a kernel takes its arrays by place
    bounds: I64,
    entries: I32,
    terms: I64,
    last: I64,
    rounds: I64,
    quotes: I64,
    keys: F64,
    waiting: I64,
    shift: int,
    round_: int,
    found: I64,
) -> int:
    """Write the projects that may be best to ``found``; their number.

    Loads only grow, so an earlier value is a lower bound: projects are looked at in the order of
    these bounds until one lies above the best upper bound found. ``waiting`` ends where it is -1.
    """
    best, at = np.inf, 0
    while waiting[at] >= 0 and keys[waiting[at], 0] <= best:
        place = waiting[at]
        if quotes[place, LOOKED] != round_:
            quotes[place, LOOKED] = round_
            carried(bounds, entries, last, rounds, quotes, place, terms[place, COST] << shift)
            heads = float(terms[place, FLAT])
            low = float(quotes[place, CARRIED_LOW]) / heads * (1.0 - OUTWARD)
            keys[place, 0] = max(keys[place, 0], low)
            keys[place, 1] = float(quotes[place, CARRIED_HIGH]) / heads * (1.0 + OUTWARD)
            best = min(best, keys[place, 1])
            to = at
            while waiting[to + 1] >= 0 and keys[waiting[to + 1], 0] < keys[place, 0]:
                waiting[to] = waiting[to + 1]
                to += 1
            waiting[to] = place
            if to > at:
                continue
        at += 1
    number = 0
    for looked in range(at):
        if keys[waiting[looked], 0] <= best:
            found[number] = waiting[looked]
            number += 1
    return number


@inlined
def _leave_out(terms: I64, waiting: I64, place: int) -> None:
    """Take out a project that was bought, and those of which only one may be."""
    club, to, at = terms[place, CLUB], 0, 0
    while waiting[at] >= 0:
        other = waiting[at]
        if other != place and (club < 0 or terms[other, CLUB] != club):
            waiting[to] = other
            to += 1
        at += 1
    waiting[to] = -1


@inlined
def _best(  # noqa: PLR0917 - a kernel takes its arrays by place
    bounds: I64,
    entries: I32,
    terms: I64,
    last: I64,
    quotes: I64,
    keys: F64,
    found: I64,
    number: int,
    heads: I64,
) -> int:
    """Keep of the contenders in ``found`` the best and those exactly as good; their number, or -1
    where it is not certain.
    """
    best = found[0]
    for at in range(1, number):
        if keys[found[at], 1] < keys[best, 1]:
            best = found[at]
    at = 0
    while at < number:
        if found[at] != best:
            order = compared(bounds, entries, terms, last, quotes, keys, best, found[at], heads)
            if order == OPEN_:
                return -1
            if order == SECOND:
                best, at = found[at], -1
        at += 1
    equals = 0
    for at in range(number):
        other = found[at]
        if other == best or (
            compared(bounds, entries, terms, last, quotes, keys, best, other, heads) == EQUAL
        ):
            found[equals] = other
            equals += 1
    return equals


@inlined
def _first(terms: I64, found: I64, number: int, left: int) -> int:
    """The one of the best that the tie rule names, or -1 where any of them does not fit."""
    winner = found[0]
    for at in range(number):
        if terms[found[at], COST] > left:
            return -1
        if terms[found[at], RANK] < terms[winner, RANK]:
            winner = found[at]
    return int(winner)


@inlined
def _noted(  # noqa: PLR0917 - a kernel takes its arrays by place
    terms: I64, quotes: I64, winner: int, best: I64, row: I64, tied: I64, ties: int
) -> int:
    """Note a round, and after ``ties`` others the equals of its winner; their number after it."""
    for other in best:
        if other != winner:
            tied[ties] = other
            ties += 1
    row[WINNER], row[TIES] = winner, ties
    row[LOW] = quotes[winner, CARRIED_LOW] // terms[winner, FLAT]
    row[HIGH] = ceiling(quotes[winner, CARRIED_HIGH], terms[winner, FLAT])
    return ties


@kernel(
    "UniTuple(i8, 3)(i8[::1], i4[:, ::1], i8[:, ::1], i8[::1], i8, i8, i8, i8, i8[:, ::1],"
    " i8[::1], i8[:, ::1], i8[::1])"
)
def loaded(  # noqa: PLR0917 - a kernel takes its arrays by place
    bounds: I64,
    entries: I32,
    terms: I64,
    order: I64,
    groups: int,
    budget: int,
    shift: int,
    known: int,
    rounds: I64,
    tied: I64,
    heads: I64,
    found: I64,
) -> tuple[int, int, int]:
    """Buy the project with the smallest new load, again and again, until a best one does not fit.

    ``terms``: int64 (p, 6), as in a field, FLAT being the ballots that support a project;
    ``order``: the projects that take part, best first. Loads are shifted by ``shift`` bits.
    ``rounds``: int64 (p, 4): the first ``known`` are given, the others written. ``tied``: int64
    (p * p,), likewise. ``heads``: int64 (p, p + 1), written: each winner's supporters by the round
    (from 1) that had set their load. ``found``: int64 (p + 1,): where it STOPPED the winner and
    those that were exactly as good, where a round is OPEN the contenders. Gives what happened, the
    number of rounds and how many were written to ``found``.
    """
    projects = len(terms)
    last = np.full(groups, -1, np.int64)
    quotes, keys = np.full((projects, QUOTE), -1, np.int64), np.zeros((projects, 2), np.float64)
    waiting, space = np.full(projects + 1, -1, np.int64), np.empty((2, projects + 1), np.int64)
    for at in range(len(order)):
        waiting[at] = order[at]
        flat = float(terms[order[at], COST] << shift) / float(terms[order[at], FLAT])
        keys[order[at], 0] = flat * (1.0 - OUTWARD)
    left, round_, ties = budget, 0, 0
    while waiting[0] >= 0:
        if round_ < known:
            winner, ties = rounds[round_, WINNER], rounds[round_, TIES]
        else:
            number = _contenders(
                bounds, entries, terms, last, rounds, quotes, keys, waiting, shift, round_, found
            )
            best = _best(
                bounds, entries, terms, last, quotes, keys, found, number, space[:, : round_ + 1]
            )
            if best < 0:
                return OPEN_ROUND, round_, number
            winner = _first(terms, found, best, left)
            if winner < 0:
                return STOPPED, round_, best
            ties = _noted(terms, quotes, winner, found[:best], rounds[round_], tied, ties)
        headed(bounds, entries, last, winner, heads[round_, : round_ + 1])
        for at in range(bounds[winner], bounds[winner + 1]):
            last[entries[at, ENTRY_GROUP]] = round_
        left -= terms[winner, COST]
        _leave_out(terms, waiting, winner)
        round_ += 1
    return ENDED, round_, 0
