"""Officials of a municipality: who they are, what work they may do, and when that ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.ids import MunicipalityId
from talkoot.base.officials import OfficialId, OfficialRole
from talkoot.people.tables import (
    ChallengeRow,
    InvitationRow,
    OfficialRow,
    OfficialSessionRow,
)

NAME_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """A person who works for one municipality. ``disabled_at``: when that ended, if it has."""

    id: OfficialId
    municipality_id: MunicipalityId
    name: str
    mail: str
    roles: frozenset[OfficialRole]
    disabled_at: datetime | None = None


async def official_kept(
    session: WriteSession,
    *,
    municipality_id: MunicipalityId,
    name: str,
    mail: str,
    roles: Iterable[OfficialRole],
) -> Official:
    """Put a new official on file, without a passkey: an invitation leads to the first.

    Raises :class:`NotAllowed` for a mail address that is on file in this municipality (one person
    is one official there), for no role, and for a name that is none.
    """
    official = Official(
        id=OfficialId(uuid4()),
        municipality_id=municipality_id,
        name=name.strip(),
        mail=mail.strip().lower(),
        roles=frozenset(roles),
    )
    if not official.roles:
        raise NotAllowed("an official needs at least one role")
    if not (0 < len(official.name) <= NAME_MAX and official.name.isprintable()):
        raise NotAllowed(f"a name has 1 to {NAME_MAX} signs that can be printed")
    if official.mail.count("@") != 1 or not official.mail.isprintable():
        raise NotAllowed(f"{mail!r} is no mail address")
    row = {
        "id": official.id,
        "municipality_id": municipality_id,
        "name": official.name,
        "mail": official.mail,
        "roles": in_order(official.roles),
        "disabled_at": None,
    }
    statement = insert(OfficialRow).values(row).on_conflict_do_nothing()
    if await session.scalar(statement.returning(OfficialRow.id)) is None:
        raise NotAllowed(f"{official.mail} is an official of this municipality already")
    return official


async def officials_of(
    session: ReadSession, municipality_id: MunicipalityId
) -> tuple[Official, ...]:
    """Give the municipality's officials, disabled ones too, by name."""
    rows = await session.scalars(
        select(OfficialRow)
        .where(OfficialRow.municipality_id == municipality_id)
        .order_by(OfficialRow.name, OfficialRow.id)
    )
    return tuple(official_in(row) for row in rows)


async def official_of(session: ReadSession, official_id: OfficialId) -> Official:
    """Give an official. Raises :class:`NotFound`."""
    row = await session.get(OfficialRow, official_id)
    if row is None:
        raise NotFound(f"there is no official {official_id}")
    return official_in(row)


async def enabled_for_update(session: WriteSession, official_id: OfficialId) -> Official:
    """Lock an official's row until the transaction ends: one change to the person at a time.

    Raises :class:`NotAllowed` where the person is disabled, :class:`NotFound` where there is none.
    """
    return await _enabled(session, select(OfficialRow).with_for_update(), official_id)


async def enabled_for_share(session: WriteSession, official_id: OfficialId) -> Official:
    """Share an official's row until the transaction ends: nobody is disabled meanwhile.

    Two who sign two acts at the same time, in whatever order, do not wait for each other. Errors
    as :func:`enabled_for_update`.
    """
    return await _enabled(session, select(OfficialRow).with_for_update(read=True), official_id)


async def _enabled(
    session: WriteSession, query: Select[OfficialRow], official_id: OfficialId
) -> Official:
    row = await session.scalar(
        query.where(OfficialRow.id == official_id).execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"there is no official {official_id}")
    if row.disabled_at is not None:
        raise NotAllowed(f"{row.name!r} is not an official any more")
    return official_in(row)


async def disabled(session: WriteSession, official_id: OfficialId, *, at: datetime) -> Official:
    """End an official's work at once: no session, invitation or open challenge is left.

    Passkeys stay on file, because acts of the past are checked with them. Doing it again changes
    nothing. Raises :class:`NotFound`.
    """
    await session.execute(
        update(OfficialRow)
        .where(OfficialRow.id == official_id, OfficialRow.disabled_at.is_(None))
        .values(disabled_at=at)
        .execution_options(synchronize_session=False)
    )
    for table in (OfficialSessionRow, InvitationRow, ChallengeRow):
        await session.execute(delete(table).where(table.official_id == official_id))
    row = await session.get(OfficialRow, official_id, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no official {official_id}")
    return official_in(row)


def in_order(roles: Iterable[OfficialRole]) -> list[str]:
    """Give roles as they are stored and shown: in the order of their list."""
    given = set(roles)
    return [role.value for role in OfficialRole if role in given]


def official_in(row: OfficialRow) -> Official:
    """Read a row."""
    return Official(
        id=OfficialId(row.id),
        municipality_id=MunicipalityId(row.municipality_id),
        name=row.name,
        mail=row.mail,
        roles=frozenset(OfficialRole(role) for role in row.roles),
        disabled_at=row.disabled_at,
    )
