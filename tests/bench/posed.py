"""A decision of ours as it is timed: nothing computed beforehand but the grouped ballots."""

from dataclasses import replace

from talkoot.voting.allocation import AllocationProblem, allocated, decided
from talkoot.voting.ballot import AllocationRule


def posed(problem: AllocationProblem) -> AllocationProblem:
    """The same problem without anything that an earlier decision left in it."""
    return replace(problem)


def decided_by_us(problem: AllocationProblem, rule: AllocationRule) -> tuple[str, ...]:
    """The winners in order: the bare decision, which is what a peer gives."""
    projects = problem.profile.projects
    return tuple(projects[place] for place in decided(problem, rule).funded)


def explained_by_us(problem: AllocationProblem, rule: AllocationRule) -> tuple[str, ...]:
    """The winners in order, with each round, fate, tie and amount explained besides."""
    return allocated(problem, rule).winners
