"""The voter roll, one-time codes, wrong guesses, sessions: the only tables that know a person."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talkoot.base.db import Base, Key, Moment, Octets


class PersonRow(Base):
    """A person on the roll of one election: anchor, birth year, area and language. No name."""

    __tablename__ = "roll_person"
    __table_args__ = (
        UniqueConstraint("election_id", "anchor_scheme", "anchor"),
        CheckConstraint("char_length(anchor) between 1 and 128", name="anchor_length"),
    )

    id: Mapped[Key]
    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"))
    anchor_scheme: Mapped[str]
    anchor: Mapped[str]
    birth_year: Mapped[int]
    area_code: Mapped[str]
    language: Mapped[str]


class CodeBatchRow(Base):
    """A batch of letters with codes; its codes work once a second person has activated it."""

    __tablename__ = "roll_code_batch"
    __table_args__ = (
        CheckConstraint("activated_by <> issued_by", name="two_persons"),
        CheckConstraint(
            "(activated_by is null) = (activated_at is null)", name="activated_by_someone"
        ),
    )

    id: Mapped[Key]
    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), index=True)
    issued_by: Mapped[str]
    issued_at: Mapped[Moment]
    activated_by: Mapped[str | None]
    activated_at: Mapped[Moment | None]


class CodeRow(Base):
    """A one-time code at rest: the selector in clear, of the rest only a peppered Argon2id hash."""

    __tablename__ = "roll_code"
    __table_args__ = (
        CheckConstraint("char_length(selector) = 5", name="selector_length"),
        CheckConstraint("octet_length(verifier) = 32", name="verifier_length"),
        Index(
            "uq_roll_code_live_person",
            "person_id",
            unique=True,
            postgresql_where="revoked_at is null",
        ),
    )

    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"), primary_key=True)
    selector: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[Octets]
    verifier: Mapped[Octets]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("roll_person.id"))
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("roll_code_batch.id"), index=True)
    revoked_at: Mapped[Moment | None]


class ThrottleRow(Base):
    """Wrong guesses of one bucket (a selector, a network, a kiosk, everyone) in one window."""

    __tablename__ = "roll_throttle"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    wrong: Mapped[int]
    window_ends_at: Mapped[Moment]
    blocked_until: Mapped[Moment | None]


class VoterSessionRow(Base):
    """A signed-in voter, by the SHA-256 of the session's token. It knows a key, never a name.

    ``receipt`` is the entry hash of the last ballot recorded in this session, for the receipt page.
    """

    __tablename__ = "roll_session"
    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
        CheckConstraint("octet_length(voter_key) = 16", name="voter_key_length"),
        Index("ix_roll_session_expires_at", "expires_at"),
    )

    token_hash: Mapped[Octets] = mapped_column(primary_key=True)
    election_id: Mapped[UUID] = mapped_column(ForeignKey("election.id"))
    voter_key: Mapped[Octets]
    method: Mapped[str]
    form_token: Mapped[Octets]
    receipt: Mapped[Octets | None]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
