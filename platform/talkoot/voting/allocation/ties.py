"""The published tie rule as one order of all projects, the same for a whole run."""

from typing import assert_never

from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.ballot import TieRule


def tie_ranks(problem: AllocationProblem, tie: TieRule) -> list[int]:
    """Give each project's rank, by its place: of equal projects the smallest rank comes first."""
    costs, votes = problem.costs, problem.tally.votes
    places = range(len(costs))
    match tie:
        case TieRule.LISTED:
            order = list(places)
        case TieRule.CHEAPER:
            order = sorted(places, key=lambda p: (costs[p], -votes[p], p))
        case TieRule.POPULAR:
            order = sorted(places, key=lambda p: (-votes[p], costs[p], p))
        case _:
            assert_never(tie)
    ranks = [0] * len(order)
    for rank, place in enumerate(order):
        ranks[place] = rank
    return ranks
