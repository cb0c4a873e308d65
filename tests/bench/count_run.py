"""Counts one closed election some times: ``python -m tests.bench.count_run URL ELECTION N``."""

import asyncio
import gc
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
from sqlalchemy import text

from talkoot.base.db import Database, ReadSession
from talkoot.base.ids import ElectionId
from talkoot.voting.results import recounted
from tests.bench.harness import RUNS, Row, compared, give
from tests.bench.memory import forget_highest, resident
from tests.bench.server import desk_of

MIB = 1024**2
COLUMNS = (
    "voter_key, definition_hash, channel, rank, round, beacon, what, entry_hash, submission_id"
)


async def thrown_away(session: ReadSession, election: ElectionId) -> None:
    """Read the rows as the count does and keep nothing."""
    raw = await (await session.connection()).get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, asyncpg.Connection)

    async def dropped(_some: bytes) -> None:
        """Nobody wants it."""

    query = f"select {COLUMNS} from entry where election_id = $1"  # noqa: S608 - our own words
    await driver.copy_from_query(query, election, output=dropped, format="binary")


async def timed(desk: Database, work: Callable[[ReadSession], Awaitable[object]]) -> float:
    """Wall seconds of one piece of work in a transaction of its own."""
    gc.collect()
    async with desk.writing() as session:
        begun = time.perf_counter()
        await work(session)
        return time.perf_counter() - begun


async def main(url: str, election: ElectionId, n: int) -> None:
    """Give a row for time and one for memory."""
    desk = desk_of(url)
    async with desk.writing() as session:
        await session.execute(text("select 1"))

    async def count(session: ReadSession) -> None:
        found = await recounted(session, election)
        assert found.result.accounting.entries == n

    async def read(session: ReadSession) -> None:
        await thrown_away(session, election)

    at_first = resident("VmRSS")
    first = await timed(desk, count)
    forget_highest()
    ours, theirs = [], []
    for _ in range(RUNS):
        theirs.append(await timed(desk, read))
        ours.append(await timed(desk, count))
    highest = resident("VmHWM")
    await desk.close()
    name = f"count/10^{len(str(n)) - 1}"
    each = statistics.median(ours) / n * 1e9
    note = (
        f"log to result, wall seconds ({each:.0f} ns a ballot); theirs: the same COPY thrown away"
    )
    give(
        compared(
            name,
            ours_s=statistics.median(ours),
            theirs_s=statistics.median(theirs),
            runs=RUNS,
            n=n,
            note=f"{note}; the first count of the process {first:.2f} s",
        )
    )
    give(
        Row(
            name=f"{name}/memory",
            ratio=highest / MIB,
            runs=RUNS,
            n=n,
            note=f"MiB of resident memory at the highest (the ratio); {at_first / MIB:.0f} before,"
            f" {(highest - at_first) / n:.0f} bytes a ballot above that",
        )
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], ElectionId(UUID(sys.argv[2])), int(sys.argv[3])))
