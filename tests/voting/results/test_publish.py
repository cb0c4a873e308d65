"""Publishing: only after the close, only what log and standing table agree on, once, for ever."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import Database, WriteSession
from talkoot.base.db.embedded import Server
from talkoot.base.engine import Engine
from talkoot.base.errors import BrokenLog, NotAllowed, NotFound
from talkoot.voting.ballot import Entry
from talkoot.voting.intake import Cast, Door, Recorded
from talkoot.voting.log import (
    Election,
    ElectionState,
    append_entries,
    claim_first_for_update,
    closed,
    election_of,
)
from talkoot.voting.results import (
    Accounting,
    Count,
    public_file,
    public_files_of,
    published,
    published_at,
    recounted,
    result_of,
)
from tests.voting.log.made_up import NOON, PERSONS, a_cast, a_voter
from tests.voting.results.made_up import (
    a_definition,
    a_town_with_an_open_election,
    an_entry,
    what_of,
)

LATER = NOON + timedelta(days=9)
BALLOTS = [("1", "2"), ("1",), ("2", "3"), ("3",), ("1", "3"), ("2", "1"), ("4",)]


async def cast_all(database: Database, casts: Sequence[Cast]) -> None:
    async with Door(database) as door:
        for cast in casts:
            assert isinstance(await door.cast(cast, NOON), Recorded)


def casts_for(election: Election) -> list[Cast]:
    return [
        a_cast(election, voter=a_voter(number), submission=UUID(int=number), projects=projects)
        for number, projects in enumerate(BALLOTS, 1)
    ]


async def closed_by_two(desk: Database, election: Election) -> None:
    async with desk.writing() as session:
        await closed(session, election.id, persons=PERSONS, at=LATER)


async def publish(desk: Database, election: Election) -> Count:
    async with desk.writing() as session:
        return await published(session, election.id, persons=PERSONS, at=LATER)


async def nothing_is_published(desk: Database, election: Election) -> bool:
    async with desk.writing() as session:
        state = (await election_of(session, election.id)).state
        result = await result_of(session, election.id)
        files = await public_files_of(session, election.id)
        when = await published_at(session, election.id)
    return (result, files, when) == (None, (), None) and state is not ElectionState.COUNTED


@pytest.fixture
async def election(database: Database, desk: Database) -> Election:
    """An open election in which everybody has voted."""
    made = await a_town_with_an_open_election(desk, a_definition())
    await cast_all(database, casts_for(made))
    return made


async def test_a_closed_election_is_counted_and_its_result_published(
    desk: Database, election: Election
) -> None:
    await closed_by_two(desk, election)
    count = await publish(desk, election)
    async with desk.writing() as session:
        assert await result_of(session, election.id) == count.result
        assert await published_at(session, election.id) == LATER
        assert (await election_of(session, election.id)).state is ElectionState.COUNTED
        names = await public_files_of(session, election.id)
        files = [await public_file(session, election.id, one.name) for one in names]
    assert [one.name for one in names] == ["ballots.pb", "result.json"]
    assert [one.sha256 for one in names] == [file.sha256.hex() for file in files]
    assert msgspec.json.decode(files[1].body, type=type(count.result)) == count.result
    number = len(BALLOTS)
    assert count.result.accounting == Accounting(
        entries=number, counted=number, superseded=0, spoiled=0
    )


@pytest.mark.parametrize("engine", list(Engine))
async def test_either_engine_publishes_and_recounts_the_same(
    desk: Database, election: Election, engine: Engine
) -> None:
    await closed_by_two(desk, election)
    async with desk.writing() as session:
        count = await published(session, election.id, persons=PERSONS, at=LATER, engine=engine)
        again = [await recounted(session, election.id, engine=other) for other in Engine]
    assert [one.result for one in again] == [count.result] * 2
    assert [one.profile for one in again] == [count.profile] * 2
    assert count.profile.ballots == len(BALLOTS)


@pytest.mark.parametrize("engine", list(Engine))
async def test_either_engine_sees_that_the_standing_table_disagrees(
    server: Server, database_name: str, desk: Database, election: Election, engine: Engine
) -> None:
    await closed_by_two(desk, election)
    await as_the_owner(server, database_name, "delete from standing where round = 1")
    with pytest.raises(BrokenLog, match=f"^{len(BALLOTS)} ballots stand in the table"):
        async with desk.writing() as session:
            await published(session, election.id, persons=PERSONS, at=LATER, engine=engine)
    assert await nothing_is_published(desk, election)


async def test_before_the_close_nothing_is_counted_and_nothing_published(
    desk: Database, election: Election
) -> None:
    with pytest.raises(NotAllowed, match="is open; close it before the count"):
        await publish(desk, election)
    assert await nothing_is_published(desk, election)


async def test_a_result_is_published_once(desk: Database, election: Election) -> None:
    await closed_by_two(desk, election)
    first = await publish(desk, election)
    with pytest.raises(NotAllowed, match="is counted"):
        await publish(desk, election)
    async with desk.writing() as session:
        assert await result_of(session, election.id) == first.result
        assert (await recounted(session, election.id)).result == first.result


async def test_an_unknown_public_file_is_not_found(desk: Database, election: Election) -> None:
    await closed_by_two(desk, election)
    await publish(desk, election)
    async with desk.writing() as session:
        with pytest.raises(NotFound, match="voters"):
            await public_file(session, election.id, "voters.csv")


TAMPERED = {
    "another choice": "update entry set what = decode('00000001', 'hex') || substr(what, 5)",
    "another voter": "update entry set voter_key = decode(repeat('ab', 16), 'hex')"
    " where submission_id = '00000000-0000-0000-0000-000000000003'",
    "a higher rank": "update entry set rank = 9",
    "another channel": "update entry set channel = 'paper'",
}


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED.keys())
async def test_a_tampered_entry_is_a_broken_log_and_nothing_is_published(
    server: Server, database_name: str, desk: Database, election: Election, statement: str
) -> None:
    await closed_by_two(desk, election)
    await as_the_owner(server, database_name, statement)
    with pytest.raises(BrokenLog):
        await publish(desk, election)
    assert await nothing_is_published(desk, election)


DISAGREEING = {
    "a row too few": "delete from standing where voter_key = decode(:one, 'hex')",
    "another entry's hash": "update standing set entry_hash ="
    " (select entry_hash from entry where voter_key = decode(:two, 'hex'))"
    " where voter_key = decode(:one, 'hex')",
}


@pytest.mark.parametrize("statement", DISAGREEING.values(), ids=DISAGREEING.keys())
async def test_a_standing_table_that_disagrees_with_the_log_publishes_nothing(
    server: Server, database_name: str, desk: Database, election: Election, statement: str
) -> None:
    await closed_by_two(desk, election)
    words = statement.replace(":one", f"'{a_voter(1).hex()}'")
    await as_the_owner(server, database_name, words.replace(":two", f"'{a_voter(2).hex()}'"))
    with pytest.raises(BrokenLog, match="stand in the table or by the rule, but not both"):
        await publish(desk, election)
    assert await nothing_is_published(desk, election)


async def test_an_entry_that_stands_nowhere_publishes_nothing(
    desk: Database, election: Election
) -> None:
    """Somebody who can insert entries but forgets the table that says which of them stand."""
    stranger = an_entry(
        election.definition, what_of(election.definition, ("5", 1)), voter=99, submission=99
    )
    async with desk.writing() as session:
        await append_entries(session, [stranger])
    await closed_by_two(desk, election)
    with pytest.raises(BrokenLog, match="1 ballots stand"):
        await publish(desk, election)
    assert await nothing_is_published(desk, election)


async def test_a_spoiled_ballot_is_published_as_spoiled(desk: Database, election: Election) -> None:
    """A ballot that came past the door, such as one of another version of the programme."""
    spoiled = an_entry(
        election.definition, what_of(election.definition, ("1", 7)), voter=99, submission=99
    )
    async with desk.writing() as session:
        await stand(session, spoiled)
    await closed_by_two(desk, election)
    result = (await publish(desk, election)).result
    number = len(BALLOTS)
    assert result.accounting == Accounting(
        entries=number + 1, counted=number, superseded=0, spoiled=1
    )
    async with desk.writing() as session:
        body = (await public_file(session, election.id, "ballots.pb")).body.decode()
    assert f"num_votes;{number}\n" in body


async def stand(session: WriteSession, entry: Entry) -> None:
    await append_entries(session, [entry])
    await claim_first_for_update(session, [entry])


async def test_result_and_public_files_do_not_depend_on_the_order_of_casting(
    database: Database, desk: Database
) -> None:
    """The same ballots in another order: the same bytes, for all that names the election."""
    bodies = []
    for seed in range(3):
        election = await a_town_with_an_open_election(
            desk, a_definition(election_id=UUID(int=50 + seed))
        )
        casts = casts_for(election)
        Random(seed).shuffle(casts)
        await cast_all(database, casts)
        await closed_by_two(desk, election)
        await publish(desk, election)
        async with desk.writing() as session:
            files = [
                (await public_file(session, election.id, name)).body.decode()
                for name in ("ballots.pb", "result.json")
            ]
        own = (str(election.id), election.definition.hash.hex())
        bodies.append([file.replace(own[0], "ID").replace(own[1], "HASH") for file in files])
    assert bodies[0] == bodies[1] == bodies[2]


async def test_the_database_keeps_one_result_an_election(
    server: Server, database_name: str, desk: Database, election: Election
) -> None:
    await closed_by_two(desk, election)
    await publish(desk, election)
    with pytest.raises(IntegrityError):
        await as_the_owner(server, database_name, "insert into result select * from result")


async def test_the_official_cannot_change_what_was_published(
    desk: Database, election: Election
) -> None:
    await closed_by_two(desk, election)
    await publish(desk, election)

    async def change(statement: str) -> None:
        async with desk.writing() as session:
            await session.execute(text(statement))

    for statement in ("update result set result = '{}'", "delete from public_file"):
        with pytest.raises(DBAPIError, match="permission denied"):
            await change(statement)


async def as_the_owner(server: Server, database_name: str, statement: str) -> None:
    """Run a statement past all grants, as whoever owns the database could."""
    engine = create_async_engine(server.url(database=database_name), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
