"""From a round's projects and the rules agreed for it to the ballot definition that is frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from talkoot.base.ids import ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.rounds import Municipality, Round
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    BallotDefinition,
    ChannelRank,
    Limits,
    Pot,
    ProjectOnBallot,
    Purpose,
    Recast,
    Route,
    VoteType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectionRules:
    """How a round is voted on and counted; the budget is in cents.

    ``groups``: projects, by number, of which at most one is funded; ``pledges``: cents that others
    pay, by a project's number. Both may only name projects of the round. ``routes``: by what voters
    are let in, and where; none named means codes from letters.
    """

    vote_type: VoteType
    limits: Limits
    budget: Cents
    allocation: AllocationRule
    recast: Recast
    currency: str = "EUR"
    ranks: tuple[ChannelRank, ...] = DEFAULT_RANKS
    pots: tuple[Pot, ...] = ()
    groups: tuple[tuple[ProjectId, ...], ...] = ()
    pledges: Mapping[ProjectId, Cents] = field(default_factory=dict)
    purpose: Purpose = Purpose.BINDING
    routes: tuple[Route, ...] = ()


def definition_of(
    round_: Round, municipality: Municipality, election_id: ElectionId, rules: ElectionRules
) -> BallotDefinition:
    """Give the ballot definition of a round, its projects in listed order.

    Raises ``ValueError`` for a group or a pledge that names no project of the round, for a project
    in two groups, and for what :class:`BallotDefinition` refuses.
    """
    exclusive = _exclusive(rules)
    strangers = {*exclusive, *rules.pledges} - {project.number for project in round_.projects}
    if strangers:
        raise ValueError(f"the round has no project {min(strangers)!r}")
    return BallotDefinition(
        election_id=election_id,
        title=round_.title,
        vote_type=rules.vote_type,
        limits=rules.limits,
        projects=tuple(
            ProjectOnBallot(
                id=project.number,
                name=project.name,
                cost=project.cost,
                area=project.area,
                exclusive=exclusive.get(project.number),
                pledged=rules.pledges.get(project.number, Cents(0)),
            )
            for project in sorted(round_.projects, key=lambda project: project.place)
        ),
        areas=tuple(area.code for area in municipality.areas),
        budget=rules.budget,
        currency=rules.currency,
        allocation=rules.allocation,
        recast=rules.recast,
        ranks=rules.ranks,
        pots=rules.pots,
        purpose=rules.purpose,
        routes=rules.routes,
    )


def _exclusive(rules: ElectionRules) -> dict[ProjectId, str]:
    """Each grouped project's group, named by the numbers of all its projects."""
    named: dict[ProjectId, str] = {}
    for group in rules.groups:
        for number in group:
            if number in named:
                raise ValueError(f"project {number!r} is named twice in groups")
            named[number] = ", ".join(group)
    return named
