"""The log read as columns holds what reading entry by entry gives, and breaks where that breaks."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random
from uuid import UUID, uuid4

import numpy as np
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update

from talkoot.base.bytes import Digest
from talkoot.base.db import Database, WriteSession
from talkoot.base.db.embedded import Server
from talkoot.base.errors import BrokenLog, Unavailable
from talkoot.base.ids import VOTER_KEY_BYTES, ElectionId, SubmissionId, VoterKey
from talkoot.voting.ballot import Channel, Entry
from talkoot.voting.log import (
    ALL_KEYS,
    CHANNELS,
    Election,
    KeyRange,
    LogColumns,
    all_entries,
    append_entries,
    claim_first_for_update,
    key_ranges,
    read_entries,
    read_standing,
    standing_hashes,
)
from talkoot.voting.log.copy_stream import RawRows, Stream
from talkoot.voting.log.tables import EntryRow
from tests.conftest import on_server
from tests.voting.log.made_up import a_definition, a_frozen_election, a_voter

Row = tuple[bytes, int, int, int, bytes, Channel, bytes]


def an_entry(election: Election, random: Random, *, voter: VoterKey | None = None) -> Entry:
    """An entry whose every field is drawn; its ballot may be of any length."""
    return Entry(
        election_id=election.id,
        submission_id=SubmissionId(UUID(bytes=random.randbytes(16))),
        voter_key=voter or VoterKey(random.randbytes(16)),
        definition_hash=election.definition.hash,
        channel=random.choice(list(Channel)),
        rank=random.choice([0, 1, 255]),
        round=random.choice([0, 1, 2**24 - 1]),
        beacon=random.choice([0, 1, 2**31 - 1]),
        what=random.randbytes(random.choice([0, 1, 40, 40, 40, 100, 300])),
    )


def row_of(entry: Entry) -> Row:
    number = (entry.rank, entry.round, entry.beacon)
    return (entry.voter_key, *number, entry.hash, entry.channel, entry.what)


def rows_of(batch: LogColumns) -> Iterator[Row]:
    """A batch's rows, taken apart one by one."""
    for row in range(len(batch)):
        order = int(batch.precedence[row, 0])
        entry_hash = batch.entry_hash[row].tobytes()
        assert int(batch.precedence[row, 1]) == int.from_bytes(entry_hash[:8], "big")
        at, size = int(batch.what_at[row]), int(batch.what_length[row])
        yield (
            batch.voter[row].astype(">u8").tobytes(),
            order >> 56,
            order >> 32 & 0xFFFFFF,
            order & 0xFFFFFFFF,
            entry_hash,
            CHANNELS[batch.channel[row]],
            batch.raw[at : at + size].tobytes(),
        )


async def read(session: WriteSession, election: Election, keys: KeyRange = ALL_KEYS) -> list[Row]:
    found: list[Row] = []
    number = await read_entries(
        session,
        election.id,
        election.definition.hash,
        lambda batch: found.extend(rows_of(batch)),
        keys=keys,
    )
    assert number == len(found)
    return sorted(found)


@pytest_asyncio.fixture
async def election(session: WriteSession) -> Election:
    return await a_frozen_election(session, a_definition())


async def test_the_columns_hold_what_is_read_entry_by_entry(
    session: WriteSession, election: Election
) -> None:
    random = Random(1)
    entries = [an_entry(election, random) for _ in range(400)]
    other = await a_frozen_election(session, a_definition())
    await append_entries(session, [*entries, an_entry(other, random)])
    slow = [row_of(entry) async for entry in all_entries(session, election.id)]
    assert await read(session, election) == sorted(slow) == sorted(map(row_of, entries))


async def test_an_election_without_entries_has_no_rows(
    session: WriteSession, election: Election
) -> None:
    assert await read(session, election) == []
    assert len(await read_standing(session, election.id)) == 0


async def test_every_voter_is_in_one_range_of_keys(
    session: WriteSession, election: Election
) -> None:
    random = Random(2)
    entries = [an_entry(election, random) for _ in range(60)]
    edges = (0, 2**128 - 1, 2**127, 2**127 - 1)
    entries += [an_entry(election, random, voter=a_voter(number)) for number in edges]
    await append_entries(session, entries)
    await claim_first_for_update(session, sorted(entries, key=lambda entry: entry.voter_key))
    ranges = key_ranges(4)
    parts = [await read(session, election, keys) for keys in ranges]
    assert all(parts)
    assert sorted(row for part in parts for row in part) == sorted(map(row_of, entries))
    for part, keys in zip(parts, ranges, strict=True):
        assert all(keys.holds(VoterKey(row[0])) for row in part)
        assert len(await read_standing(session, election.id, keys=keys)) == len(part)


@given(st.integers(1, 50), st.binary(min_size=16, max_size=16))
def test_ranges_of_keys_leave_no_voter_out_and_take_none_twice(parts: int, key: bytes) -> None:
    assert sum(keys.holds(VoterKey(key)) for keys in key_ranges(parts)) == 1


def test_there_is_at_least_one_range() -> None:
    assert key_ranges(1) == (KeyRange(first=bytes(VOTER_KEY_BYTES), after=None),)
    with pytest.raises(ValueError, match="0 parts"):
        key_ranges(0)


async def test_the_standing_table_is_read_as_it_is(
    session: WriteSession, election: Election
) -> None:
    random = Random(3)
    entries = [an_entry(election, random) for _ in range(50)]
    await append_entries(session, entries)
    await claim_first_for_update(session, sorted(entries, key=lambda entry: entry.voter_key))
    table = await read_standing(session, election.id)
    keys = [row.astype(">u8").tobytes() for row in table.voter]
    found = dict(zip(keys, map(bytes, table.entry_hash), strict=True))
    assert found == dict(await standing_hashes(session, election.id))


BROKEN: dict[str, tuple[dict[str, bytes | int | str], str]] = {
    "a higher rank": ({"rank": 3}, "its fields give"),
    "a later round": ({"round": 2}, "its fields give"),
    "a later beacon": ({"beacon": 9}, "its fields give"),
    "another ballot": ({"what": b"\0\0\0\1"}, "its fields give"),
    "another voter": ({"voter_key": a_voter(2)}, "its fields give"),
    "another channel": ({"channel": "kiosk"}, "its fields give"),
    "an unknown channel": ({"channel": "pigeon"}, "unknown channel"),
    "no channel": ({"channel": ""}, "unknown channel"),
    "a long channel": ({"channel": "web" + "\1" * 8}, "unknown channel"),
    "another hash": ({"entry_hash": bytes(32)}, "stored as 0000"),
    "another definition": ({"definition_hash": bytes(32)}, "its fields give"),
    "a short definition": ({"definition_hash": bytes(31)}, "fields of .16, 16, 31,"),
}


@pytest.mark.parametrize(("changed", "words"), BROKEN.values(), ids=BROKEN.keys())
async def test_an_entry_changed_behind_our_back_is_a_broken_log(
    session: WriteSession,
    election: Election,
    changed: dict[str, bytes | int | str],
    words: str,
) -> None:
    random = Random(4)
    drawn = an_entry(election, random, voter=a_voter(1))
    victim = replace(drawn, rank=1, round=1, beacon=0, channel=Channel.WEB)
    await append_entries(session, [victim, *(an_entry(election, random) for _ in range(40))])
    assert len(await read(session, election)) == 41
    row = EntryRow.voter_key == a_voter(1)
    await session.execute(update(EntryRow).where(row).values(changed))
    with pytest.raises(BrokenLog, match=words):
        await read(session, election)


async def test_an_entry_of_another_definition_is_a_broken_log(
    session: WriteSession, election: Election
) -> None:
    other = replace(an_entry(election, Random(5)), definition_hash=Digest(bytes(32)))
    await append_entries(session, [other])
    with pytest.raises(BrokenLog, match=f"{other.hash.hex()} was cast under another"):
        await read(session, election)


@pytest.mark.parametrize(("rank", "round_"), [(256, 1), (1, 2**24)])
async def test_a_rank_or_round_that_does_not_fit_is_told(
    session: WriteSession, election: Election, rank: int, round_: int
) -> None:
    entry = replace(an_entry(election, Random(6)), rank=rank, round=round_)
    await append_entries(session, [entry])
    with pytest.raises(BrokenLog, match=f"{entry.hash.hex()} has a rank, round or beacon"):
        await read(session, election)


async def test_after_a_broken_log_the_session_can_be_rolled_back_and_used(
    session: WriteSession, election: Election
) -> None:
    async with session.begin_nested() as inner:
        other = replace(an_entry(election, Random(7)), definition_hash=Digest(bytes(32)))
        await append_entries(session, [other])
        with pytest.raises(BrokenLog):
            await read(session, election)
        await inner.rollback()
    assert await session.scalar(text("select 1")) == 1
    assert await read(session, election) == []


async def test_a_connection_that_breaks_is_told_as_an_unavailable_database(
    server: Server, desk: Database
) -> None:
    async with desk.writing() as session:
        election = await a_frozen_election(session, a_definition())

    async def attempt() -> None:
        async with desk.writing() as session:
            backend = await session.scalar(text("select pg_backend_pid()"))
            await on_server(server, f"select pg_terminate_backend({backend}, 5000)")
            with pytest.raises(Unavailable, match="went away"):
                await read(session, election)

    with pytest.raises(Unavailable):  # from leaving the session: there is nothing to roll back on
        await attempt()


# The stream itself: chunks may break anywhere, and what is no row is told.

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"


def a_row(*fields: bytes) -> bytes:
    sized = b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    return len(fields).to_bytes(2, "big") + sized


async def streamed(chunks: list[bytes], fields: int, *, batch: int) -> list[tuple[bytes, ...]]:
    found: list[tuple[bytes, ...]] = []

    def kept(rows: RawRows) -> None:
        for at, length in zip(rows.at.tolist(), rows.length.tolist(), strict=True):
            places = zip(at, length, strict=True)
            found.append(tuple(rows.raw[a : a + size].tobytes() for a, size in places))

    stream = Stream(fields, kept, batch_bytes=batch)
    for chunk in chunks:
        await stream.take(chunk)
    stream.finish()
    assert stream.rows == len(found)
    return found


@given(
    st.lists(st.tuples(st.binary(max_size=9), st.binary(max_size=3)), max_size=8),
    st.lists(st.integers(0, 200), max_size=12),
    st.integers(19, 60),
)
@settings(max_examples=80, deadline=None)
async def test_rows_are_the_same_however_the_bytes_arrive(
    rows: list[tuple[bytes, bytes]], cuts: list[int], batch: int
) -> None:
    whole = HEADER + b"".join(a_row(*row) for row in rows) + END
    bounds = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    chunks = [whole[a:b] for a, b in pairwise(bounds)]
    assert await streamed(chunks, 2, batch=batch) == rows


NO_ROWS = {
    "nothing": (b"", "binary COPY format"),
    "another format": (b"1\t2\n" * 9, "binary COPY format"),
    "a broken row": (HEADER + a_row(b"a", b"b")[:-1], "broke off"),
    "no end": (HEADER + a_row(b"a", b"b"), "broke off"),
    "a field too many": (HEADER + a_row(b"a", b"b", b"c") + END, "row 1 of"),
    "a null": (HEADER + a_row(b"a", b"b") + b"\0\2" + b"\xff" * 8 + END, "row 2 of"),
}


@pytest.mark.parametrize(("whole", "words"), NO_ROWS.values(), ids=NO_ROWS.keys())
async def test_bytes_that_are_not_rows_are_a_broken_log(whole: bytes, words: str) -> None:
    with pytest.raises(BrokenLog, match=words):
        await streamed([whole], 2, batch=1 << 20)


def test_channels_are_numbered_in_the_order_of_their_list() -> None:
    assert set(CHANNELS) == set(Channel)
    assert len(np.unique([word.value for word in CHANNELS])) == len(CHANNELS)


async def test_another_elections_entries_do_not_count_here(
    session: WriteSession, election: Election
) -> None:
    await append_entries(session, [an_entry(election, Random(8))])
    nobody = ElectionId(uuid4())
    assert await read_entries(session, nobody, election.definition.hash, lambda _: None) == 0
