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
"""Columns of money: the bounds between which the exact amount lies."""

BUFFER = 4
"""Columns of the buffer: lower and upper amount, ballots, value."""

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

    ``money``: int64 (g, 2). ``kept``: int32 (s, 3): supporters as in the field, without those who
    have nothing, for the projects whose plan says so. ``plan``: int64 (p, 11). ``keys``: float64
    (p, 3). ``buffer``: int64 (longest list, 4). ``waiting``: int64 (p,): the projects that may
    still be bought, the least lower bound first. ``counts``: int64 (3,). ``key_unit``: float64
    (1,): 2^-shift.
    """

    money: I64
    kept: I32
    plan: I64
    keys: F64
    buffer: I64
    waiting: I64
    counts: I64
    key_unit: F64


WAITING, SPENT, BOUGHT = range(3)
"""``counts``: projects waiting; the sum of the highest payments of all rounds; rounds so far."""


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
        return priced(field, state, place, cost_low, cost_high, power, whole)
    if state.plan[place, UPTO] < 0:
        lists, begin, end = field.entries, field.bounds[place], field.bounds[place + 1]
    else:
        lists, begin, end = state.kept, field.bounds[place], state.plan[place, UPTO]
    known_low, known_value = state.plan[place, LOW], state.plan[place, VALUE]
    if float(known_low) * float(power) <= float(cost_high) * float(known_value):
        known_low, known_value = cost_high, power
    if field.unit:
        found = _filled_equal(lists[begin:end], state, power, place, known_low, known_value)
    else:
        found = _filled(lists[begin:end], state, power, place, known_low, known_value)
    low, high, value, poor, empty = found
    if value == 0:
        state.keys[place, LACK] = float(low) * state.key_unit[0]
        return CANNOT
    flat = whole if poor == 0 else 0
    if empty * DROP_FROM > end - begin:
        _drop_empty(field, state, place, lists[begin:end])
    return priced(field, state, place, low, high, value, flat)


@inlined
def priced(  # noqa: PLR0917 - a kernel takes its arrays by place
    field: Field, state: State, place: int, low: int, high: int, value: int, flat: int
) -> int:
    """Note a quote, and its key rounded outwards."""
    plan = state.plan[place]
    plan[LOW], plan[HIGH], plan[VALUE] = low, high, value
    state.plan[place, NOBODY_POOR] = flat
    divisor = float(value) * float(field.terms[place, WORTH])
    key = float(low) / divisor * state.key_unit[0] * (1.0 - OUTWARD)
    state.keys[place, LEAST] = max(state.keys[place, LEAST], key)
    if high < 0:
        state.keys[place, MOST] = np.inf
        return MAY
    state.keys[place, MOST] = float(high) / divisor * state.key_unit[0] * (1.0 + OUTWARD)
    return CAN


@inlined
def _filled_equal(  # noqa: PLR0917 - a kernel takes its arrays by place
    lists: I32, state: State, power: int, place: int, known_low: int, known_value: int
) -> tuple[int, int, int, int, int]:
    """Fill up where every value is 1, from a rho certainly not too great, known_low / known_value.

    Gives low, high (-1 where it may not be payable), value, the ballots of the poor, and how many
    groups have nothing; where it is not payable, low is what is missing and value 0.
    """
    cost_low, cost_high = state.plan[place, COST_LOW], state.plan[place, COST_HIGH]
    money, buffer = state.money, state.buffer
    due = ceiling(known_low, known_value)
    rich, empty, least = 0, 0, cost_high
    poor, poor_low, poor_up = 0, 0, 0
    for at in range(len(lists)):
        group, weight = lists[at, ENTRY_GROUP], lists[at, ENTRY_WEIGHT]
        lower, upper = money[group, LOWER], money[group, UPPER]
        buffer[rich, 0], buffer[rich, 1], buffer[rich, 2] = lower, upper, weight
        least = min(least, lower)
        empty += upper == 0
        if lower >= due:
            rich += 1
        else:
            poor += weight
            poor_low += weight * lower
            poor_up += weight * upper
    before_up, before = 0, 0
    if poor == 0:
        state.plan[place, SPARE] = least + state.counts[SPENT]
    while rich > 0:
        rest, value = cost_high - poor_low, power - poor
        due = ceiling(rest, value)
        before_up, before = poor_up, poor
        still = 0
        for at in range(rich):
            lower, upper, weight = buffer[at, 0], buffer[at, 1], buffer[at, 2]
            buffer[still, 0], buffer[still, 1], buffer[still, 2] = lower, upper, weight
            if lower >= due:
                still += 1
            else:
                poor += weight
                poor_low += weight * lower
                poor_up += weight * upper
        if still == rich:
            return max(cost_low - poor_up, 0), rest, value, poor, empty
        rich = still
    if poor_up < cost_low:
        return cost_low - poor_up, -1, 0, poor, empty
    return max(cost_low - before_up, 0), -1, power - before, poor, empty


@inlined
def less_than_due(money: int, value: int, whole: int, part: int, divisor: int) -> bool:
    """Whether money < value * rho, where rho = whole + part / divisor and part < divisor."""
    if float(whole) * float(value) > TOO_MUCH:
        return True
    over = money - whole * value
    return over < 0 or (over < value and over * divisor < part * value)


@inlined
def _filled(  # noqa: PLR0917 - a kernel takes its arrays by place
    lists: I32, state: State, power: int, place: int, known_low: int, known_value: int
) -> tuple[int, int, int, int, int]:
    """The same where values differ."""
    cost_low, cost_high = state.plan[place, COST_LOW], state.plan[place, COST_HIGH]
    buffer = state.buffer
    whole, part = known_low // known_value, known_low % known_value
    divisor = known_value
    rich, empty = 0, 0
    for at in range(len(lists)):
        group = lists[at, ENTRY_GROUP]
        buffer[at, 0], buffer[at, 1] = state.money[group, LOWER], state.money[group, UPPER]
        buffer[at, 2], buffer[at, 3] = lists[at, ENTRY_WEIGHT], lists[at, ENTRY_VALUE]
        empty += buffer[at, 1] == 0
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
            lower, upper = buffer[at, 0], buffer[at, 1]
            weight, worth = buffer[at, 2], buffer[at, 3]
            buffer[still, 0], buffer[still, 1] = lower, upper
            buffer[still, 2], buffer[still, 3] = weight, worth
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
        if state.money[lists[at, ENTRY_GROUP], UPPER] > 0:
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
    if state.plan[place, UPTO] < 0:
        lists, begin, end = field.entries, field.bounds[place], field.bounds[place + 1]
    else:
        lists, begin, end = state.kept, field.bounds[place], state.plan[place, UPTO]
    if field.unit:
        most, least = ceiling(high, value), low // value
        state.counts[SPENT] += most
        for at in range(begin, end):
            group = lists[at, ENTRY_GROUP]
            state.money[group, LOWER] = max(state.money[group, LOWER] - most, 0)
            state.money[group, UPPER] = max(state.money[group, UPPER] - least, 0)
        return
    for at in range(begin, end):
        group, worth = lists[at, ENTRY_GROUP], int(lists[at, ENTRY_VALUE])
        most, least = due(high, value, worth, 1), due(low, value, worth, 0)
        state.money[group, LOWER] = max(state.money[group, LOWER] - most, 0)
        state.money[group, UPPER] = max(state.money[group, UPPER] - least, 0)


@inlined
def due(amount: int, by: int, value: int, up: int) -> int:
    """Give value * amount / by, rounded up (1) or down (0), but never more than 2^62."""
    whole, part = amount // by, amount % by
    if float(whole) * float(value) > TOO_MUCH:
        return 1 << 62
    return whole * value + (ceiling(part * value, by) if up else part * value // by)
