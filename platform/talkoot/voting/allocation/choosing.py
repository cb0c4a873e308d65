"""Which project is best in a round of equal shares, and which are as good? Parts of kernels.

A project's key is its rho, for cost utilities divided by its cost; the smallest is bought. A
decision is taken only where it is certain: bounds that do not meet, or an equality that needs no
arithmetic. Everything else is OPEN, and exact arithmetic decides it outside.
"""

import numpy as np

from talkoot.base.compiled import inlined
from talkoot.voting.allocation.field import (
    CLUB,
    COST,
    ENTRY,
    ENTRY_GROUP,
    ENTRY_VALUE,
    ENTRY_WEIGHT,
    FLAT,
    I64,
    RANK,
    WORTH,
    Field,
)
from talkoot.voting.allocation.filling import (
    BOUGHT,
    CANNOT,
    HEAD,
    HIGH,
    LEAST,
    LOOKED,
    LOW,
    LOWER,
    MOST,
    NOBODY_POOR,
    ROUND,
    TAIL,
    UPPER,
    VALUE,
    State,
    due,
    quoted,
    refine,
)

FIRST, SECOND, EQUAL, OPEN_ = range(4)
"""How two keys compare."""

NOBODY, NOT_DECIDED = -1, -2
"""Instead of a winner: nothing can be paid any more; or it is not certain who is best."""

LOW_HALF = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


@inlined
def contenders(field: Field, state: State, found: I64) -> int:
    """Write the projects that may be best in this round to ``found``, all quoted; their number.

    rho of a project only grows within a run, so what was found before is a lower bound: projects
    are looked at in the order of these bounds until one lies above the best upper bound found.
    """
    round_ = state.counts[BOUGHT]
    waiting, keys = state.waiting, state.keys
    best = np.inf
    number, at = 0, state.counts[HEAD]
    while at < state.counts[TAIL]:
        place = waiting[at]
        if keys[place, LEAST] > best:
            break
        if state.plan[place, LOOKED] != round_:
            if quoted(field, state, place, round_) == CANNOT:
                forget(state, at)
            else:
                best = min(best, state.keys[place, MOST])
                if moved(state, at):
                    continue
        at += 1
    for other in range(state.counts[HEAD], at):
        if keys[waiting[other], LEAST] <= best:
            found[number] = waiting[other]
            number += 1
    return number


@inlined
def forget(state: State, at: int) -> None:
    """Take a project out of those waiting: those before it, mostly few, move up by one."""
    for to in range(at, state.counts[HEAD], -1):
        state.waiting[to] = state.waiting[to - 1]
    state.counts[HEAD] += 1


@inlined
def moved(state: State, at: int) -> bool:
    """Move a project whose lower bound has grown back to its place, and say whether it moved."""
    waiting, keys = state.waiting, state.keys
    place, to = waiting[at], at
    while to + 1 < state.counts[TAIL] and keys[waiting[to + 1], LEAST] < keys[place, LEAST]:
        waiting[to] = waiting[to + 1]
        to += 1
    waiting[to] = place
    return to > at


@inlined
def _surest(field: Field, state: State, found: I64, number: int) -> int:
    """Know the contenders as well as can be, and give the one with the least upper bound."""
    best = found[0]
    for at in range(number if number > 1 else 0):
        refine(field, state, found[at])
        if state.keys[found[at], MOST] < state.keys[best, MOST]:
            best = found[at]
    return int(best)


@inlined
def chosen(field: Field, state: State, found: I64, number: int, vectors: I64) -> tuple[int, int]:
    """Give the winner among contenders, and how many others are exactly as good.

    ``vectors``: int64 (2, p), working space.
    """
    if number == 0:
        return NOBODY, 0
    best = _surest(field, state, found, number)
    if state.keys[best, MOST] == np.inf:
        return NOT_DECIDED, 0
    winner, equals = best, 0
    at = 0
    while at < number:
        other = found[at]
        at += 1
        if other == best:
            continue
        order = compared(field, state, best, other, vectors)
        if order == OPEN_:
            return NOT_DECIDED, 0
        if order == SECOND:
            best, winner, equals, at = other, other, 0, 0
        elif order == EQUAL:
            equals += 1
            if field.terms[other, RANK] < field.terms[winner, RANK]:
                winner = other
    return winner, equals


@inlined
def compared(field: Field, state: State, one: int, other: int, vectors: I64) -> int:
    """Compare the keys of two projects quoted in this round, the first certainly payable."""
    if state.keys[one, MOST] < state.keys[other, LEAST]:
        return FIRST
    if state.keys[other, MOST] < state.keys[one, LEAST]:
        return SECOND
    if twins(field, one, other):
        return EQUAL
    if state.plan[one, NOBODY_POOR] and state.plan[other, NOBODY_POOR]:
        return flat_compared(field, one, other)
    if exact(state, one) and exact(state, other):
        return exact_compared(field, state, one, other)
    if same_history(field, state, one, other, vectors):
        return EQUAL
    return OPEN_


@inlined
def twins(field: Field, one: int, other: int) -> bool:
    """Whether both cost the same and have exactly the same supporters with the same values: then
    they are equal for as long as neither is bought, whatever has been paid.
    """
    terms, entries = field.terms, field.entries
    if terms[one, COST] != terms[other, COST] or terms[one, WORTH] != terms[other, WORTH]:
        return False
    begin, begin_other = field.bounds[one], field.bounds[other]
    length = field.bounds[one + 1] - begin
    if length != field.bounds[other + 1] - begin_other or terms[one, FLAT] != terms[other, FLAT]:
        return False
    for at in range(length):
        for column in range(ENTRY):
            if entries[begin + at, column] != entries[begin_other + at, column]:
                return False
    return True


@inlined
def flat_compared(field: Field, one: int, other: int) -> int:
    """Compare, exactly, two projects that all supporters pay in full: cost / (flat * worth)."""
    terms = field.terms
    return crosswise(
        terms[one, COST],
        terms[one, FLAT] * terms[one, WORTH],
        terms[other, COST],
        terms[other, FLAT] * terms[other, WORTH],
    )


@inlined
def exact(state: State, place: int) -> bool:
    """Whether both bounds of rho meet: as where the poor have nothing at all."""
    return bool(state.plan[place, LOW] == state.plan[place, HIGH])


@inlined
def exact_compared(field: Field, state: State, one: int, other: int) -> int:
    """Compare two keys whose bounds meet."""
    plan, terms = state.plan, field.terms
    return crosswise(
        plan[one, LOW],
        plan[one, VALUE] * terms[one, WORTH],
        plan[other, LOW],
        plan[other, VALUE] * terms[other, WORTH],
    )


@inlined
def crosswise(amount: int, by: int, amount_other: int, by_other: int) -> int:
    """Compare amount / by with the other, exactly: multiplied crosswise in 128 bits."""
    high, low = product(amount, by_other)
    high_other, low_other = product(amount_other, by)
    if high == high_other and low == low_other:
        return EQUAL
    if high < high_other or (high == high_other and low < low_other):
        return FIRST
    return SECOND


@inlined
def product(one: int, other: int) -> tuple[np.uint64, np.uint64]:
    """The 128-bit product of two whole numbers that are not negative: high and low 64 bits."""
    a, b = np.uint64(one), np.uint64(other)
    a_low, a_high, b_low, b_high = a & LOW_HALF, a >> HALF, b & LOW_HALF, b >> HALF
    low = a_low * b_low
    middle = a_high * b_low + (low >> HALF)
    carry = a_low * b_high + (middle & LOW_HALF)
    high = a_high * b_high + (middle >> HALF) + (carry >> HALF)
    return high, (carry << HALF) | (low & LOW_HALF)


@inlined
def same_history(field: Field, state: State, one: int, other: int, vectors: I64) -> bool:
    """Whether two projects are equal because their poor paid for the same, ballot for ballot.

    Exactly, rho = (cost - money of the poor) / value of the rest, and the poor together have
    start * ballots - sum over rounds of rho * value they gave to what was bought. Where the cost
    and all these whole numbers are the same, so is rho. This holds only where it is certain who is
    poor and that none of them has been emptied by what was bought before.
    """
    terms = field.terms
    if terms[one, COST] != terms[other, COST] or terms[one, WORTH] != terms[other, WORTH]:
        return False
    rich, poor = weighed(field, state, one, vectors[0])
    rich_other, poor_other = weighed(field, state, other, vectors[1])
    if poor < 0 or rich != rich_other or poor != poor_other:
        return False
    for round_ in range(state.counts[BOUGHT]):  # noqa: SIM110 - kernels know no generators
        if vectors[0, round_] != vectors[1, round_]:
            return False
    return True


@inlined
def weighed(field: Field, state: State, place: int, vector: I64) -> tuple[int, int]:
    """Write what the poor of a quoted project gave to each round's project; give the value of the
    rest and the ballots of the poor who still have something, or -1, -1 where that is not certain.
    """
    low, high, value = (
        state.plan[place, LOW],
        state.plan[place, HIGH],
        state.plan[place, VALUE],
    )
    vector[: state.counts[BOUGHT]] = 0
    if high < 0:
        return -1, -1
    rich, poor = 0, 0
    for at in range(field.bounds[place], field.bounds[place + 1]):
        group, worth = field.entries[at, ENTRY_GROUP], int(field.entries[at, ENTRY_VALUE])
        weight = int(field.entries[at, ENTRY_WEIGHT])
        lower, upper = state.money[LOWER, group], state.money[UPPER, group]
        if upper == 0:
            continue
        if lower >= due(high, value, worth, 1):
            rich += weight * worth
        elif lower > 0 and upper < due(low, value, worth, 1):
            poor += weight
            gave(field, state, group, weight, vector)
        else:
            return -1, -1
    return rich, poor


@inlined
def gave(field: Field, state: State, group: int, weight: int, vector: I64) -> None:
    """Add what a group's ballots gave to the projects bought so far."""
    for mark in range(field.indptr[group], field.indptr[group + 1]):
        round_ = state.plan[field.items[mark], ROUND]
        if round_ >= 0 and field.values[mark] > 0:
            vector[round_] += weight * field.values[mark]


@inlined
def leave_out_club(field: Field, state: State, place: int) -> None:
    """Take out the projects of which only one may be bought, when one of them is."""
    club = field.terms[place, CLUB]
    for at in range(state.counts[HEAD], state.counts[TAIL]):
        other = state.waiting[at]
        if other == place or (club >= 0 and field.terms[other, CLUB] == club):
            forget(state, at)
            if club < 0:
                return
