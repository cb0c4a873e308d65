"""Casting against closing: nothing is recorded after the close, nothing acknowledged is lost."""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from talkoot.base.db import Database, WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting.intake import Door, LogStore, Outcome, Recorded, Refusal, Refused
from talkoot.voting.log import (
    Election,
    ElectionHead,
    closed,
    head_of,
    recorded_count,
)
from tests.voting.log.made_up import NOON, PERSONS, a_cast, an_open_election, entries_of

DOORS = 4
CASTS = 40
CLOSED = Refused(reason=Refusal.CLOSED)


async def counted_at_close(desk: Database, election: Election) -> int:
    """Close the election, and count its entries after the close has committed."""
    async with desk.writing() as session:
        await closed(session, election.id, persons=PERSONS, at=NOON + timedelta(hours=1))
    async with desk.writing() as session:
        return await recorded_count(session, election.id)


async def race(
    doors: Sequence[Door], desk: Database, *, close_after: int
) -> tuple[Election, int, list[Outcome]]:
    """Cast through all the doors, and close once so many ballots have their answer."""
    election = await an_open_election(desk)
    enough = asyncio.Event()
    answered = itertools.count(1)

    async def cast(door: Door) -> Outcome:
        outcome = await door.cast(a_cast(election), NOON)
        if next(answered) >= close_after:
            enough.set()
        return outcome

    async def close() -> int:
        await enough.wait()
        return await counted_at_close(desk, election)

    async def cast_in_turn(door: Door) -> list[Outcome]:
        first = await asyncio.gather(*(cast(door) for _ in range(CASTS // DOORS // 2)))
        return first + [await cast(door) for _ in range(CASTS // DOORS // 2)]

    async with asyncio.TaskGroup() as tasks:
        closing = tasks.create_task(close())
        casting = [tasks.create_task(cast_in_turn(door)) for door in doors]
    return election, closing.result(), [o for task in casting for o in task.result()]


@pytest.mark.parametrize("races", [10, pytest.param(50, marks=pytest.mark.full)])
async def test_no_ballot_gets_in_after_the_close_and_none_acknowledged_is_lost(
    database: Database, desk: Database, races: int
) -> None:
    split = 0
    async with (
        Door(database) as one,
        Door(database) as two,
        Door(database) as three,
        Door(database) as four,
    ):
        for number in range(races):
            election, at_close, outcomes = await race(
                (one, two, three, four), desk, close_after=1 + number * 13 % CASTS
            )
            entries = await entries_of(desk, election.id)
            recorded = {o.entry_hash for o in outcomes if isinstance(o, Recorded)}
            assert len(outcomes) == CASTS
            assert len(entries) == at_close
            assert {entry.hash for entry in entries} == recorded
            assert outcomes.count(CLOSED) == CASTS - at_close
            split += 0 < at_close < CASTS
    assert split > races // 4, "the close must fall between the ballots, or nothing was raced"


class WithoutTheLock(LogStore):
    """Reads the elections without a lock, and waits at the gate with what it has read."""

    def __init__(self) -> None:
        self.has_read = asyncio.Event()
        self.gate = asyncio.Event()

    async def heads_for_share(
        self, session: WriteSession, election_ids: Sequence[ElectionId]
    ) -> dict[ElectionId, ElectionHead]:
        found = {id_: await head_of(session, id_) for id_ in election_ids}
        self.has_read.set()
        await self.gate.wait()
        return {id_: head for id_, head in found.items() if head is not None}


class WithTheLock(WithoutTheLock):
    """Waits at the same gate, holding the lock."""

    async def heads_for_share(
        self, session: WriteSession, election_ids: Sequence[ElectionId]
    ) -> dict[ElectionId, ElectionHead]:
        found = dict(await LogStore().heads_for_share(session, election_ids))
        self.has_read.set()
        await self.gate.wait()
        return found


async def test_without_the_share_lock_ballots_get_in_after_the_close(
    database: Database, desk: Database
) -> None:
    election = await an_open_election(desk)
    store = WithoutTheLock()
    async with Door(database, store=store) as door, asyncio.TaskGroup() as tasks:
        casting = tasks.create_task(door.cast(a_cast(election), NOON))
        await store.has_read.wait()
        at_close = await counted_at_close(desk, election)
        store.gate.set()
    assert isinstance(casting.result(), Recorded)
    assert len(await entries_of(desk, election.id)) == at_close + 1


async def test_the_close_waits_for_a_batch_that_has_read_that_it_is_open(
    database: Database, desk: Database
) -> None:
    election = await an_open_election(desk)
    store = WithTheLock()
    async with Door(database, store=store) as door, asyncio.TaskGroup() as tasks:
        casting = tasks.create_task(door.cast(a_cast(election), NOON))
        await store.has_read.wait()
        closing = tasks.create_task(counted_at_close(desk, election))
        await someone_waits_for_a_lock(desk)
        store.gate.set()
    assert isinstance(casting.result(), Recorded)
    assert closing.result() == 1


async def someone_waits_for_a_lock(database: Database) -> None:
    """Return once a statement waits for a lock that another holds."""
    async with asyncio.timeout(10):
        while True:
            async with database.writing() as session:
                if await session.scalar(text("select count(*) from pg_locks where not granted")):
                    return
