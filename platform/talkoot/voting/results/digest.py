"""A digest of the set of entries that stand, by which the log and the standing table are compared.

The digest of a set is the sum, modulo 2^256, of SHA-256(salt || voter key || entry hash) over its
members: no order, and the digests of disjoint sets add up. A sum of hashes can be forged by whoever
knows them all beforehand, so the salt is drawn when the count begins.
"""

import hashlib

import numpy as np
import numpy.typing as npt

from talkoot.base.engine import Engine

U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]

SALT_BYTES = 16
UNSALTED = bytes(SALT_BYTES)
DIGEST_BYTES = 32
EMPTY_SET = bytes(DIGEST_BYTES)


def set_digest(
    voter: U64, entry_hash: U8, rows: Rows, salt: bytes, *, engine: Engine = Engine.KERNELS
) -> bytes:
    """Digest the pairs in these rows: 32 bytes.

    ``voter``: uint64 (n, 2); ``entry_hash``: uint8 (n, 32); ``rows``: int64, each once. Raises
    ``ValueError`` for a salt that has not 16 bytes.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    if engine is Engine.TWINS:
        return _one_by_one(voter, entry_hash, rows, salt)
    from talkoot.voting.results.digest_kernel import summed

    total = np.zeros(DIGEST_BYTES // 8, dtype=np.uint64)
    summed(voter, entry_hash, rows, np.frombuffer(salt, dtype=np.uint8), total)
    return total.astype(">u8").tobytes()


def _one_by_one(voter: U64, entry_hash: U8, rows: Rows, salt: bytes) -> bytes:
    """The slow twin."""
    digests = []
    for row in rows.tolist():
        key = voter[row].astype(">u8").tobytes()
        digests.append(hashlib.sha256(salt + key + entry_hash[row].tobytes()).digest())
    return together(digests)


def together(digests: list[bytes]) -> bytes:
    """Give the digest of the union of disjoint sets from the digest of each."""
    total = sum(int.from_bytes(one, "big") for one in digests)
    return (total % (1 << 8 * DIGEST_BYTES)).to_bytes(DIGEST_BYTES, "big")
