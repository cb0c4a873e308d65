"""Sequential Phragmen, exact: a ballot's load is the load of the last project it helped to buy.

Brill, Freeman, Janson and Lackner, "Phragmen's Voting Methods and Justified Representation" (AAAI
2017); for budgets Los, Christoff and Grossi, "Proportional Budget Allocations" (IJCAI 2022).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from talkoot.voting.allocation.field import (
    BACKERS,
    CLUB,
    COST,
    ENTRY,
    ENTRY_GROUP,
    ENTRY_WEIGHT,
    FLAT,
    I32,
    I64,
    OPEN,
    RANK,
    SUMS,
    TERMS,
    WORTH,
    listed,
    ordered,
)
from talkoot.voting.allocation.loading import (
    HIGH,
    LOW,
    OPEN_ROUND,
    ROUND,
    STOPPED,
    TIES,
    WINNER,
    loaded,
)
from talkoot.voting.allocation.outcome import Phase, Round
from talkoot.voting.allocation.problem import AllocationProblem, TooLarge

SUM_BITS = 61
"""All loads and one cost together stay below 2^61: they are shifted to fill so many bits."""

LARGEST = 1 << 59
"""Money that kernels can hold stays below this."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhragmenRun:
    """A run: the places funded, in order, for each those that were exactly as good, and the tied
    places at which the rule stopped. ``heads``: int64 (rounds, rounds + 1): for each project bought
    with supporters, these by the round (from 1) that had set their load.
    """

    funded: tuple[int, ...]
    ties: tuple[tuple[int, ...], ...]
    stopped_at: tuple[int, ...]
    heads: I64


class _Ground:
    """An election laid out for the kernel, and the rounds decided so far."""

    def __init__(self, problem: AllocationProblem, ranks: Sequence[int]) -> None:
        profile, number = problem.profile, len(problem.costs)
        if max(problem.budget, *problem.costs, 0) >= LARGEST:
            raise TooLarge("amounts beyond 64 bits")
        self.problem, self.ranks = problem, ranks
        self.bounds = np.empty(number + 1, np.int64)
        self.entries: I32 = np.empty((len(profile.items), ENTRY), np.int32)
        sums = np.empty((number, SUMS), np.int64)
        arrays = profile.indptr, profile.items, profile.values, profile.weights
        if listed(*arrays, self.bounds, self.entries, sums) < 0 or profile.ballots >= 1 << 31:
            raise TooLarge("values or ballots beyond 31 bits")
        self.terms = np.zeros((number, TERMS), np.int64)
        self.terms[:, COST] = problem.costs
        self.terms[:, FLAT] = sums[:, BACKERS]
        self.terms[:, RANK], self.terms[:, CLUB] = ranks, problem.exclusive
        self.terms[:, WORTH] = 1
        within = (self.terms[:, COST] <= problem.budget) & np.array(problem.eligible, np.bool_)
        self.terms[:, OPEN] = within & (sums[:, BACKERS] > 0)
        order = np.empty(number, np.int64)
        self.order = order[: ordered(self.terms, order)]
        self.unsupported = np.flatnonzero(within & (sums[:, BACKERS] == 0)).tolist()
        self.shift = max(SUM_BITS - (2 * problem.budget).bit_length(), 0)
        self.rounds = np.empty((number, ROUND), np.int64)
        self.tied = np.empty(number * number, np.int64)
        self.heads = np.zeros((number, number + 1), np.int64)
        self.found = np.empty(number + 1, np.int64)

    def run(self, known: int) -> tuple[int, int, int]:
        """Go on after the rounds that are known."""
        said: tuple[int, int, int] = loaded(
            self.bounds,
            self.entries,
            self.terms,
            self.order,
            self.problem.profile.groups,
            self.problem.budget,
            self.shift,
            known,
            self.rounds,
            self.tied,
            self.heads,
            self.found,
        )
        return said

    def decide(self, known: int, contenders: Sequence[int]) -> list[int]:
        """Decide a round exactly: gives those that are best, and notes the round if all fit."""
        places = self.rounds[:known, WINNER].tolist()
        loads = loads_of(self.problem.costs, places, self.heads)
        last = np.zeros(self.problem.profile.groups, np.int64)
        for at, place in enumerate(places):
            last[self._entries(place)[:, ENTRY_GROUP]] = at + 1
        new = {place: self._load(place, last, loads) for place in contenders}
        best = min(new.values())
        equal = [place for place, load in new.items() if load == best]
        winner = min(equal, key=self.ranks.__getitem__)
        ties = int(self.rounds[known - 1, TIES]) if known else 0
        others = [place for place in equal if place != winner]
        self.tied[ties : ties + len(others)] = others
        shifted = best * 2**self.shift
        row = winner, ties + len(others), shifted // 1, -(-shifted // 1)
        self.rounds[known, [WINNER, TIES, LOW, HIGH]] = row
        return equal

    def _entries(self, place: int) -> I32:
        return self.entries[self.bounds[place] : self.bounds[place + 1]]

    def _load(self, place: int, last: I64, loads: Sequence[Fraction]) -> Fraction:
        entries = self._entries(place)
        heads = np.zeros(len(loads) + 1, np.int64)
        np.add.at(heads, last[entries[:, ENTRY_GROUP]], entries[:, ENTRY_WEIGHT])
        return _new_load(self.problem.costs[place], heads.tolist(), loads)


def _new_load(cost: int, heads: Sequence[int], loads: Sequence[Fraction]) -> Fraction:
    carried = sum(
        (load * count for load, count in zip(loads, heads[1:], strict=False) if count),
        start=Fraction(cost),
    )
    return carried / sum(heads)


def loads_of(costs: Sequence[int], places: Sequence[int], heads: I64) -> list[Fraction]:
    """Give the exact load that each round sets."""
    loads: list[Fraction] = []
    for at, place in enumerate(places):
        loads.append(_new_load(costs[place], heads[at, : at + 1].tolist(), loads))
    return loads


def phragmen(problem: AllocationProblem, ranks: Sequence[int]) -> PhragmenRun:
    """Buy the project with the smallest new load, again and again.

    Only projects within the budget take part. The rule stops as soon as a project that is best, or
    tied for best, does not fit what is left. Projects without supporters come last, all tied.
    """
    ground = _Ground(problem, ranks)
    said, known, number = ground.run(0)
    stopped: list[int] = []
    while said == OPEN_ROUND:
        equal = ground.decide(known, ground.found[:number].tolist())
        if _dear(problem, ground.rounds[:known, WINNER].tolist(), equal):
            said, stopped = STOPPED, sorted(equal)
            break
        said, known, number = ground.run(known + 1)
    else:
        stopped = sorted(ground.found[:number].tolist())
    bought = ground.rounds[:known, WINNER].tolist()
    ends = [0, *ground.rounds[:known, TIES].tolist()]
    ties = [tuple(sorted(ground.tied[begin:end].tolist())) for begin, end in pairwise(ends)]
    if said != STOPPED:
        stopped = _unsupported(problem, ranks, ground.unsupported, bought, ties)
    return PhragmenRun(
        funded=tuple(bought),
        ties=tuple(ties),
        stopped_at=tuple(stopped),
        heads=ground.heads[:known, : known + 1],
    )


def _dear(problem: AllocationProblem, bought: Sequence[int], some: Sequence[int]) -> bool:
    """Whether any of these does not fit what is left."""
    left = problem.budget - sum(problem.costs[place] for place in bought)
    return any(problem.costs[place] > left for place in some)


def _unsupported(
    problem: AllocationProblem,
    ranks: Sequence[int],
    waiting: list[int],
    bought: list[int],
    ties: list[tuple[int, ...]],
) -> list[int]:
    """Buy projects without supporters, too; gives those at which the rule stopped."""
    taken = {problem.exclusive[place] for place in bought} - {-1}
    while waiting := [place for place in waiting if problem.exclusive[place] not in taken]:
        if _dear(problem, bought, waiting):
            return waiting
        winner = min(waiting, key=ranks.__getitem__)
        waiting.remove(winner)
        bought.append(winner)
        ties.append(tuple(waiting))
        taken |= {problem.exclusive[winner]} - {-1}
    return []


def rounds_of(problem: AllocationProblem, run: PhragmenRun) -> tuple[Round, ...]:
    """Tell a run's rounds exactly."""
    ids, left = problem.profile.projects, problem.budget
    supported = len(run.heads)
    loads = loads_of(problem.costs, run.funded[:supported], run.heads)
    rounds = []
    for at, (place, ties) in enumerate(zip(run.funded, run.ties, strict=True)):
        left -= problem.costs[place]
        rounds.append(
            Round(
                winner=ids[place],
                phase=Phase.RULE,
                measure=loads[at] if at < supported else None,
                payers=int(run.heads[at].sum()) if at < supported else 0,
                short=0,
                tied_with=tuple(ids[other] for other in ties),
                left=left,
            )
        )
    return tuple(rounds)
