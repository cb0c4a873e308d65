"""The Merkle tree of RFC 9162, section 2.1: roots, proofs and their verification. Pure."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from talkoot.base.bytes import Digest

TILE_WIDTH = 256
"""Hashes in a full tile, so a tile level is eight levels of the tree (C2SP tlog-tiles)."""

TILE_HEIGHT = 8
EMPTY_ROOT = Digest(hashlib.sha256().digest())


@dataclass(frozen=True, slots=True)
class Span:
    """``count`` hashes from ``start`` on a tile level: within one tile, a power of two of them."""

    level: int
    start: int
    count: int


Reader = Callable[[Span], Sequence[bytes]]
"""Gives the hashes of a span, all of them."""


def leaf_hash(leaf: bytes) -> Digest:
    """Hash a leaf's bytes."""
    return Digest(hashlib.sha256(b"\x00" + leaf).digest())


def node_hash(left: bytes, right: bytes) -> Digest:
    """Hash two subtrees into one."""
    return Digest(hashlib.sha256(b"\x01" + left + right).digest())


def folded(hashes: Sequence[bytes]) -> Digest:
    """Give the root over hashes of neighbouring subtrees; only the last may be smaller.

    An odd last one moves up unchanged: the same tree that the RFC cuts from the top.
    """
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        pairs = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = pairs + row[len(row) - len(row) % 2 :]
    return Digest(row[0])


def full_tiles(hashes: Sequence[bytes]) -> list[Digest]:
    """Give the root of each full tile of a row that begins where a tile begins."""
    full = len(hashes) // TILE_WIDTH
    return [folded(hashes[at * TILE_WIDTH : (at + 1) * TILE_WIDTH]) for at in range(full)]


def subtree_root(start: int, end: int, read: Reader) -> Digest:
    """Give the root over leaves ``[start, end)``, as RFC 9162 defines it for that list.

    ``start`` must be a multiple of the smallest power of two not below ``end - start``.
    """
    parts = [folded(read(span)) for span in spans_of(start, end)]
    if not parts:
        return EMPTY_ROOT
    top = parts[-1]
    for part in reversed(parts[:-1]):
        top = node_hash(part, top)
    return top


def spans_of(start: int, end: int) -> list[Span]:
    """Cut ``[start, end)`` into full subtrees, the largest first, each a span of hashes."""
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        level, inner = divmod(height, TILE_HEIGHT)
        found.append(Span(level, start >> (level * TILE_HEIGHT), 1 << inner))
        start += 1 << height
    return found


Range = tuple[int, int]


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Give the ranges of leaves whose roots prove leaf ``index``, nearest to the leaf first.

    Raises ``ValueError`` for a leaf that the tree does not have.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    return _inclusion(index, 0, size)


def _inclusion(index: int, start: int, end: int) -> list[Range]:
    if end - start == 1:
        return []
    cut = start + _half(end - start)
    if index < cut:
        return [*_inclusion(index, start, cut), (cut, end)]
    return [*_inclusion(index, cut, end), (start, cut)]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """Give the ranges whose roots prove that the first ``old`` leaves of ``new`` are as they were.

    Raises ``ValueError`` unless ``0 < old <= new``.
    """
    if not 0 < old <= new:
        raise ValueError(f"nothing proves {old} leaves to be the first of {new}")
    return _consistency(old, 0, new, from_the_start=True)


def _consistency(old: int, start: int, end: int, *, from_the_start: bool) -> list[Range]:
    if old == end:
        return [] if from_the_start else [(start, end)]
    cut = start + _half(end - start)
    if old <= cut:
        return [*_consistency(old, start, cut, from_the_start=from_the_start), (cut, end)]
    return [*_consistency(old, cut, end, from_the_start=False), (start, cut)]


def _half(count: int) -> int:
    """Give the largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)


def proof_of(ranges: Sequence[Range], read: Reader) -> list[Digest]:
    """Give the hashes of a proof."""
    return [subtree_root(start, end, read) for start, end in ranges]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether ``path`` proves that the leaf with this hash is leaf ``index`` (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, Digest(leaf)
    for step in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(step, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, step)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether ``path`` proves that the new tree begins with the old one (2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = Digest(steps[0])
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, step)
        here, last = here >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
