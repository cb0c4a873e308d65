"""The exact ledger of a run: fractions, worked out only where the bounds do not decide.

A group that could always pay in full has start - sum of rho_j * value_j over the projects j bought
that it supports; a group that once could not has nothing. So exact amounts need one fraction a
round and counts of ballots, not one fraction a voter.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from talkoot.voting.allocation.ground import I64, Ground
from talkoot.voting.allocation.quote import Quote
from talkoot.voting.allocation.support import Groups, Supporters

Mask = npt.NDArray[np.bool_]


class Ledger:
    """Exact amounts after the rounds entered so far, in scaled money (not shifted)."""

    def __init__(self, ground: Ground, *, start: int, shift: int) -> None:
        """Open the ledger with the same start for every voter."""
        self._ground = ground
        self._start = start
        self._shift = Fraction(2) ** shift
        self._rhos: list[Fraction] = []
        self._values: list[I64] = []
        self._empty: Mask = np.zeros(ground.problem.profile.groups, dtype=np.bool_)

    @property
    def rhos(self) -> Sequence[Fraction]:
        """Exact rho of each round entered."""
        return self._rhos

    def enter(self, quote: Quote) -> tuple[int, int]:
        """Book a round. Gives the ballots that paid something and those of them that were short.

        Raises ``ValueError`` if the project could not be paid: then a decision before was wrong.
        """
        exact = quote.rho if quote.exact else self.rho(quote)
        if exact is None:
            raise ValueError(f"project {quote.place} was bought without the money for it")
        some = quote.supporters
        spent, short = self._spent(quote, exact)
        had = ~self._empty[some.groups]
        weights = some.weights
        counts = int(weights[had].sum()), int(weights[had & short].sum())
        values = np.zeros(len(self._empty), dtype=np.int64)
        values[some.groups] = some.values()
        self._rhos.append(exact)
        self._values.append(values)
        self._empty[some.groups[spent]] = True
        return counts

    def money_behind(self, groups: Groups, weights: I64) -> Fraction:
        """The exact sum of what some groups have."""
        have = ~self._empty[groups]
        groups, weights = groups[have], weights[have]
        total = Fraction(self._start * int(weights.sum()))
        for rho, values in zip(self._rhos, self._values, strict=True):
            total -= rho * int((values[groups] * weights).sum())
        return total

    def rho(self, quote: Quote) -> Fraction | None:
        """Exact rho of a project now, or ``None`` if its supporters cannot pay it."""
        some, cost = quote.supporters, self._ground.costs[quote.place]
        values = some.values() * some.weights
        rho = Fraction(cost, int(values.sum()))
        number = 0
        while True:
            poor = self._poorer(quote, rho)
            if int(np.count_nonzero(poor)) == number:
                return rho
            number = int(np.count_nonzero(poor))
            rest = cost - self.money_behind(some.groups[poor], some.weights[poor])
            if number == len(poor):
                return None
            rho = rest / int(values[~poor].sum())

    def _poorer(self, quote: Quote, rho: Fraction) -> Mask:
        """Which supporters have less than rho * value."""
        due = self._due(quote, rho, -1)
        poor: Mask = quote.upper < due
        unsure = np.flatnonzero(~poor & (quote.lower < due))
        for at, money, value in self._one_by_one(quote.supporters, unsure):
            poor[at] = money < rho * value
        return poor

    def _spent(self, quote: Quote, rho: Fraction) -> tuple[Mask, Mask]:
        """Which supporters have nothing left after paying, and which had less than their due."""
        due = self._due(quote, rho, 1)
        spent: Mask = quote.upper <= due
        unsure = np.flatnonzero(~spent & (quote.lower <= due))
        for at, money, value in self._one_by_one(quote.supporters, unsure):
            spent[at] = money <= rho * value
        return spent, self._poorer(quote, rho)

    def _due(self, quote: Quote, rho: Fraction, rounding: int) -> I64:
        """Due payments, rho * value, in shifted money, rounded down (1) or up (-1)."""
        levels = quote.supporters.levels
        due = [min(rounding * (rounding * rho * self._shift * v // 1), 2**62) for v in levels]
        return np.array(due, dtype=np.int64)[quote.supporters.level]

    def _one_by_one(self, some: Supporters, unsure: Groups) -> list[tuple[Groups, Fraction, int]]:
        """The exact money of groups that the bounds leave open, equal histories together."""
        if not len(unsure):
            return []
        groups = some.groups[unsure]
        columns = [some.values()[unsure], self._empty[groups], *(v[groups] for v in self._values)]
        rows, inverse = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        return [
            (unsure[inverse.reshape(-1) == at], self._money(row), row[0])
            for at, row in enumerate(rows.tolist())
        ]

    def _money(self, row: list[int]) -> Fraction:
        if row[1]:
            return Fraction(0)
        paid = (rho * value for rho, value in zip(self._rhos, row[2:], strict=True) if value)
        return self._start - sum(paid, start=Fraction(0))
