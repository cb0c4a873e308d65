"""The invented municipality and its rounds, from the words of their files."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from talkoot.base.db import Database
from talkoot.base.i18n import Text
from talkoot.base.ids import AreaCode, MunicipalityId, ProjectId, RoundId
from talkoot.base.money import Cents
from talkoot.cli.demo.content import MunicipalityFile, ProjectFile, RoundFile, picture_file
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
    picture_kept,
)
from talkoot.voting.ballot import (
    AllocationRule,
    Completion,
    Limits,
    Recast,
    Rule,
    TieRule,
    VoteType,
)
from talkoot.voting.log import ElectionRules


def municipality_of(town: MunicipalityFile) -> Municipality:
    """Give the municipality of the file."""
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


def rules_of(file: RoundFile) -> ElectionRules:
    """Give what is agreed on in a round's file."""
    return ElectionRules(
        vote_type=VoteType(file.vote_type),
        limits=Limits(max_choices=file.max_choices),
        budget=Cents(file.budget_cents),
        allocation=AllocationRule(
            rule=Rule(file.rule), completion=Completion(file.completion), tie=TieRule(file.tie)
        ),
        recast=Recast(file.recast),
    )


async def round_in(
    database: Database,
    municipality_id: MunicipalityId,
    file: RoundFile,
    projects: Sequence[ProjectFile],
    voting: tuple[datetime, datetime],
) -> Round:
    """Give a round of these projects, or of a poll's options, voted on in this time.

    The projects' pictures are kept in the database.
    """
    opens_at, closes_at = voting
    month, year = timedelta(days=30), timedelta(days=365)
    times = {
        PhaseKind.IDEAS: (opens_at - 3 * month, opens_at - 2 * month),
        PhaseKind.REVIEW: (opens_at - 2 * month, opens_at),
        PhaseKind.VOTING: (opens_at, closes_at),
        PhaseKind.RESULTS: (closes_at, closes_at + 2 * year),
    }
    if file.kind == Kind.POLL:
        del times[PhaseKind.IDEAS], times[PhaseKind.REVIEW]
    return Round(
        id=RoundId(uuid4()),
        municipality_id=municipality_id,
        slug=file.slug,
        kind=Kind(file.kind),
        title=file.title,
        theme=file.question,
        intro=file.intro,
        rules=tuple(file.rules),
        grace_s=GRACE_S,
        phases=tuple(Phase(kind=k, starts_at=a, ends_at=b) for k, (a, b) in times.items()),
        projects=tuple([await _project(database, place, one) for place, one in enumerate(projects)])
        or _options(file),
    )


async def _project(database: Database, place: int, project: ProjectFile) -> Project:
    picture_id, body = picture_file(project.picture)
    async with database.writing() as session:
        await picture_kept(session, picture_id, "image/svg+xml", body)
    return Project(
        id=uuid4(),
        number=ProjectId(str(project.number)),
        place=place,
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
