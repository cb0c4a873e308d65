"""The tree agrees with the RFC's own definition, and a changed proof proves nothing."""

import random
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.voting.board.tree import (
    EMPTY_ROOT,
    TILE_WIDTH,
    Span,
    consistency_ranges,
    extends,
    folded,
    full_tiles,
    includes,
    inclusion_ranges,
    leaf_hash,
    proof_of,
    subtree_root,
)
from tests.voting.board import twin

SEVEN = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
SIZES = 65


def reader_of(leaves: Sequence[bytes]) -> Callable[[Span], Sequence[bytes]]:
    levels: list[Sequence[bytes]] = [[leaf_hash(each) for each in leaves]]
    while len(levels[-1]) >= TILE_WIDTH:
        levels.append(full_tiles(levels[-1]))

    def read(span: Span) -> Sequence[bytes]:
        found = levels[span.level][span.start : span.start + span.count]
        assert len(found) == span.count
        return found

    return read


def numbered(count: int) -> list[bytes]:
    return [f"leaf {at}".encode() for at in range(count)]


def test_seven_known_leaves_have_their_known_root() -> None:
    leaves = [bytes.fromhex(each) for each in SEVEN]
    known = "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    assert subtree_root(0, 7, reader_of(leaves)).hex() == known


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert folded([]) == EMPTY_ROOT == twin.root([])


def test_every_root_and_proof_up_to_65_leaves_is_the_slow_twins() -> None:
    leaves = numbered(SIZES)
    read = reader_of(leaves)
    for size in range(1, SIZES + 1):
        top = twin.root(leaves[:size])
        assert subtree_root(0, size, read) == top
        for index in range(size):
            path = proof_of(inclusion_ranges(index, size), read)
            assert path == twin.path(index, leaves[:size])
            assert includes(leaf_hash(leaves[index]), index, size, path, top)
        for old in range(1, size + 1):
            path = proof_of(consistency_ranges(old, size), read)
            assert path == twin.proof(old, leaves[:size])
            assert extends(old, twin.root(leaves[:old]), size, top, path)


def altered(path: list[bytes], rnd: random.Random) -> Iterator[list[bytes]]:
    """Proofs that differ from a true one: a bit, a step more, a step less, two swapped."""
    for at in range(len(path)):
        flipped = bytearray(path[at])
        flipped[rnd.randrange(32)] ^= 1 << rnd.randrange(8)
        yield [*path[:at], bytes(flipped), *path[at + 1 :]]
        yield path[:at] + path[at + 1 :]
        if at and path[at] != path[at - 1]:
            yield [*path[: at - 1], path[at], path[at - 1], *path[at + 1 :]]
    yield [*path, rnd.randbytes(32)]
    yield [rnd.randbytes(32), *path]


def test_no_altered_proof_is_accepted_for_any_size_up_to_65() -> None:
    rnd = random.Random(9162)
    leaves = numbered(SIZES)
    read = reader_of(leaves)
    tried = accepted = 0
    for size in range(1, SIZES + 1):
        top = twin.root(leaves[:size])
        for index in range(size):
            name = leaf_hash(leaves[index])
            true = [bytes(step) for step in proof_of(inclusion_ranges(index, size), read)]
            for path in altered(true, rnd):
                tried += 1
                accepted += includes(name, index, size, path, top)
            accepted += includes(leaf_hash(b"another"), index, size, true, top)
            accepted += any(includes(name, at, size, true, top) for at in (index - 1, index + 1))
        for old in range(1, size):
            before = twin.root(leaves[:old])
            true = [bytes(step) for step in proof_of(consistency_ranges(old, size), read)]
            for path in altered(true, rnd):
                tried += 1
                accepted += extends(old, before, size, top, path)
            accepted += extends(old, leaf_hash(b"another"), size, top, true)
    assert (tried > 50_000, accepted) == (True, 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 70_000), st.data())
def test_large_trees_over_full_tiles_prove_what_they_hold(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    read = BIG
    top = subtree_root(0, size, read)
    path = proof_of(inclusion_ranges(index, size), read)
    assert includes(leaf_hash(b"leaf %d" % index), index, size, path, top)
    grown = proof_of(consistency_ranges(old, size), read)
    assert extends(old, subtree_root(0, old, read), size, top, grown)


BIG = reader_of(numbered(70_000))


def test_a_root_over_tiles_is_the_root_over_all_leaves() -> None:
    for size in (255, 256, 257, 511, 512, 1000):
        leaves = numbered(size)
        assert subtree_root(0, size, reader_of(leaves)) == twin.root(leaves)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 3)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="has no leaf"):
        inclusion_ranges(index, size)
    assert not includes(bytes(32), index, size, [], bytes(32))


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_nothing_extends_nothing(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="nothing proves"):
        consistency_ranges(old, new)
    assert not extends(old, bytes(32), new, bytes(32), [])
