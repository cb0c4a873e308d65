"""SHA-256 of the rows of an array. Kernel."""

import numpy as np
import numpy.typing as npt

from talkoot.base.compiled import kernel
from talkoot.base.sha256 import (
    BLOCK_BYTES,
    HASH_BYTES,
    LANES,
    PADDING_BYTES,
    SCRATCH,
    hashed,
    padded,
)

U8 = npt.NDArray[np.uint8]


@kernel("void(const(u1[::1]), const(u1[:, ::1]), u1[:, ::1])")
def rows_hashed(prefix: U8, rows: U8, out: U8) -> None:
    """Write SHA-256(prefix || row) of every row to ``out``.

    ``prefix``: uint8 (p,); ``rows``: uint8 (n, m); ``out``: uint8 (n, 32).
    """
    head, width = len(prefix), rows.shape[1]
    length = head + width
    room = (length + PADDING_BYTES + BLOCK_BYTES - 1) // BLOCK_BYTES * BLOCK_BYTES
    messages = np.zeros((LANES, room), dtype=np.uint8)
    scratch = np.empty(SCRATCH, dtype=np.uint32)
    blocks = np.zeros(LANES, dtype=np.int64)
    found = np.empty((LANES, HASH_BYTES), dtype=np.uint8)
    for lane in range(LANES):
        for byte in range(head):
            messages[lane, byte] = prefix[byte]
        blocks[lane] = padded(messages, lane, length)
    for first in range(0, len(rows), LANES):
        number = min(LANES, len(rows) - first)
        for lane in range(number):
            for byte in range(width):
                messages[lane, head + byte] = rows[first + lane, byte]
        hashed(messages, blocks, scratch, found)
        for lane in range(number):
            for byte in range(HASH_BYTES):
                out[first + lane, byte] = found[lane, byte]
