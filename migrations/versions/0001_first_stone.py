"""The first stone: rounds, elections, entries, roll, results."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "municipality",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("intro", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("contact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("slug", name=op.f("uq_municipality_slug")),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "media_type in ('image/svg+xml', 'image/png', 'image/jpeg', 'image/webp')",
            name=op.f("ck_picture_media_type"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
    )
    op.create_table(
        "roll_throttle",
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_roll_throttle")),
    )
    op.create_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_area_parent_is_another")),
        sa.CheckConstraint("population >= 0", name=op.f("ck_area_population_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["municipality_id", "parent_id"],
            ["area.municipality_id", "area.id"],
            name=op.f("fk_area_municipality_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_area_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("municipality_id", "code", name=op.f("uq_area_municipality_id_code")),
        sa.UniqueConstraint("municipality_id", "id", name=op.f("uq_area_municipality_id_id")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("theme", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("intro", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("grace_s", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('budget', 'poll')", name=op.f("ck_round_kind")),
        sa.CheckConstraint("grace_s >= 0", name=op.f("ck_round_grace_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_round_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("municipality_id", "slug", name=op.f("uq_round_municipality_id_slug")),
    )
    op.create_table(
        "election",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grace_s", sa.Integer(), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("definition_hash", sa.LargeBinary(), nullable=False),
        sa.Column("share_lock", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state in ('frozen', 'open', 'closed', 'counted')", name=op.f("ck_election_state")
        ),
        sa.CheckConstraint(
            "octet_length(definition_hash) = 32", name=op.f("ck_election_definition_hash_length")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_election_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election")),
    )
    op.create_index(op.f("ix_election_round_id"), "election", ["round_id"], unique=False)
    op.create_table(
        "phase",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('ideas', 'review', 'voting', 'results')", name=op.f("ck_phase_kind")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_phase_starts_before_it_ends")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_phase_round_id")),
        sa.PrimaryKeyConstraint("round_id", "kind", name=op.f("pk_phase")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cost_cents", sa.BigInteger(), nullable=False),
        sa.Column("picture_id", sa.String(), nullable=True),
        sa.Column("picture_alt", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "char_length(number) between 1 and 64", name=op.f("ck_project_number_length")
        ),
        sa.CheckConstraint("cost_cents >= 0", name=op.f("ck_project_cost_is_not_negative")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_project_area_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("fk_project_picture_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_project_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_project_round_id_number")),
        sa.UniqueConstraint("round_id", "place", name=op.f("uq_project_round_id_place")),
    )
    op.create_table(
        "act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_person", sa.String(), nullable=False),
        sa.Column("second_person", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('freeze', 'open', 'close', 'count')", name=op.f("ck_act_kind")
        ),
        sa.CheckConstraint("first_person <> second_person", name=op.f("ck_act_two_persons")),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_act_election_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
        sa.UniqueConstraint("election_id", "kind", name=op.f("uq_act_election_id_kind")),
    )
    op.create_table(
        "entry",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("voter_key", sa.LargeBinary(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("definition_hash", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("beacon", sa.Integer(), nullable=False),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "octet_length(entry_hash) = 32", name=op.f("ck_entry_entry_hash_length")
        ),
        sa.CheckConstraint("octet_length(voter_key) = 16", name=op.f("ck_entry_voter_key_length")),
        sa.CheckConstraint(
            "rank >= 0 and round >= 0 and beacon >= 0",
            name=op.f("ck_entry_sort_key_is_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_entry_election_id")
        ),
        sa.PrimaryKeyConstraint("election_id", "submission_id", name=op.f("pk_entry")),
        sa.UniqueConstraint(
            "election_id", "entry_hash", name=op.f("uq_entry_election_id_entry_hash")
        ),
    )
    op.create_table(
        "result",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_result_election_id")
        ),
        sa.PrimaryKeyConstraint("election_id", name=op.f("pk_result")),
    )
    op.create_table(
        "roll_code_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_by", sa.String(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(activated_by is null) = (activated_at is null)",
            name=op.f("ck_roll_code_batch_activated_by_someone"),
        ),
        sa.CheckConstraint(
            "activated_by <> issued_by", name=op.f("ck_roll_code_batch_two_persons")
        ),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_roll_code_batch_election_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_code_batch")),
    )
    op.create_index(
        op.f("ix_roll_code_batch_election_id"), "roll_code_batch", ["election_id"], unique=False
    )
    op.create_table(
        "roll_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("anchor_scheme", sa.String(), nullable=False),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.CheckConstraint(
            "char_length(anchor) between 1 and 128", name=op.f("ck_roll_person_anchor_length")
        ),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_roll_person_election_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_person")),
        sa.UniqueConstraint(
            "election_id",
            "anchor_scheme",
            "anchor",
            name=op.f("uq_roll_person_election_id_anchor_scheme_anchor"),
        ),
    )
    op.create_table(
        "roll_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("voter_key", sa.LargeBinary(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("form_token", sa.LargeBinary(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "octet_length(token_hash) = 32", name=op.f("ck_roll_session_token_hash_length")
        ),
        sa.CheckConstraint(
            "octet_length(voter_key) = 16", name=op.f("ck_roll_session_voter_key_length")
        ),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_roll_session_election_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_roll_session")),
    )
    op.create_index("ix_roll_session_expires_at", "roll_session", ["expires_at"], unique=False)
    op.create_table(
        "public_file",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_public_file_sha256_length")),
        sa.ForeignKeyConstraint(
            ["election_id"], ["result.election_id"], name=op.f("fk_public_file_election_id")
        ),
        sa.PrimaryKeyConstraint("election_id", "name", name=op.f("pk_public_file")),
    )
    op.create_table(
        "roll_code",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("selector", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("verifier", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(selector) = 5", name=op.f("ck_roll_code_selector_length")),
        sa.CheckConstraint(
            "octet_length(verifier) = 32", name=op.f("ck_roll_code_verifier_length")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["roll_code_batch.id"], name=op.f("fk_roll_code_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_roll_code_election_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["roll_person.id"], name=op.f("fk_roll_code_person_id")
        ),
        sa.PrimaryKeyConstraint("election_id", "selector", name=op.f("pk_roll_code")),
    )
    op.create_index(op.f("ix_roll_code_batch_id"), "roll_code", ["batch_id"], unique=False)
    op.create_index(
        "uq_roll_code_live_person",
        "roll_code",
        ["person_id"],
        unique=True,
        postgresql_where="revoked_at is null",
    )
    op.create_table(
        "standing",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("voter_key", sa.LargeBinary(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("beacon", sa.Integer(), nullable=False),
        sa.Column("casts", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "octet_length(voter_key) = 16", name=op.f("ck_standing_voter_key_length")
        ),
        sa.ForeignKeyConstraint(
            ["election_id", "entry_hash"],
            ["entry.election_id", "entry.entry_hash"],
            name=op.f("fk_standing_election_id_entry_hash"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_standing_election_id")
        ),
        sa.PrimaryKeyConstraint("election_id", "voter_key", name=op.f("pk_standing")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("standing")
    op.drop_index(
        "uq_roll_code_live_person", table_name="roll_code", postgresql_where="revoked_at is null"
    )
    op.drop_index(op.f("ix_roll_code_batch_id"), table_name="roll_code")
    op.drop_table("roll_code")
    op.drop_table("public_file")
    op.drop_index("ix_roll_session_expires_at", table_name="roll_session")
    op.drop_table("roll_session")
    op.drop_table("roll_person")
    op.drop_index(op.f("ix_roll_code_batch_election_id"), table_name="roll_code_batch")
    op.drop_table("roll_code_batch")
    op.drop_table("result")
    op.drop_table("entry")
    op.drop_table("act")
    op.drop_table("project")
    op.drop_table("phase")
    op.drop_index(op.f("ix_election_round_id"), table_name="election")
    op.drop_table("election")
    op.drop_table("round")
    op.drop_table("area")
    op.drop_table("roll_throttle")
    op.drop_table("picture")
    op.drop_table("municipality")
