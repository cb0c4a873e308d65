"""Greedy: down the list by support, passing over what no longer fits. Whole numbers throughout."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from talkoot.voting.allocation.outcome import Phase, Round
from talkoot.voting.allocation.problem import AllocationProblem

Key = tuple[int, Fraction]
"""(1, 0) for infinitely good, else (0, the measure)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GreedyRun:
    """The rounds in order, the places funded, and for each place passed over what was missing."""

    rounds: tuple[Round, ...]
    funded: tuple[int, ...]
    missing: dict[int, int]


def by_score(problem: AllocationProblem) -> list[Key]:
    """Votes, or points where the ballots give points."""
    return [(0, Fraction(score)) for score in problem.tally.score]


def by_score_per_cost(problem: AllocationProblem) -> list[Key]:
    """The same per minor unit of cost; what costs nothing and has support comes before all."""
    return [_per_cost(s, c) for s, c in zip(problem.tally.score, problem.costs, strict=True)]


def _per_cost(score: int, cost: int) -> Key:
    if cost:
        return (0, Fraction(score, cost))
    return (1, Fraction(0)) if score > 0 else (0, Fraction(0))


def greedy(
    problem: AllocationProblem,
    *,
    keys: Sequence[Key],
    ranks: Sequence[int],
    funded: Sequence[int],
    phase: Phase,
) -> GreedyRun:
    """Go down the projects not yet funded by falling key, equal ones by rank, and fund what fits.

    A project without support comes last and is funded if it fits, as the literature has it.
    """
    left = problem.budget - sum(problem.costs[place] for place in funded)
    waiting = set(range(len(keys))) - set(funded)
    order = sorted(sorted(waiting, key=ranks.__getitem__), key=keys.__getitem__, reverse=True)
    rounds: list[Round] = []
    chosen: list[int] = []
    missing: dict[int, int] = {}
    for at, place in enumerate(order):
        cost = problem.costs[place]
        if cost > left:
            missing[place] = cost - left
            continue
        equals = _equal_and_fitting(problem, keys, order[at:], left)
        left -= cost
        chosen.append(place)
        rounds.append(
            _round(problem, place, key=keys[place], equals=equals, phase=phase, left=left)
        )
    return GreedyRun(rounds=tuple(rounds), funded=tuple(chosen), missing=missing)


def _equal_and_fitting(
    problem: AllocationProblem, keys: Sequence[Key], order: Sequence[int], left: int
) -> list[int]:
    """The other projects with the first one's key that would have fitted just as well."""
    equals = []
    for place in order[1:]:
        if keys[place] != keys[order[0]]:
            break
        if problem.costs[place] <= left:
            equals.append(place)
    return sorted(equals)


def _round(
    problem: AllocationProblem, place: int, *, key: Key, equals: list[int], phase: Phase, left: int
) -> Round:
    ids = problem.profile.projects
    return Round(
        winner=ids[place],
        phase=phase,
        measure=None if key[0] else key[1],
        payers=problem.tally.votes[place],
        short=0,
        tied_with=tuple(ids[other] for other in equals),
        left=left,
    )
