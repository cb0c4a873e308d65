"""Sealed ballots: to whom, the sealed keys, no ciphertext twice, and rows in no order of casting.

The function runs as the owner: it lets the official's role write an election's rows anew in the
order of their hashes, and change nothing in them, while the election is being reconciled. An update
that changes nothing writes a new version of the row behind all others, and asks no foreign key.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANTS = (
    "grant select on sealing to talkoot_read, talkoot_web",
    "grant select, insert on sealing to talkoot_official",
    "grant select, insert on sealing_epoch to talkoot_web, talkoot_official",
    "revoke all on function rows_shuffled(uuid) from public",
    "grant execute on function rows_shuffled(uuid) to talkoot_official",
)
ROWS_SHUFFLED = """
create function rows_shuffled(asked uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    found_at tid;
    rows bigint := 0;
begin
    perform 1 from public.election
    where id = asked and state in ('closing', 'reconciling', 'closed') for update;
    if not found then
        raise exception 'only a closed election that is not counted is written anew'
            using errcode = '55000';
    end if;
    for found_at in
        select ctid from public.entry where election_id = asked order by entry_hash
    loop
        update public.entry set rank = rank where ctid = found_at;
        rows := rows + 1;
    end loop;
    for found_at in
        select ctid from public.standing where election_id = asked order by entry_hash
    loop
        update public.standing set rank = rank where ctid = found_at;
    end loop;
    for found_at in
        select ctid from public.sealing_epoch where election_id = asked order by epoch_id
    loop
        update public.sealing_epoch set epoch = epoch where ctid = found_at;
    end loop;
    return rows;
end $$
"""


def upgrade() -> None:
    """Make the tables, the index and the function."""
    op.create_table(
        "sealing",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("setup", sa.LargeBinary(), nullable=False),
        sa.Column("setup_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "octet_length(setup_hash) = 32", name=op.f("ck_sealing_setup_hash_length")
        ),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_sealing_election_id_election")
        ),
        sa.PrimaryKeyConstraint("election_id", name=op.f("pk_sealing")),
    )
    op.create_table(
        "sealing_epoch",
        sa.Column("election_id", sa.Uuid(), nullable=False),
        sa.Column("epoch_id", sa.LargeBinary(), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "octet_length(epoch_id) = 16", name=op.f("ck_sealing_epoch_epoch_id_length")
        ),
        sa.CheckConstraint(
            "octet_length(device) = 16", name=op.f("ck_sealing_epoch_device_length")
        ),
        sa.CheckConstraint("epoch >= 0", name=op.f("ck_sealing_epoch_epoch_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["election_id"], ["election.id"], name=op.f("fk_sealing_epoch_election_id_election")
        ),
        sa.PrimaryKeyConstraint("election_id", "epoch_id", name=op.f("pk_sealing_epoch")),
    )
    op.add_column("entry", sa.Column("position", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(
        "position_is_of_what", "entry", '"position" = substring(what from 1 for 24)'
    )
    op.create_index("uq_entry_position", "entry", ["position"], unique=True)
    op.execute(ROWS_SHUFFLED)
    for grant in GRANTS:
        op.execute(grant)


def downgrade() -> None:
    """Drop them."""
    op.execute("drop function rows_shuffled(uuid)")
    op.drop_index("uq_entry_position", "entry")
    op.drop_constraint(op.f("ck_entry_position_is_of_what"), "entry")
    op.drop_column("entry", "position")
    op.drop_table("sealing_epoch")
    op.drop_table("sealing")
