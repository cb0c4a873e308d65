"""For how much per unit of value can a project's supporters buy it now? Parts of kernels.

Supporters pay min(what they have, rho * value); rho is such that they pay the cost together. It is
found without sorting: rho = (cost - money of the poor) / value of the rest, where those become
poor who have less than rho * value, until nobody more does.

Every amount is kept as two whole numbers between which it lies. Why the bounds of rho hold: let
f(rho) be the sum of all payments. For any set S of supporters, f(rho) <= money of S + rho * value
of the others, so rho >= (cost - money of S) / value of the others, with equality where S is exactly
the poor. The more money people have, the smaller rho. So rho of the lower amounts, which the loop
finds exactly, is an upper bound; and the final set of poor with their upper amounts gives a lower
bound. Sums are whole numbers below 2^62, so nothing is rounded but where it is said.
"""

from typing import NamedTuple

import numpy as np

from talkoot.base.compiled import inlined
from talkoot.voting.allocation.field import (
    ENTRY,
    ENTRY_GROUP,
    ENTRY_VALUE,
    ENTRY_WEIGHT,
    F64,
    I32,
    I64,
    WORTH,
    Field,
)

(
    LOW,
    HIGH,
    VALUE,
    COST_LOW,
    COST_HIGH,
    POWER,
    UPTO,
    NOBODY_POOR,
    LOOKED,
    SPARE,
    ROUND,
    PLAN,
) = range(12)
"""Columns of ``plan``, per project. Its last quote: rho lies between LOW/VALUE and HIGH/VALUE, HIGH
is -1 where it is not certain that it can be paid. The bounds of its shifted cost. The total value
of the supporters listed; where their list in ``kept`` ends, -1 where the field's is used. Whether
nobody was poor in the last quote, and nobody was left out; in which round that quote was made; no
supporter has less than SPARE minus what was spent. The round in which it was bought, or -1."""

LEAST, MOST, LACK = range(3)
"""Columns of ``keys``, per project: bounds of the key in its last quote, rounded outwards (MOST is
infinite where it is not certain that it can be paid); about how much scaled money was missing when
it was found that it cannot be paid."""

LOWER, UPPER = range(2)
"""Rows of money: the bounds between which the exact amount lies."""

BUFFER = 4
"""Rows of the buffer."""

CANNOT, CAN, MAY = range(3)
"""Whether supporters hold the cost together: certainly not, certainly, or it is not certain."""

OUTWARD = 2.0**-49
"""Relative slack of keys. A key takes three conversions of whole numbers and three operations, each
off by at most 2^-53 of its result, and widening it takes one more: together less than 2^-50."""

TOO_MUCH = 2.0**62
"""More than anybody has: a payment of more needs no exact number."""

DROP_FROM = 4
"""Supporters without money are left out once they are more than one in so many."""


class State(NamedTuple):
    """A run under way; money is scaled and shifted.

    ``money``: int64 (2, g). ``kept``: int32 (s, 3): supporters as in the field, without those who
    have nothing, for the projects whose plan says so. ``plan``: int64 (p, 11). ``keys``: float64
    (p, 3). ``buffer``: int64 (4, longest list). ``waiting``: int64 (p,): the projects that may
    still be bought, the least lower bound first, between HEAD and TAIL. ``seen``: int64 (p,): those
    quoted in this round. ``counts``: int64 (6,). ``scale``: float64 (2,).
    """

    money: I64
    kept: I32
    plan: I64
    keys: F64
    buffer: I64
    waiting: I64
    seen: I64
    counts: I64
    scale: F64


KEY_UNIT, GAP = range(2)
"""``scale``: 2^-shift; by how much scaled money any voter can be richer now than in the run that
guides this one (``guiding.py``), below 0 where none does."""

HEAD, TAIL, SEEN, SPENT, BOUGHT, WIDTH, COUNTS = range(7)
"""``counts``: where ``waiting`` begins and ends; how many were seen in this round; the sum of the
highest payments of all rounds; rounds so far; the most by which the bounds of any group's money
differ. Their number is COUNTS."""


@inlined
def ceiling(amount: int, by: int) -> int:
    """The least whole number that is at least amount / by, for a positive ``by``."""
    return -(-amount // by)


@inlined
def quoted(field: Field, state: State, place: int, round_: int) -> int:
    """Quote a project in this round; gives CANNOT, CAN or MAY."""
    state.plan[place, LOOKED] = round_
    cost_low, cost_high = state.plan[place, COST_LOW], state.plan[place, COST_HIGH]
    power = state.plan[place, POWER]
    whole = 1 if state.plan[place, UPTO] < 0 else 0
    if field.unit and ceiling(cost_high, power) <= state.plan[place, SPARE] - state.counts[SPENT]:
        note_seen(state, place)
        return priced(field, state, place, cost_low, cost_high, power, whole)
    lists, begin, end = listed_now(field, state, place)
    rho = state.keys[place, LEAST] * float(field.terms[place, WORTH]) / state.scale[KEY_UNIT]
    known = int(rho * (1.0 - OUTWARD))
    if field.unit:
        found = _filled_equal(lists[begin:end], state, power, place, known)
    else:
        found = _filled(lists[begin:end], state, power, place, known)
    low, high, value, poor, empty = found
    if value == 0:
        state.keys[place, LACK] = float(low) * state.scale[KEY_UNIT]
        return CANNOT
    flat = whole if poor == 0 else 0
    note_seen(state, place)
    if empty * DROP_FROM > end - begin:
        _drop_empty(field, state, place, lists[begin:end])
    return priced(field, state, place, low, high, value, flat)


@inlined
def note_seen(state: State, place: int) -> None:
    """Note that a project was quoted in this round."""
    state.seen[state.counts[SEEN]] = place
    state.counts[SEEN] += 1


@inlined
def listed_now(field: Field, state: State, place: int) -> tuple[I32, int, int]:
    """A project's supporters, without those that were left out: the list, its begin and end."""
    if state.plan[place, UPTO] < 0:
        return field.entries, field.bounds[place], field.bounds[place + 1]
    return state.kept, field.bounds[place], state.plan[place, UPTO]


@inlined
def priced(  # noqa: PLR0917 - a kernel takes its arrays by place
    field: Field, state: State, place: int, low: int, high: int, value: int, flat: int
) -> int:
    """Note a quote, and its key rounded outwards."""
    plan = state.plan[place]
    plan[LOW], plan[HIGH], plan[VALUE] = low, high, value
    state.plan[place, NOBODY_POOR] = flat
    divisor = float(value) * float(field.terms[place, WORTH])
    key = float(low) / divisor * state.scale[KEY_UNIT] * (1.0 - OUTWARD)
    state.keys[place, LEAST] = max(state.keys[place, LEAST], key)
    if high < 0:
        state.keys[place, MOST] = np.inf
        return MAY
    state.keys[place, MOST] = float(high) / divisor * state.scale[KEY_UNIT] * (1.0 + OUTWARD)
    return CAN


@inlined
def _filled_equal(
    lists: I32, state: State, power: int, place: int, known: int
) -> tuple[int, int, int, int, int]:
    """Fill up where every value is 1, from a rho that is certainly not too great.

    Only the lower amounts are read. What the poor have more than those is at first said to be the
    most that any group has more; where that is too coarse, :func:`refine` adds it up.

    Gives low, high (-1 where it may not be payable), value, the ballots of the poor, and how many
    groups have nothing; where it is not payable, low is what is missing and value 0.
    """
    cost_low, cost_high = state.plan[place, COST_LOW], state.plan[place, COST_HIGH]
    lower, width = state.money[LOWER], state.counts[WIDTH]
    number = len(lists)
    amounts, ballots, sums = state.buffer[0], state.buffer[1], state.buffer[2]
    empty, least = 0, cost_high
    for at in range(number):
        amount, weight = lower[np.uint32(lists[at, ENTRY_GROUP])], int(lists[at, ENTRY_WEIGHT])
        amounts[at], ballots[at], sums[at] = amount, weight, weight * amount
        least = min(least, amount)
        empty += amount == 0
    due = max(ceiling(cost_high, power), known)
    rest, value, before, poor = cost_high, power, 0, -1
    while True:
        now, held = 0, 0
        for at in range(number):
            mask = -int(amounts[at] < due)
            now += ballots[at] & mask
            held += sums[at] & mask
        if now == poor or not now:
            break
        if now == power:
            if held + spread(width, now) < cost_low or exact_total(lists, state) < cost_low:
                return cost_low - held, -1, 0, now, empty
            low = cost_low - before - spread(width, power - value)
            return max(low, 0), -1, value, now, empty
        rest, value, before, poor = cost_high - held, power - now, held, now
        due = ceiling(rest, value)
    if now == 0:
        state.plan[place, SPARE] = least + state.counts[SPENT]
        return cost_low, cost_high, power, 0, empty
    return max(cost_low - before - spread(width, poor), 0), rest, value, poor, empty


@inlined
def spread(width: int, ballots: int) -> int:
    """By how much the bounds of so many ballots' money differ at most, but no more than 2^61."""
    return width * ballots if float(width) * float(ballots) < TOO_MUCH / 2.0 else 1 << 61


@inlined
def exact_total(lists: I32, state: State) -> int:
    """The upper amounts of all supporters together."""
    total = 0
    for at in range(len(lists)):
        total += int(lists[at, ENTRY_WEIGHT]) * state.money[UPPER, lists[at, ENTRY_GROUP]]
    return total


@inlined
def refine(field: Field, state: State, place: int) -> None:
    """Raise the lower bound of a quote that can certainly be paid by what the poor really have."""
    high, value = state.plan[place, HIGH], state.plan[place, VALUE]
    if not field.unit or high < 0 or state.plan[place, NOBODY_POOR]:
        return
    lists, begin, end = listed_now(field, state, place)
    full, upper = ceiling(high, value), 0
    for at in range(begin, end):
        group = lists[at, ENTRY_GROUP]
        if state.money[LOWER, group] < full:
            upper += int(lists[at, ENTRY_WEIGHT]) * state.money[UPPER, group]
    low = max(state.plan[place, COST_LOW] - upper, state.plan[place, LOW])
    priced(field, state, place, low, high, value, state.plan[place, NOBODY_POOR])


@inlined
def less_than_due(money: int, value: int, whole: int, part: int, divisor: int) -> bool:
    """Whether money < value * rho, where rho = whole + part / divisor and part < divisor."""
    if float(whole) * float(value) > TOO_MUCH:
        return True
    over = money - whole * value
    return over < 0 or (over < value and over * divisor < part * value)


@inlined
def _filled(
    lists: I32, state: State, power: int, place: int, known: int
) -> tuple[int, int, int, int, int]:
    """The same where values differ."""
    cost_low, cost_high = state.plan[place, COST_LOW], state.plan[place, COST_HIGH]
    buffer = state.buffer
    whole, part, divisor = known, 0, 1
    rich, empty = 0, 0
    for at in range(len(lists)):
        group = lists[at, ENTRY_GROUP]
        buffer[0, at], buffer[1, at] = state.money[LOWER, group], state.money[UPPER, group]
        buffer[2, at], buffer[3, at] = lists[at, ENTRY_WEIGHT], lists[at, ENTRY_VALUE]
        empty += buffer[1, at] == 0
    rich = len(lists)
    poor, poor_low, poor_up = 0, 0, 0
    before_up, before = 0, 0
    first = True
    while rich > 0:
        rest, value = cost_high - poor_low, power - poor
        if not first:
            whole, part, divisor = rest // value, rest % value, value
        before_up, before = poor_up, poor
        still = 0
        for at in range(rich):
            lower, upper = buffer[0, at], buffer[1, at]
            weight, worth = buffer[2, at], buffer[3, at]
            buffer[0, still], buffer[1, still] = lower, upper
            buffer[2, still], buffer[3, still] = weight, worth
            if less_than_due(lower, worth, whole, part, divisor):
                poor += weight * worth
                poor_low += weight * lower
                poor_up += weight * upper
            else:
                still += 1
        if still == rich and not first:
            return max(cost_low - poor_up, 0), rest, value, poor, empty
        rich, first = still, False
    if poor_up < cost_low:
        return cost_low - poor_up, -1, 0, poor, empty
    return max(cost_low - before_up, 0), -1, power - before, poor, empty


@inlined
def _drop_empty(field: Field, state: State, place: int, lists: I32) -> None:
    """Leave out the supporters who certainly have nothing."""
    to = field.bounds[place]
    power = 0
    for at in range(len(lists)):
        if state.money[UPPER, lists[at, ENTRY_GROUP]] > 0:
            for column in range(ENTRY):
                state.kept[to, column] = lists[at, column]
            power += int(lists[at, ENTRY_WEIGHT]) * int(lists[at, ENTRY_VALUE])
            to += 1
    state.plan[place, UPTO], state.plan[place, POWER] = to, power


@inlined
def paid(field: Field, state: State, place: int) -> None:
    """Take the payments of a quote that can certainly be paid out of the purses."""
    low, high, value = (
        state.plan[place, LOW],
        state.plan[place, HIGH],
        state.plan[place, VALUE],
    )
    lists, begin, end = listed_now(field, state, place)
    if field.unit:
        most, least = ceiling(high, value), low // value
        state.counts[SPENT] += most
        width = state.counts[WIDTH]
        for at in range(begin, end):
            group = np.uint32(lists[at, ENTRY_GROUP])
            lower = max(state.money[LOWER, group] - most, 0)
            upper = max(state.money[UPPER, group] - least, 0)
            state.money[LOWER, group], state.money[UPPER, group] = lower, upper
            width = max(width, upper - lower)
        state.counts[WIDTH] = width
        return
    for at in range(begin, end):
        group, worth = lists[at, ENTRY_GROUP], int(lists[at, ENTRY_VALUE])
        most, least = due(high, value, worth, 1), due(low, value, worth, 0)
        state.money[LOWER, group] = max(state.money[LOWER, group] - most, 0)
        state.money[UPPER, group] = max(state.money[UPPER, group] - least, 0)


@inlined
def due(amount: int, by: int, value: int, up: int) -> int:
    """Give value * amount / by, rounded up (1) or down (0), but never more than 2^62."""
    whole, part = amount // by, amount % by
    if float(whole) * float(value) > TOO_MUCH:
        return 1 << 62
    return whole * value + (ceiling(part * value, by) if up else part * value // by)
