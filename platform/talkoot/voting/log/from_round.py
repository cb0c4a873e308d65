"""From a round's projects and the rules agreed for it to the ballot definition that is frozen."""

from dataclasses import dataclass

from talkoot.base.ids import ElectionId
from talkoot.base.money import Cents
from talkoot.rounds import Municipality, Round
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    BallotDefinition,
    ChannelRank,
    Limits,
    ProjectOnBallot,
    Recast,
    VoteType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectionRules:
    """How a round is voted on and counted; the budget is in cents."""

    vote_type: VoteType
    limits: Limits
    budget: Cents
    allocation: AllocationRule
    recast: Recast
    currency: str = "EUR"
    ranks: tuple[ChannelRank, ...] = DEFAULT_RANKS


def definition_of(
    round_: Round, municipality: Municipality, election_id: ElectionId, rules: ElectionRules
) -> BallotDefinition:
    """Give the ballot definition of a round, its projects in listed order."""
    return BallotDefinition(
        election_id=election_id,
        title=round_.title,
        vote_type=rules.vote_type,
        limits=rules.limits,
        projects=tuple(
            ProjectOnBallot(
                id=project.number, name=project.name, cost=project.cost, area=project.area
            )
            for project in sorted(round_.projects, key=lambda project: project.place)
        ),
        areas=tuple(area.code for area in municipality.areas),
        budget=rules.budget,
        currency=rules.currency,
        allocation=rules.allocation,
        recast=rules.recast,
        ranks=rules.ranks,
    )
