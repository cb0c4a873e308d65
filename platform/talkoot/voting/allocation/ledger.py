"""The exact ledger of a run: fractions, worked out only where bounds do not decide, and to tell it.

A group that could always pay in full has start - sum of rho_j * value_j over the projects j bought
that it supports; a group that once could not has nothing. So exact amounts need one fraction a
round and whole numbers of ballots, not one fraction a voter.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import numpy as np

from talkoot.voting.allocation.field import F64, I32, I64
from talkoot.voting.allocation.filling import LOWER, UPPER, due
from talkoot.voting.allocation.ground import Ground
from talkoot.voting.allocation.replaying import (
    PAYERS,
    POOR,
    RICH,
    SHORT,
    STILL,
    SUMS,
    about_behind,
    behind,
    bounded,
    settled,
    split,
)

CANNOT = 0
"""What :func:`bounded` says where supporters certainly cannot pay."""

CERTAIN = 2.0**-20
"""Sums of floats are off by less than this share of all their terms together: each of at most 2^31
terms, and of the sums before it, by 2^-53 of itself."""

Purse = tuple[tuple[int, int], ...]
"""What a group gave so far, as (round, value): groups with the same have the same money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Exact rho, in scaled money, and the total value of those who pay in full."""

    rho: Fraction
    rich: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Ballots that paid something for a project, and those of them that were short."""

    payers: int
    short: int


class Ledger:
    """Exact amounts after the rounds entered so far, in scaled money (not shifted)."""

    def __init__(self, ground: Ground, *, start: int, sum_bits: int) -> None:
        """Open the ledger with the same start for every voter."""
        field = ground.field
        groups = len(field.indptr) - 1
        self._ground, self._field, self._start = ground, field, start
        self._shift = sum_bits - max(1, (start * ground.ballots).bit_length())
        self._money = np.empty((groups, 2), np.int64)
        self._money[:, LOWER], self._money[:, UPPER] = self._shifted(Fraction(start))
        self._spent_in = np.full(groups, STILL, np.int64)
        self._round_of = np.full(len(field.terms), -1, np.int64)
        self._unsure = np.empty(max(1, len(field.entries)), np.int64)
        self._sums = np.empty(SUMS, np.int64)
        self.rhos: list[Fraction] = []
        self._common, self._over_common = 1, list[int]()
        self._rhos_about: F64 | None = None

    def price(self, place: int) -> Price | None:
        """Exact price of a project now, or ``None`` if its supporters cannot pay it."""
        entries, cost = self._entries(place), Fraction(self._cost(place))
        if cost > self._start * self._ground.ballots:
            return None  # Dearer than all money there is: in its units that need not fit 64 bits.
        low, high = self._shifted(cost)
        quote = np.empty(3, np.int64)
        certain = bounded(entries, self._money, low, high, quote)
        if certain == CANNOT:
            return None
        if certain != 1:
            quote[1] = -1
        given = np.empty(len(self.rhos), np.int64)
        number = split(
            entries,
            *self._ballots,
            self._money,
            self._spent_in,
            self._round_of,
            quote,
            given,
            self._unsure,
            self._sums,
        )
        rest = cost - self._amount(int(self._sums[POOR]), given)
        return _filled(rest, int(self._sums[RICH]), self._purses(entries, number))

    def enter(self, place: int, price: Price) -> Paid:
        """Book a round."""
        entries, round_ = self._entries(place), len(self.rhos)
        quote = np.array(self.quote(price), np.int64)
        number = settled(
            entries, self._money, self._spent_in, quote, round_, self._unsure, self._sums
        )
        payers, short = int(self._sums[PAYERS]), int(self._sums[SHORT])
        for at in self._unsure[:number].tolist():
            short += self._settle(entries[at].tolist(), price, quote)
        self._append(price.rho)
        self._round_of[place] = round_
        return Paid(payers=payers, short=short)

    def quote(self, price: Price) -> tuple[int, int, int]:
        """Bounds of rho in shifted money: low and high, both to be divided by the last."""
        low, high = self._shifted(price.rho * price.rich)
        return low, high, price.rich

    def behind(self, place: int, after: int) -> Fraction:
        """The exact sum of what a project's supporters held after so many rounds."""
        given = np.empty(after, np.int64)
        ballots = behind(
            self._entries(place), *self._ballots, self._spent_in, self._round_of, given
        )
        return self._amount(ballots, given)

    def out_after(self, place: int) -> int:
        """After how many rounds the supporters of a project first held less than its cost.

        Raises ``ValueError`` if they hold it to the end.
        """
        about, cost = self._about_behind(place), self._cost(place)
        margin = about[0] * CERTAIN
        after = int(np.argmax(about < cost))
        while after and about[after - 1] < cost + margin and self.behind(place, after - 1) < cost:
            after -= 1
        while about[after] > cost - margin and self.behind(place, after) >= cost:
            after += 1
            if after > len(self.rhos):
                raise ValueError(f"project {place} could still be paid at the end")
        return after

    def _about_behind(self, place: int) -> F64:
        """About what a project's supporters held after 0, 1, ... rounds."""
        about = np.empty(len(self.rhos) + 1, np.float64)
        if self._rhos_about is None:
            self._rhos_about = np.array([float(rho) for rho in self.rhos], np.float64)
        about_behind(
            self._entries(place),
            *self._ballots,
            self._spent_in,
            self._round_of,
            float(self._start),
            self._rhos_about,
            about,
        )
        return about

    @property
    def _ballots(self) -> tuple[I64, I32, I64]:
        return self._field.indptr, self._field.items, self._field.values

    def _entries(self, place: int) -> I32:
        bounds = self._field.bounds
        return self._field.entries[bounds[place] : bounds[place + 1]]

    def _cost(self, place: int) -> int:
        return int(self._field.terms[place, 0])

    def _shifted(self, amount: Fraction) -> tuple[int, int]:
        """Shifted money, rounded down and up."""
        exact = amount * Fraction(2) ** self._shift
        return exact // 1, -(-exact // 1)

    def _append(self, rho: Fraction) -> None:
        """Note a round's rho, all of them over one denominator as well: whole numbers add faster
        than fractions.
        """
        more = rho.denominator // gcd(self._common, rho.denominator)
        self._common *= more
        self._over_common = [other * more for other in self._over_common]
        self._over_common.append(rho.numerator * (self._common // rho.denominator))
        self.rhos.append(rho)
        self._rhos_about = None

    def _amount(self, ballots: int, given: I64) -> Fraction:
        """The money of ballots that were never short and gave so much to each round's project."""
        total = self._start * ballots * self._common
        for rho, value in zip(self._over_common, given.tolist(), strict=False):
            if value:
                total -= rho * value
        return Fraction(total, self._common)

    def _purse(self, group: int) -> Purse:
        """What a group gave to each round's project."""
        indptr, items, values = self._ballots
        marks = slice(int(indptr[group]), int(indptr[group + 1]))
        rounds = self._round_of[items[marks]].tolist()
        pairs = zip(rounds, values[marks].tolist(), strict=True)
        return tuple(sorted(pair for pair in pairs if pair[0] >= 0 and pair[1] > 0))

    def _money_in(self, purse: Purse) -> Fraction:
        given = sum((self.rhos[round_] * value for round_, value in purse), start=Fraction(0))
        return self._start - given

    def _purses(self, entries: I32, number: int) -> list[tuple[Fraction, int, int]]:
        """The unsure supporters as (money, value, ballots), equal ones together."""
        some: Counter[tuple[Purse, int]] = Counter()
        for group, weight, value in entries[self._unsure[:number]].tolist():
            some[self._purse(group), value] += weight
        return [(self._money_in(purse), value, many) for (purse, value), many in some.items()]

    def _settle(self, entry: list[int], price: Price, quote: I64) -> int:
        """Let one group pay exactly; gives its ballots if it was short, else 0."""
        group, weight, value = entry
        left = self._money_in(self._purse(group)) - price.rho * value
        if left > 0:
            low, high, rich = quote.tolist()
            self._money[group, LOWER] = max(
                int(self._money[group, LOWER]) - due(high, rich, value, 1), 0
            )
            self._money[group, UPPER] -= due(low, rich, value, 0)
            return 0
        self._money[group] = 0
        self._spent_in[group] = len(self.rhos)
        return weight if left < 0 else 0


def _filled(rest: Fraction, rich: int, unsure: list[tuple[Fraction, int, int]]) -> Price | None:
    """Fill up exactly: ``rest`` is to be paid by ``rich`` and those who are not sure to be poor."""
    while True:
        value = rich + sum(value * many for _, value, many in unsure)
        if value == 0:
            return None
        rho = rest / value
        still = [one for one in unsure if one[0] >= rho * one[1]]
        if len(still) == len(unsure):
            return Price(rho=rho, rich=value)
        rest -= sum(
            (money * many for money, value, many in unsure if money < rho * value),
            start=Fraction(0),
        )
        unsure = still
