"""What a thief of the whole database and of the application's secrets learns: nothing of a choice.

And in which order ballots were cast: nowhere, once the closed election's rows are written anew.
"""

import random
from collections.abc import Sequence
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.bytes import Tag, mac
from talkoot.base.db import Database
from talkoot.base.db.embedded import Server
from talkoot.base.ids import ElectionId, ProjectId, VoterKey
from talkoot.cli.export_log import exported
from talkoot.cli.tally import counted_box
from talkoot.voting.ballot import Ballot, BallotDefinition, Entry, Mark, ballot_bytes
from talkoot.voting.intake import Cast, Door, Recorded
from talkoot.voting.log import Election, epochs_of, rows_shuffled, sealing_of
from talkoot.voting.results import BALLOTS
from talkoot.voting.sealing import (
    CannotOpen,
    Opener,
    PrivateKey,
    SealedEpoch,
    parts_of,
    tally_key,
)
from tests.voting.log.made_up import NOON, a_cast, an_open_election, entries_of
from tests.voting.results.made_up import a_definition
from tests.voting.results.test_publish import closed_by_two
from tests.voting.sealing_of import REGISTRAR, THRESHOLD, TRUSTEES, a_sealed_town_election

BALLOT_COUNT = 1_000
MANY = 2_000
"""Of so many the rank correlation of two orders that have nothing to do with each other is below
0.1 but once in 100,000 times."""
PROJECTS = "12345"
RHO = 0.1


def casts_for(election: Election, number: int) -> list[Cast]:
    """Ballots of voters one after the other, of one to three projects."""
    rnd = random.Random(11)
    return [
        a_cast(
            election,
            voter=VoterKey(rnd.randbytes(16)),
            submission=UUID(int=rnd.getrandbits(128)),
            projects=rnd.sample(PROJECTS, rnd.randint(1, 3)),
        )
        for _ in range(number)
    ]


async def cast_in_turn(database: Database, casts: Sequence[Cast]) -> list[bytes]:
    """Cast one after the other; give the receipts in the order of casting."""
    receipts = []
    async with Door(database) as door:
        for cast in casts:
            outcome = await door.cast(cast, NOON)
            assert isinstance(outcome, Recorded)
            receipts.append(outcome.entry_hash)
    return list(receipts)


def every_ballot(definition: BallotDefinition) -> list[bytes]:
    """Every ballot that anybody could cast: few enough to try."""
    return [
        ballot_bytes(Ballot(marks=tuple(Mark(project=ProjectId(one)) for one in some)), definition)
        for number in (1, 2, 3)
        for some in combinations(PROJECTS, number)
    ]


def guessed(entries: Sequence[Entry], definition: BallotDefinition, secrets: list[bytes]) -> int:
    """How many choices a thief finds by trying all against each fingerprint, with these secrets."""
    ballots = every_ballot(definition)
    found = 0
    for entry, secret in zip(entries, secrets, strict=True):
        fingerprint = parts_of(entry.what).fingerprint
        found += any(mac(secret, Tag.FINGERPRINT, one)[:16] == fingerprint for one in ballots)
    return found


def opened_by(
    keys: Sequence[PrivateKey], entries: Sequence[Entry], epochs: list[SealedEpoch]
) -> int:
    """How many ballots open with any of these keys."""
    whats, length = b"".join(entry.what for entry in entries), len(entries[0].what)
    by_name = {epoch.id: epoch for epoch in epochs}
    best = 0
    for key in keys:
        failures = Opener(key).opened_whats(whats, length, by_name).failures
        best = max(best, len(entries) - len(failures))
    return best


async def test_t11_a_thief_of_the_database_opens_nothing(
    database: Database, desk: Database
) -> None:
    definition = a_definition()
    election = await a_sealed_town_election(desk, definition)
    casts = casts_for(election, BALLOT_COUNT)
    await cast_in_turn(database, casts)
    entries = await entries_of(desk, election.id)
    async with desk.writing() as session:
        setup = await sealing_of(session, election.id)
        epochs = list(await epochs_of(session, election.id))
    dump = await dumped(await tables_of(desk), desk)
    assert setup is not None
    assert entries[0].what in dump
    # The application's secrets: the registrar's key, and whatever 32 bytes the database holds.
    stolen = [REGISTRAR, *(PrivateKey(seed=entry.hash) for entry in entries[:3])]
    stolen += [PrivateKey(seed=setup.hash), PrivateKey(seed=setup.tally_public[:32])]
    assert opened_by(stolen, entries, epochs) == 0
    for wrap in setup.wraps:
        assert wrap.box is not None
        with pytest.raises(CannotOpen):
            REGISTRAR.opened(wrap.box, b"")
    assert guessed(entries, definition, [entry.submission_id.bytes for entry in entries]) == 0
    sent = {cast.submission_id.bytes for cast in casts}
    assert not any(one in dump or str(UUID(bytes=one)).encode() in dump for one in sent)

    # With the trustees' keys all open: it is their absence that protects.
    assert opened_by([tally_key(setup, TRUSTEES[:THRESHOLD])], entries, epochs) == BALLOT_COUNT
    # With the submission ids that browsers sent all are guessed: it is well that none is stored.
    by_voter = {cast.voter_key: cast.submission_id.bytes for cast in casts}
    secrets = [by_voter[entry.voter_key] for entry in entries]
    assert guessed(entries, definition, secrets) == BALLOT_COUNT


async def tables_of(desk: Database) -> list[str]:
    async with desk.writing() as session:
        query = text("select tablename from pg_tables where schemaname = 'public'")
        return [str(name) for (name,) in await session.execute(query)]


async def dumped(tables: Sequence[str], desk: Database) -> bytes:
    """Every row that the official's role may read, as text and as bytes."""
    found: list[bytes] = []
    for table in tables:
        async with desk.writing() as session:
            may = text("select has_table_privilege(current_user, :table, 'select')")
            if not await session.scalar(may, {"table": table}):
                continue
            for row in await session.execute(text(f"select * from {table}")):  # noqa: S608 - a name
                found += [one if isinstance(one, bytes) else str(one).encode() for one in row]
    return b"\n".join(found)


def spearman(order: Sequence[int]) -> float:
    """The rank correlation of an order with 0, 1, 2 ..., of which it is a permutation."""
    number = len(order)
    square = sum((place - rank) ** 2 for place, rank in enumerate(order))
    return 1 - 6 * square / (number * (number**2 - 1))


async def order_in(desk: Database, query: str, cast: dict[bytes, int]) -> float:
    async with desk.writing() as session:
        return spearman([cast[one] for (one,) in await session.execute(text(query))])


# Sorted by their seals, ballots lie together epoch by epoch: which epoch was first the sealed keys
# do not tell, and within one the numbers are drawn.
ORDERS = {
    "by primary key": "select entry_hash from entry order by election_id, submission_id",
    "by hash": "select entry_hash from entry order by entry_hash",
    "standing, by primary key": "select entry_hash from standing order by election_id, voter_key",
}
HEAPS = {
    "entry": "select entry_hash from entry order by ctid",
    "standing": "select entry_hash from standing order by ctid",
}
BY_TRANSACTION = {
    "entry": "select entry_hash from entry order by xmin::text::bigint, ctid",
    "standing": "select entry_hash from standing order by xmin::text::bigint, ctid",
}
"""Every row carries the number of the transaction that wrote it."""


class Others(StrEnum):
    """Whether somebody votes in another election meanwhile: then nobody may be kept waiting."""

    NOBODY = "nobody else votes"
    VOTING = "others vote"


async def pages(desk: Database, table: str) -> dict[bytes, int]:
    """On which page of its table each row lies."""
    query = text(f"select entry_hash, (ctid::text::point)[0]::int from {table}")  # noqa: S608 - our names
    async with desk.writing() as session:
        return {row[0]: row[1] for row in await session.execute(query)}


SEEN = {Others.NOBODY: (MANY, RHO), Others.VOTING: (500, 0.2)}
"""How many ballots are cast, and which rank correlation is none: of 500 below 0.2 as surely as of
2,000 below 0.1."""


@pytest.mark.parametrize("others", list(Others))
async def test_t9_no_stored_order_tells_in_which_order_ballots_were_cast(
    database: Database, desk: Database, tmp_path: Path, others: Others
) -> None:
    number, bound = SEEN[others]
    if others is Others.VOTING:
        await an_open_election(desk)
    election = await a_sealed_town_election(desk, a_definition())
    casts = casts_for(election, number)
    receipts = await cast_in_turn(database, casts)
    cast = {receipt: place for place, receipt in enumerate(receipts)}
    for query in ORDERS.values():
        assert abs(await order_in(desk, query, cast)) < bound
    # Until the rows are written anew the heap is a log with serial numbers: the attack works.
    for query in (*HEAPS.values(), *BY_TRANSACTION.values()):
        assert await order_in(desk, query, cast) > 0.9
    await closed_by_two(desk, election)
    before = await rows(desk, election.id)
    lay = {table: await pages(desk, table) for table in HEAPS}
    async with desk.writing() as session:
        assert await rows_shuffled(session, election.id) == number
    for query in (*ORDERS.values(), *HEAPS.values(), *BY_TRANSACTION.values()):
        assert abs(await order_in(desk, query, cast)) < bound
    assert await rows(desk, election.id) == before
    if others is Others.VOTING:  # no ballot stayed where the last ones were cast
        for table, places in lay.items():
            now = await pages(desk, table)
            assert not [name for name, page in places.items() if now[name] == page]
    async with desk.writing() as session:
        await exported(session, election.id, tmp_path / "box")
    done = counted_box(tmp_path / "box", TRUSTEES[:THRESHOLD])
    (ballots,) = (file.body.decode() for file in done.files if file.name == BALLOTS)
    assert abs(published_order(ballots, casts)) < bound


async def test_t9_in_the_order_of_hashes_alone_transactions_still_tell(
    server: Server, database: Database, desk: Database, database_name: str
) -> None:
    election = await a_sealed_town_election(desk, a_definition())
    receipts = await cast_in_turn(database, casts_for(election, 200))
    cast = {receipt: place for place, receipt in enumerate(receipts)}
    await closed_by_two(desk, election)
    owner = create_async_engine(server.url(database=database_name), poolclass=NullPool)
    async with owner.begin() as connection:
        await connection.execute(text("cluster entry using uq_entry_election_id_entry_hash"))
    await owner.dispose()
    assert sorted(receipts) == [*await entries_in(desk, HEAPS["entry"])]
    assert await order_in(desk, BY_TRANSACTION["entry"], cast) > 0.9
    async with desk.writing() as session:
        await rows_shuffled(session, election.id)
    assert sorted(receipts) == [*await entries_in(desk, BY_TRANSACTION["entry"])]


async def entries_in(desk: Database, query: str) -> Sequence[bytes]:
    async with desk.writing() as session:
        return (await session.scalars(text(query))).all()


async def rows(desk: Database, election_id: ElectionId) -> set[tuple[object, ...]]:
    """Every field of every entry and standing row."""
    found: set[tuple[object, ...]] = set()
    async with desk.writing() as session:
        for table in ("entry", "standing", "sealing_epoch"):
            query = text(f"select * from {table} where election_id = :id")  # noqa: S608 - our names
            found |= {tuple(row) for row in await session.execute(query, {"id": election_id})}
    return found


def published_order(ballots: str, casts: Sequence[Cast]) -> float:
    """Which published line is whose nobody can say; the best guess is in the order of casting."""
    lines = ballots.partition("VOTES\n")[2].splitlines()[1:]
    waiting: dict[str, list[int]] = {}
    for place, cast in enumerate(casts):
        said = ",".join(sorted(mark.project for mark in cast.marks))
        waiting.setdefault(said, []).append(place)
    return spearman([waiting[line.split(";")[1]].pop(0) for line in lines])


async def test_only_a_closed_election_that_is_not_counted_is_written_anew(
    database: Database, desk: Database
) -> None:
    election = await a_sealed_town_election(desk, a_definition())
    await cast_in_turn(database, casts_for(election, 3))
    with pytest.raises(Exception, match="only a closed election"):
        async with desk.writing() as session:
            await rows_shuffled(session, election.id)
