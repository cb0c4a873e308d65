"""Rows in no order of casting, in a third of the time where nobody votes meanwhile.

Where no other election is open and this one has a good part of all rows, the tables are written
anew as a whole: CLUSTER puts their rows in the order of their keys, but leaves in each the number
of the transaction that cast it; a change of a column's type to itself gives all of them one number.
Both take an exclusive lock, so that others who cast would wait: then the rows are updated as they
were, by one statement in place of one for each. No old version of a row is left by the first way.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# `offset 0` keeps the sorted part apart; without hash and merge joins each row of it is looked up
# and written in that order. The last page is filled up before: while it has room a row's new
# version would stay on it, and with it who was last.
REWRITTEN_ROW_BY_ROW = """
create function rewritten_row_by_row(asked uuid) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp
set enable_hashjoin = off set enable_mergejoin = off set work_mem = '128MB' as $$
declare
    part record;
    size bigint;
    page bigint := current_setting('block_size')::bigint;
    moved bigint;
begin
    for part in
        select 'public.' || name as name, key, kept
        from (values ('entry', 'entry_hash', 'rank'), ('standing', 'voter_key', 'rank'),
                     ('sealing_epoch', 'epoch_id', 'epoch')) as parts (name, key, kept)
    loop
        size := pg_relation_size(part.name);
        while pg_relation_size(part.name) = size loop
            execute format('update %1$s set %2$I = %2$I where election_id = $1 and ctid >= $2',
                           part.name, part.kept)
            using asked, format('(%s,0)', greatest(size / page - 1, 0))::tid;
            get diagnostics moved = row_count;
            exit when moved = 0;
        end loop;
        execute format('update %1$s as row set %2$I = row.%2$I'
                       ' from (select ctid as place from %1$s where election_id = $1'
                       ' order by %3$I offset 0) as sorted where row.ctid = sorted.place',
                       part.name, part.kept, part.key)
        using asked;
    end loop;
end $$
"""
REWRITTEN_AS_A_WHOLE = """
create function rewritten_as_a_whole() returns boolean
language plpgsql set search_path = pg_catalog, public, pg_temp
set maintenance_work_mem = '256MB' set lock_timeout = '5s' as $$
begin
    begin
        lock table public.entry, public.standing, public.sealing_epoch in access exclusive mode;
    exception when lock_not_available then
        return false;
    end;
    cluster public.entry using uq_entry_election_id_entry_hash;
    cluster public.standing using pk_standing;
    cluster public.sealing_epoch using pk_sealing_epoch;
    alter table public.entry alter column rank type integer using rank + 0;
    alter table public.standing alter column rank type integer using rank + 0;
    alter table public.sealing_epoch alter column epoch type integer using epoch + 0;
    return true;
end $$
"""
ROWS_SHUFFLED = """
create or replace function rows_shuffled(asked uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    mine bigint;
    others bigint;
    alone boolean;
begin
    perform 1 from public.election
    where id = asked and state in ('closing', 'reconciling', 'closed') for update;
    if not found then
        raise exception 'only a closed election that is not counted is written anew'
            using errcode = '55000';
    end if;
    select count(*) filter (where election_id = asked), count(*) filter (where election_id <> asked)
    into mine, others from public.entry;
    select not exists (select from public.election where id <> asked and state = 'open')
    into alone;
    if not (alone and others <= 3 * mine and public.rewritten_as_a_whole()) then
        perform public.rewritten_row_by_row(asked);
    end if;
    return mine;
end $$
"""
BEFORE = """
create or replace function rows_shuffled(asked uuid) returns bigint
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
INNER = ("rewritten_row_by_row(uuid)", "rewritten_as_a_whole()")


def upgrade() -> None:
    """Make the two ways, which nobody may call by themselves, and let the function choose."""
    for function in (REWRITTEN_ROW_BY_ROW, REWRITTEN_AS_A_WHOLE, ROWS_SHUFFLED):
        op.execute(function)
    for name in INNER:
        op.execute(f"revoke all on function {name} from public")


def downgrade() -> None:
    """Write row after row by a statement each, as before."""
    op.execute(BEFORE)
    for name in INNER:
        op.execute(f"drop function {name}")
