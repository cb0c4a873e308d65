"""The digest of a set of standing entries. Kernel."""

import numpy as np
import numpy.typing as npt

from talkoot.base.compiled import inlined, kernel
from talkoot.base.sha256 import LANES, SCRATCH, hashed, padded

U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

SALT, KEY, HASH = 16, 16, 32
"""Bytes of the three parts of what is hashed."""
ROOM = 128
"""Bytes of the two blocks that they fill with their padding."""


@inlined
def _added(total: U64, out: U8, lane: int) -> None:
    """Add a lane's hash, a number of 32 bytes, to four words, the greatest first, modulo 2^256."""
    carry = np.uint64(0)
    for word in range(3, -1, -1):
        number = np.uint64(0)
        for byte in range(8):
            number = (number << np.uint64(8)) | np.uint64(out[lane, 8 * word + byte])
        before = total[word]
        after = np.uint64(before + number)
        overflow = np.uint64(after < before)
        total[word] = np.uint64(after + carry)
        carry = overflow | np.uint64(total[word] < after)


@inlined
def _laid_out(messages: U8, lane: int, voter: U64, entry_hash: U8, row: int) -> int:
    """Write a row behind the salt of a lane; give its number of blocks."""
    for byte in range(8):
        shift = np.uint64(56 - 8 * byte)
        messages[lane, SALT + byte] = np.uint8((voter[row, 0] >> shift) & np.uint64(255))
        messages[lane, SALT + 8 + byte] = np.uint8((voter[row, 1] >> shift) & np.uint64(255))
    for byte in range(HASH):
        messages[lane, SALT + KEY + byte] = entry_hash[row, byte]
    return padded(messages, lane, SALT + KEY + HASH)


@kernel("void(const(u8[:, ::1]), const(u1[:, ::1]), const(i8[::1]), const(u1[::1]), u8[::1])")
def summed(voter: U64, entry_hash: U8, rows: I64, salt: U8, total: U64) -> None:
    """Add SHA-256(salt || voter key || entry hash) of every row to ``total``, modulo 2^256.

    ``voter``: uint64 (n, 2); ``entry_hash``: uint8 (n, 32); ``rows``: int64 (m,); ``salt``: uint8
    (16,); ``total``: uint64 (4,), the greatest word first.
    """
    messages = np.empty((LANES, ROOM), dtype=np.uint8)
    scratch = np.empty(SCRATCH, dtype=np.uint32)
    blocks = np.zeros(LANES, dtype=np.int64)
    out = np.empty((LANES, HASH), dtype=np.uint8)
    for lane in range(LANES):
        for byte in range(SALT):
            messages[lane, byte] = salt[byte]
    for first in range(0, len(rows), LANES):
        number = min(LANES, len(rows) - first)
        for lane in range(number):
            blocks[lane] = _laid_out(messages, lane, voter, entry_hash, rows[first + lane])
        hashed(messages, blocks, scratch, out)
        for lane in range(number):
            _added(total, out, lane)
