"""Assurance, phases of sealed elections, signed acts, devices, quarantine, destruction.

The function runs as the owner: it takes voter keys, trustees' wraps, sessions and codes out of one
election's rows, once its keys are to be destroyed, and does nothing else. No role may change or
delete those rows by itself.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PLAIN = "'frozen', 'open', 'closed', 'counted'"
SEALED = "'frozen', 'open', 'closing', 'reconciling', 'tallied', 'final', 'keys_destroyed'"
REPEATED = "'amend', 'rehearse', 'extend', 'lost-kiosk', 'late-journal', 'roll-change'"
SIGNED = (
    "signatures is null or (jsonb_typeof(signatures) = 'array'"
    " and jsonb_array_length(signatures) = 2"
    " and coalesce(signatures->0->>'name' = first_person, false)"
    " and coalesce(signatures->1->>'name' = second_person, false)"
    " and coalesce(signatures->0->>'official_id' <> signatures->1->>'official_id', false)"
    " and coalesce(signatures->0->>'public_key' <> signatures->1->>'public_key', false)"
    " and coalesce(length(signatures->0->>'signature') > 0, false)"
    " and coalesce(length(signatures->1->>'signature') > 0, false))"
)
ACT_CHECKS = {
    "kind": (
        "case assurance when 'plain' then kind in ('freeze', 'open', 'close', 'count')"
        f" when 'sealed' then kind in ('freeze', 'open', 'close', {REPEATED}, 'reconcile',"
        " 'tally', 'final', 'destroy') else false end"
    ),
    "sealed_says_all": (
        "assurance = 'plain' or num_nulls(state, definition_hash, reason, nonce, signatures) = 0"
    ),
    "two_signatures": SIGNED,
    "nonce_length": "octet_length(nonce) = 16",
    "definition_hash_length": "octet_length(definition_hash) = 32",
    "payload_digest_length": "octet_length(payload_digest) = 32",
    "payload_is_hashed": "(payload is null) = (payload_digest is null)",
    "reason_length": "char_length(reason) between 1 and 2000",
}
GRANTS = (
    "grant select on device to talkoot_read",
    "grant select, insert, update on device, quarantine to talkoot_official",
    "grant select, insert on backup to talkoot_official",
    "revoke all on function voter_keys_destroyed(uuid, bytea) from public",
    "grant execute on function voter_keys_destroyed(uuid, bytea) to talkoot_official",
)
VOTER_KEYS_DESTROYED = """
create function voter_keys_destroyed(asked uuid, setup_without_wraps bytea) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    rows bigint;
begin
    perform 1 from public.election
    where id = asked and assurance = 'sealed' and state = 'keys_destroyed' for update;
    if not found then
        raise exception 'only an election whose keys are destroyed loses its voter keys'
            using errcode = '55000';
    end if;
    delete from public.standing where election_id = asked;
    update public.entry set voter_key = decode(repeat('00', 16), 'hex')
        where election_id = asked;
    get diagnostics rows = row_count;
    update public.sealing set setup = setup_without_wraps where election_id = asked;
    delete from public.roll_session where election_id = asked;
    delete from public.roll_code where election_id = asked;
    return rows;
end $$
"""


def upgrade() -> None:
    """Add columns, constraints, tables and the function; what is there already is plain."""
    op.add_column(
        "election",
        sa.Column("assurance", sa.String(), nullable=False, server_default="plain"),
    )
    op.add_column("election", sa.Column("appeals_until", sa.DateTime(timezone=True)))
    op.drop_constraint(op.f("ck_election_state"), "election")
    op.create_check_constraint(
        op.f("ck_election_state"),
        "election",
        f"case assurance when 'plain' then state in ({PLAIN})"
        f" when 'sealed' then state in ({SEALED}) else false end",
    )
    op.create_check_constraint(
        op.f("ck_election_appeals_end_after_the_close"),
        "election",
        "assurance = 'plain' or (appeals_until is not null and appeals_until > closes_at)",
    )
    op.create_unique_constraint(op.f("uq_election_id_assurance"), "election", ["id", "assurance"])
    _acts()
    _tables()
    op.execute(VOTER_KEYS_DESTROYED)
    for grant in GRANTS:
        op.execute(grant)


def _acts() -> None:
    for column in (
        sa.Column("assurance", sa.String(), nullable=False, server_default="plain"),
        sa.Column("state", sa.String()),
        sa.Column("definition_hash", sa.LargeBinary()),
        sa.Column("reason", sa.String()),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("payload_digest", sa.LargeBinary()),
        sa.Column("nonce", sa.LargeBinary()),
        sa.Column("signatures", postgresql.JSONB(astext_type=sa.Text())),
    ):
        op.add_column("act", column)
    op.drop_constraint(op.f("ck_act_kind"), "act")
    for name, condition in ACT_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_act_{name}"), "act", condition)
    op.create_foreign_key(
        op.f("fk_act_election_id_assurance"),
        "act",
        "election",
        ["election_id", "assurance"],
        ["id", "assurance"],
    )
    op.drop_constraint(op.f("uq_act_election_id_kind"), "act")
    op.create_index(
        "uq_act_election_id_kind",
        "act",
        ["election_id", "kind"],
        unique=True,
        postgresql_where=sa.text(f"kind not in ({REPEATED})"),
    )


def _tables() -> None:
    to_election = (["election_id"], ["election.id"])
    op.create_table(
        "device",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=True),
        sa.CheckConstraint("octet_length(device_id) = 16", name=op.f("ck_device_device_id_length")),
        sa.CheckConstraint("octet_length(head) = 32", name=op.f("ck_device_head_length")),
        sa.CheckConstraint("entries >= 0", name=op.f("ck_device_entries_are_not_negative")),
        sa.CheckConstraint(
            "state in ('enrolled', 'reconciled', 'lost')", name=op.f("ck_device_state")
        ),
        sa.CheckConstraint(
            "(state = 'reconciled') = (head is not null) and (head is null) = (entries is null)",
            name=op.f("ck_device_reconciled_with_a_head"),
        ),
        sa.ForeignKeyConstraint(*to_election, name=op.f("fk_device_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "device_id", name=op.f("pk_device")),
    )
    op.create_table(
        "quarantine",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("settled", sa.String(), nullable=True),
        sa.CheckConstraint(
            "octet_length(entry_hash) = 32", name=op.f("ck_quarantine_entry_hash_length")
        ),
        sa.CheckConstraint("settled in ('taken', 'rejected')", name=op.f("ck_quarantine_settled")),
        sa.ForeignKeyConstraint(*to_election, name=op.f("fk_quarantine_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "entry_hash", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "backup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("declared_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "taken_at < expires_at", name=op.f("ck_backup_expires_after_it_was_taken")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup")),
    )


def downgrade() -> None:
    """Take all of it back. Raises where a sealed election is on file: nothing else can hold it."""
    op.execute("drop function voter_keys_destroyed(uuid, bytea)")
    for table in ("backup", "quarantine", "device"):
        op.drop_table(table)
    op.drop_constraint(op.f("fk_act_election_id_assurance"), "act")
    op.drop_index("uq_act_election_id_kind", "act")
    op.create_unique_constraint(op.f("uq_act_election_id_kind"), "act", ["election_id", "kind"])
    for name in ACT_CHECKS:
        op.drop_constraint(op.f(f"ck_act_{name}"), "act")
    op.create_check_constraint(
        op.f("ck_act_kind"), "act", "kind in ('freeze', 'open', 'close', 'count')"
    )
    for column in (
        "signatures",
        "nonce",
        "payload_digest",
        "payload",
        "reason",
        "definition_hash",
        "state",
        "assurance",
    ):
        op.drop_column("act", column)
    op.drop_constraint(op.f("uq_election_id_assurance"), "election")
    for name in ("appeals_end_after_the_close", "state"):
        op.drop_constraint(op.f(f"ck_election_{name}"), "election")
    op.create_check_constraint(op.f("ck_election_state"), "election", f"state in ({PLAIN})")
    op.drop_column("election", "appeals_until")
    op.drop_column("election", "assurance")
