"""One person, one ballot: eight processes at once cast for one voter, round after round."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import combinations

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import Database, WriteSession
from talkoot.base.db.embedded import Server
from talkoot.base.ids import ElectionId, VoterKey
from talkoot.voting.ballot import Entry, Recast
from talkoot.voting.intake import Door, LogStore, Outcome, Recorded, Refusal, Refused, Store
from talkoot.voting.log import Election, Voter, standing_of
from talkoot.voting.log.tables import StandingRow
from tests.voting.log.made_up import NOON, a_cast, a_voter, an_open_election, entries_of

DOORS = 8
ALREADY_VOTED = Refused(reason=Refusal.ALREADY_VOTED)
ROUNDS = pytest.mark.parametrize("rounds", [25, pytest.param(200, marks=pytest.mark.full)])


@asynccontextmanager
async def doors(database: Database, store: Store | None = None) -> AsyncIterator[list[Door]]:
    """Eight doors, each with its own line and its own connection, as eight processes have."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Door(database, store=store)) for _ in range(DOORS)]


async def cast_at_once(some: list[Door], election: Election, voter: VoterKey) -> list[Outcome]:
    casts = [a_cast(election, voter=voter, projects=[p]) for p in "123456"]
    casts += [a_cast(election, voter=voter, projects=p) for p in combinations("123", 2)]
    return await asyncio.gather(
        *(door.cast(cast, NOON) for door, cast in zip(some, casts[:DOORS], strict=True))
    )


async def standing_rows(database: Database, election_id: ElectionId) -> Counter[VoterKey]:
    """Count each voter's rows: the primary key says that it is one, and is not believed here."""
    query = (
        select(StandingRow.voter_key, func.count())
        .where(StandingRow.election_id == election_id)
        .group_by(StandingRow.voter_key)
    )
    async with database.writing() as session:
        return Counter({VoterKey(key): n for key, n in await session.execute(query)})


@ROUNDS
async def test_t7_of_eight_simultaneous_ballots_one_is_recorded_where_the_first_counts(
    database: Database, desk: Database, rounds: int
) -> None:
    election = await an_open_election(desk, recast=Recast.FIRST_COUNTS)
    async with doors(database) as some:
        for number in range(rounds):
            outcomes = await cast_at_once(some, election, a_voter(number))
            assert outcomes.count(ALREADY_VOTED) == DOORS - 1
            assert sum(isinstance(outcome, Recorded) for outcome in outcomes) == 1
    assert await standing_rows(desk, election.id) == {a_voter(n): 1 for n in range(rounds)}
    assert len(await entries_of(desk, election.id)) == rounds


@ROUNDS
async def test_t7_of_eight_simultaneous_ballots_the_greatest_stands_where_the_last_counts(
    database: Database, desk: Database, rounds: int
) -> None:
    election = await an_open_election(desk)
    async with doors(database) as some:
        for number in range(rounds):
            outcomes = await cast_at_once(some, election, a_voter(number))
            assert all(isinstance(outcome, Recorded) for outcome in outcomes)
    assert await standing_rows(desk, election.id) == {a_voter(n): 1 for n in range(rounds)}
    entries = await entries_of(desk, election.id)
    for number in range(rounds):
        mine = [entry for entry in entries if entry.voter_key == a_voter(number)]
        assert sorted(entry.round for entry in mine) == list(range(1, DOORS + 1))
        async with database.writing() as session:
            standing = await standing_of(session, election.id, a_voter(number))
        assert standing == max(mine, key=lambda entry: entry.sort_key).hash


class CheckThenInsert(LogStore):
    """Looks whether the voter has voted and inserts if not: the race that others have shipped."""

    async def claim_first_for_update(
        self, session: WriteSession, entries: Sequence[Entry]
    ) -> frozenset[Voter]:
        claimed: set[Voter] = set()
        for entry in entries:
            if await standing_of(session, entry.election_id, entry.voter_key) is None:
                await session.execute(insert(StandingRow).values(_row(entry)))
                claimed.add((entry.election_id, entry.voter_key))
        return frozenset(claimed)


def _row(entry: Entry) -> dict[str, object]:
    return {
        "election_id": entry.election_id,
        "voter_key": entry.voter_key,
        "entry_hash": entry.hash,
        "rank": entry.rank,
        "round": entry.round,
        "beacon": entry.beacon,
        "casts": 1,
    }


@ROUNDS
async def test_t7_without_the_constraint_the_same_rounds_find_doubles(
    server: Server, database: Database, desk: Database, database_name: str, rounds: int
) -> None:
    election = await an_open_election(desk, recast=Recast.FIRST_COUNTS)
    await drop_the_constraint(server, database_name)
    async with doors(database, CheckThenInsert()) as some:
        for number in range(rounds):
            await cast_at_once(some, election, a_voter(number))
    found = await standing_rows(desk, election.id)
    doubles = [voter for voter, rows in found.items() if rows > 1]
    print(f"{len(doubles)} of {rounds} voters have more than one standing ballot")  # noqa: T201 - the figure
    assert doubles


async def test_t7_the_constraint_stops_even_a_door_that_checks_first(
    database: Database, desk: Database
) -> None:
    election = await an_open_election(desk, recast=Recast.FIRST_COUNTS)
    async with doors(database, CheckThenInsert()) as some:
        for number in range(10):
            await cast_at_once(some, election, a_voter(number))
    assert set((await standing_rows(desk, election.id)).values()) == {1}


async def drop_the_constraint(server: Server, database_name: str) -> None:
    owner = create_async_engine(server.url(database=database_name), poolclass=NullPool)
    async with owner.begin() as connection:
        await connection.execute(text("alter table standing drop constraint pk_standing"))
    await owner.dispose()
