"""Journals of devices as they arrived, devices that are held, and their end with the keys.

The function that destroys an election's voter keys takes the bytes of its journals as well: in them
is *who* each ballot is of, sealed to the registrar, whose key is destroyed with the others.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = (
    "grant select, insert on journal_entry, device_hold to talkoot_official",
    "grant update (recorded, decided) on journal_entry to talkoot_official",
    "grant select on journal_entry, device_hold to talkoot_audit",
)
DESTROYED = """
create or replace function voter_keys_destroyed(asked uuid, setup_without_wraps bytea)
returns bigint
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
    delete from public.board_rows where election_id = asked;
    delete from public.board_salt where election_id = asked;
{more}    return rows;
end $$
"""
JOURNALS = """    update public.journal_entry set raw = null where election_id = asked;
"""


def upgrade() -> None:
    """Make the tables, and let the destruction reach the journals."""
    to_election = (["election_id"], ["election.id"])
    op.create_table(
        "journal_entry",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("device_id", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("chained", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("recorded", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("decided", sa.String(), nullable=True),
        sa.CheckConstraint(
            "octet_length(entry_hash) = 32", name=op.f("ck_journal_entry_entry_hash_length")
        ),
        sa.CheckConstraint(
            "octet_length(device_id) = 16", name=op.f("ck_journal_entry_device_id_length")
        ),
        sa.CheckConstraint(
            "epoch >= 0 and seq >= 0", name=op.f("ck_journal_entry_place_is_not_negative")
        ),
        sa.CheckConstraint("decided in ('take', 'reject')", name=op.f("ck_journal_entry_decided")),
        sa.ForeignKeyConstraint(*to_election, name=op.f("fk_journal_entry_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "entry_hash", name=op.f("pk_journal_entry")),
    )
    op.create_index(
        "ix_journal_entry_place", "journal_entry", ["election_id", "device_id", "epoch", "seq"]
    )
    op.create_table(
        "device_hold",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.LargeBinary(), nullable=False),
        sa.Column("hold", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "octet_length(device_id) = 16", name=op.f("ck_device_hold_device_id_length")
        ),
        sa.CheckConstraint("hold in ('revoked', 'forked')", name=op.f("ck_device_hold_hold")),
        sa.CheckConstraint(
            "char_length(reason) between 1 and 2000", name=op.f("ck_device_hold_reason_length")
        ),
        sa.ForeignKeyConstraint(*to_election, name=op.f("fk_device_hold_election_id_election")),
        sa.PrimaryKeyConstraint("election_id", "device_id", "hold", name=op.f("pk_device_hold")),
    )
    op.execute(DESTROYED.format(more=JOURNALS))
    for grant in GRANTS:
        op.execute(grant)


def downgrade() -> None:
    """Take all of it back."""
    op.execute(DESTROYED.format(more=""))
    op.drop_table("device_hold")
    op.drop_table("journal_entry")
