"""Devices' journals as they arrived, and devices from which nothing is taken any more."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from talkoot.base.db import Base, Octets


class JournalEntryRow(Base):
    """An entry of a device's journal, once for ever, by its hash.

    ``raw``: as it travelled; ``None`` once keys are destroyed, with the *who* that is in it.
    ``chained``: whether it continues the journal from its opening; not so for what a second device
    with the same key wrote. ``late``: it came after the time for it. ``recorded``: its ballot is in
    the log. ``decided``: what two persons have said about it while it waits in quarantine.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        CheckConstraint("octet_length(entry_hash) = 32", name="entry_hash_length"),
        CheckConstraint("octet_length(device_id) = 16", name="device_id_length"),
        CheckConstraint("epoch >= 0 and seq >= 0", name="place_is_not_negative"),
        CheckConstraint("decided in ('take', 'reject')", name="decided"),
        Index("ix_journal_entry_place", "election_id", "device_id", "epoch", "seq"),
    )

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    entry_hash: Mapped[Octets] = mapped_column(primary_key=True)
    device_id: Mapped[Octets]
    epoch: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[int]
    raw: Mapped[Octets | None]
    chained: Mapped[bool]
    late: Mapped[bool]
    recorded: Mapped[bool] = mapped_column(server_default="false")
    decided: Mapped[str | None]


class DeviceHoldRow(Base):
    """A device from which nothing more is taken by itself, and why. Append only."""

    __tablename__ = "device_hold"
    __table_args__ = (
        CheckConstraint("octet_length(device_id) = 16", name="device_id_length"),
        CheckConstraint("hold in ('revoked', 'forked')", name="hold"),
        CheckConstraint("char_length(reason) between 1 and 2000", name="reason_length"),
    )

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    device_id: Mapped[Octets] = mapped_column(primary_key=True)
    hold: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
