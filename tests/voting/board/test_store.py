"""The board grows, is signed only where it is whole, and names whatever was altered on it."""

import hashlib
import random

import pytest
from sqlalchemy import text

from talkoot.base.bytes import Digest
from talkoot.base.db import Database, WriteSession
from talkoot.base.errors import BrokenLog, NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.voting.board import (
    BATCH_MIN,
    Checkpoint,
    Closing,
    Fate,
    Kind,
    Leaf,
    Note,
    SigningKey,
    board_file,
    checked,
    found_for,
    named_by,
    proof_for,
    published,
    record_added,
    size_of,
    waiting_count,
)
from talkoot.voting.board.tree import includes, leaf_hash
from tests.voting.board import twin
from tests.voting.board.made_up import a_board, cast
from tests.voting.log.made_up import NOON

ELECTION = tuple[ElectionId, SigningKey]
TABLES = ("board_leaf", "board_node", "board_record", "board_checkpoint", "board_cosignature")


async def test_fewer_than_ten_ballots_wait_until_voting_is_over(session: WriteSession) -> None:
    id_, key = await a_board(session)
    await cast(session, id_, BATCH_MIN - 1)
    assert await published(session, id_, at=NOON, signer=key) is None
    assert await waiting_count(session, id_) == BATCH_MIN - 1
    last = await published(session, id_, at=NOON, signer=key, closing=Closing.CLOSED)
    assert last is not None
    assert (last.size, await waiting_count(session, id_)) == (BATCH_MIN - 1, 0)
    assert await checked(session, id_) == []


async def test_a_batch_is_appended_by_hash_and_its_root_is_the_slow_twins(
    session: WriteSession,
) -> None:
    id_, key = await a_board(session)
    await record_added(session, id_, Kind.ACT, b"opened")
    leaves = [Leaf(Kind.ACT, hashlib.sha256(b"opened").digest()).octets]
    for count in (10, 300, 250, 17):
        hashes = await cast(session, id_, count)
        last = await published(session, id_, at=NOON, signer=key)
        leaves += [Leaf(Kind.BALLOT, each).octets for each in sorted(hashes)]
        assert last is not None
        assert (last.size, last.root) == (len(leaves), twin.root(leaves))
    assert await checked(session, id_) == []


async def test_t9_the_order_of_casting_is_not_the_order_on_the_board(
    session: WriteSession,
) -> None:
    id_, key = await a_board(session)
    order = list(await cast(session, id_, 1_000))
    await published(session, id_, at=NOON, signer=key)
    rows = await session.execute(
        text("select content from board_leaf where election_id = :e order by ctid"), {"e": id_}
    )
    place = {content: at for at, (content,) in enumerate(rows)}
    steps = sum((at - place[each]) ** 2 for at, each in enumerate(order))
    assert abs(1 - 6 * steps / (1_000 * (1_000**2 - 1))) < 0.1
    left = await session.scalar(text("select count(*) from board_waiting"))
    assert left == 0


async def test_the_same_record_twice_is_one_leaf(session: WriteSession) -> None:
    id_, _ = await a_board(session)
    first = await record_added(session, id_, Kind.DEFINITION, b"{}")
    assert await record_added(session, id_, Kind.DEFINITION, b"{}") == first
    assert await size_of(session, id_) == 1


async def test_a_board_is_signed_by_its_own_key_alone(session: WriteSession) -> None:
    id_, _ = await a_board(session)
    _, other = await a_board(session)
    with pytest.raises(NotAllowed, match="does not sign this board"):
        await published(session, id_, at=NOON, signer=other)


async def test_every_ballot_on_the_board_is_proved_and_any_other_is_not(
    session: WriteSession,
) -> None:
    id_, key = await a_board(session)
    hashes = await cast(session, id_, 300)
    await published(session, id_, at=NOON, signer=key)
    late = await cast(session, id_, 3)
    for entry in hashes[:40]:
        proof = await proof_for(session, id_, entry)
        assert proof is not None
        signed = Checkpoint.read(Note.read(proof.checkpoint).text)
        leaf = leaf_hash(Leaf(Kind.BALLOT, entry).octets)
        assert includes(leaf, proof.index, signed.size, proof.path, signed.root)
        assert (await found_for(session, id_, entry[:8])).entry == entry
    assert (await found_for(session, id_, late[0])).fate is Fate.WAITING
    assert await proof_for(session, id_, late[0]) is None
    assert (await found_for(session, id_, Digest(bytes(32)))).fate is Fate.UNKNOWN


def test_a_receipt_is_read_as_people_type_it() -> None:
    assert named_by("ABCD-0123 4567-89ef") == bytes.fromhex("abcd0123456789ef")
    assert named_by("ab" * 32) == b"\xab" * 32
    assert [named_by(each) for each in ("", "ABCD", "x" * 16, "é" * 16)] == [None] * 4


async def test_only_what_a_checkpoint_covers_is_public(session: WriteSession) -> None:
    id_, key = await a_board(session)
    await cast(session, id_, 20)
    await published(session, id_, at=NOON, signer=key)
    assert len((await board_file(session, id_, "tile/0/000.p/20")).body) == 20 * 32
    await record_added(session, id_, Kind.ACT, b"closed")
    for name in ("tile/0/000.p/21", "tile/1/000", "tile/9/000", "tile/0/0", "keys", "records/x"):
        with pytest.raises(NotFound):
            await board_file(session, id_, name)


async def test_t16_no_role_changes_or_deletes_what_is_on_the_board(
    desk: Database, database: Database
) -> None:
    for engines in (desk, database):
        for table in TABLES:
            for act in ("update {} set election_id = election_id", "delete from {}"):
                with pytest.raises(Exception, match="permission denied"):
                    async with engines.writing() as session:
                        await session.execute(text(act.format(table)))


FLIPS = {
    "board_leaf": (("content", "hash"), ("index",), "leaf {}:"),
    "board_node": (("hash",), ("level", "index"), "node {}/{}:"),
    "board_record": (("body", "sha256"), ("encode(sha256, 'hex')",), "record {}"),
    "board_checkpoint": (("note",), ("size",), "checkpoint {}:"),
}


async def a_signed_board(session: WriteSession, times: int) -> ELECTION:
    id_, key = await a_board(session)
    for number in range(times):
        await record_added(session, id_, Kind.ACT, b"record %d" % number)
        await cast(session, id_, 60)
        await published(session, id_, at=NOON, signer=key)
    assert await checked(session, id_) == []
    return id_, key


async def flipped(session: WriteSession, id_: ElectionId, table: str, count: int) -> list[str]:
    """Flip a random bit in each of so many rows, and give how a fault of each begins."""
    rnd = random.Random(19)
    columns, keys, words = FLIPS[table]
    column = rnd.choice(columns)
    query = f"select ctid::text, octet_length({column}), {', '.join(keys)} from {table}"  # noqa: S608 - our own names
    rows = (await session.execute(text(f"{query} where election_id = :e"), {"e": id_})).all()
    said = []
    for at, octets, *name in rnd.sample(rows, count):
        bit = rnd.randrange(octets * 8)
        change = (
            f"update {table} set {column} = set_bit({column}, {bit}, 1 - get_bit({column}, {bit}))"  # noqa: S608 - our own names
            f" where ctid = '{at}'"
        )
        await session.execute(text(change))
        said.append(words.format(*name))
    return said


async def test_t19_one_flipped_bit_in_each_of_1000_is_named_1000_times(
    session: WriteSession,
) -> None:
    id_, _ = await a_signed_board(session, 20)
    said = []
    for table, count in (("board_leaf", 965), ("board_node", 4), ("board_record", 15)):
        said += await flipped(session, id_, table, count)
    said += await flipped(session, id_, "board_checkpoint", 16)
    faults = await checked(session, id_)
    named = [each for each in said if any(fault.startswith(each) for fault in faults)]
    assert (len(said), len(named)) == (1_000, 1_000)


@pytest.mark.parametrize("table", sorted(FLIPS))
async def test_t19_nothing_is_signed_over_one_flipped_bit(
    session: WriteSession, table: str
) -> None:
    id_, key = await a_signed_board(session, 5)
    await cast(session, id_, 10)
    last = await size_of(session, id_)
    await session.execute(text("delete from board_checkpoint where size < :last"), {"last": last})
    await flipped(session, id_, table, 1)
    with pytest.raises(BrokenLog):
        await published(session, id_, at=NOON, signer=key)
