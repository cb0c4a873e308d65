"""`talkoot board`: begun, published, witnessed, checked, and published by a process that stays."""

import asyncio
import signal
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from talkoot.base.db import Database
from talkoot.base.db.embedded import Login, Server
from talkoot.base.errors import BrokenLog, NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.voting.board import Use, new_key, waiting_count
from tests.cli.processes import START_S, TALKOOT, environment
from tests.journeys.served import CommandLine
from tests.voting.board.made_up import cast
from tests.voting.log.made_up import an_open_election


@pytest.fixture
def line(
    monkeypatch: pytest.MonkeyPatch, server: Server, database_name: str, tmp_path: Path
) -> CommandLine:
    """Give the command line, in this process, on this test's database."""
    url = server.url(login=Login.DESK, database=database_name)
    monkeypatch.setenv("TALKOOT_DATABASE_URL", url)
    monkeypatch.setenv("TALKOOT_HOME", str(tmp_path))
    return CommandLine()


async def voted(desk: Database, election_id: ElectionId, ballots: int) -> None:
    async with desk.writing() as session:
        await cast(session, election_id, ballots)


async def test_a_board_is_begun_published_witnessed_and_checked(
    line: CommandLine, desk: Database, server: Server, database_name: str, tmp_path: Path
) -> None:
    election = await an_open_election(desk)
    id_ = str(election.id)
    assert f"talkoot/{id_}+" in await line.done("board", "start", id_)
    assert isinstance((await line.says("board", "start", id_)).exception, NotAllowed)
    await voted(desk, election.id, 9)
    said = await line.done("board", "publish", id_)
    assert said == "1 leaves are signed, 9 ballots wait\n", "the definition alone"
    await voted(desk, election.id, 1)
    assert await line.done("board", "publish", id_) == "11 leaves are signed, 0 ballots wait\n"
    keys = [str(new_key(tmp_path / name, name, Use.WITNESS).verifier) for name in ("one", "other")]
    too_many = await line.says("board", "witnesses", id_, *keys, "--quorum", "3")
    assert isinstance(too_many.exception, NotAllowed)
    said = await line.done("board", "witnesses", id_, *keys, "--quorum", "2")
    assert said == f"2 witnesses should sign the board of {id_}\n"
    assert await line.done("board", "fsck", id_) == "11 leaves, no fault\n"
    engine = create_async_engine(server.url(database=database_name))
    async with engine.begin() as connection:
        await connection.execute(text("update board_leaf set hash = content where index = 4"))
    await engine.dispose()
    broken = await line.says("board", "fsck", id_)
    assert isinstance(broken.exception, BrokenLog)
    assert "leaf 4" in broken.stdout


def told_to_stop(env: dict[str, str]) -> tuple[str, int]:
    """Start the process that publishes, and end it once it says something; give that and how."""
    with subprocess.Popen(
        [*TALKOOT, "board", "run"],
        env=env,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            said = process.stderr.readline()
            process.send_signal(signal.SIGTERM)
            return said, process.wait(START_S)
        finally:
            process.kill()


async def test_the_process_that_publishes_does_so_and_stops_when_it_is_told(
    line: CommandLine, desk: Database, server: Server, database_name: str, tmp_path: Path
) -> None:
    election = await an_open_election(desk)
    await line.done("board", "start", str(election.id))
    await voted(desk, election.id, 12)
    url = server.url(login=Login.DESK, database=database_name)
    said, status = await asyncio.to_thread(
        told_to_stop, environment(tmp_path, TALKOOT_DATABASE_URL=url)
    )
    assert status == 0
    assert said == f"the board of {election.id}: 13 leaves are signed\n"
    async with desk.writing() as session:
        assert await waiting_count(session, election.id) == 0
