"""The log only grows: what was recorded is verified as it is read, and no role can change it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from talkoot.base.db import Database, WriteSession
from talkoot.base.errors import BrokenLog
from talkoot.base.ids import SubmissionId
from talkoot.voting.ballot import Channel, Entry
from talkoot.voting.log import (
    Election,
    Known,
    all_entries,
    append_entries,
    claim_first_for_update,
    claim_next_for_update,
    known_submissions,
    recorded_count,
    replace_standing,
    standing_hashes,
    standing_of,
)
from talkoot.voting.log.tables import EntryRow
from tests.voting.log.made_up import a_definition, a_frozen_election, a_voter

NO_PRIVILEGE = "42501"


def an_entry(election: Election, voter: int, *, rank: int = 1, round_: int = 1) -> Entry:
    return Entry(
        election_id=election.id,
        submission_id=SubmissionId(uuid4()),
        voter_key=a_voter(voter),
        definition_hash=election.definition.hash,
        channel=Channel.WEB,
        rank=rank,
        round=round_,
        beacon=0,
        what=b"\0\0\0\0",
    )


@pytest_asyncio.fixture
async def election(session: WriteSession) -> Election:
    return await a_frozen_election(session, a_definition())


async def read(session: WriteSession, election: Election) -> list[Entry]:
    return [entry async for entry in all_entries(session, election.id)]


async def test_entries_come_back_as_they_were_appended(
    session: WriteSession, election: Election
) -> None:
    entries = [an_entry(election, voter) for voter in range(5)]
    await append_entries(session, entries)
    assert await read(session, election) == sorted(entries, key=lambda entry: entry.hash)
    assert await recorded_count(session, election.id) == 5
    asked = [(election.id, entry.submission_id) for entry in entries[:2]]
    unknown = (election.id, SubmissionId(uuid4()))
    assert await known_submissions(session, [*asked, unknown]) == {
        submission: Known(
            round=1,
            entry_hash=entry.hash,
            voter_key=entry.voter_key,
            definition_hash=entry.definition_hash,
            channel=entry.channel,
            rank=entry.rank,
            opening=entry.what[:40],
        )
        for submission, entry in zip(asked, entries[:2], strict=True)
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"rank": 3},
        {"round": 2},
        {"what": b"\0\0\0\1"},
        {"voter_key": a_voter(2)},
        {"channel": "kiosk"},
        {"channel": "pigeon"},
        {"entry_hash": bytes(32)},
        {"definition_hash": bytes(32)},
    ],
)
async def test_an_entry_changed_behind_our_back_is_a_broken_log(
    session: WriteSession, election: Election, changed: dict[str, bytes | int | str]
) -> None:
    await append_entries(session, [an_entry(election, 1), an_entry(election, 3)])
    victim = EntryRow.voter_key == a_voter(1)
    await session.execute(update(EntryRow).where(victim).values(changed))
    with pytest.raises(BrokenLog):
        await read(session, election)


async def test_a_submission_id_is_taken_once(session: WriteSession, election: Election) -> None:
    entry = an_entry(election, 1)
    await append_entries(session, [entry])
    with pytest.raises(IntegrityError, match="pk_entry"):
        await append_entries(session, [replace(entry, voter_key=a_voter(2))])


async def test_a_first_claim_is_won_once(session: WriteSession, election: Election) -> None:
    first, second = an_entry(election, 1), an_entry(election, 1)
    await append_entries(session, [first, second])
    assert await claim_first_for_update(session, [first]) == {(election.id, a_voter(1))}
    assert await claim_first_for_update(session, [second]) == frozenset()
    assert await standing_of(session, election.id, a_voter(1)) == first.hash
    assert await standing_of(session, election.id, a_voter(2)) is None


async def test_a_next_claim_counts_and_shows_what_stands(
    session: WriteSession, election: Election
) -> None:
    first, second = an_entry(election, 1), an_entry(election, 1, round_=2)
    await append_entries(session, [first, second])
    voter = (election.id, a_voter(1))
    assert (await claim_next_for_update(session, [first]))[voter].casts == 1
    found = (await claim_next_for_update(session, [second]))[voter]
    assert (found.casts, found.sort_key) == (2, first.sort_key)
    await replace_standing(session, [second])
    assert await standing_hashes(session, election.id) == {a_voter(1): second.hash}


async def test_nothing_can_stand_that_is_not_in_the_log(
    session: WriteSession, election: Election
) -> None:
    await claim_first_for_update(session, [an_entry(election, 1)])
    with pytest.raises(IntegrityError, match="fk_standing"):
        await session.execute(text("set constraints all immediate"))


@pytest_asyncio.fixture(params=["web", "official"])
async def writer(
    request: pytest.FixtureRequest, database: Database, desk: Database
) -> AsyncIterator[Database]:
    yield database if request.param == "web" else desk


@pytest.mark.parametrize("table", ["entry", "act", "result", "public_file"])
@pytest.mark.parametrize(
    "statement",
    [
        "update {table} set election_id = election_id",
        "delete from {table}",
        "truncate {table} cascade",
        "drop table {table} cascade",
    ],
)
async def test_no_role_may_change_what_was_recorded(
    writer: Database, table: str, statement: str
) -> None:
    async def attempt() -> None:
        async with writer.writing() as session:
            await session.execute(text(statement.format(table=table)))

    with pytest.raises(DBAPIError) as refused:
        await attempt()
    assert getattr(refused.value.orig, "sqlstate", None) == NO_PRIVILEGE


@pytest.mark.parametrize(
    "statement",
    [
        "update election set state = 'open'",
        "update election set definition = '{}'",
        "delete from standing",
        "insert into act select * from act",
        "select * from act",
    ],
)
async def test_the_web_process_may_not_move_an_election(database: Database, statement: str) -> None:
    async def attempt() -> None:
        async with database.writing() as session:
            await session.execute(text(statement))

    with pytest.raises(DBAPIError) as refused:
        await attempt()
    assert getattr(refused.value.orig, "sqlstate", None) == NO_PRIVILEGE
