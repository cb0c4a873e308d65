"""Elections, acts upon them, the append-only entries and which of them stands."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from talkoot.base.db import Base, Key, Moment, Octets


class ElectionRow(Base):
    """One frozen ballot definition and its state. Casting share-locks this row, closing locks it.

    ``share_lock`` never changes: PostgreSQL lets a role lock a row only if it may update a column
    of it, and this is the column that the web role may update.
    """

    __tablename__ = "election"
    __table_args__ = (
        CheckConstraint("state in ('frozen', 'open', 'closed', 'counted')", name="state"),
        CheckConstraint("octet_length(definition_hash) = 32", name="definition_hash_length"),
    )

    id: Mapped[Key]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"), index=True)
    state: Mapped[str]
    opens_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    grace_s: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    definition_hash: Mapped[Octets]
    share_lock: Mapped[int] = mapped_column(default=0)


class ActRow(Base):
    """What two persons did to an election: opened, closed, counted it. Append only."""

    __tablename__ = "act"
    __table_args__ = (
        UniqueConstraint("election_id", "kind"),
        CheckConstraint("kind in ('freeze', 'open', 'close', 'count')", name="kind"),
        CheckConstraint("first_person <> second_person", name="two_persons"),
    )

    id: Mapped[Key]
    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"))
    kind: Mapped[str]
    first_person: Mapped[str]
    second_person: Mapped[str]
    at: Mapped[Moment]


class EntryRow(Base):
    """A cast ballot. Append only; no time and no serial number, so that order tells nothing.

    ``position``: of a sealed ballot the epoch and number by which it is sealed, which no other has.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("election_id", "entry_hash"),
        CheckConstraint("octet_length(voter_key) = 16", name="voter_key_length"),
        CheckConstraint("octet_length(entry_hash) = 32", name="entry_hash_length"),
        CheckConstraint(
            "rank >= 0 and round >= 0 and beacon >= 0", name="sort_key_is_not_negative"
        ),
        CheckConstraint('"position" = substring(what from 1 for 24)', name="position_is_of_what"),
        Index("uq_entry_position", "position", unique=True),
    )

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    voter_key: Mapped[Octets]
    entry_hash: Mapped[Octets]
    definition_hash: Mapped[Octets]
    channel: Mapped[str]
    rank: Mapped[int]
    round: Mapped[int]
    beacon: Mapped[int]
    what: Mapped[Octets]
    position: Mapped[Octets | None]


class StandingRow(Base):
    """The one entry of each voter that stands: one person, one counted ballot, by primary key.

    ``casts`` is how many ballots this voter has cast on line; it gives each its round.
    """

    __tablename__ = "standing"
    __table_args__ = (
        ForeignKeyConstraint(
            ["election_id", "entry_hash"],
            ["entry.election_id", "entry.entry_hash"],
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("octet_length(voter_key) = 16", name="voter_key_length"),
    )

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    voter_key: Mapped[Octets] = mapped_column(primary_key=True)
    entry_hash: Mapped[Octets]
    rank: Mapped[int]
    round: Mapped[int]
    beacon: Mapped[int]
    casts: Mapped[int]
