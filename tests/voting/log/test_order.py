"""T9: nothing that is stored beside a ballot says when it came, or after which other."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from talkoot.base.db import Database, WriteSession

NAMES_A_BALLOT = ("entry_hash", "what", "sealed_key", "submission_id", "voter_key")
"""A table with a column of these holds ballots, or something of each of them."""
OF_SESSIONS = {"roll_session"}
"""How long a session lasts must be kept while it does: docs/threat_model.md says what that leaves
open."""
TABLES = text(
    "select distinct table_name from information_schema.columns"
    " where table_schema in ('public', 'pg_temp') and column_name = any(:names)"
)
ORDERED = text(
    "select table_name || '.' || column_name from information_schema.columns"
    " where table_name = any(:tables) and (data_type ~ '^(timestamp|date|time|interval)'"
    " or is_identity = 'YES' or column_default ~ '(nextval|now\\(|uuid|clock|current_)')"
    " order by 1"
)
TELLING = re.compile(r"\b(uuid1|uuid6|uuid7|getnode|uuid_generate_v1)\b")
"""Identifiers made of the time, of the machine, or of both."""
ROOTS = ("platform", "kiosk", "firmware_bridge", "migrations")


async def columns_that_tell(session: WriteSession, tables: Sequence[str]) -> list[str]:
    """Give the columns of these tables that hold a time or a running number."""
    return list(await session.scalars(ORDERED, {"tables": list(tables)}))


async def ballots_in(session: WriteSession) -> set[str]:
    """Give the tables that hold something of each ballot."""
    return set(await session.scalars(TABLES, {"names": list(NAMES_A_BALLOT)})) - OF_SESSIONS


def lines_that_tell(text_: str) -> list[str]:
    return [line for line in text_.splitlines() if TELLING.search(line)]


async def test_t9_no_table_of_ballots_holds_a_time_or_a_running_number(desk: Database) -> None:
    async with desk.writing() as session:
        tables = await ballots_in(session)
        assert {"entry", "standing", "sealing_epoch", "board_waiting"} <= tables
        assert await columns_that_tell(session, sorted(tables)) == []
        # Nor does any number run in the whole database, or the time of commits stand beside rows.
        assert await session.scalar(text("select count(*) from pg_sequences")) == 0
        assert await session.scalar(text("show track_commit_timestamp")) == "off"


@pytest.mark.parametrize(
    "column",
    [
        "at timestamptz",
        "created_at timestamptz default now()",
        "day date",
        "number bigserial",
        "number bigint generated always as identity",
        "id uuid default gen_random_uuid()",
    ],
)
async def test_t9_a_table_with_such_a_column_is_found(session: WriteSession, column: str) -> None:
    """The control."""
    await session.execute(text(f"create temporary table told (entry_hash bytea, {column})"))
    name = column.split(maxsplit=1)[0]
    assert await columns_that_tell(session, ["told"]) == [f"told.{name}"]


def test_t9_no_identifier_is_made_of_the_time(repository: Path) -> None:
    files = [file for root in ROOTS for file in (repository / root).rglob("*.py")]
    sources = [file for file in files if "node_modules" not in file.parts]
    assert len(sources) > 150
    assert {
        str(file): found for file in sources if (found := lines_that_tell(file.read_text()))
    } == {}
    # The control.
    assert lines_that_tell("from uuid import uuid1\nsubmission = uuid4()\n") == [
        "from uuid import uuid1"
    ]
