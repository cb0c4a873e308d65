"""Ballots a second through one door, against one transaction a ballot by the same statements:
``make bench ONLY=intake``.

A server of its own whose commits wait for the disk; caster, door and server share the machine.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from talkoot.base.db import Database
from talkoot.voting.intake import Cast, Door, LogStore, Outcome, Recorded
from talkoot.voting.intake.batch import Answer, Batch, Definitions, Knock
from talkoot.voting.intake.seals import Seals
from talkoot.voting.log import Election
from tests.bench.harness import RUNS, compared, give, tell
from tests.bench.server import engines
from tests.voting.log.made_up import NOON, a_cast, an_open_election
from tests.voting.sealing_of import a_sealed_election

CASTS_ALONE = 300
CASTS_THROUGH_THE_DOOR = {1: 300, 8: 1000, 64: 3000, 512: 6000}
CONNECTIONS = 16
"""Of the one-by-one way: what a web process's pool holds. The door uses one."""

CASTS_SEALED, SEALED_CASTERS = 2_000, 64

Way = Callable[[Cast], Awaitable[Outcome | Answer]]


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
    definitions, seals = Definitions(store), Seals()
    free = asyncio.Semaphore(CONNECTIONS)

    async def way(cast: Cast) -> Answer:
        knock = Knock(cast=cast, at=NOON)
        async with free, database.writing() as session:
            answers = await Batch([knock], store, definitions, seals).written(session)
        return answers[knock.submission]

    return way


async def main() -> None:
    """Give a row for every number of casters."""
    async with engines(CONNECTIONS // 2) as (web, desk), Door(web) as door:
        election = await an_open_election(desk)

        async def through_the_door(cast: Cast) -> Outcome:
            return await door.cast(cast, NOON)

        async def run(way: Way, casters: int, number: int) -> Figures:
            await measured(way, [a_cast(election) for _ in range(32)], casters)
            runs = [
                await measured(way, [a_cast(election) for _ in range(number)], casters)
                for _ in range(RUNS)
            ]
            return Figures(
                rate=statistics.median(one.rate for one in runs),
                cpu_us=statistics.median(one.cpu_us for one in runs),
            )

        sealed = await a_sealed_election(desk)

        async def rate(into: Election) -> float:
            casts = [a_cast(into) for _ in range(CASTS_SEALED)]
            return (await measured(through_the_door, casts, SEALED_CASTERS)).rate

        tell("sealed and plain, in turn")
        both = [(await rate(election), await rate(sealed)) for _ in range(RUNS + 1)][1:]
        plain_rate, sealed_rate = (statistics.median(some) for some in zip(*both, strict=True))
        note = (
            f"a sealed ballot against a plain one, {SEALED_CASTERS} casters at once, wall seconds:"
            f" {sealed_rate:.0f} and {plain_rate:.0f} a second"
        )
        give(
            compared(
                "intake/sealed",
                ours_s=1 / sealed_rate,
                theirs_s=1 / plain_rate,
                runs=RUNS,
                n=CASTS_SEALED,
                note=note,
            )
        )
        for casters, number in CASTS_THROUGH_THE_DOOR.items():
            tell(f"{casters} casters")
            grouped = await run(through_the_door, casters, number)
            alone = await run(one_by_one(web), casters, CASTS_ALONE)
            note = (
                f"a ballot, by {casters} casters at once, wall seconds: {grouped.rate:.0f} a second"
            )
            give(
                compared(
                    f"intake/{casters}-casters",
                    ours_s=1 / grouped.rate,
                    theirs_s=1 / alone.rate,
                    runs=RUNS,
                    n=number,
                    note=f"{note} through the door, {alone.rate:.0f} in a transaction each;"
                    f" {grouped.cpu_us:.0f} and {alone.cpu_us:.0f} µs of processor time",
                )
            )


if __name__ == "__main__":
    asyncio.run(main())
