"""How a municipality looks: its outlines on the map, its colours and its picture."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select, update

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotFound
from talkoot.base.ids import AreaCode, MunicipalityId
from talkoot.rounds.area_map import Shape
from talkoot.rounds.colours import Colours
from talkoot.rounds.tables import AreaRow, MunicipalityRow
from talkoot.rounds.values import Contact


async def shapes_of(session: ReadSession, municipality_id: MunicipalityId) -> tuple[Shape, ...]:
    """Give the outlines of the areas that have one, by code: what ``map_of`` draws."""
    rows = await session.execute(
        select(AreaRow.code, AreaRow.outline)
        .where(AreaRow.municipality_id == municipality_id, AreaRow.outline.is_not(None))
        .order_by(AreaRow.code)
    )
    return tuple(
        Shape(
            code=AreaCode(code),
            rings=tuple(tuple((east, north) for east, north in ring) for ring in outline or ()),
        )
        for code, outline in rows
    )


async def shapes_kept(
    session: WriteSession, municipality_id: MunicipalityId, shapes: Sequence[Shape]
) -> None:
    """Keep outlines of areas; an area that is not named loses none that it has.

    Raises :class:`NotFound` for an area that the municipality does not have.
    """
    for shape in shapes:
        found = await session.scalar(
            update(AreaRow)
            .where(AreaRow.municipality_id == municipality_id, AreaRow.code == shape.code)
            .values(outline=msgspec.to_builtins(shape.rings))
            .returning(AreaRow.id)
            .execution_options(synchronize_session=False)
        )
        if found is None:
            raise NotFound(f"there is no area {shape.code!r}")


async def look_kept(
    session: WriteSession,
    municipality_id: MunicipalityId,
    *,
    colours: Colours | None,
    picture: str | None,
) -> None:
    """Give a municipality its colours and its picture, which must be kept already.

    ``None``: the house's. Raises :class:`NotFound`.
    """
    await _changed(
        session,
        municipality_id,
        colours=None if colours is None else msgspec.to_builtins(colours),
        picture_id=picture,
    )


async def contact_kept(
    session: WriteSession, municipality_id: MunicipalityId, contact: Contact
) -> None:
    """Give a municipality the person who answers where nobody nearer does.

    Raises :class:`NotFound`.
    """
    await _changed(session, municipality_id, contact=msgspec.to_builtins(contact))


async def _changed(
    session: WriteSession,
    municipality_id: MunicipalityId,
    **values: dict[str, object] | str | None,
) -> None:
    found = await session.scalar(
        update(MunicipalityRow)
        .where(MunicipalityRow.id == municipality_id)
        .values(**values)
        .returning(MunicipalityRow.id)
        .execution_options(synchronize_session=False)
    )
    if found is None:
        raise NotFound(f"there is no municipality {municipality_id}")
