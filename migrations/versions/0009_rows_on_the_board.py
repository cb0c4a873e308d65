"""Acts are counted, amendments keep what they replaced, and the board commits to unpublished rows.

Acts at one moment had no order; from now on each has a number. The function that destroys an
election's voter keys takes the lists of digests and their salt as well: nothing made from a voter
key is left. A role for auditors reads what a board can be compared with, and changes nothing.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NUMBERED = """
update act set number = counted.number from (
    select id, row_number() over (partition by election_id order by at, id) as number from act
) as counted where act.id = counted.id
"""
LOGIN = "talkoot_desk"
READ_BY_AUDITORS = (
    "election, act, device, quarantine, entry, standing, sealing, sealing_epoch, result,"
    " public_file, roll_person, roll_code, roll_code_batch, backup, board, board_witness,"
    " board_leaf, board_node, board_record, board_checkpoint, board_cosignature, board_waiting,"
    " board_salt, board_rows"
)
GRANTS = (
    "grant select, insert on board_salt, board_rows to talkoot_official",
    f"grant select on {READ_BY_AUDITORS} to talkoot_audit",
)
AUDITOR = """
do $$ begin create role talkoot_audit nologin;
exception when duplicate_object or unique_violation then null; end $$
"""
OWNER_MAY_TAKE_IT = f"""
do $$ begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant talkoot_audit to %I', current_user);
    end if;
    if exists (select from pg_roles where rolname = '{LOGIN}') then
        grant talkoot_audit to {LOGIN};
    end if;
end $$
"""  # noqa: S608  the name is ours, from this file
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
{more}    return rows;
end $$
"""
LISTS = """    delete from public.board_rows where election_id = asked;
    delete from public.board_salt where election_id = asked;
"""


def upgrade() -> None:
    """Count the acts there are, make the tables, and let the destruction reach them."""
    op.add_column("act", sa.Column("number", sa.Integer(), nullable=True))
    op.execute(NUMBERED)
    op.alter_column("act", "number", nullable=False)
    op.add_column("act", sa.Column("earlier", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint(op.f("uq_act_election_id_number"), "act", ["election_id", "number"])
    op.create_check_constraint(op.f("ck_act_number_from_one"), "act", "number >= 1")
    op.create_check_constraint(
        op.f("ck_act_earlier_of_an_amendment"), "act", "earlier is null or kind = 'amend'"
    )
    _made("board_salt", ("salt",), "octet_length(salt) = 32", "salt_length", key=())
    _made(
        "board_rows",
        ("digest", "body"),
        "octet_length(digest) = 32",
        "digest_length",
        key=("table_name", "digest"),
    )
    op.execute(DESTROYED.format(more=LISTS))
    op.execute(AUDITOR)
    op.execute(OWNER_MAY_TAKE_IT)
    for grant in GRANTS:
        op.execute(grant)


def _made(
    table: str, octets: tuple[str, ...], check: str, name: str, *, key: tuple[str, ...]
) -> None:
    named = [sa.Column("table_name", sa.String(), nullable=False)] if "table_name" in key else []
    op.create_table(
        table,
        sa.Column("election_id", sa.Uuid(), nullable=False),
        *named,
        *(sa.Column(each, sa.LargeBinary(), nullable=False) for each in octets),
        sa.CheckConstraint(check, name=op.f(f"ck_{table}_{name}")),
        sa.ForeignKeyConstraint(
            ["election_id"], ["board.election_id"], name=op.f(f"fk_{table}_election_id_board")
        ),
        sa.PrimaryKeyConstraint("election_id", *key, name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    """Take all of it back, and leave the role, which is the whole server's."""
    op.execute("revoke all on all tables in schema public from talkoot_audit")
    op.execute(DESTROYED.format(more=""))
    for table in ("board_rows", "board_salt"):
        op.drop_table(table)
    for name in ("earlier_of_an_amendment", "number_from_one"):
        op.drop_constraint(op.f(f"ck_act_{name}"), "act")
    op.drop_constraint(op.f("uq_act_election_id_number"), "act")
    op.drop_column("act", "earlier")
    op.drop_column("act", "number")
