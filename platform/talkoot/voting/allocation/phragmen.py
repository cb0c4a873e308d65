"""Sequential Phragmen, exact: a ballot's load is the load of the last project it helped to buy."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from talkoot.voting.allocation.outcome import Phase, Round
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.allocation.support import Groups, Supporters, supporters_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PhragmenRun:
    """The rounds in order, the places funded, and the tied places at which the rule stopped."""

    rounds: tuple[Round, ...]
    funded: tuple[int, ...]
    stopped_at: tuple[int, ...]


class _Loads:
    """Loads of all groups of ballots. ``last`` names the round that set a group's load (0: none),
    so that the loads of a project's supporters are counts of rounds: no rounding anywhere.
    """

    def __init__(self, problem: AllocationProblem) -> None:
        self.costs = problem.costs
        self.supporters: list[Supporters] = supporters_of(problem.profile)
        self.last: Groups = np.zeros(problem.profile.groups, dtype=np.intp)
        self.set_loads: list[Fraction] = [Fraction(0)]

    def with_project(self, place: int) -> Fraction | None:
        """The load of the supporters if they buy the project now; ``None`` without supporters."""
        some = self.supporters[place]
        if not len(some.groups):
            return None
        heads = _counted(self.last[some.groups], some.weights, len(self.set_loads))
        carried = sum(
            (load * count for load, count in zip(self.set_loads, heads, strict=True) if count),
            start=Fraction(self.costs[place]),
        )
        return carried / sum(heads)

    def buy(self, place: int, load: Fraction) -> None:
        """Set the load of the supporters."""
        self.last[self.supporters[place].groups] = len(self.set_loads)
        self.set_loads.append(load)


def _counted(rounds: Groups, weights: np.typing.NDArray[np.int64], number: int) -> list[int]:
    heads = np.zeros(number, dtype=np.int64)
    np.add.at(heads, rounds, weights)
    return [int(count) for count in heads]


def phragmen(problem: AllocationProblem, ranks: list[int]) -> PhragmenRun:
    """Buy the project with the smallest new load, again and again.

    Only projects within the budget take part. The rule stops as soon as a project that is best, or
    tied for best, does not fit what is left. Projects without supporters come last, all tied.
    """
    loads = _Loads(problem)
    within = (p for p, cost in enumerate(problem.costs) if cost <= problem.budget)
    waiting = [p for p in within if problem.eligible[p]]
    known = {p: loads.with_project(p) for p in waiting}
    left = problem.budget
    rounds: list[Round] = []
    funded: list[int] = []
    stopped: list[int] = []
    while waiting:
        load, best = _best(loads, waiting, known)
        if any(problem.costs[place] > left for place in best):
            stopped = best
            break
        place = min(best, key=ranks.__getitem__)
        if load is not None:
            loads.buy(place, load)
        left -= problem.costs[place]
        group = problem.exclusive[place]
        waiting = [
            p for p in waiting if p != place and (group < 0 or problem.exclusive[p] != group)
        ]
        funded.append(place)
        rounds.append(_round(problem, loads, place, load=load, best=best, left=left))
    return PhragmenRun(rounds=tuple(rounds), funded=tuple(funded), stopped_at=tuple(stopped))


def _best(
    loads: _Loads, waiting: list[int], known: dict[int, Fraction | None]
) -> tuple[Fraction | None, list[int]]:
    """The smallest new load and the projects that have it.

    Loads only grow, so an earlier value is a lower bound: a project whose earlier value is above
    the best found need not be computed again.
    """
    order = sorted((p for p in waiting if known[p] is not None), key=lambda p: known[p] or 0)
    best: Fraction | None = None
    places: list[int] = []
    for place in order:
        bound = known[place]
        if best is not None and bound is not None and bound > best:
            break
        load = known[place] = loads.with_project(place)
        if load is None or (best is not None and load > best):
            continue
        if load == best:
            places.append(place)
        else:
            best, places = load, [place]
    return (best, places) if places else (None, list(waiting))


def _round(
    problem: AllocationProblem,
    loads: _Loads,
    place: int,
    *,
    load: Fraction | None,
    best: list[int],
    left: int,
) -> Round:
    ids = problem.profile.projects
    return Round(
        winner=ids[place],
        phase=Phase.RULE,
        measure=load,
        payers=int(loads.supporters[place].weights.sum()),
        short=0,
        tied_with=tuple(ids[other] for other in best if other != place),
        left=left,
    )
