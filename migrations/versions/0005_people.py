"""Officials, their passkeys and sessions, and what they propose to each other.

None of it is granted to the residents' web role: only the desk's role reads or writes it.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = (
    "grant select, insert, update on official, proposal to talkoot_official",
    "grant select, insert, update, delete on passkey, invitation to talkoot_official",
    "grant select, insert, update, delete on passkey_challenge to talkoot_official",
    "grant select, insert, update, delete on official_session to talkoot_official",
    "grant select, insert on proposal_signature to talkoot_official",
)


def _to(column: str, table: str, remote: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{remote}.id"], name=op.f(f"fk_{table}_{column}"))


def _when(name: str, *, known: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not known)


def upgrade() -> None:
    """Make the tables and let the desk use them."""
    _officials()
    _sessions()
    _proposals()
    for grant in GRANTS:
        op.execute(grant)


def _officials() -> None:
    op.create_table(
        "official",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.String()), nullable=False),
        _when("disabled_at", known=False),
        sa.CheckConstraint(
            "char_length(name) between 1 and 200", name=op.f("ck_official_name_length")
        ),
        sa.CheckConstraint("mail = lower(mail)", name=op.f("ck_official_mail_in_small_letters")),
        sa.CheckConstraint(
            "roles <@ array['election-manager', 'registrar-officer', 'trustee', 'editor',"
            " 'help-desk', 'auditor', 'sysadmin']::varchar[] and cardinality(roles) > 0",
            name=op.f("ck_official_roles"),
        ),
        _to("municipality_id", "official", "municipality"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official")),
        sa.UniqueConstraint(
            "municipality_id", "mail", name=op.f("uq_official_municipality_id_mail")
        ),
    )
    op.create_table(
        "passkey",
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("key_kind", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        _when("added_at"),
        sa.CheckConstraint("key_kind in ('passkey', 'file')", name=op.f("ck_passkey_key_kind")),
        sa.CheckConstraint(
            "octet_length(credential_id) between 1 and 1023", name=op.f("ck_passkey_id_length")
        ),
        sa.CheckConstraint("sign_count >= 0", name=op.f("ck_passkey_sign_count_is_not_negative")),
        _to("official_id", "passkey", "official"),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("public_key", name=op.f("uq_passkey_public_key")),
    )
    op.create_index(op.f("ix_passkey_official_id"), "passkey", ["official_id"])


def _sessions() -> None:
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        _when("expires_at"),
        sa.CheckConstraint(
            "octet_length(token_hash) = 32", name=op.f("ck_invitation_token_hash_length")
        ),
        _to("official_id", "invitation", "official"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitation")),
        sa.UniqueConstraint("official_id", name=op.f("uq_invitation_official_id")),
    )
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=True),
        _when("expires_at"),
        sa.CheckConstraint(
            "purpose in ('sign-in', 'register')", name=op.f("ck_passkey_challenge_purpose")
        ),
        sa.CheckConstraint(
            "octet_length(challenge) = 32", name=op.f("ck_passkey_challenge_challenge_length")
        ),
        _to("official_id", "passkey_challenge", "official"),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_passkey_challenge")),
    )
    op.create_index("ix_passkey_challenge_expires_at", "passkey_challenge", ["expires_at"])
    op.create_table(
        "official_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("form_token", sa.LargeBinary(), nullable=False),
        _when("seen_at"),
        _when("expires_at"),
        sa.CheckConstraint(
            "octet_length(token_hash) = 32", name=op.f("ck_official_session_token_hash_length")
        ),
        _to("official_id", "official_session", "official"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_official_session")),
    )
    op.create_index(op.f("ix_official_session_official_id"), "official_session", ["official_id"])
    op.create_index("ix_official_session_expires_at", "official_session", ["expires_at"])


def _proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("definition_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        _when("proposed_at"),
        _when("expires_at"),
        sa.Column("ending", sa.String(), nullable=True),
        _when("ended_at", known=False),
        sa.CheckConstraint("octet_length(nonce) = 16", name=op.f("ck_proposal_nonce_length")),
        sa.CheckConstraint(
            "octet_length(definition_hash) = 32", name=op.f("ck_proposal_definition_hash_length")
        ),
        sa.CheckConstraint(
            "proposed_at < expires_at", name=op.f("ck_proposal_ends_after_it_begins")
        ),
        sa.CheckConstraint(
            "char_length(reason) between 1 and 2000", name=op.f("ck_proposal_reason_length")
        ),
        sa.CheckConstraint(
            "ending in ('done', 'withdrawn', 'expired')", name=op.f("ck_proposal_ending")
        ),
        sa.CheckConstraint(
            "(ending is null) = (ended_at is null)", name=op.f("ck_proposal_ended_in_some_way")
        ),
        _to("municipality_id", "proposal", "municipality"),
        _to("election_id", "proposal", "election"),
        _to("proposed_by", "proposal", "official"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_municipality_id"), "proposal", ["municipality_id"])
    op.create_index(
        "uq_proposal_waiting",
        "proposal",
        ["election_id"],
        unique=True,
        postgresql_where=sa.text("ending is null"),
    )
    op.create_table(
        "proposal_signature",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("signature", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _when("signed_at"),
        _to("proposal_id", "proposal_signature", "proposal"),
        _to("official_id", "proposal_signature", "official"),
        sa.PrimaryKeyConstraint("proposal_id", "official_id", name=op.f("pk_proposal_signature")),
    )


def downgrade() -> None:
    """Drop the tables; with them everybody's passkeys."""
    for table in (
        "proposal_signature",
        "proposal",
        "official_session",
        "passkey_challenge",
        "invitation",
        "passkey",
        "official",
    ):
        op.drop_table(table)
