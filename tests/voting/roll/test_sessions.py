"""Sessions: a token that is kept nowhere, and an end that comes in time."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import text

from talkoot.base.bytes import Digest
from talkoot.base.db import Database, WriteSession
from talkoot.base.ids import VoterKey
from talkoot.voting.roll import (
    OpenedSession,
    Proof,
    VoterSession,
    ended,
    opened,
    receipt_kept,
    session_of,
    swept,
)
from tests.voting.roll.conftest import AT, an_election

KEY = VoterKey(bytes(16))
MINUTE = timedelta(minutes=1)
ROWS = text("select * from roll_session")


async def an_open_one(session: WriteSession, *, at: timedelta = timedelta(0)) -> OpenedSession:
    election_id = await an_election(session)
    return await opened(
        session, election_id=election_id, voter_key=KEY, proof=Proof.CODE, at=AT + at
    )


async def test_a_token_opens_its_session(session: WriteSession) -> None:
    given = await an_open_one(session)
    found = await session_of(session, given.token, at=AT)
    assert isinstance(found, VoterSession)
    assert (found.voter_key, found.proof, found.receipt) == (KEY, Proof.CODE, None)
    assert (found.form_token, found.expires_at) == (given.form_token, AT + 60 * MINUTE)


async def test_every_signing_in_draws_new_tokens_of_256_bits(session: WriteSession) -> None:
    given = [await an_open_one(session) for _ in range(50)]
    assert len({one.token for one in given} | {one.form_token for one in given}) == 100
    assert {len(one.token) for one in given} == {43}
    assert {len(one.form_token) for one in given} == {64}


async def test_the_database_holds_a_hash_and_never_the_token(session: WriteSession) -> None:
    given = await an_open_one(session)
    (row,) = (await session.execute(ROWS)).all()
    assert hashlib.sha256(given.token.encode()).digest() in row
    assert given.token not in str(row)
    assert given.token not in repr(given)
    assert given.form_token not in repr(await session_of(session, given.token, at=AT))


@pytest.mark.parametrize(
    "token", ["", "x", "A" * 43, "A" * 44, "ä" * 43, "\ud800" * 43, "'; drop table" * 9]
)
async def test_an_unknown_token_opens_nothing(session: WriteSession, token: str) -> None:
    await an_open_one(session)
    assert await session_of(session, token, at=AT) is None


async def test_a_session_ends_after_15_minutes_without_use(session: WriteSession) -> None:
    given = await an_open_one(session)
    assert await session_of(session, given.token, at=AT + 14 * MINUTE) is not None
    assert await session_of(session, given.token, at=AT + 28 * MINUTE) is not None
    assert await session_of(session, given.token, at=AT + 43 * MINUTE) is None
    assert await session_of(session, given.token, at=AT + 28 * MINUTE) is not None


async def test_a_session_in_use_ends_after_60_minutes(session: WriteSession) -> None:
    given = await an_open_one(session)
    for minute in range(60):
        assert await session_of(session, given.token, at=AT + minute * MINUTE) is not None
    assert await session_of(session, given.token, at=AT + 60 * MINUTE) is None


async def test_reading_pages_writes_at_most_once_a_minute(session: WriteSession) -> None:
    given = await an_open_one(session)
    seen = set()
    for second in range(0, 300, 10):
        await session_of(session, given.token, at=AT + timedelta(seconds=second))
        seen.add((await session.execute(text("select seen_at from roll_session"))).scalar_one())
    assert seen == {AT + minute * MINUTE for minute in range(5)}


async def test_an_ended_session_is_dead_at_once(session: WriteSession) -> None:
    given, other = await an_open_one(session), await an_open_one(session)
    await ended(session, given.token)
    await ended(session, given.token)
    assert await session_of(session, given.token, at=AT) is None
    assert await session_of(session, other.token, at=AT) is not None


async def test_the_receipt_is_remembered_for_its_own_session(session: WriteSession) -> None:
    given, other = await an_open_one(session), await an_open_one(session)
    voter = await session_of(session, given.token, at=AT)
    assert voter is not None
    await receipt_kept(session, voter, Digest(b"\1" * 32))
    session.expire_all()
    again = await session_of(session, given.token, at=AT)
    unmoved = await session_of(session, other.token, at=AT)
    assert again is not None
    assert unmoved is not None
    assert (again.receipt, unmoved.receipt) == (b"\1" * 32, None)


async def test_dead_sessions_are_removed_as_new_ones_open(session: WriteSession) -> None:
    for _ in range(5):
        await an_open_one(session)
    living = await an_open_one(session, at=14 * MINUTE)
    assert await swept(session, at=AT + 14 * MINUTE, at_most=100) == 0
    await an_open_one(session, at=15 * MINUTE)
    assert len((await session.execute(ROWS)).all()) == 2
    assert await session_of(session, living.token, at=AT + 15 * MINUTE) is not None


async def test_the_web_role_can_do_all_that_a_session_needs(
    database: Database, desk: Database
) -> None:
    async with desk.writing() as session:
        election_id = await an_election(session)
    async with database.writing() as session:
        given = await opened(
            session, election_id=election_id, voter_key=KEY, proof=Proof.CODE, at=AT
        )
    async with database.writing() as session:
        voter = await session_of(session, given.token, at=AT + 5 * MINUTE)
        assert voter is not None
        await receipt_kept(session, voter, Digest(b"\2" * 32))
        assert await swept(session, at=AT + 5 * MINUTE, at_most=10) == 0
    async with database.writing() as session:
        await ended(session, given.token)
        assert await session_of(session, given.token, at=AT + 5 * MINUTE) is None
