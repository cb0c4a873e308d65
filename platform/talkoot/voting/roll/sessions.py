"""Voters' sessions: a token in the browser, its SHA-256 here, and behind it a key, never a name."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType

from sqlalchemy import CursorResult, delete, insert, or_, select, update

from talkoot.base.bytes import Digest
from talkoot.base.db import WriteSession
from talkoot.base.ids import ElectionId, VoterKey
from talkoot.voting.roll.sign_in import Proof
from talkoot.voting.roll.tables import VoterSessionRow
from talkoot.voting.roll.throttle import forgotten

SessionId = NewType("SessionId", bytes)
"""The SHA-256 of a token: names a session and opens none."""

TOKEN_BYTES = 32
TOKEN_SYMBOLS = 43
"""32 bytes in URL-safe base64 without padding."""

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(minutes=60)
TOUCH_AFTER = timedelta(minutes=1)
"""A session in use is marked at most once a minute, so that reading pages writes little. It ends
therefore after 14 to 15 idle minutes."""

SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """What the browser is given: ``token`` in a cookie, ``form_token`` (hexadecimal) in forms."""

    token: str = field(repr=False)
    form_token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VoterSession:
    """A session that lives. ``receipt`` is the hash of the last entry recorded in it."""

    id: SessionId
    election_id: ElectionId
    voter_key: VoterKey
    proof: Proof
    form_token: str = field(repr=False)
    receipt: Digest | None
    expires_at: datetime


async def opened(
    session: WriteSession,
    *,
    election_id: ElectionId,
    voter_key: VoterKey,
    proof: Proof,
    at: datetime,
) -> OpenedSession:
    """Open a session under a new token, drawn here and kept nowhere.

    Some dead sessions and some counts of wrong codes whose time is over are removed on the way.
    """
    token, form_token = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_bytes(TOKEN_BYTES)
    await swept(session, at=at, at_most=SWEPT_AT_ONCE)
    await forgotten(session, at=at, at_most=SWEPT_AT_ONCE)
    await session.execute(
        insert(VoterSessionRow).values(
            token_hash=_id_of(token),
            election_id=election_id,
            voter_key=voter_key,
            method=proof.value,
            form_token=form_token,
            receipt=None,
            seen_at=at,
            expires_at=at + ABSOLUTE,
        )
    )
    return OpenedSession(token=token, form_token=form_token.hex(), expires_at=at + ABSOLUTE)


async def session_of(session: WriteSession, token: str, *, at: datetime) -> VoterSession | None:
    """Give the living session of a token; ``None``: there is none, or it has ended.

    Ends after 15 minutes without use and 60 after signing in. Writes at most once a minute.
    """
    if len(token) != TOKEN_SYMBOLS or not token.isascii():
        return None
    row = VoterSessionRow
    query = select(row).where(
        row.token_hash == _id_of(token), row.expires_at > at, row.seen_at > at - IDLE
    )
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        return None
    if found.seen_at <= at - TOUCH_AFTER:
        await session.execute(
            update(row).where(row.token_hash == found.token_hash).values(seen_at=at)
        )
    return _living(found)


async def ended(session: WriteSession, token: str) -> None:
    """End a session at once. One that has ended already stays so."""
    await session.execute(
        delete(VoterSessionRow).where(VoterSessionRow.token_hash == _id_of(token))
    )


async def receipt_kept(session: WriteSession, voter: VoterSession, entry_hash: Digest) -> None:
    """Remember the entry recorded last, for the receipt page."""
    await session.execute(
        update(VoterSessionRow)
        .where(VoterSessionRow.token_hash == voter.id)
        .values(receipt=entry_hash)
    )


async def swept(session: WriteSession, *, at: datetime, at_most: int) -> int:
    """Remove sessions that have ended; gives how many. Rows that others hold are left to them."""
    row = VoterSessionRow
    dead = (
        select(row.token_hash)
        .where(or_(row.expires_at <= at, row.seen_at <= at - IDLE))
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    done = await session.execute(delete(row).where(row.token_hash.in_(dead)))
    assert isinstance(done, CursorResult)  # noqa: S101 - a DELETE always gives one
    return done.rowcount


def _id_of(token: str) -> SessionId:
    return SessionId(hashlib.sha256(token.encode("utf-8", "backslashreplace")).digest())


def _living(row: VoterSessionRow) -> VoterSession:
    return VoterSession(
        id=SessionId(row.token_hash),
        election_id=ElectionId(row.election_id),
        voter_key=VoterKey(row.voter_key),
        proof=Proof(row.method),
        form_token=row.form_token.hex(),
        receipt=None if row.receipt is None else Digest(row.receipt),
        expires_at=row.expires_at,
    )
