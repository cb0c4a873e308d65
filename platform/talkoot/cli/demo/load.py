"""Load the invented municipality: through the same doors that a real one would go through."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from talkoot.base.db import Database
from talkoot.base.engine import Engine
from talkoot.base.i18n import Text
from talkoot.base.ids import (
    AreaCode,
    ElectionId,
    MunicipalityId,
    ProjectId,
    RoundId,
    SubmissionId,
    VoterKey,
)
from talkoot.base.money import Cents
from talkoot.cli.demo import people
from talkoot.cli.demo.content import (
    MunicipalityFile,
    ProjectFile,
    RoundFile,
    municipality_file,
    people_file,
    picture_file,
    projects_file,
    rounds_file,
)
from talkoot.cli.demo.people import Resident
from talkoot.rounds import (
    GRACE_S,
    Area,
    Contact,
    Kind,
    Municipality,
    Phase,
    PhaseKind,
    Project,
    Round,
    municipality_kept,
    picture_kept,
    round_kept,
)
from talkoot.voting import log
from talkoot.voting.ballot import (
    AllocationRule,
    BallotDefinition,
    Channel,
    Completion,
    Limits,
    Mark,
    Method,
    Recast,
    Rule,
    TieRule,
    VoteType,
)
from talkoot.voting.intake import Cast, Door, Recorded
from talkoot.voting.log import ElectionRules, TwoPersons
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
PAST_VOTERS = 1_240
AT_ONCE = 256
VOTING_DAYS = 21
OPENING_HOUR = 6  # UTC: nine in the morning in Finland's summer, eight in its winter

Progress = Callable[[str, int, int], None]
"""Is told what is under way, how many are done, and out of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was loaded: the way to the open round, and codes to vote with in it."""

    municipality: str
    open_round: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """One round, when it is voted on, and who has voted how."""

    file: RoundFile
    opens_at: datetime
    closes_at: datetime
    projects: tuple[ProjectFile, ...]
    voters: tuple[Resident, ...]
    ballots: tuple[tuple[ProjectId, ...], ...]


async def load_demo(
    database: Database, keys_folder: Path, *, at: datetime, progress: Progress
) -> Loaded:
    """Load municipality, rounds, roll, letters and ballots. The database must have none of them."""
    town = municipality_file()
    municipality = _municipality(town)
    everyone = people.residents(people_file(), town.areas, year=at.year)
    async with database.writing() as session:
        await municipality_kept(session, municipality)
    codes: tuple[str, ...] = ()
    slug = ""
    async with Door(database) as door, CodeHasher() as hasher:
        for plan in _plans(everyone, at):
            house = _House(database, door, hasher, keys_folder, municipality, progress)
            found = await _round_loaded(house, plan, at)
            if found:
                codes, slug = found, plan.file.slug
    return Loaded(municipality=town.slug, open_round=slug, codes=codes)


@dataclass(frozen=True, slots=True)
class _House:
    database: Database
    door: Door
    hasher: CodeHasher
    keys_folder: Path
    municipality: Municipality
    progress: Progress


def _plans(everyone: Sequence[Resident], at: datetime) -> list[_Plan]:
    """Four rounds: one open now, one of last year, and the two polls of the workshop."""
    open_, past, *polls = rounds_file()
    morning = at.replace(hour=OPENING_HOUR, minute=0, second=0, microsecond=0)
    return [
        _budget_plan(open_, everyone, EARLY_VOTERS, morning - timedelta(days=6)),
        _budget_plan(past, everyone, PAST_VOTERS, morning - timedelta(days=380)),
        *(_poll_plan(poll, everyone) for poll in polls),
    ]


def _budget_plan(
    file: RoundFile, everyone: Sequence[Resident], number: int, opens_at: datetime
) -> _Plan:
    projects = tuple(projects_file(file.projects))
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


def _municipality(town: MunicipalityFile) -> Municipality:
    return Municipality(
        id=MunicipalityId(uuid4()),
        slug=town.slug,
        name=town.name,
        intro=town.intro,
        contact=Contact(
            name=town.contact.name,
            role=town.contact.role,
            email=town.contact.email,
            phone=town.contact.phone,
        ),
        timezone="Europe/Helsinki",
        areas=tuple(
            Area(
                code=AreaCode(area.code),
                parent=None if area.parent is None else AreaCode(area.parent),
                name=area.name,
                population=area.population,
            )
            for area in town.areas
        ),
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
        await log.opened(session, election.id, persons=PERSONS, at=plan.opens_at)
    anchors = (voter.anchor for voter in plan.voters)
    scheme = AnchorScheme.REGISTER_ROW
    voters = [voter_key(keys, election.id, scheme, anchor) for anchor in anchors]
    await _voted(house, election, voters, plan.ballots)
    if at < election.closes_at:
        return await _letters(house, election.id, at)
    await _finished(house, election)
    return ()


def _everyone(at: datetime) -> tuple[Resident, ...]:
    return people.residents(people_file(), municipality_file().areas, year=at.year)


async def _frozen(house: _House, plan: _Plan, at: datetime) -> log.Election:
    round_ = await _round(house, plan)
    election_id = ElectionId(uuid4())
    definition = log.definition_of(round_, house.municipality, election_id, _rules(plan.file))
    async with house.database.writing() as session:
        await round_kept(session, round_)
        return await log.frozen(
            session,
            definition,
            round_id=round_.id,
            opens_at=plan.opens_at,
            closes_at=plan.closes_at,
            grace_s=GRACE_S,
            persons=PERSONS,
            at=min(at, plan.opens_at),
        )


def _rules(file: RoundFile) -> ElectionRules:
    return ElectionRules(
        vote_type=VoteType(file.vote_type),
        limits=Limits(max_choices=file.max_choices),
        budget=Cents(file.budget_cents),
        allocation=AllocationRule(
            rule=Rule(file.rule), completion=Completion(file.completion), tie=TieRule(file.tie)
        ),
        recast=Recast(file.recast),
    )


async def _round(house: _House, plan: _Plan) -> Round:
    file = plan.file
    closes_at = plan.closes_at
    month, year = timedelta(days=30), timedelta(days=365)
    times = {
        PhaseKind.IDEAS: (plan.opens_at - 3 * month, plan.opens_at - 2 * month),
        PhaseKind.REVIEW: (plan.opens_at - 2 * month, plan.opens_at),
        PhaseKind.VOTING: (plan.opens_at, closes_at),
        PhaseKind.RESULTS: (closes_at, closes_at + 2 * year),
    }
    if file.kind == Kind.POLL:
        del times[PhaseKind.IDEAS], times[PhaseKind.REVIEW]
    return Round(
        id=RoundId(uuid4()),
        municipality_id=house.municipality.id,
        slug=file.slug,
        kind=Kind(file.kind),
        title=file.title,
        theme=file.question,
        intro=file.intro,
        rules=tuple(file.rules),
        grace_s=GRACE_S,
        phases=tuple(Phase(kind=k, starts_at=a, ends_at=b) for k, (a, b) in times.items()),
        projects=tuple([await _project(house, project) for project in plan.projects])
        or _options(file),
    )


async def _project(house: _House, project: ProjectFile) -> Project:
    picture_id, body = picture_file(project.picture)
    async with house.database.writing() as session:
        await picture_kept(session, picture_id, "image/svg+xml", body)
    return Project(
        id=uuid4(),
        number=ProjectId(str(project.number)),
        place=project.number - 1,
        area=AreaCode(project.area),
        name=project.name,
        summary=project.summary,
        text=project.text,
        cost=Cents(project.cost_cents),
        picture=picture_id,
        picture_alt=project.picture_alt,
    )


def _options(file: RoundFile) -> tuple[Project, ...]:
    nothing: Text = {}
    return tuple(
        Project(
            id=uuid4(),
            number=ProjectId(str(option.number)),
            place=option.number - 1,
            area=None,
            name=option.name,
            summary=nothing,
            text=nothing,
            cost=Cents(0),
            picture=None,
            picture_alt=nothing,
        )
        for option in file.options
    )


async def _voted(
    house: _House,
    election: log.Election,
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
        house.progress(f"Ballots: {title}", first, len(casts))
        some = casts[first : first + AT_ONCE]
        answers = await asyncio.gather(
            *(house.door.cast(cast, election.opens_at + timedelta(hours=1)) for cast in some)
        )
        if not all(isinstance(answer, Recorded) for answer in answers):
            raise ValueError(f"a ballot of the demonstration was not recorded: {answers}")
    house.progress(f"Ballots: {title}", len(casts), len(casts))


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


async def _letters(house: _House, election_id: ElectionId, at: datetime) -> tuple[str, ...]:
    """Issue codes for a few who have not voted, and activate them."""
    house.progress("Letters with codes", 0, LETTERS)
    keys = keys_for(house.keys_folder, election_id)
    async with house.database.writing() as session:
        batch = await issue_codes(
            session,
            election_id=election_id,
            keys=keys,
            hasher=house.hasher,
            by=PERSONS.first,
            at=at,
            limit=LETTERS,
        )
        await activate(session, batch.id, by=PERSONS.second, at=at)
    house.progress("Letters with codes", LETTERS, LETTERS)
    return tuple(grouped(issued.code) for issued in batch.codes)


async def _finished(house: _House, election: log.Election) -> None:
    async with house.database.writing() as session:
        at = election.closes_at + timedelta(hours=1)
        await log.closed(session, election.id, persons=PERSONS, at=at)
    async with house.database.writing() as session:
        at = election.closes_at + timedelta(days=1)
        # So few ballots are counted before the compiler of the kernels is even there.
        await published(session, election.id, persons=PERSONS, at=at, engine=Engine.TWINS)
