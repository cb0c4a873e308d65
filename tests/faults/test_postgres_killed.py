"""PostgreSQL dies in the middle of the voting: what was acknowledged is there when it is back."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from talkoot.base.db import Database, Role, WriteSession, migrate
from talkoot.base.db.embedded import Durability, Login, Server, start
from talkoot.base.errors import Unavailable
from talkoot.voting.ballot import Entry
from talkoot.voting.intake import AlreadyRecorded, Cast, Door, LogStore, Recorded
from talkoot.voting.log import Election
from tests.voting.log.made_up import NOON, a_cast, an_open_election, entries_of

VOTERS = 400
CASTERS = 16


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="talkoot-kill-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def kill_outright(server: Server) -> None:
    """Kill the server and its children as the kernel would, and reap it."""
    assert server.pid is not None
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii")
    for pid in (server.pid, *map(int, children.split())):
        os.kill(pid, signal.SIGKILL)
    server.stop()


@asynccontextmanager
async def engines(server: Server) -> AsyncIterator[tuple[Database, Database]]:
    """The web process's and the official's."""
    web = Database(server.url(login=Login.APP), writer=Role.WEB)
    desk = Database(server.url(login=Login.DESK), writer=Role.OFFICIAL)
    yield web, desk
    await web.close()
    await desk.close()


class TellsOfCommits(LogStore):
    """Says, once it is armed, when the next thing to come is a commit."""

    def __init__(self) -> None:
        self.armed = False
        self.commit_is_next = asyncio.Event()

    async def append_entries(self, session: WriteSession, entries: Sequence[Entry]) -> None:
        await super().append_entries(session, entries)
        if self.armed:
            self.commit_is_next.set()


class Booth:
    """Sixteen casters with their ballots: they note what was acknowledged and what is unknown."""

    def __init__(self, door: Door, store: TellsOfCommits, election: Election) -> None:
        self._door = door
        self.election = election
        self._left = [a_cast(election) for _ in range(VOTERS)]
        self.acknowledged: dict[Cast, Recorded] = {}
        self.unknown: list[Cast] = []
        self._store = store

    async def cast_all(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(CASTERS):
                tasks.create_task(self._cast_in_turn())

    async def _cast_in_turn(self) -> None:
        while self._left:
            await self._cast(self._left.pop())

    async def _cast(self, cast: Cast) -> None:
        try:
            outcome = await self._door.cast(cast, NOON)
        except Unavailable:
            self.unknown.append(cast)
            return
        assert isinstance(outcome, Recorded)
        self.acknowledged[cast] = outcome
        if len(self.acknowledged) >= VOTERS // 4:
            self._store.armed = True


@pytest.mark.parametrize("kills", [1, pytest.param(10, marks=pytest.mark.full)])
async def test_what_was_acknowledged_survives_and_what_is_unknown_is_settled_by_asking_again(
    home: Path, kills: int
) -> None:
    server = start(home, durability=Durability.DISK)
    try:
        await asyncio.to_thread(migrate.upgrade, server.url())
        async with engines(server) as (web, desk):
            for _ in range(kills):
                store = TellsOfCommits()
                async with Door(web, store=store) as door, asyncio.TaskGroup() as tasks:
                    booth = Booth(door, store, await an_open_election(desk))
                    casting = tasks.create_task(booth.cast_all())
                    await store.commit_is_next.wait()
                    await asyncio.to_thread(kill_outright, server)
                    await casting
                    server = start(home, durability=Durability.DISK)
                    await settle(booth, door, desk)
    finally:
        server.stop()


async def settle(booth: Booth, door: Door, desk: Database) -> None:
    """After the restart: compare what is there with what was said, and ask again for the rest."""
    before = {entry.hash for entry in await entries_of(desk, booth.election.id)}
    assert {outcome.entry_hash for outcome in booth.acknowledged.values()} <= before
    assert booth.unknown, "the server must die while ballots are cast"
    again = [await door.cast(cast, NOON) for cast in booth.unknown]
    assert all(isinstance(outcome, Recorded | AlreadyRecorded) for outcome in again)
    assert len(await entries_of(desk, booth.election.id)) == VOTERS
    known = sum(isinstance(outcome, AlreadyRecorded) for outcome in again)
    assert len(before) == len(booth.acknowledged) + known
    print(  # noqa: T201 - the figures
        f"{len(booth.acknowledged)} acknowledged, all there; {len(booth.unknown)} unknown,"
        f" of which {known} had been recorded"
    )
