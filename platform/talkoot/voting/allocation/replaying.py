"""Whole numbers behind the exact ledger of a run. Kernels.

``field`` is given one by one; ``money``: int64 (g, 2), bounds of every group's money, scaled and
shifted; ``spent_in``: int64 (g,), the round in which a group gave its last money (a round not
reached where it still has some); ``round_of``: int64 (p,), the round in which a project was bought,
or -1. ``sums``, written: int64, what a function says.
"""

from talkoot.base.compiled import inlined, kernel
from talkoot.voting.allocation.field import (
    ENTRY_GROUP,
    ENTRY_VALUE,
    ENTRY_WEIGHT,
    F64,
    I32,
    I64,
)
from talkoot.voting.allocation.filling import LOWER, UPPER, due, less_than_due

STILL = 2**62
"""In ``spent_in``: it still has money."""

RICH, POOR, UNSURE, PAYERS, SHORT, SUMS = range(6)
"""What ``sums`` holds: total value of those who can certainly pay in full; ballots of those who
certainly cannot but have something; groups of which neither is certain; ballots that paid
something, and those of them that paid less than the full share."""


@inlined
def _give(  # noqa: PLR0917 - a kernel takes its arrays by place
    indptr: I64, items: I32, values: I64, round_of: I64, group: int, weight: int, given: I64
) -> None:
    """Add what a group's ballots gave to each round's project."""
    for mark in range(indptr[group], indptr[group + 1]):
        round_ = round_of[items[mark]]
        if 0 <= round_ < len(given) and values[mark] > 0:
            given[round_] += weight * values[mark]


@kernel("i8(i4[:, ::1], i8[:, ::1], i8, i8, i8[::1])")
def bounded(entries: I32, money: I64, cost_low: int, cost_high: int, quote: I64) -> int:
    """Bound rho of a project with these supporters, int32 (s, 3): see ``filling.py``.

    ``quote``: int64 (3,), written: low, high, value. Gives 0 where it cannot be paid, 1 where it
    can, 2 where that is not certain; then there is no high.
    """
    total = 0
    for at in range(len(entries)):
        total += int(entries[at, ENTRY_WEIGHT]) * int(entries[at, ENTRY_VALUE])
    rest, value, before = cost_high, total, -1
    poor_value, poor_up = 0, 0
    while value > 0 and poor_value != before:
        quote[0], quote[1], quote[2] = max(cost_low - poor_up, 0), rest, value
        before = poor_value
        whole, part = rest // value, rest % value
        poor_value, poor_low, poor_up = 0, 0, 0
        for at in range(len(entries)):
            group, worth = entries[at, ENTRY_GROUP], int(entries[at, ENTRY_VALUE])
            if less_than_due(money[group, LOWER], worth, whole, part, value):
                weight = int(entries[at, ENTRY_WEIGHT])
                poor_value += weight * worth
                poor_low += weight * money[group, LOWER]
                poor_up += weight * money[group, UPPER]
        rest, value = cost_high - poor_low, total - poor_value
    if value > 0:
        return 1
    return 2 if poor_up >= cost_low else 0


@kernel(
    "i8(i4[:, ::1], const(i8[::1]), const(i4[::1]), const(i8[::1]), i8[:, ::1], i8[::1], i8[::1],"
    " i8[::1], i8[::1], i8[::1], i8[::1])"
)
def split(  # noqa: PLR0917 - a kernel takes its arrays by place
    entries: I32,
    indptr: I64,
    items: I32,
    values: I64,
    money: I64,
    spent_in: I64,
    round_of: I64,
    quote: I64,
    given: I64,
    unsure: I64,
    sums: I64,
) -> int:
    """Split a project's supporters who still have money by a bounded rho: RICH, POOR and UNSURE.

    ``quote``: int64 (3,): low, high (-1: unknown), value. ``given``: int64 (rounds,), written: what
    the ballots of the poor gave to each round's project; ``unsure``: int64 (s,), written: the
    places in ``entries`` of those who are not certain.
    """
    low, high, value = quote[0], quote[1], quote[2]
    given[:] = 0
    sums[:] = 0
    for at in range(len(entries)):
        group, worth = entries[at, ENTRY_GROUP], int(entries[at, ENTRY_VALUE])
        weight = int(entries[at, ENTRY_WEIGHT])
        if spent_in[group] != STILL:
            continue
        if high >= 0 and money[group, LOWER] >= due(high, value, worth, 1):
            sums[RICH] += weight * worth
        elif money[group, UPPER] < due(low, value, worth, 1):
            sums[POOR] += weight
            _give(indptr, items, values, round_of, group, weight, given)
        else:
            unsure[sums[UNSURE]] = at
            sums[UNSURE] += 1
    return int(sums[UNSURE])


@kernel("i8(i4[:, ::1], i8[:, ::1], i8[::1], i8[::1], i8, i8[::1], i8[::1])")
def settled(  # noqa: PLR0917 - a kernel takes its arrays by place
    entries: I32, money: I64, spent_in: I64, quote: I64, round_: int, unsure: I64, sums: I64
) -> int:
    """Take a payment out of the purses, where it is certain who is left with something.

    ``quote``: int64 (3,), tight bounds of rho. Written: PAYERS, SHORT and UNSURE, the latter not
    yet counted as short; ``unsure``: as in :func:`split`, those who may just have spent all.
    """
    low, high, value = quote[0], quote[1], quote[2]
    sums[:] = 0
    for at in range(len(entries)):
        group, worth = entries[at, ENTRY_GROUP], int(entries[at, ENTRY_VALUE])
        weight = int(entries[at, ENTRY_WEIGHT])
        if spent_in[group] != STILL:
            continue
        sums[PAYERS] += weight
        most = due(high, value, worth, 1)
        if money[group, LOWER] > most:
            money[group, LOWER] -= most
            money[group, UPPER] -= due(low, value, worth, 0)
        elif money[group, UPPER] < due(low, value, worth, 1):
            money[group, LOWER], money[group, UPPER] = 0, 0
            spent_in[group] = round_
            sums[SHORT] += weight
        else:
            unsure[sums[UNSURE]] = at
            sums[UNSURE] += 1
    return int(sums[UNSURE])


@kernel("i8(i4[:, ::1], const(i8[::1]), const(i4[::1]), const(i8[::1]), i8[::1], i8[::1], i8[::1])")
def behind(  # noqa: PLR0917 - a kernel takes its arrays by place
    entries: I32,
    indptr: I64,
    items: I32,
    values: I64,
    spent_in: I64,
    round_of: I64,
    given: I64,
) -> int:
    """Give the ballots behind a project that still had money after ``len(given)`` rounds.

    ``given``: int64 (rounds,), written: what these ballots gave to each round's project.
    """
    given[:] = 0
    ballots = 0
    for at in range(len(entries)):
        group, weight = entries[at, ENTRY_GROUP], int(entries[at, ENTRY_WEIGHT])
        if spent_in[group] >= len(given):
            ballots += weight
            _give(indptr, items, values, round_of, group, weight, given)
    return ballots


@kernel(
    "i8(i4[:, ::1], const(i8[::1]), const(i4[::1]), const(i8[::1]), i8[::1], i8[::1], f8, f8[::1],"
    " f8[::1])"
)
def about_behind(  # noqa: PLR0917 - a kernel takes its arrays by place
    entries: I32,
    indptr: I64,
    items: I32,
    values: I64,
    spent_in: I64,
    round_of: I64,
    start: float,
    rhos: F64,
    amounts: F64,
) -> int:
    """Write to ``amounts``, float64 (rounds + 1,), about what the supporters of a project held
    after so many rounds: good enough to know where to look. Gives the number of ballots.
    """
    amounts[:] = 0.0
    ballots = 0
    for at in range(len(entries)):
        group, weight = entries[at, ENTRY_GROUP], int(entries[at, ENTRY_WEIGHT])
        ballots += weight
        left = start
        for mark in range(indptr[group], indptr[group + 1]):
            round_ = round_of[items[mark]]
            if 0 <= round_ < spent_in[group] and values[mark] > 0:
                paid = rhos[round_] * float(values[mark])
                amounts[round_ + 1] -= paid * float(weight)
                left -= paid
        if spent_in[group] != STILL:
            amounts[spent_in[group] + 1] -= left * float(weight)
    amounts[0] = start * float(ballots)
    for round_ in range(len(rhos)):
        amounts[round_ + 1] += amounts[round_]
    return ballots
