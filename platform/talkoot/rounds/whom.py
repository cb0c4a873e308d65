"""Themes of a municipality, and who answers for a theme, an area, or both."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.i18n import Text
from talkoot.base.ids import AreaCode, MunicipalityId, ThemeId
from talkoot.rounds.tables import AreaRow, ContactRow, ThemeRow
from talkoot.rounds.values import Area, Contact, Municipality


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme of ideas in a municipality. ``code``: its part of an address, unique there."""

    id: ThemeId
    code: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A contact, and what it answers for: ``None`` is every theme, every area."""

    theme: ThemeId | None
    area: AreaCode | None
    contact: Contact


def contact_for(
    municipality: Municipality,
    answering: Sequence[Answering],
    *,
    theme: ThemeId | None = None,
    area: AreaCode | None = None,
) -> Contact:
    """Tell who answers for a theme in an area; ``None``: for all of them.

    Whoever answers for the theme goes before whoever answers for the area alone, a near area before
    one that holds it, and of equals the first listed. Where nobody fits it is the municipality's
    own contact.
    """
    around = _around(municipality.areas, area)
    fitting = [
        one
        for one in answering
        if one.theme in {None, theme} and (one.area is None or one.area in around)
    ]

    def nearness(one: Answering) -> tuple[bool, int]:
        return one.theme is None, len(around) if one.area is None else around.index(one.area)

    return min(fitting, key=nearness).contact if fitting else municipality.contact


def _around(areas: Sequence[Area], area: AreaCode | None) -> tuple[AreaCode, ...]:
    """The area, then what holds it, to the top of the tree."""
    parents = {one.code: one.parent for one in areas}
    found: list[AreaCode] = []
    while area is not None and area not in found:
        found.append(area)
        area = parents.get(area)
    return tuple(found)


async def themes_of(session: ReadSession, municipality_id: MunicipalityId) -> tuple[Theme, ...]:
    """Give the municipality's themes in listed order."""
    rows = await session.scalars(
        select(ThemeRow)
        .where(ThemeRow.municipality_id == municipality_id)
        .order_by(ThemeRow.place, ThemeRow.code)
        .execution_options(populate_existing=True)
    )
    return tuple(Theme(id=ThemeId(row.id), code=row.code, name=row.name) for row in rows)


async def themes_kept(
    session: WriteSession, municipality_id: MunicipalityId, themes: Sequence[Theme]
) -> None:
    """Make these the municipality's themes, in this order; one that stays keeps its id.

    Raises :class:`NotAllowed` where one would go that ideas or contacts belong to, where two have
    one code, and for a code that fits no address.
    """
    here = ThemeRow.municipality_id == municipality_id
    try:
        async with session.begin_nested():
            gone = delete(ThemeRow).where(here, ThemeRow.id.not_in([theme.id for theme in themes]))
            await session.execute(gone.execution_options(synchronize_session=False))
    except IntegrityError as err:
        raise NotAllowed("a theme stays while something belongs to it") from err
    for place, theme in enumerate(themes):
        values = {"code": theme.code, "place": place, "name": dict(theme.name)}
        statement = insert(ThemeRow).values(id=theme.id, municipality_id=municipality_id, **values)
        kept = statement.on_conflict_do_update(index_elements=["id"], set_=values, where=here)
        try:
            async with session.begin_nested():
                mine = await session.scalar(kept.returning(ThemeRow.id))
        except IntegrityError as err:
            raise NotAllowed(f"{theme.code!r} is no code, or another theme's") from err
        if mine is None:
            raise NotAllowed("a theme of another municipality")


async def answering_in(
    session: ReadSession, municipality_id: MunicipalityId
) -> tuple[Answering, ...]:
    """Give who answers for what in a municipality, in listed order."""
    rows = await session.execute(
        select(ContactRow.theme_id, AreaRow.code, ContactRow.contact)
        .outerjoin(AreaRow, AreaRow.id == ContactRow.area_id)
        .where(ContactRow.municipality_id == municipality_id)
        .order_by(ContactRow.place)
    )
    return tuple(
        Answering(
            theme=None if theme is None else ThemeId(theme),
            area=None if code is None else AreaCode(code),
            contact=msgspec.convert(contact, Contact),
        )
        for theme, code, contact in rows
    )


async def answering_kept(
    session: WriteSession, municipality_id: MunicipalityId, answering: Sequence[Answering]
) -> None:
    """Make these the municipality's contacts, in this order.

    Raises :class:`NotFound` for an area or a theme that the municipality does not have.
    """
    rows = await session.execute(
        select(AreaRow.code, AreaRow.id).where(AreaRow.municipality_id == municipality_id)
    )
    areas = {row.code: row.id for row in rows}
    if strange := next((o.area for o in answering if o.area and o.area not in areas), None):
        raise NotFound(f"there is no area {strange!r}")
    themes = {theme.id for theme in await themes_of(session, municipality_id)}
    if any(one.theme and one.theme not in themes for one in answering):
        raise NotFound("there is no such theme")
    await session.execute(
        delete(ContactRow)
        .where(ContactRow.municipality_id == municipality_id)
        .execution_options(synchronize_session=False)
    )
    session.add_all(
        ContactRow(
            id=uuid4(),
            municipality_id=municipality_id,
            place=place,
            theme_id=one.theme,
            area_id=None if one.area is None else areas[one.area],
            contact=msgspec.to_builtins(one.contact),
        )
        for place, one in enumerate(answering)
    )
    await session.flush()
