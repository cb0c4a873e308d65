"""Officials' sessions: a token in the browser, its SHA-256 here; gone the moment work ends."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from talkoot.base.db import WriteSession
from talkoot.base.officials import OfficialId
from talkoot.people.officials import Official, official_in
from talkoot.people.tables import OfficialRow, OfficialSessionRow
from talkoot.people.tokens import TOKEN_BYTES, hash_of

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)
"""A session in use is marked at most once a minute, and so ends after 29 to 30 idle minutes."""
SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDesk:
    """What the browser is given: ``token`` in a cookie, ``form_token`` in forms."""

    token: str = field(repr=False)
    form_token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSession:
    """A session that lives, and the enabled official it is of."""

    official: Official
    form_token: str = field(repr=False)
    expires_at: datetime


async def desk_opened(
    session: WriteSession, official_id: OfficialId, *, at: datetime
) -> OpenedDesk:
    """Open a session under a new token. Some dead ones are removed."""
    await _swept(session, at=at)
    token, form_token = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_bytes(TOKEN_BYTES)
    await session.execute(
        insert(OfficialSessionRow).values(
            token_hash=hash_of(token),
            official_id=official_id,
            form_token=form_token,
            seen_at=at,
            expires_at=at + ABSOLUTE,
        )
    )
    return OpenedDesk(token=token, form_token=form_token.hex(), expires_at=at + ABSOLUTE)


async def desk_session_of(session: WriteSession, token: str, *, at: datetime) -> DeskSession | None:
    """Give the living session of a token; ``None``: none, ended, or its official is disabled."""
    row = OfficialSessionRow
    query = (
        select(row, OfficialRow)
        .join(OfficialRow, OfficialRow.id == row.official_id)
        .where(
            row.token_hash == hash_of(token),
            row.expires_at > at,
            row.seen_at > at - IDLE,
            OfficialRow.disabled_at.is_(None),
        )
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    kept, official = found
    if kept.seen_at <= at - TOUCH_AFTER:
        await session.execute(
            update(row).where(row.token_hash == kept.token_hash).values(seen_at=at)
        )
    return DeskSession(
        official=official_in(official),
        form_token=kept.form_token.hex(),
        expires_at=kept.expires_at,
    )


async def desk_ended(session: WriteSession, token: str) -> None:
    """End a session at once. One that has ended already stays so."""
    row = OfficialSessionRow
    await session.execute(delete(row).where(row.token_hash == hash_of(token)))


async def other_desks_ended(session: WriteSession, official_id: OfficialId, token: str) -> None:
    """End all of an official's sessions but the one that asks: after a key was removed."""
    row = OfficialSessionRow
    await session.execute(
        delete(row).where(row.official_id == official_id, row.token_hash != hash_of(token))
    )


async def _swept(session: WriteSession, *, at: datetime) -> None:
    row = OfficialSessionRow
    dead = (
        select(row.token_hash)
        .where(or_(row.expires_at <= at, row.seen_at <= at - IDLE))
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(row).where(row.token_hash.in_(dead)))
