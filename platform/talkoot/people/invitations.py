"""Invitations: a link that lets one official register one passkey, once and for a day."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialId
from talkoot.people.officials import Official, enabled_for_update, official_in
from talkoot.people.tables import InvitationRow, OfficialRow
from talkoot.people.tokens import TOKEN_BYTES, hash_of

INVITATION_LIFE = timedelta(hours=24)
"""Long enough to hand over in person or by mail on a working day, and to be used the next morning.
The invitation is worth a passkey, so it ends with the day whether it was used or not."""

_GONE = "this invitation is not valid: it was used, it has ended, or a newer one took its place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What the invited person is given. The token is nowhere on file."""

    token: str = field(repr=False)
    expires_at: datetime


async def invited(session: WriteSession, official_id: OfficialId, *, at: datetime) -> Invitation:
    """Invite an official; an invitation given before is worth nothing from now on.

    Raises :class:`NotAllowed` where the person is disabled, ``NotFound`` where there is none.
    """
    await enabled_for_update(session, official_id)
    token, expires_at = secrets.token_urlsafe(TOKEN_BYTES), at + INVITATION_LIFE
    row = {"token_hash": hash_of(token), "official_id": official_id, "expires_at": expires_at}
    statement = insert(InvitationRow).values(row)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[InvitationRow.official_id],
            set_={
                "token_hash": statement.excluded.token_hash,
                "expires_at": statement.excluded.expires_at,
            },
        )
    )
    return Invitation(token=token, expires_at=expires_at)


async def invited_by(session: ReadSession, token: str, *, at: datetime) -> Official:
    """Tell whom an invitation invites, without using it.

    Raises :class:`NotAllowed` for one that was used, has ended or never was, and for a person who
    is disabled; by the same words.
    """
    row = await session.scalar(
        select(OfficialRow)
        .join(InvitationRow, InvitationRow.official_id == OfficialRow.id)
        .where(
            InvitationRow.token_hash == hash_of(token),
            InvitationRow.expires_at > at,
            OfficialRow.disabled_at.is_(None),
        )
    )
    if row is None:
        raise NotAllowed(_GONE)
    return official_in(row)


async def taken(session: WriteSession, token: str, *, at: datetime) -> Official:
    """Use an invitation up: of two who try at once, one gets it. Raises :class:`NotAllowed`."""
    official_id = await session.scalar(
        delete(InvitationRow)
        .where(InvitationRow.token_hash == hash_of(token), InvitationRow.expires_at > at)
        .returning(InvitationRow.official_id)
    )
    if official_id is None:
        raise NotAllowed(_GONE)
    return await enabled_for_update(session, OfficialId(official_id))
