"""Municipalities and rounds in the database; one statement (and its eager loads) per method."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotFound
from talkoot.base.ids import AreaCode, MunicipalityId, PhaseId, ProjectId, RoundId
from talkoot.base.money import Cents
from talkoot.rounds.agreeing import Agreement, RulesDraft, agreed_at_once, phases_kept
from talkoot.rounds.colours import Colours
from talkoot.rounds.tables import (
    AreaRow,
    MunicipalityRow,
    PhaseRow,
    PictureRow,
    ProjectRow,
    RoundRow,
)
from talkoot.rounds.values import (
    Area,
    Contact,
    Kind,
    Municipality,
    Phase,
    PhaseKind,
    Project,
    Round,
    RoundOptions,
)

_WHOLE_ROUND = (
    selectinload(RoundRow.phases),
    selectinload(RoundRow.projects).joinedload(ProjectRow.area),
)


async def municipalities(session: ReadSession) -> tuple[Municipality, ...]:
    """Give every municipality of this deployment, by slug."""
    rows = await session.scalars(
        select(MunicipalityRow)
        .order_by(MunicipalityRow.slug)
        .options(selectinload(MunicipalityRow.areas))
    )
    return tuple(_municipality(row) for row in rows)


async def municipality_called(session: ReadSession, slug: str) -> Municipality:
    """Give the municipality with this slug. Raises :class:`NotFound`."""
    row = await session.scalar(
        select(MunicipalityRow)
        .where(MunicipalityRow.slug == slug)
        .options(selectinload(MunicipalityRow.areas))
    )
    if row is None:
        raise NotFound(f"there is no municipality {slug!r}")
    return _municipality(row)


async def municipality_of(session: ReadSession, municipality_id: MunicipalityId) -> Municipality:
    """Give the municipality with this id. Raises :class:`NotFound`."""
    row = await session.get(
        MunicipalityRow, municipality_id, options=[selectinload(MunicipalityRow.areas)]
    )
    if row is None:
        raise NotFound(f"there is no municipality {municipality_id}")
    return _municipality(row)


async def rounds_of(session: ReadSession, municipality_id: MunicipalityId) -> tuple[Round, ...]:
    """Give the municipality's rounds with their phases and projects, by slug."""
    rows = await session.scalars(
        select(RoundRow)
        .where(RoundRow.municipality_id == municipality_id)
        .order_by(RoundRow.slug)
        .options(*_WHOLE_ROUND)
        .execution_options(populate_existing=True)
    )
    return tuple(_round(row) for row in rows)


async def round_called(session: ReadSession, municipality_id: MunicipalityId, slug: str) -> Round:
    """Give the municipality's round with this slug. Raises :class:`NotFound`."""
    row = await session.scalar(
        select(RoundRow)
        .where(RoundRow.municipality_id == municipality_id, RoundRow.slug == slug)
        .options(*_WHOLE_ROUND)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"there is no round {slug!r}")
    return _round(row)


async def round_of(session: ReadSession, round_id: RoundId) -> Round:
    """Give the round with this id. Raises :class:`NotFound`."""
    row = await session.get(RoundRow, round_id, options=_WHOLE_ROUND, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no round {round_id}")
    return _round(row)


async def picture_of(session: ReadSession, picture_id: str) -> tuple[str, bytes]:
    """Give a picture's media type and bytes. Raises :class:`NotFound`."""
    row = await session.get(PictureRow, picture_id)
    if row is None:
        raise NotFound(f"there is no picture {picture_id!r}")
    return row.media_type, row.body


async def municipality_kept(session: WriteSession, municipality: Municipality) -> None:
    """Insert a municipality and its tree of areas; parents must come before their children."""
    session.add(
        MunicipalityRow(
            id=municipality.id,
            slug=municipality.slug,
            name=dict(municipality.name),
            intro=dict(municipality.intro),
            contact=msgspec.to_builtins(municipality.contact),
            timezone=municipality.timezone,
            country=municipality.country,
            colours=municipality.colours and msgspec.to_builtins(municipality.colours),
            picture_id=municipality.picture,
        )
    )
    await session.flush()
    ids = {area.code: uuid4() for area in municipality.areas}
    for area in municipality.areas:
        session.add(
            AreaRow(
                id=ids[area.code],
                municipality_id=municipality.id,
                parent_id=None if area.parent is None else ids[area.parent],
                code=area.code,
                name=dict(area.name),
                population=area.population,
            )
        )
        await session.flush()


async def round_kept(
    session: WriteSession, round_: Round, *, agreement: Agreement | None = None
) -> Round:
    """Insert a round with its phases and projects; its pictures and areas must be there already.

    Gives it as it is kept: with ``agreement`` its rules are in force as version 1, without it the
    round is a draft.
    """
    session.add(
        RoundRow(
            id=round_.id,
            municipality_id=round_.municipality_id,
            slug=round_.slug,
            kind=round_.kind.value,
            title=dict(round_.title),
            theme=dict(round_.theme),
            intro=dict(round_.intro),
            rules=[dict(rule) for rule in round_.rules],
            grace_s=round_.grace_s,
            options=msgspec.to_builtins(round_.options),
            agreed=None,
        )
    )
    await session.flush()
    await phases_kept(session, round_.id, round_.phases)
    areas = await area_rows(session, round_.municipality_id)
    session.add_all(project_rows(round_, areas))
    await session.flush()
    if agreement is None:
        return replace(round_, agreed=None)
    draft = RulesDraft(texts=round_.rules, options=round_.options, phases=round_.phases)
    version = await agreed_at_once(session, round_.id, draft, agreement)
    return replace(round_, agreed=version.number)


async def picture_kept(
    session: WriteSession, picture_id: str, media_type: str, body: bytes
) -> None:
    """Insert a picture unless it is there already; its id is the SHA-256 of its bytes, in hex."""
    if await session.get(PictureRow, picture_id) is None:
        session.add(PictureRow(id=picture_id, media_type=media_type, body=body))
        await session.flush()


async def area_rows(session: ReadSession, municipality_id: MunicipalityId) -> dict[str, AreaRow]:
    """Give the rows of a municipality's areas, by code."""
    rows = await session.scalars(select(AreaRow).where(AreaRow.municipality_id == municipality_id))
    return {row.code: row for row in rows}


def project_rows(round_: Round, areas: dict[str, AreaRow]) -> list[ProjectRow]:
    """Give the round's projects as rows."""
    return [
        ProjectRow(
            id=project.id,
            round_id=round_.id,
            number=project.number,
            place=project.place,
            area_id=None if project.area is None else areas[project.area].id,
            name=dict(project.name),
            summary=dict(project.summary),
            text=dict(project.text),
            cost_cents=project.cost,
            picture_id=project.picture,
            picture_alt=dict(project.picture_alt),
            origin=project.origin,
        )
        for project in round_.projects
    ]


def _municipality(row: MunicipalityRow) -> Municipality:
    return Municipality(
        id=MunicipalityId(row.id),
        slug=row.slug,
        name=row.name,
        intro=row.intro,
        contact=msgspec.convert(row.contact, Contact),
        timezone=row.timezone,
        country=row.country,
        colours=None if row.colours is None else msgspec.convert(row.colours, Colours),
        picture=row.picture_id,
        areas=_areas(row.areas),
    )


def _areas(rows: Sequence[AreaRow]) -> tuple[Area, ...]:
    codes = {row.id: AreaCode(row.code) for row in rows}
    return tuple(
        Area(
            code=AreaCode(row.code),
            parent=None if row.parent_id is None else codes[row.parent_id],
            name=row.name,
            population=row.population,
        )
        for row in rows
    )


def _round(row: RoundRow) -> Round:
    return Round(
        id=RoundId(row.id),
        municipality_id=MunicipalityId(row.municipality_id),
        slug=row.slug,
        kind=Kind(row.kind),
        title=row.title,
        theme=row.theme,
        intro=row.intro,
        rules=tuple(row.rules),
        grace_s=row.grace_s,
        phases=tuple(_phase(phase) for phase in row.phases),
        projects=tuple(_project(project) for project in row.projects),
        options=msgspec.convert(row.options, RoundOptions),
        agreed=row.agreed,
    )


def _phase(row: PhaseRow) -> Phase:
    return Phase(
        id=PhaseId(row.id),
        kind=PhaseKind(row.kind),
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def _project(row: ProjectRow) -> Project:
    return Project(
        id=row.id,
        number=ProjectId(row.number),
        place=row.place,
        area=None if row.area is None else AreaCode(row.area.code),
        name=row.name,
        summary=row.summary,
        text=row.text,
        cost=Cents(row.cost_cents),
        picture=row.picture_id,
        picture_alt=row.picture_alt,
        origin=row.origin,
    )
