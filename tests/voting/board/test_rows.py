"""Rows that nobody publishes: every table is committed to or excused, and none is told."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import talkoot.people
import talkoot.voting.results
import talkoot.voting.roll
from talkoot.base.db import Base, Database, Role, WriteSession
from talkoot.base.db.embedded import Login, Server
from talkoot.base.ids import ElectionId
from talkoot.verify import verified
from talkoot.voting import board
from talkoot.voting.log import ActKind, ElectionState, acts_of
from talkoot.voting.results import public_folder
from tests.voting.board.made_up import a_key
from tests.voting.log.made_up import NOON
from tests.voting.log.sealed import an_election_that_is, devices_settled, done, frozen_by_two

ROOMS = (talkoot.people, talkoot.voting.results, talkoot.voting.roll)
"""Whose tables these are: importing them makes them known."""
FILLED = {"act", "device", "election", "sealing"}
RECORDED = (
    *("entry", "act", "sealing", "sealing_epoch", "result", "public_file", "roll_person"),
    *("board", "board_leaf", "board_node", "board_record", "board_checkpoint"),
    *("board_cosignature", "board_salt", "board_rows"),
)


def test_every_table_of_an_election_is_committed_to_or_excused() -> None:
    tables = {t.name: t for t in Base.metadata.sorted_tables if "election_id" in t.c}
    tables |= {name: Base.metadata.tables[name] for name in ("election", "roll_throttle")}
    covers = {cover.table: cover for cover in board.COVERS}
    assert set(tables) - set(covers) == set(board.NOT_COMMITTED)
    for name in set(tables) & set(covers):
        cover = covers[name]
        said = {cover.of or "", *cover.key, *cover.columns}
        left = {f"{name}.{column.name}" for column in tables[name].c if column.name not in said}
        assert left <= set(board.COLUMNS_LEFT_OUT), left


async def begun(session: WriteSession, election_id: ElectionId) -> board.SigningKey:
    key = a_key(election_id)
    await board.started(session, election_id, key.verifier)
    await board.ceremonies_recorded(session, election_id)
    return key


async def counted(session: WriteSession) -> ElectionId:
    """A sealed election up to its count, with a board from the close on."""
    election = await an_election_that_is(session, ElectionState.OPEN)
    await begun(session, election.id)
    for kind in (ActKind.CLOSE, ActKind.RECONCILE, ActKind.TALLY):
        if kind is ActKind.TALLY:
            await devices_settled(session, election.id)
        await done(session, election.id, kind)
        await board.ceremonies_recorded(session, election.id)
    return election.id


async def test_each_act_from_the_close_on_is_followed_by_one_record_of_rows(
    session: WriteSession,
) -> None:
    id_ = await counted(session)
    await board.ceremonies_recorded(session, id_)
    records = await board.rows_records(session, id_)
    kinds = [act.request.kind for act in await acts_of(session, id_)]
    assert [record["after"] for record in records] == [4, 5, 6]
    assert kinds[3:] == [ActKind.CLOSE, ActKind.RECONCILE, ActKind.TALLY]
    found = await board.rows_checked(session, id_)
    assert not found.faults
    assert found.tables >= len(FILLED)


async def test_equal_rows_give_other_digests_where_the_salt_is_another(
    session: WriteSession,
) -> None:
    """Nobody without the salt can try what a row may say."""
    id_ = await counted(session)
    before = (await board.rows_records(session, id_))[-1]
    await session.execute(text("update board_salt set salt = sha256(salt)"))
    faults = (await board.rows_checked(session, id_)).faults
    tables = before["tables"]
    assert isinstance(tables, dict)
    assert set(tables) >= FILLED
    assert {fault.partition(":")[0] for fault in faults} >= FILLED


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("update device set certificate = 'x'", "device: 2 ("),
        ("delete from device where device_id = :d", "device: 1 missing since act 6"),
        ("update act set at = at + interval '1 second' where number = 2", "act: 1 ("),
        ("update election set grace_s = grace_s + 1", "election: 1 ("),
        ("delete from board_salt", "board_salt: missing"),
        ("delete from board_rows where table_name = 'device'", "board_rows: the list"),
    ],
)
async def test_a_row_that_is_altered_is_named_by_its_table(
    session: WriteSession, statement: str, named: str
) -> None:
    id_ = await counted(session)
    asked = {"d": bytes(15) + b"\1"} if ":d" in statement else {}
    await session.execute(text(statement), asked)
    assert any(fault.startswith(named) for fault in (await board.rows_checked(session, id_)).faults)


async def test_acts_of_one_moment_keep_their_order(session: WriteSession) -> None:
    election = await an_election_that_is(session, ElectionState.RECONCILING)
    acts = await acts_of(session, election.id)
    assert [act.number for act in acts] == [1, 2, 3, 4, 5]
    assert [act.request.kind.value for act in acts] == [
        *("freeze", "rehearse", "open", "close", "reconcile")
    ]
    with pytest.raises(DBAPIError, match="uq_act_election_id_number"):
        await session.execute(text("update act set number = 1 where number = 2"))


async def test_a_board_begun_after_an_amendment_holds_the_ballot_before_it(
    session: WriteSession,
) -> None:
    """Then the control: where what was replaced is not kept, the reader misses it."""
    election = await frozen_by_two(session)
    await done(session, election.id, ActKind.AMEND)
    assert "definition that is not on the board" not in await faults_of(session, election.id)


async def test_without_the_ballot_that_was_replaced_the_reader_misses_it(
    session: WriteSession,
) -> None:
    election = await frozen_by_two(session)
    await done(session, election.id, ActKind.AMEND)
    await session.execute(text("update act set earlier = null"))
    assert "definition that is not on the board" in await faults_of(session, election.id)


async def faults_of(session: WriteSession, election_id: ElectionId) -> str:
    """Begin a board, sign it, and read the public folder."""
    key = await begun(session, election_id)
    await board.published(session, election_id, at=NOON, signer=key)
    files = {name: body async for name, body in public_folder(session, election_id)}
    return "\n".join(verified(files.__getitem__, list(files)).faults)


@pytest.mark.parametrize("table", RECORDED)
async def test_t16_no_role_of_the_web_changes_or_empties_what_was_recorded(
    database: Database, table: str
) -> None:
    column = {"act": "number", "entry": "rank"}.get(table, "election_id")
    for statement in (
        f"update {table} set {column} = {column}",  # noqa: S608  names of ours
        f"delete from {table}",  # noqa: S608  names of ours
        f"truncate {table} cascade",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.writing() as session:
                await session.execute(text(statement))


async def test_t16_the_auditors_role_reads_all_of_it_and_changes_nothing(
    server: Server, database_name: str
) -> None:
    url = server.url(login=Login.DESK, database=database_name)
    auditor = Database(url, writer=Role.AUDIT)
    async with auditor.writing() as session:
        for cover in board.COVERS:
            await session.execute(text(f"select 1 from {cover.table}"))  # noqa: S608  names of ours
    for table in (*RECORDED, "standing", "roll_code"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with auditor.writing() as session:
                await session.execute(text(f"delete from {table}"))  # noqa: S608  names of ours
    await auditor.close()
