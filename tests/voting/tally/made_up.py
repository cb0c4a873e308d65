"""A made-up definition, and ballots that fit it."""

from uuid import UUID

from hypothesis import strategies as st

from talkoot.base.ids import ElectionId, ProjectId
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

IDS = tuple(ProjectId(name) for name in ("10", "2", "b", "A"))


def definition(vote_type: VoteType) -> BallotDefinition:
    return BallotDefinition(
        election_id=ElectionId(UUID(int=7)),
        title={"en": "Made up"},
        vote_type=vote_type,
        limits=Limits(),
        projects=tuple(
            ProjectOnBallot(id=name, name={"en": name}, cost=Cents(100 * at))
            for at, name in enumerate(IDS)
        ),
        areas=(),
        budget=Cents(300),
        currency="EUR",
        allocation=AllocationRule(rule=Rule.GREEDY),
        recast=Recast.LAST_COUNTS,
        ranks=DEFAULT_RANKS,
    )


def ballot(*marks: tuple[str, int]) -> Ballot:
    return Ballot(marks=tuple(Mark(project=ProjectId(p), value=v) for p, v in marks))


@st.composite
def ballots(draw: st.DrawFn, vote_type: VoteType) -> list[Ballot]:
    """Ballots of a kind; empty ones too."""
    values = st.just(1) if vote_type is VoteType.APPROVAL else st.integers(0, 5)
    found = []
    for some in draw(st.lists(st.lists(st.sampled_from(IDS), unique=True), max_size=15)):
        if vote_type is VoteType.RANKING:
            found.append(ballot(*((p, place) for place, p in enumerate(some, start=1))))
        else:
            found.append(ballot(*((p, draw(values)) for p in sorted(some, key=IDS.index))))
    return found


@st.composite
def elections(draw: st.DrawFn) -> tuple[BallotDefinition, list[Ballot]]:
    """A definition with its ballots."""
    vote_type = draw(st.sampled_from([VoteType.APPROVAL, VoteType.POINTS, VoteType.RANKING]))
    return definition(vote_type), draw(ballots(vote_type))
