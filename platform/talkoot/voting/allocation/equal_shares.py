"""The Method of Equal Shares: kernels decide what bounds decide, exact arithmetic the rest."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from talkoot.voting.allocation import ground as ground_
from talkoot.voting.allocation.adding import (
    AT_ONCE,
    CONTENDERS,
    EXHAUSTIVE,
    FOUND,
    INFEASIBLE,
    NEWS,
    OUTCOME,
    STEPS,
    TIES_KNOWN,
    TOO_LARGE,
    added,
)
from talkoot.voting.allocation.field import I64, RANK, U8
from talkoot.voting.allocation.ground import Ground
from talkoot.voting.allocation.guiding import EQUALS, ROUNDS, WINNER
from talkoot.voting.allocation.ledger import Ledger, Price
from talkoot.voting.allocation.problem import TooLarge
from talkoot.voting.allocation.running import SCRIPT
from talkoot.voting.ballot import Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A whole run: what was bought, in order, when every voter started with ``start`` (scaled).

    ``equals`` says for each round how many other projects were exactly as good as the winner.
    """

    start: int
    places: tuple[int, ...]
    equals: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """The run whose outcome is returned, and the number of Add1 steps tried to find it."""

    run: Run
    steps: int


@dataclass(slots=True, eq=False)
class _Help:
    """Exact decisions for a run: its script so far, and what can no longer be paid."""

    ground: Ground
    start: int
    script: I64
    barred: U8
    prices: list[Price] = field(default_factory=list)
    _ledger: Ledger | None = None

    @classmethod
    def none_yet(cls, ground: Ground, start: int) -> "_Help":
        """The help that a run begins with."""
        return cls(
            ground=ground,
            start=start,
            script=np.empty((0, SCRIPT), np.int64),
            barred=np.zeros(len(ground.field.terms), np.uint8),
        )

    @property
    def ledger(self) -> Ledger:
        """The exact ledger, opened when it is first asked for."""
        if self._ledger is None:
            self._ledger = Ledger(self.ground, start=self.start, sum_bits=ground_.SUM_BITS)
        return self._ledger

    def decide(self, rounds: I64, contenders: Iterable[int]) -> None:
        """Decide the round after those given exactly."""
        known = [tuple(row) for row in rounds[:, : EQUALS + 1].tolist()]
        for place, _ in known[len(self.prices) :]:
            self._enter(place, self._certain(place))
        prices = {place: self.ledger.price(place) for place in contenders}
        keys = {
            place: price.rho / self.ground.key_of(place)
            for place, price in prices.items()
            if price is not None
        }
        self.barred[[place for place in prices if place not in keys]] = 1
        if keys:
            best = min(keys.values())
            equal = [place for place, key in keys.items() if key == best]
            winner = min(equal, key=self._rank)
            known.append((winner, len(equal) - 1))
            self._enter(winner, self._certain(winner))
        self.script = np.array(
            [
                (*row, *self.ledger.quote(price))
                for row, price in zip(known, self.prices, strict=True)
            ],
            np.int64,
        ).reshape(-1, SCRIPT)

    def _enter(self, place: int, price: Price) -> None:
        self.ledger.enter(place, price)
        self.prices.append(price)

    def _certain(self, place: int) -> Price:
        price = self.ledger.price(place)
        if price is None:
            raise ValueError(f"project {place} was bought without the money for it")
        return price

    def _rank(self, place: int) -> int:
        return int(self.ground.field.terms[place, RANK])


def equal_shares(ground: Ground, start: int) -> Run:
    """Run the Method of Equal Shares from one start (scaled money per voter) to its end."""
    return _decided(ground, start, AT_ONCE).run


def add1(ground: Ground, *, start: int, stop: Stop) -> Added:
    """Run Add1 (``adding.py``): each step gives every voter one currency unit more.

    Raises :class:`TooLarge` if the money grows beyond what kernels hold.
    """
    return _decided(ground, start, INFEASIBLE if stop is Stop.INFEASIBLE else EXHAUSTIVE)


def _decided(ground: Ground, start: int, stop: int) -> Added:
    projects = len(ground.field.terms)
    rounds, found = np.empty((projects + 1, ROUNDS), np.int64), np.empty(projects, np.int64)
    news = np.zeros(NEWS, np.int64)
    help_ = _Help.none_yet(ground, start)
    while True:
        said = added(
            *ground.field,
            help_.script,
            help_.barred,
            len(ground.field.indptr) - 1,
            ground.ballots,
            start,
            ground_.SUM_BITS,
            ground.unit,
            ground.purse * ground.ballots,
            stop,
            news,
            rounds,
            found,
        )
        steps = int(news[STEPS])
        if said == FOUND:
            break
        if said == TOO_LARGE:
            raise TooLarge("amounts grow beyond 64 bits")
        if help_.start != start + steps * ground.unit:
            help_ = _Help.none_yet(ground, start + steps * ground.unit)
        help_.decide(rounds[: rounds[-1, WINNER]], found[: news[CONTENDERS]].tolist())
    outcome = start + int(news[OUTCOME]) * ground.unit
    done = _told(outcome, rounds) if news[TIES_KNOWN] else equal_shares(ground, outcome)
    return Added(run=done, steps=steps)


def _told(start: int, rounds: I64) -> Run:
    number = int(rounds[-1, WINNER])
    places, equals = rounds[:number, WINNER], rounds[:number, EQUALS]
    return Run(start=start, places=tuple(places.tolist()), equals=tuple(equals.tolist()))
