"""The tree as RFC 9162 defines it, cut from the top and slow."""

import hashlib
from collections.abc import Sequence


def leaf(octets: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + octets).digest()


def half(count: int) -> int:
    cut = 1
    while cut * 2 < count:
        cut *= 2
    return cut


def root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf(leaves[0])
    cut = half(len(leaves))
    return hashlib.sha256(b"\x01" + root(leaves[:cut]) + root(leaves[cut:])).digest()


def path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    cut = half(len(leaves))
    if index < cut:
        return [*path(index, leaves[:cut]), root(leaves[cut:])]
    return [*path(index - cut, leaves[cut:]), root(leaves[:cut])]


def proof(old: int, leaves: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    cut = half(len(leaves))
    if old <= cut:
        return [*proof(old, leaves[:cut], whole=whole), root(leaves[cut:])]
    return [*proof(old - cut, leaves[cut:], whole=False), root(leaves[:cut])]
