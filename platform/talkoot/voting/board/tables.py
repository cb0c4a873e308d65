"""The board: its leaves, the tiles above them, records, signed checkpoints and what waits."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talkoot.base.db import Base, Moment, Octets


class BoardRow(Base):
    """An election's board: the key that signs it and how many witnesses readers should demand."""

    __tablename__ = "board"
    __table_args__ = (CheckConstraint("quorum >= 0", name="quorum"),)

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    log_key: Mapped[str]
    quorum: Mapped[int]


class WitnessRow(Base):
    """A witness whose cosignatures are taken, by its public key."""

    __tablename__ = "board_witness"

    election_id: Mapped[UUID] = mapped_column(ForeignKey("board.election_id"), primary_key=True)
    witness_key: Mapped[str] = mapped_column(primary_key=True)


class LeafRow(Base):
    """A leaf. Append only. ``content``: a ballot's entry hash, or a record's SHA-256."""

    __tablename__ = "board_leaf"
    __table_args__ = (
        UniqueConstraint("election_id", "kind", "content"),
        CheckConstraint(
            "octet_length(content) = 32 and octet_length(hash) = 32 and index >= 0", name="lengths"
        ),
    )

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    content: Mapped[Octets]
    hash: Mapped[Octets]


class NodeRow(Base):
    """The root of a full tile of the level below; tile levels count from 1 here. Append only."""

    __tablename__ = "board_node"
    __table_args__ = (CheckConstraint("octet_length(hash) = 32 and level >= 1", name="lengths"),)

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[Octets]


class RecordRow(Base):
    """A public record under its SHA-256. Append only."""

    __tablename__ = "board_record"
    __table_args__ = (CheckConstraint("octet_length(sha256) = 32", name="sha256_length"),)

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    sha256: Mapped[Octets] = mapped_column(primary_key=True)
    body: Mapped[Octets]


class CheckpointRow(Base):
    """A signed checkpoint, and when it was signed. Append only."""

    __tablename__ = "board_checkpoint"

    election_id: Mapped[UUID] = mapped_column(ForeignKey("board.election_id"), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    note: Mapped[Octets]
    signed_at: Mapped[Moment]


class CosignatureRow(Base):
    """A witness's line under a checkpoint. Append only."""

    __tablename__ = "board_cosignature"

    election_id: Mapped[UUID] = mapped_column(ForeignKey("board.election_id"), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    witness_key: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str]


class WaitingRow(Base):
    """A recorded ballot that is not on the board yet. It goes when its leaf is appended."""

    __tablename__ = "board_waiting"
    __table_args__ = (CheckConstraint("octet_length(entry_hash) = 32", name="entry_hash_length"),)

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    entry_hash: Mapped[Octets] = mapped_column(primary_key=True)


class SaltRow(Base):
    """What is hashed before every row of an election, so that a digest of rows tells nothing."""

    __tablename__ = "board_salt"
    __table_args__ = (CheckConstraint("octet_length(salt) = 32", name="salt_length"),)

    election_id: Mapped[UUID] = mapped_column(ForeignKey("board.election_id"), primary_key=True)
    salt: Mapped[Octets]


class RowsRow(Base):
    """A list of the digests of a table's rows, whose own digest is on the board. Append only.

    ``body``: for each row 16 bytes of its key and 32 of the whole of it, sorted.
    """

    __tablename__ = "board_rows"
    __table_args__ = (CheckConstraint("octet_length(digest) = 32", name="digest_length"),)

    election_id: Mapped[UUID] = mapped_column(ForeignKey("board.election_id"), primary_key=True)
    table_name: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[Octets] = mapped_column(primary_key=True)
    body: Mapped[Octets]
