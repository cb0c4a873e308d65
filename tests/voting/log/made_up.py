"""Made-up elections and ballots for the tests of the log, the door and their bad days."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text

from talkoot.base.bytes import Digest
from talkoot.base.db import Database, WriteSession
from talkoot.base.i18n import text_from
from talkoot.base.ids import ElectionId, ProjectId, RoundId, SubmissionId, VoterKey
from talkoot.base.money import Cents
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    BallotDefinition,
    Channel,
    Entry,
    Limits,
    Mark,
    Method,
    ProjectOnBallot,
    Recast,
    Rule,
    VoteType,
)
from talkoot.voting.intake import Cast
from talkoot.voting.log import Election, TwoPersons, all_entries, frozen, opened

OPENS = datetime(2026, 3, 1, 6, tzinfo=UTC)
CLOSES = datetime(2026, 3, 15, 18, tzinfo=UTC)
NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
GRACE_S = 300
PERSONS = TwoPersons("Aino", "Väinö")


def a_definition(
    *, recast: Recast = Recast.LAST_COUNTS, projects: int = 6, election_id: UUID | None = None
) -> BallotDefinition:
    return BallotDefinition(
        election_id=ElectionId(election_id or uuid4()),
        title=text_from("Lähimetsä"),
        vote_type=VoteType.APPROVAL,
        limits=Limits(max_choices=3),
        projects=tuple(
            ProjectOnBallot(id=ProjectId(str(n)), name=text_from(f"No {n}"), cost=Cents(100_00 * n))
            for n in range(1, projects + 1)
        ),
        areas=(),
        budget=Cents(1_000_00),
        currency="EUR",
        allocation=AllocationRule(rule=Rule.GREEDY),
        recast=recast,
        ranks=DEFAULT_RANKS,
    )


async def a_round(session: WriteSession) -> RoundId:
    """A round in a municipality of its own, as bare rows: the log knows no more of it."""
    town, round_id = uuid4(), uuid4()
    await session.execute(
        text(
            "insert into municipality (id, slug, name, intro, contact, timezone, country)"
            " values (:id, :slug, '{}', '{}', '{}', 'Europe/Helsinki', 'Finland')"
        ),
        {"id": town, "slug": town.hex},
    )
    await session.execute(
        text(
            "insert into round (id, municipality_id, slug, kind, title, theme, intro, rules,"
            " grace_s, options)"
            " values (:id, :town, 'r', 'budget', '{}', '{}', '{}', '[]', 0, '{}')"
        ),
        {"id": round_id, "town": town},
    )
    return RoundId(round_id)


async def a_frozen_election(session: WriteSession, definition: BallotDefinition) -> Election:
    return await frozen(
        session,
        definition,
        round_id=await a_round(session),
        opens_at=OPENS,
        closes_at=CLOSES,
        grace_s=GRACE_S,
        persons=PERSONS,
        at=OPENS - timedelta(days=7),
    )


async def an_open_election(
    desk: Database,
    *,
    recast: Recast = Recast.LAST_COUNTS,
    definition: BallotDefinition | None = None,
) -> Election:
    """Freeze and open an election, committed by the official's role."""
    definition = definition or a_definition(recast=recast)
    async with desk.writing() as session:
        await a_frozen_election(session, definition)
        return await opened(
            session, definition.election_id, persons=PERSONS, at=OPENS - timedelta(days=1)
        )


def a_voter(number: int) -> VoterKey:
    return VoterKey(number.to_bytes(16, "big"))


def a_cast(
    election: Election,
    *,
    voter: VoterKey | None = None,
    submission: UUID | None = None,
    projects: Sequence[str] = ("1", "2"),
    method: Method = Method.CODE,
    channel: Channel = Channel.WEB,
    definition_hash: Digest | None = None,
) -> Cast:
    """A valid ballot of a new voter with a new submission, but for what is named."""
    return Cast(
        election_id=election.id,
        submission_id=SubmissionId(submission or uuid4()),
        voter_key=VoterKey(uuid4().bytes) if voter is None else voter,
        method=method,
        channel=channel,
        definition_hash=definition_hash or election.definition.hash,
        marks=tuple(Mark(project=ProjectId(project)) for project in projects),
    )


async def entries_of(desk: Database, election_id: ElectionId) -> list[Entry]:
    async with desk.writing() as session:
        return [entry async for entry in all_entries(session, election_id)]
