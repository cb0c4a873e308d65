"""A quote: for how much per unit of utility can a project's supporters buy it now?

Supporters pay min(what they have, rho * value); rho is such that they pay the cost together. The
price is found without sorting: rho = (cost - money of the poor) / value of the rest, where those
become poor who have less than rho * value, until nobody more does.

Why the bounds hold. Let f(rho) be the sum of all payments. For any set S of supporters,
f(rho) <= money of S + rho * value of the others, so rho >= (cost - money of S) / value of the
others, with equality where S is exactly the poor. The more money people have, the smaller rho. So
rho of the lower amounts, which the loop finds exactly, is an upper bound; and the final set of poor
with their upper amounts gives a lower bound. If both agree, rho is exact.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from talkoot.voting.allocation.ground import I64, Ground, shifted
from talkoot.voting.allocation.support import Groups, Supporters

KEY_BITS = 128
"""Fractional bits of the whole numbers by which projects are compared."""

INT64_CAP = 2**62

DROP_FROM = 4
"""Supporters without money are left out once they are more than one in so many."""

_NOBODY: Groups = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quote:
    """Bounds of rho in shifted money: ``low / value`` and ``high / value``.

    ``high`` is ``None`` while it is not certain that the supporters can pay at all. ``exact`` says
    that both bounds are the true value. ``least`` and ``most`` bound the key by which projects are
    compared, in units of 2^-128, the same in all runs. ``lower`` and ``upper`` are the amounts of
    the supporters still taking part, before anything is paid.
    """

    place: int
    supporters: Supporters
    shift: int
    lower: I64
    upper: I64
    low: int
    high: int | None
    value: int
    exact: bool
    least: int
    most: int | None

    @property
    def rho(self) -> Fraction:
        """The rho in scaled money: the true value where ``exact``, else the lower bound."""
        return Fraction(self.low, self.value) / Fraction(2) ** self.shift


@dataclass(slots=True, eq=False)
class Purses:
    """The state of a run: bounds of each group's money, and who still takes part per project."""

    ground: Ground
    start: int
    shift: int
    lower: I64
    upper: I64
    taking_part: list[Supporters]
    flat: list[int]

    @classmethod
    def full(cls, ground: Ground, start: int) -> "Purses":
        """Give every voter the same start, in scaled money."""
        shift = ground.shift(start)
        low, high = shifted(start, shift)
        groups = ground.problem.profile.groups
        return cls(
            ground=ground,
            start=start,
            shift=shift,
            lower=np.full(groups, low, dtype=np.int64),
            upper=np.full(groups, high, dtype=np.int64),
            taking_part=list(ground.supporters),
            flat=list(ground.flat),
        )

    def drop_empty(self, place: int, upper: I64) -> None:
        """Leave out the supporters who certainly have nothing, where they are many."""
        empty = upper == 0
        if int(np.count_nonzero(empty)) * DROP_FROM > len(upper):
            self.taking_part[place] = some = self.taking_part[place].without(empty)
            self.flat[place] = some.power()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Filled:
    """Where filling up ended: ``rest / value`` is rho with the lower amounts, ``poor`` the poor.

    ``certain`` is whether with the lower amounts anybody is left to pay ``rest``; if not, ``poor``
    and ``value`` are the last ones that left somebody.
    """

    rest: int
    value: int
    poor: Groups
    certain: bool


def quoted(purses: Purses, place: int, known: Quote | None = None) -> Quote | None:
    """Give the quote of a project, or ``None`` if its supporters certainly cannot pay it.

    ``known`` is an earlier quote of the same run: rho only grows, so filling up may begin there.
    """
    some = purses.taking_part[place]
    if not len(some.groups):
        return None
    lower, upper = purses.lower.take(some.groups), purses.upper.take(some.groups)
    cost_low, cost_high = shifted(purses.ground.costs[place], purses.shift)
    begin = flat = (cost_high, purses.flat[place])
    if known is not None and known.low * flat[1] > flat[0] * known.value:
        begin = (known.low, known.value)
    filled = _filled(some, lower, *flat, begin)
    if not filled.certain and int(np.dot(some.weights, upper)) < cost_low:
        return None
    poor = filled.poor
    low = max(cost_low - int(np.dot(some.weights.take(poor), upper.take(poor))), 0)
    high = filled.rest if filled.certain else None
    if poor.size * 2 > lower.size:
        purses.drop_empty(place, upper)
    up, divisor = KEY_BITS - purses.shift, filled.value * purses.ground.key_cost(place)
    return Quote(
        place=place,
        supporters=some,
        shift=purses.shift,
        lower=lower,
        upper=upper,
        low=low,
        high=high,
        value=filled.value,
        exact=low == high,
        least=(low << up) // divisor,
        most=None if high is None else -(-(high << up) // divisor),
    )


def lacking(purses: Purses, place: int) -> int:
    """About how much scaled money a project's supporters lack; 0 where they lack nothing."""
    some = purses.taking_part[place]
    have, _ = shifted(int(np.dot(some.weights, purses.lower.take(some.groups))), -purses.shift)
    return max(purses.ground.costs[place] - have, 0)


def _filled(some: Supporters, lower: I64, cost: int, flat: int, begin: tuple[int, int]) -> _Filled:
    """Fill up from a rho (numerator, denominator) certainly neither too great nor below flat."""
    rest, value = cost, flat
    poor = _NOBODY
    due = _due(some, *begin)
    while True:
        now = np.flatnonzero(lower < due)
        if now.size == poor.size:
            return _Filled(rest=rest, value=value, poor=poor, certain=True)
        if now.size == lower.size:
            return _Filled(rest=rest, value=value, poor=poor, certain=False)
        poor, weights = now, some.weights.take(now)
        rest = cost - int(np.dot(weights, lower.take(now)))
        value = flat - _value(some, now, weights)
        due = _due(some, rest, value)


def _due(some: Supporters, rest: int, value: int) -> I64 | int:
    """What each supporter would pay, rounded up: less money than that is exactly less than due."""
    due = [min(-(-rest * level // value), INT64_CAP) for level in some.levels]
    return due[0] if len(due) == 1 else np.array(due, dtype=np.int64)[some.level]


def _value(some: Supporters, which: Groups, weights: I64) -> int:
    if len(some.levels) == 1:
        return some.levels[0] * int(np.add.reduce(weights))
    return int(np.dot(weights, np.array(some.levels, dtype=np.int64)[some.level.take(which)]))


def paid(purses: Purses, quote: Quote) -> None:
    """Take the payments of a quote that is certain to be affordable out of the purses."""
    if quote.high is None:
        raise ValueError("a project that may be unaffordable cannot be paid")
    levels = quote.supporters.levels
    most = [min(-(-quote.high * level // quote.value), INT64_CAP) for level in levels]
    least = [min(quote.low * level // quote.value, INT64_CAP) for level in levels]
    level = quote.supporters.level
    groups = quote.supporters.groups
    purses.lower[groups] = np.maximum(quote.lower - np.array(most, dtype=np.int64)[level], 0)
    purses.upper[groups] = np.maximum(quote.upper - np.array(least, dtype=np.int64)[level], 0)
