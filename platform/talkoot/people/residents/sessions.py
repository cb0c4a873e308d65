"""Residents' sessions: a token in the browser, its SHA-256 here.

They have nothing in common with voters' sessions, neither a table nor a cookie.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from talkoot.base.db import WriteSession
from talkoot.base.ids import MunicipalityId, ResidentId
from talkoot.people.residents.accounts import Resident, resident_in
from talkoot.people.residents.tables import ResidentRow, ResidentSessionRow
from talkoot.people.tokens import TOKEN_BYTES, hash_of

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)
"""A session in use is marked at most once a minute, and so ends after 29 to 30 idle minutes."""
SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedResident:
    """What the browser is given: ``token`` in a cookie, ``form_token`` in forms."""

    token: str = field(repr=False)
    form_token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentSession:
    """A session that lives, and the resident it is of."""

    resident: Resident
    form_token: str = field(repr=False)
    expires_at: datetime


async def resident_opened(
    session: WriteSession, resident_id: ResidentId, *, at: datetime
) -> OpenedResident:
    """Open a session under a new token. Some dead ones are removed."""
    await _swept(session, at=at)
    token, form_token = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_bytes(TOKEN_BYTES)
    await session.execute(
        insert(ResidentSessionRow).values(
            token_hash=hash_of(token),
            resident_id=resident_id,
            form_token=form_token,
            opened_at=at,
            seen_at=at,
            expires_at=at + ABSOLUTE,
        )
    )
    return OpenedResident(token=token, form_token=form_token.hex(), expires_at=at + ABSOLUTE)


async def resident_session_of(
    session: WriteSession, token: str, municipality_id: MunicipalityId, *, at: datetime
) -> ResidentSession | None:
    """Give the living session of a token in this municipality; ``None``: there is none."""
    row = ResidentSessionRow
    query = (
        select(row, ResidentRow)
        .join(ResidentRow, ResidentRow.id == row.resident_id)
        .where(
            row.token_hash == hash_of(token),
            row.expires_at > at,
            row.seen_at > at - IDLE,
            ResidentRow.municipality_id == municipality_id,
        )
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    kept, resident = found
    if kept.seen_at <= at - TOUCH_AFTER:
        await session.execute(
            update(row).where(row.token_hash == kept.token_hash).values(seen_at=at)
        )
    return ResidentSession(
        resident=resident_in(resident),
        form_token=kept.form_token.hex(),
        expires_at=kept.expires_at,
    )


async def resident_ended(session: WriteSession, token: str) -> None:
    """End a session at once. One that has ended already stays so."""
    row = ResidentSessionRow
    await session.execute(delete(row).where(row.token_hash == hash_of(token)))


async def others_ended(session: WriteSession, resident_id: ResidentId, token: str = "") -> None:
    """End a resident's sessions but the one of this token; all of them where none is named."""
    row = ResidentSessionRow
    await session.execute(
        delete(row).where(row.resident_id == resident_id, row.token_hash != hash_of(token))
    )


async def _swept(session: WriteSession, *, at: datetime) -> None:
    row = ResidentSessionRow
    dead = (
        select(row.token_hash)
        .where(or_(row.expires_at <= at, row.seen_at <= at - IDLE))
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(row).where(row.token_hash.in_(dead)))
