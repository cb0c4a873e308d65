"""Definitions of every vote type, and marks on them, good and bad."""

from uuid import UUID

from hypothesis import strategies as st

from talkoot.base.ids import AreaCode, ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    Ballot,
    BallotDefinition,
    Limits,
    Mark,
    ProjectOnBallot,
    Recast,
    Rule,
    VoteType,
)

IDS = tuple(ProjectId(name) for name in ("10", "2", "S/3", "yö"))
COSTS = (100, 200, 300, 400)

LIMITS = {
    VoteType.APPROVAL: Limits(max_choices=2),
    VoteType.KNAPSACK: Limits(max_cost=Cents(500)),
    VoteType.ONE: Limits(min_choices=1, max_choices=1),
    VoteType.POINTS: Limits(min_value=1, max_value=4, min_sum=2, max_sum=6),
    VoteType.SCORES: Limits(min_value=0, max_value=5),
    VoteType.RANKING: Limits(min_choices=2, max_choices=3),
}


def definition(vote_type: VoteType) -> BallotDefinition:
    return BallotDefinition(
        election_id=ElectionId(UUID(int=11)),
        title={"en": "Made up", "fi": "Keksitty"},
        vote_type=vote_type,
        limits=LIMITS[vote_type],
        projects=tuple(
            ProjectOnBallot(id=name, name={"en": name}, cost=Cents(cost), area=AreaCode("N"))
            for name, cost in zip(IDS, COSTS, strict=True)
        ),
        areas=(AreaCode("N"), AreaCode("S")),
        budget=Cents(600),
        currency="EUR",
        allocation=AllocationRule(rule=Rule.GREEDY),
        recast=Recast.LAST_COUNTS,
        ranks=DEFAULT_RANKS,
    )


def marks(*some: tuple[str, int]) -> list[Mark]:
    return [Mark(project=ProjectId(project), value=value) for project, value in some]


@st.composite
def filled_in(draw: st.DrawFn) -> tuple[BallotDefinition, Ballot]:
    """A definition and a ballot that its bytes can hold, marks in any order."""
    found = definition(draw(st.sampled_from(list(VoteType))))
    some = draw(st.permutations(IDS))[: draw(st.integers(0, found.capacity))]
    if found.vote_type is VoteType.RANKING:
        chosen = [Mark(project=p, value=place) for place, p in enumerate(some, start=1)]
    else:
        chosen = [Mark(project=p, value=draw(st.integers(0, 2**64 - 1))) for p in some]
    return found, Ballot(marks=tuple(draw(st.permutations(chosen))))
