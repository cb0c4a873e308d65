"""SHA-256 of the rows of an array, each behind the same few bytes, and what trees make of them."""

import hashlib

import numpy as np
import numpy.typing as npt

from talkoot.base.engine import Engine

U8 = npt.NDArray[np.uint8]

HASH_BYTES = 32
LEAF, NODE = b"\0", b"\1"
"""What stands before a leaf and before two hashes (RFC 9162, section 2.1.1)."""


def hashed_rows(prefix: bytes, rows: U8, *, engine: Engine = Engine.KERNELS) -> U8:
    """Hash ``prefix`` with each row behind it: ``rows`` uint8 (n, m) to uint8 (n, 32)."""
    if engine is Engine.TWINS:
        found = b"".join(hashlib.sha256(prefix + row.tobytes()).digest() for row in rows)
        return np.frombuffer(found, dtype=np.uint8).reshape(-1, HASH_BYTES)
    from talkoot.base.hash_rows_kernel import rows_hashed  # imports Numba: only what counts may

    out = np.empty((len(rows), HASH_BYTES), dtype=np.uint8)
    rows_hashed(np.frombuffer(prefix, dtype=np.uint8), np.ascontiguousarray(rows), out)
    return out


def paired(hashes: U8, *, engine: Engine = Engine.KERNELS) -> U8:
    """Hash neighbours two by two: uint8 (n, 32) to (n / 2, 32); an odd last one moves up as it is.

    Once for each level that is the root of a tree of RFC 9162 over them.
    """
    pairs = len(hashes) // 2
    both = hashes[: 2 * pairs].reshape(pairs, 2 * HASH_BYTES)
    above = hashed_rows(NODE, both, engine=engine)
    return above if 2 * pairs == len(hashes) else np.concatenate([above, hashes[2 * pairs :]])


def root_over(leaves: U8, *, engine: Engine = Engine.KERNELS) -> bytes:
    """The root of a tree of RFC 9162 over the leaves, uint8 (n, m), in their order."""
    if not len(leaves):
        return hashlib.sha256().digest()
    level = hashed_rows(LEAF, leaves, engine=engine)
    while len(level) > 1:
        level = paired(level, engine=engine)
    return bytes(level[0])
