"""The sealing of elections: the public set-up, and the sealed key of every epoch. Append only."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from talkoot.base.db import Base, Octets


class SealingRow(Base):
    """To whom an election's ballots are sealed: public keys, trustees and wraps. One, for good."""

    __tablename__ = "sealing"
    __table_args__ = (CheckConstraint("octet_length(setup_hash) = 32", name="setup_hash_length"),)

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    setup: Mapped[Octets]
    setup_hash: Mapped[Octets]


class SealingEpochRow(Base):
    """The key of one epoch, sealed to the trustees. Whoever sealed with it has forgotten it."""

    __tablename__ = "sealing_epoch"
    __table_args__ = (
        CheckConstraint("octet_length(epoch_id) = 16", name="epoch_id_length"),
        CheckConstraint("octet_length(device) = 16", name="device_length"),
        CheckConstraint("epoch >= 0", name="epoch_is_not_negative"),
    )

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    epoch_id: Mapped[Octets] = mapped_column(primary_key=True)
    device: Mapped[Octets]
    epoch: Mapped[int]
    sealed_key: Mapped[Octets]
