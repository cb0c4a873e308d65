"""Made-up elections of every vote type, and entries of a few voters, some of them spoiled."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import strategies as st

from talkoot.base.db import Database
from talkoot.base.i18n import text_from
from talkoot.base.ids import ElectionId, MunicipalityId, ProjectId, RoundId, SubmissionId, VoterKey
from talkoot.base.money import Cents
from talkoot.rounds import (
    Contact,
    Kind,
    Municipality,
    Round,
    municipality_kept,
    round_kept,
)
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    Ballot,
    BallotDefinition,
    Channel,
    Completion,
    Entry,
    Limits,
    Mark,
    ProjectOnBallot,
    Recast,
    Rule,
    TieRule,
    VoteType,
    ballot_bytes,
    padded_length,
)
from talkoot.voting.log import Election, frozen, opened
from tests.voting.log.made_up import CLOSES, GRACE_S, OPENS, PERSONS

COSTS = (300_00, 500_50, 200_00, 300_00, 1_200_00)
LIMITS = {
    VoteType.APPROVAL: Limits(max_choices=3),
    VoteType.KNAPSACK: Limits(max_cost=Cents(800_00)),
    VoteType.ONE: Limits(max_choices=1),
    VoteType.POINTS: Limits(max_sum=6),
    VoteType.SCORES: Limits(min_value=0, max_value=4),
    VoteType.RANKING: Limits(max_choices=3),
}
RULES = (
    AllocationRule(rule=Rule.GREEDY),
    AllocationRule(rule=Rule.GREEDY_PER_COST, tie=TieRule.CHEAPER),
    AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1U),
    AllocationRule(rule=Rule.MES_CARDINALITY, completion=Completion.GREEDY),
    AllocationRule(rule=Rule.PHRAGMEN, tie=TieRule.POPULAR),
    AllocationRule(rule=Rule.COUNT_ONLY),
)


def a_definition(
    vote_type: VoteType = VoteType.APPROVAL,
    rule: AllocationRule = RULES[0],
    *,
    limits: Limits | None = None,
    election_id: UUID | None = None,
    recast: Recast = Recast.LAST_COUNTS,
) -> BallotDefinition:
    return BallotDefinition(
        election_id=ElectionId(election_id or UUID(int=5)),
        title=text_from("Satama"),
        vote_type=vote_type,
        limits=limits or LIMITS[vote_type],
        projects=tuple(
            ProjectOnBallot(id=ProjectId(str(n)), name=text_from(f"No {n}"), cost=Cents(cost))
            for n, cost in enumerate(COSTS, 1)
        ),
        areas=(),
        budget=Cents(1_000_00),
        currency="EUR",
        allocation=rule,
        recast=recast,
        ranks=DEFAULT_RANKS,
    )


def an_entry(
    definition: BallotDefinition,
    what: bytes,
    *,
    voter: int,
    submission: int = 1,
    rank: int = 1,
    round_: int = 1,
) -> Entry:
    return Entry(
        election_id=definition.election_id,
        submission_id=SubmissionId(UUID(int=submission)),
        voter_key=VoterKey(voter.to_bytes(16, "big")),
        definition_hash=definition.hash,
        channel=Channel.WEB,
        rank=rank,
        round=round_,
        beacon=0,
        what=what,
    )


def what_of(definition: BallotDefinition, *marks: tuple[str, int]) -> bytes:
    """The bytes of a ballot, lawful or not, that fits into the election's length."""
    ballot = Ballot(marks=tuple(Mark(project=ProjectId(p), value=v) for p, v in marks))
    return ballot_bytes(ballot, definition)


@st.composite
def whats(draw: st.DrawFn, definition: BallotDefinition) -> bytes:
    """Ballot bytes: mostly canonical marks, whether the limits allow them or not; or any bytes."""
    length = padded_length(definition)
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(min_size=length, max_size=length))
    ids = [str(project.id) for project in definition.projects]
    some = draw(st.lists(st.sampled_from(ids), unique=True, max_size=definition.capacity))
    values = st.integers(1, 1 if definition.vote_type in _APPROVING else 4)
    if definition.vote_type is VoteType.RANKING and draw(st.booleans()):
        return what_of(definition, *((project, at) for at, project in enumerate(some, 1)))
    return what_of(definition, *((project, draw(values)) for project in some))


_APPROVING = {VoteType.APPROVAL, VoteType.KNAPSACK, VoteType.ONE}


@st.composite
def elections(draw: st.DrawFn) -> tuple[BallotDefinition, list[Entry]]:
    """A definition of any vote type and rule, and entries of up to six voters with repeats."""
    definition = a_definition(draw(st.sampled_from(list(VoteType))), draw(st.sampled_from(RULES)))
    small = st.integers(0, 2)
    one = st.builds(
        an_entry,
        st.just(definition),
        whats(definition),
        voter=st.integers(1, 6),
        submission=st.integers(1, 4),
        rank=small,
        round_=small,
    )
    entries = draw(st.lists(one, max_size=16))
    return definition, entries + draw(
        st.lists(st.sampled_from(entries), max_size=3) if entries else st.just([])
    )


async def a_town_with_an_open_election(
    desk: Database, definition: BallotDefinition, *, kind: Kind = Kind.BUDGET
) -> Election:
    """A municipality, a round and its election, frozen and open, as the official makes them."""
    municipality = Municipality(
        id=MunicipalityId(uuid4()),
        slug=f"satama-{definition.election_id}",
        name=text_from("Satamala"),
        intro=text_from(""),
        contact=Contact(name="Aino", role=text_from(""), email="", phone=""),
        timezone="Europe/Helsinki",
        areas=(),
    )
    round_ = Round(
        id=RoundId(uuid4()),
        municipality_id=municipality.id,
        slug="satama",
        kind=kind,
        title=definition.title,
        theme=text_from(""),
        intro=text_from(""),
        rules=(),
        grace_s=GRACE_S,
        phases=(),
        projects=(),
    )
    before = OPENS - timedelta(days=1)
    async with desk.writing() as session:
        await municipality_kept(session, municipality)
        await round_kept(session, round_)
        await frozen(
            session,
            definition,
            round_id=round_.id,
            opens_at=OPENS,
            closes_at=CLOSES,
            grace_s=GRACE_S,
            persons=PERSONS,
            at=before,
        )
        return await opened(session, definition.election_id, persons=PERSONS, at=before)


def marks_of(*projects: str) -> Sequence[Mark]:
    """Approvals."""
    return tuple(Mark(project=ProjectId(project)) for project in projects)
