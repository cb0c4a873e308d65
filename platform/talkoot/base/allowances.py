"""How often something may be done: so many times in a window, counted in the database.

One statement takes one time, so that fifty at once are fifty, and every web process knows of them.
What is counted is kept as a SHA-256, so that nobody reads from the table who has been here.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, Index, case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from talkoot.base.db import Base, Moment, Octets, ReadSession, WriteSession

SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many times in a window, which begins with the first time.

    At worst two windows' worth fall into one window's time, around the end of one.
    """

    name: str
    times: int
    window: timedelta


class AllowanceRow(Base):
    """How often something was done in the window that runs, by the SHA-256 of who did what."""

    __tablename__ = "allowance"
    __table_args__ = (
        CheckConstraint("octet_length(bucket) = 32", name="bucket_length"),
        CheckConstraint("used >= 1", name="used_is_positive"),
        Index("ix_allowance_window_ends_at", "window_ends_at"),
    )

    bucket: Mapped[Octets] = mapped_column(primary_key=True)
    used: Mapped[int]
    window_ends_at: Mapped[Moment]


async def taken(session: WriteSession, limit: Limit, who: str, *, at: datetime) -> bool:
    """Take one time of ``who``; tells whether it was there to take. One refused is not counted."""
    row, bucket = AllowanceRow, _bucket(limit, who)
    over = row.window_ends_at <= at
    statement = (
        insert(row)
        .values(bucket=bucket, used=1, window_ends_at=at + limit.window)
        .on_conflict_do_update(
            index_elements=[row.bucket],
            set_={
                "used": case((over, 1), else_=row.used + 1),
                "window_ends_at": case((over, at + limit.window), else_=row.window_ends_at),
            },
            where=over | (row.used < limit.times),
        )
        .returning(row.used)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def free_again_at(
    session: ReadSession, limit: Limit, who: str, *, at: datetime
) -> datetime | None:
    """Tell when the window ends that is used up now; ``None`` where there is something left."""
    return await session.scalar(
        select(AllowanceRow.window_ends_at).where(
            AllowanceRow.bucket == _bucket(limit, who),
            AllowanceRow.window_ends_at > at,
            AllowanceRow.used >= limit.times,
        )
    )


async def forgotten(session: WriteSession, *, at: datetime) -> None:
    """Remove some counts whose window has ended. Rows that others hold are left to them."""
    row = AllowanceRow
    over = (
        select(row.bucket)
        .where(row.window_ends_at <= at)
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(row).where(row.bucket.in_(over)))


def _bucket(limit: Limit, who: str) -> bytes:
    return hashlib.sha256(f"{limit.name}\0{who}".encode("utf-8", "backslashreplace")).digest()
