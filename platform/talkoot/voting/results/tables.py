"""Published results, the files that anyone can recount from, and turnout. Append only."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from talkoot.base.db import Base, Moment, Octets


class ResultRow(Base):
    """The published result of an election."""

    __tablename__ = "result"

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    published_at: Mapped[Moment]
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)


class PublicFileRow(Base):
    """A public file of a result, for instance the ballots sorted by content."""

    __tablename__ = "public_file"
    __table_args__ = (CheckConstraint("octet_length(sha256) = 32", name="sha256_length"),)

    election_id: Mapped[UUID] = mapped_column(ForeignKey("result.election_id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    sha256: Mapped[Octets]
    body: Mapped[Octets]


class TurnoutRow(Base):
    """How many had voted at a moment, in whole tens: one row an hour at the most.

    ``channels``: the same by channel, or empty where only the sum may be told.
    """

    __tablename__ = "turnout"
    __table_args__ = (
        CheckConstraint("hour = date_trunc('hour', taken_at, 'UTC')", name="one_an_hour"),
        CheckConstraint("voters >= 0 and voters % 10 = 0", name="whole_tens"),
    )

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    hour: Mapped[Moment] = mapped_column(primary_key=True)
    taken_at: Mapped[Moment]
    voters: Mapped[int]
    channels: Mapped[dict[str, Any]] = mapped_column(JSONB)
