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
        CheckConstraint(
            "case assurance when 'plain' then state in ('frozen', 'open', 'closed', 'counted')"
            " when 'sealed' then state in ('frozen', 'open', 'closing', 'reconciling', 'tallied',"
            " 'final', 'keys_destroyed') else false end",
            name="state",
        ),
        CheckConstraint("octet_length(definition_hash) = 32", name="definition_hash_length"),
        CheckConstraint(
            "assurance = 'plain' or (appeals_until is not null and appeals_until > closes_at)",
            name="appeals_end_after_the_close",
        ),
        UniqueConstraint("id", "assurance"),
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
    assurance: Mapped[str] = mapped_column(server_default="plain")
    appeals_until: Mapped[Moment | None]


class ActRow(Base):
    """What two persons did to an election: opened, closed, counted it. Append only.

    An act names its election together with its assurance, so that neither can an election change
    what it rests on once it has been frozen, nor an act pass for one that needs no signatures.
    ``number`` counts an election's acts from 1: moments may be equal. ``earlier``: the bytes of the
    definition that an amendment replaced, under its ``definition_hash``.
    """

    __tablename__ = "act"
    __table_args__ = (
        ForeignKeyConstraint(["election_id", "assurance"], ["election.id", "election.assurance"]),
        Index(
            "uq_act_election_id_kind",
            "election_id",
            "kind",
            unique=True,
            postgresql_where=(
                "kind not in ('amend', 'rehearse', 'extend', 'lost-kiosk', 'late-journal',"
                " 'roll-change')"
            ),
        ),
        CheckConstraint(
            "case assurance when 'plain' then kind in ('freeze', 'open', 'close', 'count')"
            " when 'sealed' then kind in ('freeze', 'amend', 'rehearse', 'open', 'extend', 'close',"
            " 'lost-kiosk', 'late-journal', 'roll-change', 'reconcile', 'tally', 'final',"
            " 'destroy') else false end",
            name="kind",
        ),
        CheckConstraint("first_person <> second_person", name="two_persons"),
        CheckConstraint(
            "assurance = 'plain' or num_nulls(state, definition_hash, reason, nonce, signatures)"
            " = 0",
            name="sealed_says_all",
        ),
        CheckConstraint(
            "signatures is null or (jsonb_typeof(signatures) = 'array'"
            " and jsonb_array_length(signatures) = 2"
            " and coalesce(signatures->0->>'name' = first_person, false)"
            " and coalesce(signatures->1->>'name' = second_person, false)"
            " and coalesce(signatures->0->>'official_id' <> signatures->1->>'official_id', false)"
            " and coalesce(signatures->0->>'public_key' <> signatures->1->>'public_key', false)"
            " and coalesce(length(signatures->0->>'signature') > 0, false)"
            " and coalesce(length(signatures->1->>'signature') > 0, false))",
            name="two_signatures",
        ),
        CheckConstraint("octet_length(nonce) = 16", name="nonce_length"),
        CheckConstraint("octet_length(definition_hash) = 32", name="definition_hash_length"),
        CheckConstraint("octet_length(payload_digest) = 32", name="payload_digest_length"),
        CheckConstraint("(payload is null) = (payload_digest is null)", name="payload_is_hashed"),
        CheckConstraint("char_length(reason) between 1 and 2000", name="reason_length"),
        UniqueConstraint("election_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("earlier is null or kind = 'amend'", name="earlier_of_an_amendment"),
    )

    id: Mapped[Key]
    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"))
    number: Mapped[int]
    assurance: Mapped[str] = mapped_column(server_default="plain")
    kind: Mapped[str]
    first_person: Mapped[str]
    second_person: Mapped[str]
    at: Mapped[Moment]
    state: Mapped[str | None]
    definition_hash: Mapped[Octets | None]
    reason: Mapped[str | None]
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    payload_digest: Mapped[Octets | None]
    nonce: Mapped[Octets | None]
    signatures: Mapped[list[dict[str, str]] | None] = mapped_column(JSONB(none_as_null=True))
    earlier: Mapped[Octets | None]


class DeviceRow(Base):
    """A device that takes ballots without a network: its certificate and what became of it.

    ``head``, ``entries``: of its journal as it was when it was reconciled.
    """

    __tablename__ = "device"
    __table_args__ = (
        CheckConstraint("octet_length(device_id) = 16", name="device_id_length"),
        CheckConstraint("octet_length(head) = 32", name="head_length"),
        CheckConstraint("entries >= 0", name="entries_are_not_negative"),
        CheckConstraint("state in ('enrolled', 'reconciled', 'lost')", name="state"),
        CheckConstraint(
            "(state = 'reconciled') = (head is not null) and (head is null) = (entries is null)",
            name="reconciled_with_a_head",
        ),
    )

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    device_id: Mapped[Octets] = mapped_column(primary_key=True)
    certificate: Mapped[Octets]
    state: Mapped[str]
    head: Mapped[Octets | None]
    entries: Mapped[int | None]


class QuarantineRow(Base):
    """An entry that a device brought and that cannot be taken as it is. ``settled``: what became
    of it; ``None`` while it waits, and while one waits nothing is counted.
    """

    __tablename__ = "quarantine"
    __table_args__ = (
        CheckConstraint("octet_length(entry_hash) = 32", name="entry_hash_length"),
        CheckConstraint("settled in ('taken', 'rejected')", name="settled"),
    )

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    entry_hash: Mapped[Octets] = mapped_column(primary_key=True)
    reason: Mapped[str]
    settled: Mapped[str | None]


class BackupRow(Base):
    """A backup of this database that somebody has declared, and when its last copy is gone."""

    __tablename__ = "backup"
    __table_args__ = (CheckConstraint("taken_at < expires_at", name="expires_after_it_was_taken"),)

    id: Mapped[Key]
    taken_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    place: Mapped[str]
    declared_by: Mapped[str]


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
