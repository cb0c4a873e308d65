"""Challenges that were put to browsers: random, short-lived, and answered once."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, insert, select

from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialId
from talkoot.people.tables import ChallengeRow

CHALLENGE_BYTES = 32
CHALLENGE_LIFE = timedelta(minutes=5)
"""Web Authentication, level 3, section 15.1: 5 to 10 minutes for a person to find the key."""
SWEPT_AT_ONCE = 100


class Purpose(StrEnum):
    """What a challenge is for; one kind never answers for the other."""

    SIGN_IN = "sign-in"
    REGISTER = "register"


async def put(
    session: WriteSession, purpose: Purpose, *, official_id: OfficialId | None, at: datetime
) -> bytes:
    """Draw a challenge and keep it for five minutes. Some that have ended are removed."""
    dead = (
        select(ChallengeRow.challenge)
        .where(ChallengeRow.expires_at <= at)
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(ChallengeRow).where(ChallengeRow.challenge.in_(dead)))
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    await session.execute(
        insert(ChallengeRow).values(
            challenge=challenge,
            purpose=purpose.value,
            official_id=official_id,
            expires_at=at + CHALLENGE_LIFE,
        )
    )
    return challenge


async def answered(
    session: WriteSession,
    challenge: bytes,
    purpose: Purpose,
    *,
    official_id: OfficialId | None,
    at: datetime,
) -> None:
    """Use a challenge up. Raises :class:`NotAllowed` where it was used, has ended, was put to
    somebody else or for something else, or never was.
    """
    row = ChallengeRow
    found = await session.scalar(
        delete(row)
        .where(
            row.challenge == challenge,
            row.purpose == purpose.value,
            row.official_id.is_not_distinct_from(official_id),
            row.expires_at > at,
        )
        .returning(row.challenge)
    )
    if found is None:
        raise NotAllowed("that took too long, or it was answered before; begin again")
