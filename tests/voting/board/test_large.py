"""A large board, read and appended to in arrays, is the board that is read leaf by leaf."""

import hashlib
import random

import numpy as np
import pytest
from sqlalchemy import text

from talkoot.base.db import WriteSession
from talkoot.base.errors import BrokenLog
from talkoot.base.ids import ElectionId
from talkoot.voting.board import Closing, Kind, Leaf, SigningKey, checked, fsck, published, store
from talkoot.voting.board import record_added as added
from talkoot.voting.board.hash_rows import HashRows
from talkoot.voting.board.tree import full_tiles
from tests.voting.board import twin
from tests.voting.board.made_up import a_board, cast
from tests.voting.log.made_up import NOON

FLIPS = ("content", "hash")


@pytest.fixture
def every_board_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (fsck, store):
        monkeypatch.setattr(module, "LARGE", 0)


async def in_arrays(session: WriteSession, id_: ElectionId) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fsck, "LARGE", 0)
        return await checked(session, id_)


async def a_mixed_board(session: WriteSession) -> tuple[ElectionId, SigningKey, list[bytes]]:
    """Ballots and records in turn, over the end of two tiles."""
    id_, key = await a_board(session)
    leaves = []
    for number, count in enumerate((300, 10, 290)):
        record = b"record %d" % number
        await added(session, id_, Kind.ACT, record)
        leaves.append(Leaf(Kind.ACT, hashlib.sha256(record).digest()).octets)
        hashes = await cast(session, id_, count)
        await published(session, id_, at=NOON, signer=key, closing=Closing.CLOSED)
        leaves += [Leaf(Kind.BALLOT, one).octets for one in sorted(hashes)]
    return id_, key, leaves


@pytest.mark.usefixtures("every_board_is_large")
async def test_what_is_appended_and_signed_in_arrays_is_the_slow_twins(
    session: WriteSession,
) -> None:
    id_, key, leaves = await a_mixed_board(session)
    last = await published(session, id_, at=NOON, signer=key)
    assert last is not None
    assert (last.size, last.root) == (len(leaves), twin.root(leaves))
    assert await checked(session, id_) == []


async def test_t19_read_in_arrays_or_leaf_by_leaf_the_same_faults_are_named(
    session: WriteSession,
) -> None:
    id_, _, leaves = await a_mixed_board(session)
    assert await checked(session, id_) == await in_arrays(session, id_) == []
    rnd = random.Random(4)
    for index in rnd.sample(range(len(leaves)), 200):
        column, bit = rnd.choice(FLIPS), rnd.randrange(256)
        change = (
            f"update board_leaf set {column} = set_bit({column}, {bit}, 1 - get_bit({column}, {bit}))"  # noqa: E501, S608 - our own names
            " where election_id = :e and index = :index"
        )
        await session.execute(text(change), {"e": id_, "index": index})
    await session.execute(text("update board_leaf set kind = 'nothing' where index = 5"))
    await session.execute(text("update board_node set hash = sha256(hash) where index = 1"))
    await session.execute(text("delete from board_leaf where index in (7, 8, 400)"))
    faults = await checked(session, id_)
    assert len(faults) > 200
    assert sorted(faults) == sorted(await in_arrays(session, id_))


@pytest.mark.usefixtures("every_board_is_large")
async def test_t19_nothing_is_signed_in_arrays_over_one_flipped_bit(session: WriteSession) -> None:
    id_, key, _ = await a_mixed_board(session)
    await cast(session, id_, 10)
    await session.execute(
        text(
            "update board_leaf set content = set_bit(content, 9, 1 - get_bit(content, 9))"
            " where index = 3"
        )
    )
    with pytest.raises(BrokenLog):
        await published(session, id_, at=NOON, signer=key)


def test_the_roots_of_full_tiles_are_the_same_in_arrays() -> None:
    rows = np.random.default_rng(1).integers(0, 256, (256 * 3 + 17, 32), dtype=np.uint8)
    some = HashRows(rows)
    assert list(some.full_tiles()) == full_tiles([row.tobytes() for row in rows])
    assert some[2] == rows[2].tobytes()
    assert HashRows(rows[5:]).after(some[:5])[:] == some[:]
