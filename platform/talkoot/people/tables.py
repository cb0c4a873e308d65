"""Officials, their passkeys and sessions, and the acts that they have proposed to each other."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from talkoot.base.db import Base, Key, Moment, Octets


class OfficialRow(Base):
    """A person who works for one municipality. Never removed: acts on file name the person."""

    __tablename__ = "official"
    __table_args__ = (
        UniqueConstraint("municipality_id", "mail"),
        CheckConstraint("char_length(name) between 1 and 200", name="name_length"),
        CheckConstraint("mail = lower(mail)", name="mail_in_small_letters"),
        CheckConstraint(
            "roles <@ array['election-manager', 'registrar-officer', 'trustee', 'editor',"
            " 'help-desk', 'auditor', 'sysadmin']::varchar[] and cardinality(roles) > 0",
            name="roles",
        ),
    )

    id: Mapped[Key]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    name: Mapped[str]
    mail: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(String))
    disabled_at: Mapped[Moment | None]


class PasskeyRow(Base):
    """A public key of an official. ``words`` are the owner's own, to tell keys apart."""

    __tablename__ = "passkey"
    __table_args__ = (
        CheckConstraint("key_kind in ('passkey', 'file')", name="key_kind"),
        CheckConstraint("octet_length(credential_id) between 1 and 1023", name="id_length"),
        CheckConstraint("sign_count >= 0", name="sign_count_is_not_negative"),
    )

    credential_id: Mapped[Octets] = mapped_column(primary_key=True)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("official.id"), index=True)
    public_key: Mapped[Octets] = mapped_column(unique=True)
    key_kind: Mapped[str]
    words: Mapped[str]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[Moment]


class InvitationRow(Base):
    """A link by which an official registers a passkey: the SHA-256 of its secret. Used once."""

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),)

    token_hash: Mapped[Octets] = mapped_column(primary_key=True)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("official.id"), unique=True)
    expires_at: Mapped[Moment]


class ChallengeRow(Base):
    """A challenge that was put to a browser and not answered yet. Answering removes it."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (
        CheckConstraint("purpose in ('sign-in', 'register')", name="purpose"),
        CheckConstraint("octet_length(challenge) = 32", name="challenge_length"),
        Index("ix_passkey_challenge_expires_at", "expires_at"),
    )

    challenge: Mapped[Octets] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    official_id: Mapped[UUID | None] = mapped_column(ForeignKey("official.id"))
    expires_at: Mapped[Moment]


class OfficialSessionRow(Base):
    """A signed-in official, by the SHA-256 of the session's token."""

    __tablename__ = "official_session"
    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
        Index("ix_official_session_expires_at", "expires_at"),
    )

    token_hash: Mapped[Octets] = mapped_column(primary_key=True)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("official.id"), index=True)
    form_token: Mapped[Octets]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]


class ProposalRow(Base):
    """An act that one official has proposed and signed, or is about to, and another may join.

    Everything that the challenge is made of is fixed here when it is proposed.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("octet_length(nonce) = 16", name="nonce_length"),
        CheckConstraint("octet_length(definition_hash) = 32", name="definition_hash_length"),
        CheckConstraint("proposed_at < expires_at", name="ends_after_it_begins"),
        CheckConstraint("char_length(reason) between 1 and 2000", name="reason_length"),
        CheckConstraint("ending in ('done', 'withdrawn', 'expired')", name="ending"),
        CheckConstraint("(ending is null) = (ended_at is null)", name="ended_in_some_way"),
        CheckConstraint("carried is null or ending is null", name="carries_while_it_waits"),
        Index(
            "uq_proposal_waiting",
            "election_id",
            unique=True,
            postgresql_where="ending is null",
        ),
        Index(
            "uq_proposal_waiting_for_round",
            "round_id",
            unique=True,
            postgresql_where="ending is null",
        ),
    )

    id: Mapped[Key]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    election_id: Mapped[UUID]
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("round.id"))
    kind: Mapped[str]
    state: Mapped[str]
    definition_hash: Mapped[Octets]
    reason: Mapped[str]
    payload: Mapped[Octets]
    carried: Mapped[Octets | None]
    nonce: Mapped[Octets]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("official.id"))
    proposed_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ending: Mapped[str | None]
    ended_at: Mapped[Moment | None]


class ProposalSignatureRow(Base):
    """One official's signature under a proposal. The primary key makes two of them two persons."""

    __tablename__ = "proposal_signature"

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("official.id"), primary_key=True)
    signature: Mapped[dict[str, str]] = mapped_column(JSONB)
    signed_at: Mapped[Moment]
