"""A village beside the demonstration: one small open round for each vote type, with codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

from talkoot.base.db import Database
from talkoot.base.i18n import text_from
from talkoot.base.ids import AreaCode, ElectionId, MunicipalityId, ProjectId, RoundId
from talkoot.base.money import Cents
from talkoot.cli.demo.content import ProjectFile, picture_file, projects_file
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
from talkoot.voting.ballot import AllocationRule, Limits, Recast, Rule, VoteType
from talkoot.voting.log import ElectionRules, TwoPersons
from talkoot.voting.roll import (
    CodeHasher,
    activate,
    create_keys,
    grouped,
    import_roll,
    issue_codes,
)

SLUG = "kokeila"
AREA = AreaCode("kyla")
PROJECTS = 6
LETTERS = 28
PERSONS = TwoPersons("Aino Esimerkki", "Otto Esimerkki")
OPEN_FOR = timedelta(days=14)
BUDGET = Cents(25_000_00)
"""Any one of the projects fits it, all together do not."""

LIMITS: Mapping[VoteType, Limits] = MappingProxyType(
    {
        VoteType.APPROVAL: Limits(max_choices=2),
        VoteType.KNAPSACK: Limits(),
        VoteType.ONE: Limits(max_choices=1),
        VoteType.POINTS: Limits(max_sum=10),
        VoteType.SCORES: Limits(max_value=5),
        VoteType.RANKING: Limits(max_choices=3),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A round that is open for voting: where it is, and codes to vote with."""

    slug: str
    codes: tuple[str, ...]


async def village_loaded(database: Database, keys_folder: Path, at: datetime) -> tuple[Opened, ...]:
    """Load the village: its rounds opened a day before ``at``, each with its letters."""
    village = Municipality(
        id=MunicipalityId(uuid4()),
        slug=SLUG,
        name={"fi": "Kokeila", "sv": "Försöksby", "en": "Trial Village", "se": "Geahččalangilli"},
        # Said in Finnish alone: in the other languages the page must mark it for speech.
        intro={"fi": "Pieni kylä, jossa kokeillaan kaikkia äänestystapoja."},
        contact=Contact(
            name="Aino Esimerkki",
            role={"fi": "kyläsihteeri", "sv": "bysekreterare"},
            email="aino@kokeila.invalid",
            phone="000 123",
        ),
        timezone="Europe/Helsinki",
        areas=(Area(code=AREA, parent=None, name=text_from("Kylä"), population=180),),
    )
    async with database.writing() as session:
        await municipality_kept(session, village)
    projects = await _projects(database)
    async with CodeHasher() as hasher:
        hall = _Hall(database, hasher, keys_folder, village, projects, at)
        return tuple([await _opened(hall, vote_type) for vote_type in VoteType])


@dataclass(frozen=True, slots=True)
class _Hall:
    """What every round of the village is made with."""

    database: Database
    hasher: CodeHasher
    keys_folder: Path
    village: Municipality
    projects: Sequence[ProjectFile]
    at: datetime


async def _projects(database: Database) -> Sequence[ProjectFile]:
    """Take the first projects of the demonstration; keep their pictures."""
    projects = projects_file("projects_closed.json")[:PROJECTS]
    async with database.writing() as session:
        for project in projects:
            picture_id, body = picture_file(project.picture)
            await picture_kept(session, picture_id, "image/svg+xml", body)
    return projects


async def _opened(hall: _Hall, vote_type: VoteType) -> Opened:
    opens_at = hall.at - timedelta(days=1)
    round_ = _round(hall.village, hall.projects, vote_type, opens_at)
    election_id = ElectionId(uuid4())
    keys = create_keys(hall.keys_folder, election_id)
    async with hall.database.writing() as session:
        await round_kept(session, round_)
        await log.frozen(
            session,
            log.definition_of(round_, hall.village, election_id, _rules(vote_type)),
            round_id=round_.id,
            opens_at=opens_at,
            closes_at=opens_at + OPEN_FOR,
            grace_s=GRACE_S,
            persons=PERSONS,
            at=opens_at,
        )
        await import_roll(session, _roll(), election_id=election_id, areas={AREA}, at=opens_at)
        await log.opened(session, election_id, persons=PERSONS, at=opens_at)
        batch = await issue_codes(
            session,
            election_id=election_id,
            keys=keys,
            hasher=hall.hasher,
            by=PERSONS.first,
            at=hall.at,
        )
        await activate(session, batch.id, by=PERSONS.second, at=hall.at)
    codes = tuple(grouped(issued.code) for issued in batch.codes)
    return Opened(slug=round_.slug, codes=codes)


def _roll() -> bytes:
    rows = "".join(f"row-{at};1980;{AREA};fi\n" for at in range(LETTERS))
    return f"anchor;birth_year;area;language\n{rows}".encode()


def _rules(vote_type: VoteType) -> ElectionRules:
    first_only = vote_type is VoteType.ONE
    return ElectionRules(
        vote_type=vote_type,
        limits=LIMITS[vote_type],
        budget=BUDGET,
        allocation=AllocationRule(rule=Rule.GREEDY),
        recast=Recast.FIRST_COUNTS if first_only else Recast.LAST_COUNTS,
    )


def _round(
    village: Municipality, projects: Sequence[ProjectFile], vote_type: VoteType, opens_at: datetime
) -> Round:
    voting = Phase(kind=PhaseKind.VOTING, starts_at=opens_at, ends_at=opens_at + OPEN_FOR)
    return Round(
        id=RoundId(uuid4()),
        municipality_id=village.id,
        slug=vote_type.value,
        kind=Kind.BUDGET,
        title=text_from(f"Kokeila: {vote_type.value}"),
        theme={"fi": "Mitä kylään?", "sv": "Vad ska byn få?", "en": "What next for the village?"},
        intro={"fi": "Kylän pieni raha."},
        rules=({"fi": "Jokainen kyläläinen saa äänestää."},),
        grace_s=GRACE_S,
        phases=(voting,),
        projects=tuple(_project(project, place) for place, project in enumerate(projects)),
    )


def _project(file: ProjectFile, place: int) -> Project:
    picture_id, _ = picture_file(file.picture)
    return Project(
        id=uuid4(),
        number=ProjectId(str(place + 1)),
        place=place,
        area=AREA,
        name=file.name,
        summary=file.summary,
        text=file.text,
        cost=Cents(file.cost_cents),
        picture=picture_id,
        picture_alt=file.picture_alt,
    )
