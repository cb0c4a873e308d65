"""Residents' accounts, sessions and mailed links, and how often something was done.

Public pages may read the names under which people write, and nothing else of an account: no mail.
The officials' desk and the auditors read nothing of it.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = (
    "grant select, insert, update, delete on resident, resident_session to talkoot_web",
    "grant select, insert, update, delete on mail_link, allowance to talkoot_web",
    "grant select (id, name, alias) on resident to talkoot_read",
)


def _when(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _hash(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        f"octet_length({column}) = 32", name=op.f(f"ck_{table}_{column}_length")
    )


def _of_municipality(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_id"], ["municipality.id"], name=op.f(f"fk_{table}_municipality_id")
    )


def _of_resident(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["resident_id"],
        ["resident.id"],
        name=op.f(f"fk_{table}_resident_id"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    """Make the tables and let the residents' pages use them."""
    _accounts()
    _links()
    op.create_table(
        "allowance",
        sa.Column("bucket", sa.LargeBinary(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        _when("window_ends_at"),
        _hash("allowance", "bucket"),
        sa.CheckConstraint("used >= 1", name=op.f("ck_allowance_used_is_positive")),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_allowance")),
    )
    op.create_index("ix_allowance_window_ends_at", "allowance", ["window_ends_at"])
    for grant in GRANTS:
        op.execute(grant)


def _accounts() -> None:
    op.create_table(
        "resident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        _when("joined_at"),
        sa.CheckConstraint("mail = lower(mail)", name=op.f("ck_resident_mail_in_small_letters")),
        sa.CheckConstraint(
            "char_length(mail) between 3 and 254", name=op.f("ck_resident_mail_length")
        ),
        sa.CheckConstraint("char_length(name) <= 100", name=op.f("ck_resident_name_length")),
        sa.CheckConstraint("char_length(alias) <= 40", name=op.f("ck_resident_alias_length")),
        sa.CheckConstraint(
            "language in ('fi', 'sv', 'en', 'se')", name=op.f("ck_resident_language")
        ),
        _of_municipality("resident"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident")),
        sa.UniqueConstraint(
            "municipality_id", "mail", name=op.f("uq_resident_municipality_id_mail")
        ),
    )
    op.create_table(
        "resident_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("form_token", sa.LargeBinary(), nullable=False),
        _when("opened_at"),
        _when("seen_at"),
        _when("expires_at"),
        _hash("resident_session", "token_hash"),
        _hash("resident_session", "form_token"),
        _of_resident("resident_session"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_resident_session")),
    )
    op.create_index(op.f("ix_resident_session_resident_id"), "resident_session", ["resident_id"])
    op.create_index("ix_resident_session_expires_at", "resident_session", ["expires_at"])


def _links() -> None:
    op.create_table(
        "mail_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        _when("expires_at"),
        _hash("mail_link", "token_hash"),
        _of_municipality("mail_link"),
        _of_resident("mail_link"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_mail_link")),
    )
    op.create_index(op.f("ix_mail_link_resident_id"), "mail_link", ["resident_id"])
    op.create_index("ix_mail_link_expires_at", "mail_link", ["expires_at"])
    op.create_index("ix_mail_link_mail", "mail_link", ["municipality_id", "mail"])


def downgrade() -> None:
    """Drop the tables, and with them every account."""
    for table in ("allowance", "mail_link", "resident_session", "resident"):
        op.drop_table(table)
