"""Load the invented municipality: through the same doors that a real one would go through."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from talkoot.base.db import Database, WriteSession
from talkoot.base.engine import Engine
from talkoot.base.ids import (
    ElectionId,
    ProjectId,
    SubmissionId,
    VoterKey,
)
from talkoot.base.passkeys import relying_party
from talkoot.base.settings import Settings
from talkoot.cli.demo import people, sealed
from talkoot.cli.demo.content import (
    ProjectFile,
    RoundFile,
    municipality_file,
    people_file,
    projects_file,
    rounds_file,
    sealed_round_file,
)
from talkoot.cli.demo.people import Resident
from talkoot.cli.demo.rounds import municipality_of, round_in, rules_of
from talkoot.cli.demo.sealed import Ceremony
from talkoot.rounds import (
    GRACE_S,
    Kind,
    Municipality,
    municipality_kept,
    round_kept,
)
from talkoot.voting import log
from talkoot.voting.ballot import (
    BallotDefinition,
    Channel,
    Mark,
    Method,
    VoteType,
)
from talkoot.voting.intake import Cast, Door, Recorded
from talkoot.voting.log import Assurance, TwoPersons
from talkoot.voting.results import published
from talkoot.voting.roll import (
    AnchorScheme,
    CodeHasher,
    activate,
    create_keys,
    grouped,
    import_roll,
    issue_codes,
    keys_for,
    voter_key,
)

PERSONS = TwoPersons("Maria Rantakallio", "Jonas Lindholm")
LETTERS = 24
EARLY_VOTERS = 620  # of the open round: enough to look alive, few enough to leave people to vote
SEALED_VOTERS = 60
WAITING = 9
"""Ballots that are cast last: of the sealed round they wait for a tenth, the first one of a guest.
"""
PAST_VOTERS = 1_240
AT_ONCE = 256
VOTING_DAYS = 21
OPENING_HOUR = 6  # UTC: nine in the morning in Finland's summer, eight in its winter

LOCAL = Settings()

Progress = Callable[[str, int, int], None]
"""Is told what is under way, how many are done, and out of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was loaded: the ways to the open round and to the sealed one, and codes to vote with."""

    municipality: str
    open_round: str
    codes: tuple[str, ...]
    sealed_round: str
    sealed_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """One round, when it is voted on, and who has voted how."""

    file: RoundFile
    opens_at: datetime
    closes_at: datetime
    projects: tuple[ProjectFile, ...]
    voters: tuple[Resident, ...]
    ballots: tuple[tuple[ProjectId, ...], ...]
    assurance: Assurance = Assurance.PLAIN


async def load_demo(
    database: Database,
    keys_folder: Path,
    *,
    at: datetime,
    progress: Progress,
    keys_of_people: Path | None = None,
    address: str = LOCAL.address,
) -> Loaded:
    """Load municipality, rounds, roll, letters and ballots. The database must have none of them.

    Officials' and trustees' key files are made in the folder ``keys_of_people`` (beside
    ``keys_folder`` where none is named), and officials sign at ``address``.
    """
    town = municipality_file()
    municipality = municipality_of(town)
    everyone = people.residents(people_file(), town.areas, year=at.year)
    async with database.writing() as session:
        await municipality_kept(session, municipality)
        ceremony = await sealed.ceremony_begun(
            session,
            municipality.id,
            PERSONS,
            keys_of_people or keys_folder.with_name("demo-keys"),
            relying_party(address),
            at=at,
        )
    codes: dict[Assurance, tuple[str, tuple[str, ...]]] = {}
    async with Door(database) as door, CodeHasher() as hasher:
        for plan in _plans(everyone, at):
            house = _House(database, door, hasher, keys_folder, municipality, progress, ceremony)
            found = await _round_loaded(house, plan, at)
            if found:
                codes[plan.assurance] = plan.file.slug, found
    open_round, open_codes = codes[Assurance.PLAIN]
    sealed_round, sealed_codes = codes[Assurance.SEALED]
    return Loaded(
        municipality=town.slug,
        open_round=open_round,
        codes=open_codes,
        sealed_round=sealed_round,
        sealed_codes=sealed_codes,
    )


@dataclass(frozen=True, slots=True)
class _House:
    database: Database
    door: Door
    hasher: CodeHasher
    keys_folder: Path
    municipality: Municipality
    progress: Progress
    ceremony: Ceremony


def _plans(everyone: Sequence[Resident], at: datetime) -> list[_Plan]:
    """Five rounds: two open now, one of them sealed, one of last year, and the workshop's polls."""
    open_, past, *polls = rounds_file()
    morning = at.replace(hour=OPENING_HOUR, minute=0, second=0, microsecond=0)
    return [
        _budget_plan(open_, everyone, EARLY_VOTERS, morning - timedelta(days=6)),
        replace(
            _budget_plan(sealed_round_file(), everyone, SEALED_VOTERS, morning - timedelta(days=2)),
            assurance=Assurance.SEALED,
        ),
        _budget_plan(past, everyone, PAST_VOTERS, morning - timedelta(days=380)),
        *(_poll_plan(poll, everyone) for poll in polls),
    ]


def _budget_plan(
    file: RoundFile, everyone: Sequence[Resident], number: int, opens_at: datetime
) -> _Plan:
    every = projects_file(file.projects)
    projects = tuple(one for one in every if one.number in (file.numbers or {one.number}))
    budget = file.budget_cents if file.vote_type == VoteType.KNAPSACK.value else None
    voted = everyone[len(everyone) - number :]
    most = file.max_choices or len(projects) // 2
    ballots = tuple(people.approvals(voter, projects, most, budget) for voter in voted)
    return _Plan(
        file=file,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=VOTING_DAYS),
        projects=projects,
        voters=tuple(voter for voter, ballot in zip(voted, ballots, strict=True) if ballot),
        ballots=tuple(ballot for ballot in ballots if ballot),
    )


def _poll_plan(file: RoundFile, everyone: Sequence[Resident]) -> _Plan:
    """Plan a poll on the day that its name ends with."""
    day = datetime.fromisoformat(file.slug[-10:]).replace(hour=OPENING_HOUR, tzinfo=UTC)
    ballots = people.poll_ballots(file.counts)
    return _Plan(
        file=file,
        opens_at=day,
        closes_at=day + timedelta(hours=8),
        projects=(),
        voters=tuple(everyone[: len(ballots)]),
        ballots=ballots,
    )


async def _round_loaded(house: _House, plan: _Plan, at: datetime) -> tuple[str, ...]:
    """Load one round; give codes to vote with if it is open now."""
    election = await _frozen(house, plan, at)
    keys = create_keys(house.keys_folder, election.id)
    async with house.database.writing() as session:
        roll = people.roll_csv(plan.voters if plan.file.kind == Kind.POLL else _everyone(at))
        areas = {area.code for area in house.municipality.areas}
        report = await import_roll(
            session, roll, election_id=election.id, areas=areas, at=plan.opens_at
        )
        if report.faults:
            raise ValueError(f"the demonstration's roll is faulty: {report.faults[:3]}")
        await _opened(session, house, election, plan)
    anchors = (voter.anchor for voter in plan.voters)
    scheme = AnchorScheme.REGISTER_ROW
    voters = [voter_key(keys, election.id, scheme, anchor) for anchor in anchors]
    last = WAITING if plan.assurance is Assurance.SEALED else 0
    await _voted(house, election, "Ballots", voters[last:], plan.ballots[last:])
    if last:
        async with house.database.writing() as session:
            await sealed.board_grown(session, election.id, house.keys_folder, at=at)
        await _voted(house, election, "Last ballots", voters[:last], plan.ballots[:last])
    if at < election.closes_at:
        return await _letters(house, election, at)
    await _finished(house, election)
    return ()


async def _opened(
    session: WriteSession, house: _House, election: log.Election, plan: _Plan
) -> None:
    if plan.assurance is Assurance.SEALED:
        keys, at = house.keys_folder, plan.opens_at
        await sealed.sealed_opened(session, house.ceremony, election, keys, at=at)
    else:
        await log.opened(session, election.id, persons=PERSONS, at=plan.opens_at)


def _everyone(at: datetime) -> tuple[Resident, ...]:
    return people.residents(people_file(), municipality_file().areas, year=at.year)


async def _frozen(house: _House, plan: _Plan, at: datetime) -> log.Election:
    voting, frozen_at = (plan.opens_at, plan.closes_at), min(at, plan.opens_at)
    here = house.municipality.id
    round_ = await round_in(house.database, here, plan.file, plan.projects, voting)
    election_id = ElectionId(uuid4())
    definition = log.definition_of(round_, house.municipality, election_id, rules_of(plan.file))
    async with house.database.writing() as session:
        await round_kept(session, round_)
        if plan.assurance is Assurance.SEALED:
            return await sealed.sealed_frozen(
                session,
                house.ceremony,
                definition,
                round_id=round_.id,
                voting=voting,
                at=frozen_at,
            )
        return await log.frozen(
            session,
            definition,
            round_id=round_.id,
            opens_at=plan.opens_at,
            closes_at=plan.closes_at,
            grace_s=GRACE_S,
            persons=PERSONS,
            at=frozen_at,
        )


async def _voted(
    house: _House,
    election: log.Election,
    what: str,
    voters: Sequence[VoterKey],
    ballots: Sequence[tuple[ProjectId, ...]],
) -> None:
    """Cast the invented ballots through the door, some hundred at a time."""
    title = election.definition.title["en"]
    casts = [
        _cast(election.definition, voter, ballot)
        for voter, ballot in zip(voters, ballots, strict=True)
    ]
    for first in range(0, len(casts), AT_ONCE):
        house.progress(f"{what}: {title}", first, len(casts))
        some = casts[first : first + AT_ONCE]
        answers = await asyncio.gather(
            *(house.door.cast(cast, election.opens_at + timedelta(hours=1)) for cast in some)
        )
        if not all(isinstance(answer, Recorded) for answer in answers):
            raise ValueError(f"a ballot of the demonstration was not recorded: {answers}")
    house.progress(f"{what}: {title}", len(casts), len(casts))


def _cast(definition: BallotDefinition, voter: VoterKey, chosen: tuple[ProjectId, ...]) -> Cast:
    return Cast(
        election_id=definition.election_id,
        submission_id=SubmissionId(uuid4()),
        voter_key=voter,
        method=Method.CODE,
        channel=Channel.WEB,
        definition_hash=definition.hash,
        marks=tuple(Mark(project=project) for project in chosen),
    )


async def _letters(house: _House, election: log.Election, at: datetime) -> tuple[str, ...]:
    """Issue codes for a few who have not voted, and activate them."""
    what = f"Letters with codes: {election.definition.title['en']}"
    house.progress(what, 0, LETTERS)
    keys = keys_for(house.keys_folder, election.id)
    async with house.database.writing() as session:
        batch = await issue_codes(
            session,
            election_id=election.id,
            keys=keys,
            hasher=house.hasher,
            by=PERSONS.first,
            at=at,
            limit=LETTERS,
        )
        await activate(session, batch.id, by=PERSONS.second, at=at)
    house.progress(what, LETTERS, LETTERS)
    return tuple(grouped(issued.code) for issued in batch.codes)


async def _finished(house: _House, election: log.Election) -> None:
    async with house.database.writing() as session:
        at = election.closes_at + timedelta(hours=1)
        await log.closed(session, election.id, persons=PERSONS, at=at)
    async with house.database.writing() as session:
        at = election.closes_at + timedelta(days=1)
        # So few ballots are counted before the compiler of the kernels is even there.
        await published(session, election.id, persons=PERSONS, at=at, engine=Engine.TWINS)
