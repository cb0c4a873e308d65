"""Elections in the order that exact peers break ties by: their projects' numbers as text."""

from collections.abc import Sequence
from dataclasses import replace

from talkoot.voting.allocation import AllocationProblem
from talkoot.voting.tally import Choice, profile_from_counts


def listed_by_number(problem: AllocationProblem) -> AllocationProblem:
    """The same election with its projects listed by their number as text."""
    ids = problem.profile.projects
    return listed_as(problem, sorted(range(len(ids)), key=ids.__getitem__))


def listed_as(problem: AllocationProblem, order: Sequence[int]) -> AllocationProblem:
    """The same election with its projects listed in another order, given by their old places."""
    ids = problem.profile.projects
    new = {old: at for at, old in enumerate(order)}
    counts: dict[Choice, int] = {
        tuple(sorted((new[place], value) for place, value in choice)): number
        for choice, number in problem.profile.counts().items()
    }
    return replace(
        problem,
        profile=profile_from_counts(counts, tuple(ids[old] for old in order)),
        costs=tuple(problem.costs[old] for old in order),
        worths=tuple(problem.worths[old] for old in order),
        eligible=tuple(problem.eligible[old] for old in order),
        exclusive=tuple(problem.exclusive[old] for old in order),
        pot=tuple(problem.pot[old] for old in order),
    )


def raised(problem: AllocationProblem, steps: int) -> AllocationProblem:
    """The same election where every voter has so many currency units more."""
    more = steps * problem.unit * problem.profile.ballots
    return replace(problem, budget=problem.budget + more)
