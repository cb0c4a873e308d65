"""Wrong guesses, counted in the database so that every web process knows them.

Each count is one statement, ``INSERT ... ON CONFLICT DO UPDATE ... RETURNING``: fifty guesses at
the same time are fifty, not fewer. A selector's count is taken *before* the code is hashed and
given back if the code was right, and its row stays locked until then; so guesses at one code stand
in line, and a burst gets no more tries than a patient guesser. Networks, kiosks and the breaker are
counted after, so that the people behind one address need not wait for each other.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from sqlalchemy import CursorResult, case, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting.roll.codes import Selector
from talkoot.voting.roll.tables import ThrottleRow

Bucket = NewType("Bucket", str)

SELECTOR_MEMORY = timedelta(days=366)
"""Wrong guesses at a selector are kept for longer than any voting lasts: a lock stays a lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttles:
    """How many wrong codes are borne, and what follows.

    A selector: after ``selector_free`` wrong codes ``first_block``, doubled with each further one,
    locked at ``selector_locked_at``. A network or a kiosk: so many in a ``window``, then held until
    the window ends. Windows begin with their first wrong code, so at worst two windows' worth less
    one fall into one window's time. The breaker: more than ``breaker_wrong`` in ``breaker_window``
    for one election raise the alarm, and the web waits ``breaker_delay_s`` before each answer.
    """

    selector_free: int = 5
    first_block: timedelta = timedelta(seconds=15)
    selector_locked_at: int = 15
    network_wrong: int = 20
    kiosk_wrong: int = 10
    window: timedelta = timedelta(minutes=10)
    breaker_wrong: int = 1000
    breaker_window: timedelta = timedelta(hours=1)
    breaker_delay_s: int = 1


STANDARD_THROTTLES = Throttles()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a code was typed. ``kiosk`` names an enrolled kiosk, never something a browser says."""

    network: str
    kiosk: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """No guess is taken now. ``until`` is ``None`` where only a new letter helps."""

    until: datetime | None


def selector_bucket(election_id: ElectionId, selector: Selector) -> Bucket:
    return Bucket(f"selector {election_id} {selector}")


def origin_bucket(origin: Origin) -> Bucket:
    """A kiosk counts for itself: its library's network is not held for its visitors' guesses."""
    if origin.kiosk is not None:
        return Bucket(f"kiosk {origin.kiosk}")
    return Bucket(f"network {origin.network}")


def breaker_bucket(election_id: ElectionId) -> Bucket:
    return Bucket(f"breaker {election_id}")


def origin_limit(origin: Origin, throttles: Throttles) -> int:
    return throttles.network_wrong if origin.kiosk is None else throttles.kiosk_wrong


def seconds_until(moment: datetime, *, at: datetime) -> int:
    """Whole seconds, rounded up, at least 1: a Retry-After that is true."""
    return max(1, math.ceil((moment - at).total_seconds()))


async def wrong_in_window(
    session: ReadSession, bucket: Bucket, *, at: datetime
) -> tuple[int, datetime]:
    """Give the wrong codes of the window that now runs, and when it ends (now, where none runs)."""
    found = (
        await session.execute(
            select(ThrottleRow.wrong, ThrottleRow.window_ends_at).where(
                ThrottleRow.bucket == bucket, ThrottleRow.window_ends_at > at
            )
        )
    ).one_or_none()
    return (0, at) if found is None else (found.wrong, found.window_ends_at)


async def wrong_counted(
    session: WriteSession, bucket: Bucket, *, window: timedelta, at: datetime
) -> int:
    """Count one wrong code and give the count of its window, this one included."""
    row = ThrottleRow
    over = row.window_ends_at <= at
    statement = (
        insert(row)
        .values(bucket=bucket, wrong=1, window_ends_at=at + window, blocked_until=None)
        .on_conflict_do_update(
            index_elements=[row.bucket],
            set_={
                "wrong": case((over, 1), else_=row.wrong + 1),
                "window_ends_at": case((over, at + window), else_=row.window_ends_at),
            },
        )
        .returning(row.wrong)
    )
    return (await session.execute(statement)).scalar_one()


async def attempt_taken(
    session: WriteSession, bucket: Bucket, *, throttles: Throttles, at: datetime
) -> Held | None:
    """Take one attempt at a selector and lock its row till the transaction ends; ``None``: go on.

    A held selector takes no attempt: whoever waits as told is never punished for having asked.
    """
    row = ThrottleRow
    again = row.wrong + 1
    free = row.blocked_until.is_(None) | (row.blocked_until <= at)
    seconds = throttles.first_block.total_seconds()
    doubled = seconds * func.power(2, again - throttles.selector_free)
    statement = (
        insert(row)
        .values(
            bucket=bucket,
            wrong=1,
            window_ends_at=at + SELECTOR_MEMORY,
            blocked_until=at + throttles.first_block if throttles.selector_free == 1 else None,
        )
        .on_conflict_do_update(
            index_elements=[row.bucket],
            set_={
                "wrong": again,
                "window_ends_at": at + SELECTOR_MEMORY,
                "blocked_until": case(
                    (again < throttles.selector_free, None),
                    else_=at + func.make_interval(0, 0, 0, 0, 0, 0, doubled),
                ),
            },
            where=free & (row.wrong < throttles.selector_locked_at),
        )
        .returning(row.wrong)
    )
    if (await session.execute(statement)).scalar_one_or_none() is not None:
        return None
    return await _held(session, bucket, throttles=throttles)


async def _held(session: ReadSession, bucket: Bucket, *, throttles: Throttles) -> Held:
    query = select(ThrottleRow.wrong, ThrottleRow.blocked_until).where(ThrottleRow.bucket == bucket)
    found = (await session.execute(query)).one()
    return Held(until=None if found.wrong >= throttles.selector_locked_at else found.blocked_until)


async def attempt_returned(session: WriteSession, bucket: Bucket) -> None:
    """Forget a selector's wrong codes: the right one came."""
    await session.execute(delete(ThrottleRow).where(ThrottleRow.bucket == bucket))


async def forgotten(session: WriteSession, *, at: datetime, at_most: int) -> int:
    """Remove counts whose window has ended; gives how many.

    Rows that others hold are left to them: who waits for two rows in another order may deadlock.
    """
    row = ThrottleRow
    over = (
        select(row.bucket)
        .where(row.window_ends_at <= at, or_(row.blocked_until.is_(None), row.blocked_until <= at))
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    done = await session.execute(delete(row).where(row.bucket.in_(over)))
    assert isinstance(done, CursorResult)  # noqa: S101 - a DELETE always gives one
    return done.rowcount
