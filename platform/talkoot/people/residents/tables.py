"""Residents' accounts, the sessions they are signed in by, and the links that were mailed to them.

No table here knows of voters, and no table of votes knows of these.
"""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talkoot.base.db import Base, Key, Moment, Octets


class ResidentRow(Base):
    """An account in one municipality. Removed when its owner erases it."""

    __tablename__ = "resident"
    __table_args__ = (
        UniqueConstraint("municipality_id", "mail"),
        CheckConstraint("mail = lower(mail)", name="mail_in_small_letters"),
        CheckConstraint("char_length(mail) between 3 and 254", name="mail_length"),
        CheckConstraint("char_length(name) <= 100", name="name_length"),
        CheckConstraint("char_length(alias) <= 40", name="alias_length"),
        CheckConstraint("language in ('fi', 'sv', 'en', 'se')", name="language"),
    )

    id: Mapped[Key]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    mail: Mapped[str]
    name: Mapped[str]
    alias: Mapped[str]
    language: Mapped[str]
    joined_at: Mapped[Moment]


class ResidentSessionRow(Base):
    """A signed-in resident, by the SHA-256 of the session's token."""

    __tablename__ = "resident_session"
    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
        CheckConstraint("octet_length(form_token) = 32", name="form_token_length"),
        Index("ix_resident_session_expires_at", "expires_at"),
    )

    token_hash: Mapped[Octets] = mapped_column(primary_key=True)
    resident_id: Mapped[UUID] = mapped_column(
        ForeignKey("resident.id", ondelete="CASCADE"), index=True
    )
    form_token: Mapped[Octets]
    opened_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]


class MailLinkRow(Base):
    """A link that was mailed, by the SHA-256 of its secret. Used once.

    Without ``resident_id`` it signs in whoever reads this mail; with it, that resident's mail
    becomes this one.
    """

    __tablename__ = "mail_link"
    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
        Index("ix_mail_link_expires_at", "expires_at"),
        Index("ix_mail_link_mail", "municipality_id", "mail"),
    )

    token_hash: Mapped[Octets] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    mail: Mapped[str]
    language: Mapped[str]
    resident_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("resident.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[Moment]
