"""Ballots a second through one door, against one transaction a ballot by the same statements.

A server of its own whose commits wait for the disk; caster, door and server share the machine.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from talkoot.base.db import Database, Role, migrate
from talkoot.base.db.embedded import Durability, Login, Server, start
from talkoot.voting.intake import Cast, Door, LogStore, Outcome, Recorded
from talkoot.voting.intake.batch import Answer, Batch, Definitions, Knock
from tests.voting.log.made_up import NOON, a_cast, an_open_election

CASTERS = (1, 8, 64, 512)
CASTS_ALONE = 300
CASTS_THROUGH_THE_DOOR = {1: 300, 8: 1000, 64: 3000, 512: 6000}
CONNECTIONS = 16
"""Of the one-by-one way: what a web process's pool holds. The door uses one."""

Way = Callable[[Cast], Awaitable[Outcome | Answer]]


@contextmanager
def a_server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="talkoot-bench-") as folder:
        Path(folder).chmod(0o755)
        server = start(Path(folder), durability=Durability.DISK)
        try:
            yield server
        finally:
            server.stop()


@asynccontextmanager
async def engines() -> AsyncIterator[tuple[Database, Database]]:
    """The web process's and the official's."""
    with a_server() as server:
        await asyncio.to_thread(migrate.upgrade, server.url())
        web = Database(server.url(login=Login.APP), writer=Role.WEB, pool_size=CONNECTIONS // 2)
        desk = Database(server.url(login=Login.DESK), writer=Role.OFFICIAL)
        yield web, desk
        await web.close()
        await desk.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Ballots a second, and the microseconds of processor time that each took in this process."""

    rate: float
    cpu_us: float


async def measured(way: Way, casts: Sequence[Cast], casters: int) -> Figures:
    """Let so many casters cast in turn until none is left."""
    left = list(casts)

    async def caster() -> None:
        while left:
            assert isinstance(await way(left.pop()), Recorded)

    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caster() for _ in range(casters)))
    cpu_us = (time.process_time() - cpu) / len(casts) * 1_000_000
    return Figures(rate=len(casts) / (time.perf_counter() - begun), cpu_us=cpu_us)


def one_by_one(database: Database) -> Way:
    """Each ballot in a transaction of its own, by the door's own statements."""
    store = LogStore()
    definitions = Definitions(store)
    free = asyncio.Semaphore(CONNECTIONS)

    async def way(cast: Cast) -> Answer:
        knock = Knock(cast=cast, at=NOON)
        async with free, database.writing() as session:
            answers = await Batch([knock], store, definitions).written(session)
        return answers[knock.submission]

    return way


@pytest.mark.full
async def test_casts_a_second() -> None:
    async with engines() as (web, desk), Door(web) as door:
        election = await an_open_election(desk)

        async def through_the_door(cast: Cast) -> Outcome:
            return await door.cast(cast, NOON)

        async def run(way: Way, casters: int, number: int) -> Figures:
            await measured(way, [a_cast(election) for _ in range(32)], casters)
            return await measured(way, [a_cast(election) for _ in range(number)], casters)

        print("\ncasters | door: casts/s, CPU us | one by one: casts/s, CPU us | ratio")  # noqa: T201 - the figures
        ratios = []
        for casters, number in CASTS_THROUGH_THE_DOOR.items():
            grouped = await run(through_the_door, casters, number)
            alone = await run(one_by_one(web), casters, CASTS_ALONE)
            ratios.append(grouped.rate / alone.rate)
            print(  # noqa: T201 - the figures
                f"{casters:7} | {grouped.rate:13.0f} {grouped.cpu_us:7.0f} |"
                f" {alone.rate:19.0f} {alone.cpu_us:7.0f} | {ratios[-1]:5.2f}"
            )
        assert ratios[-1] > 1, "with many casters, writing together must pay"
