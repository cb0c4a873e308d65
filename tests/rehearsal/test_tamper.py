"""T16, the short form of `make tamper`: a superuser's manipulations are named, each of them.

What names them is `talkoot verify DIR --database`. The last tests are of somebody who, besides, has
the key that signs the board and makes everything agree: there it takes a copy kept elsewhere.
"""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import Database, ReadSession, WriteSession
from talkoot.base.db.embedded import Login, Server
from talkoot.cli.verify import verify
from talkoot.cli.verify_database import compared
from talkoot.verify import Report, verified
from talkoot.voting import board
from talkoot.voting.board import Closing, Kind, Leaf
from talkoot.voting.board.rows import rows_recorded
from talkoot.voting.board.store import appended, leaves_in
from talkoot.voting.log import ElectionState, acts_of
from talkoot.voting.results import public_folder
from tests.rehearsal import tamper
from tests.rehearsal.house import Played, played
from tests.verify.test_command import written
from tests.voting.log.made_up import NOON

SOME = 24
BORN = text("update roll_person set birth_year = :year where anchor = 'row-3'")


async def test_t16_what_a_superuser_manipulates_in_the_database_is_named(  # noqa: PLR0917
    server: Server,
    database_name: str,
    database: Database,
    desk: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then the control: with the digests of rows on the board unread, some of them pass."""
    public = await played(database, desk, tmp_path, voters=30, until=ElectionState.FINAL)
    engine = create_async_engine(server.url(database=database_name), poolclass=NullPool)
    async with engine.connect() as connection:
        done = await tamper.tampered(connection, public, SOME, "short")
        assert done.tried.total() == SOME
        assert not done.missed
        _unread(monkeypatch)
        done = await tamper.tampered(connection, public, 16, "short")
        assert done.missed
        monkeypatch.undo()
        url = server.url(login=Login.DESK, database=database_name)
        await _the_command_names_it(url, connection, public, tmp_path / "mirror")
        await _a_copy_kept_elsewhere_names_what_the_boards_own_key_signed(connection, public)
    await engine.dispose()


async def _the_command_names_it(
    url: str, connection: AsyncConnection, public: Played, folder: Path
) -> None:
    """`talkoot verify DIR --database` by the auditor's role: status 0, and 1 once it is altered."""
    written(public.files, folder)

    async def run() -> Result:
        words, env = [str(folder), "--database"], {"TALKOOT_DATABASE_URL": url}
        return await asyncio.to_thread(CliRunner().invoke, verify, words, env=env)

    sound = await run()
    assert sound.exit_code == 0, sound.output
    assert "holds: database: " in sound.output
    await connection.execute(
        text("update roll_person set birth_year = 1900 where anchor = 'row-3'")
    )
    await connection.commit()
    found = await run()
    assert found.exit_code == 1
    assert "fault: database: roll_person: 1 (" in found.output
    await connection.execute(
        text("update roll_person set birth_year = 1933 where anchor = 'row-3'")
    )
    await connection.commit()


def _unread(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> board.RowsChecked:
        return board.RowsChecked(faults=(), tables=0)

    monkeypatch.setattr(board, "rows_checked", nothing)


async def _a_copy_kept_elsewhere_names_what_the_boards_own_key_signed(
    connection: AsyncConnection, public: Played
) -> None:
    """A person is on the roll who was not, and every digest, leaf and signature agrees."""
    await connection.rollback()
    await connection.execute(text("set local session_replication_role = replica"))
    async with AsyncSession(bind=connection, join_transaction_mode="create_savepoint") as inner:
        session = WriteSession(ReadSession(inner))
        await session.execute(text("update roll_person set birth_year = birth_year + 1"))
        await _committed_anew(session, public)
        there = verified(public.files.__getitem__, list(public.files))
        found = await compared(session, public.files.__getitem__, there)
        assert any("are not the first" in fault for fault in found.faults)
        assert not any("roll_person" in fault for fault in found.faults)
        assert not await _faults_of_their_own_copy(session, public)
    await connection.rollback()


async def _faults_of_their_own_copy(session: ReadSession, public: Played) -> list[str]:
    """The control: who has kept nothing, and asks no witness, sees that all of it holds."""
    theirs = {name: body async for name, body in public_folder(session, public.election_id)}
    report: Report = verified(theirs.__getitem__, list(theirs))
    return [*report.faults, *(await compared(session, theirs.__getitem__, report)).faults]


async def _committed_anew(session: WriteSession, public: Played) -> None:
    """Rewrite the last digests of rows, the tree above them and the signature; forget witnesses."""
    id_ = public.election_id
    leaves = await leaves_in(session, id_, 0, await board.size_of(session, id_))
    at = max(at for at, leaf in enumerate(leaves) if leaf.kind is Kind.ROWS)
    act = (await acts_of(session, id_))[-1]
    for query in (
        "delete from board_cosignature where size = (select max(size) from board_checkpoint)",
        "delete from board_checkpoint where size = (select max(size) from board_checkpoint)",
        "update board set quorum = 0",
        "delete from board_node",
        "delete from board_leaf",
        "delete from board_record where sha256 = :record",
    ):
        named = {"record": leaves[at].content} if ":record" in query else {}
        await session.execute(text(query), named)
    await appended(session, id_, leaves[:at])
    await rows_recorded(session, id_, act)
    await appended(session, id_, leaves[at + 1 :])
    await session.execute(
        text(
            "delete from board_rows where not exists (select from board_record where"
            " position(convert_to(encode(digest, 'hex'), 'UTF8') in body) > 0)"
        )
    )
    await board.published(session, id_, at=NOON, signer=public.log_key, closing=Closing.CLOSED)
    assert Leaf(Kind.ROWS, leaves[at].content) not in await leaves_in(session, id_, 0, len(leaves))
