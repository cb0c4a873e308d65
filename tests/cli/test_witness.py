"""A witness signs what continues what it saw, and refuses every fork."""

import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from talkoot.base.errors import NotAllowed
from talkoot.cli.witness import Board, Forked, Seen, judged
from talkoot.voting.board import Checkpoint, SigningKey, Use, key_in, new_key
from talkoot.voting.board.notes import signed
from talkoot.voting.board.tiles import tiles_of
from talkoot.voting.board.tree import TILE_WIDTH, folded, full_tiles, leaf_hash

LOG = SigningKey("talkoot/one", Use.LOG, Ed25519PrivateKey.from_private_bytes(bytes(32)))


class Told(Board):
    """A board that lies or not: files of leaves, without a network."""

    def __init__(self, leaves: list[bytes], key: SigningKey = LOG) -> None:
        super().__init__("http://board.example")
        levels: list[list[bytes]] = [[leaf_hash(each) for each in leaves]]
        while len(levels[-1]) >= TILE_WIDTH:
            levels.append([*full_tiles(levels[-1])])
        self.files: dict[str, bytes] = {}
        for level, hashes in enumerate(levels):
            for tile in tiles_of(len(leaves), level):
                at = tile.number * TILE_WIDTH
                self.files[f"tile/{level}/{tile.name}"] = b"".join(hashes[at : at + tile.width])
        self.now = Checkpoint("talkoot/one", len(leaves), folded(levels[0]))
        self.files["checkpoint"] = signed(self.now, key).octets

    def get(self, name: str) -> bytes:
        return self.files[name]


def seen(board: Told) -> Seen:
    return Seen(log_key=str(LOG.verifier), size=board.now.size, root=board.now.root.hex())


def leaves(count: int, word: str = "leaf") -> list[bytes]:
    return [f"{word} {at}".encode() for at in range(count)]


@pytest.mark.parametrize(("old", "new"), [(1, 2), (7, 7), (200, 300), (256, 512), (300, 70_000)])
def test_a_board_that_continues_what_was_seen_is_signed(old: int, new: int) -> None:
    before, after = Told(leaves(old)), Told(leaves(new))
    assert judged(after, seen(before), LOG.verifier)[1] == after.now


def test_t20_a_witness_refuses_every_fork_and_without_one_each_is_believed() -> None:
    """Control: a reader that only checks the log's signature takes all 200 second histories."""
    rnd = random.Random(20)
    refused = believed = 0
    for _ in range(200):
        old = rnd.randrange(1, 600)
        first = leaves(old)
        fork = leaves(old + rnd.randrange(300))
        fork[rnd.randrange(old)] = b"another ballot"
        other = Told(fork)
        believed += judged(other, None, LOG.verifier)[1] == other.now
        with pytest.raises(Forked):
            judged(other, seen(Told(first)), LOG.verifier)
        refused += 1
    assert (refused, believed) == (200, 200)


def test_a_board_that_shrank_or_changed_its_key_is_refused() -> None:
    before = seen(Told(leaves(300)))
    with pytest.raises(Forked, match="shrank"):
        judged(Told(leaves(299)), before, LOG.verifier)
    thief = SigningKey(LOG.name, Use.LOG, Ed25519PrivateKey.generate())
    with pytest.raises(Forked, match="not signed"):
        judged(Told(leaves(301), thief), before, LOG.verifier)


def test_tiles_that_do_not_belong_to_the_checkpoint_prove_nothing() -> None:
    board = Told(leaves(400))
    board.files["tile/0/001.p/144"] = board.files["tile/0/001.p/144"][:-32]
    with pytest.raises(Forked):
        judged(board, seen(Told(leaves(300))), LOG.verifier)


def test_a_witness_keeps_its_key_and_what_it_saw(tmp_path: Path) -> None:
    file = tmp_path / "key"
    made = new_key(file, "witness.example", Use.WITNESS)
    assert key_in(file).verifier == made.verifier
    with pytest.raises(NotAllowed, match="already"):
        new_key(file, "witness.example", Use.WITNESS)
    file.chmod(0o644)
    with pytest.raises(NotAllowed, match="0600"):
        key_in(file)
    state = tmp_path / "state"
    assert Seen.read(state) is None
    seen(Told(leaves(3))).keep(state)
    assert Seen.read(state) == seen(Told(leaves(3)))
