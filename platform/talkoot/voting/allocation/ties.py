"""The published tie rule as one order of all projects, the same for a whole run."""

import hashlib
from collections.abc import Sequence
from typing import assert_never

from talkoot.base.bytes import text
from talkoot.base.ids import ProjectId
from talkoot.voting.allocation.outcome import TieBy
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.ballot import AllocationRule, TieRule

Ticket = tuple[int | bytes, ...]
"""What a project is ordered by, one item for each criterion; the smaller comes first."""


def lot_of(seed: str, project: ProjectId) -> bytes:
    """Give a project's lot: SHA-256 of the seed and its number, one after the other as text.

    Anybody can draw it again: ``printf '%s%s' SEED NUMBER | sha256sum``. The smallest comes first.
    """
    return hashlib.sha256(text(seed) + text(project)).digest()


def criteria(rule: AllocationRule) -> tuple[TieBy, ...]:
    """Give what decides between equal projects, the first that tells them apart."""
    last = TieBy.LOT if rule.lot_seed else TieBy.LISTED
    match rule.tie:
        case TieRule.LISTED | TieRule.LOT:
            return (last,)
        case TieRule.CHEAPER:
            return (TieBy.CHEAPER, TieBy.VOTES, last)
        case TieRule.POPULAR:
            return (TieBy.VOTES, TieBy.CHEAPER, last)
        case _:
            assert_never(rule.tie)


def ticket(
    problem: AllocationProblem, rule: AllocationRule, place: int, more_votes: int = 0
) -> Ticket:
    """Give a project's ticket, as if it had some votes more than it has.

    No two projects' are equal: the last criterion tells all apart.
    """
    kinds = criteria(rule)
    return tuple(_criterion(problem, rule, kind, place, more_votes) for kind in kinds)


def _criterion(
    problem: AllocationProblem, rule: AllocationRule, kind: TieBy, place: int, more_votes: int
) -> int | bytes:
    match kind:
        case TieBy.CHEAPER:
            return problem.costs[place]
        case TieBy.VOTES:
            return -problem.tally.votes[place] - more_votes
        case TieBy.LOT:
            return lot_of(rule.lot_seed, problem.profile.projects[place])
        case TieBy.LISTED:
            return place
        case _:
            assert_never(kind)


def tie_ranks(problem: AllocationProblem, rule: AllocationRule) -> list[int]:
    """Give each project's rank, by its place: of equal projects the smallest rank comes first."""
    if criteria(rule) == (TieBy.LISTED,):
        return list(range(len(problem.costs)))
    mine = [ticket(problem, rule, place) for place in range(len(problem.costs))]
    ranks = [0] * len(mine)
    for rank, place in enumerate(sorted(range(len(mine)), key=mine.__getitem__)):
        ranks[place] = rank
    return ranks


def decided_by(
    problem: AllocationProblem, rule: AllocationRule, winner: int, others: Sequence[int]
) -> TieBy | None:
    """Name the criterion by which the winner came before the next of the equal others."""
    if not others:
        return None
    runner_up = min(ticket(problem, rule, other) for other in others)
    pairs = zip(criteria(rule), ticket(problem, rule, winner), runner_up, strict=True)
    return next(kind for kind, won, lost in pairs if won != lost)
