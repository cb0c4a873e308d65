"""Entries as columns: the arrays that the counting kernels read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from talkoot.base.bytes import DIGEST_BYTES
from talkoot.base.ids import VOTER_KEY_BYTES
from talkoot.voting.ballot import Entry

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

RANK_BITS, ROUND_BITS, BEACON_BITS = 8, 24, 32
"""How many bits of the first word of precedence each number has, from the top down."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EntryColumns:
    """One row per entry, in any order; each array lies row after row in memory.

    ``voter``: uint64 (n, 2), the voter key's bytes as two big-endian numbers, first half first;
    ``precedence``: uint64 (n, 2), what decides which entry stands, the greater before the smaller:
    first ``rank << 56 | round << 32 | beacon``, then the first 8 bytes of the entry's hash as a
    big-endian number; ``entry_hash``: uint8 (n, 32), which decides what precedence leaves equal,
    and tells a repeat of the same entry.
    """

    voter: U64
    precedence: U64
    entry_hash: U8

    def __post_init__(self) -> None:
        """Raise ``ValueError`` naming the column that has not the shape or type promised."""
        rows = len(self.voter)
        _fits("voter", self.voter, (rows, 2), "uint64")
        _fits("precedence", self.precedence, (rows, 2), "uint64")
        _fits("entry_hash", self.entry_hash, (rows, DIGEST_BYTES), "uint8")

    def __len__(self) -> int:
        """The number of entries, repeats included."""
        return len(self.voter)


def columns_from(entries: Sequence[Entry]) -> EntryColumns:
    """Give the columns of entries, row by row in the order given.

    Raises ``ValueError`` naming row and field for a voter key that does not have 16 bytes, and for
    a rank of 2^8, a round of 2^24 or a beacon of 2^32 and more, or below 0.
    """
    for row, entry in enumerate(entries):
        if len(entry.voter_key) != VOTER_KEY_BYTES:
            found = len(entry.voter_key)
            raise ValueError(f"row {row}: voter_key has {found} bytes, not {VOTER_KEY_BYTES}")
    keys = b"".join(entry.voter_key for entry in entries)
    hashes = b"".join(entry.hash for entry in entries)
    entry_hash = np.frombuffer(hashes, dtype=np.uint8).reshape(-1, DIGEST_BYTES)
    order = np.fromiter(
        (_order_of(row, entry) for row, entry in enumerate(entries)), np.uint64, len(entries)
    )
    return EntryColumns(
        voter=np.frombuffer(keys, dtype=">u8").reshape(-1, 2).astype(np.uint64),
        precedence=precedence_of(order, entry_hash),
        entry_hash=entry_hash,
    )


def precedence_of(order: U64, entry_hash: U8) -> U64:
    """Give the column of precedence: ``order`` is its first word, the hashes give the second.

    Shapes: (n,) and (n, 32) to (n, 2).
    """
    words = np.ascontiguousarray(entry_hash).view(">u8")
    return np.stack((order, words[:, 0].astype(np.uint64)), axis=1)


def _order_of(row: int, entry: Entry) -> int:
    """The first word of precedence."""
    word = 0
    for field, number, bits in (
        ("rank", entry.rank, RANK_BITS),
        ("round", entry.round, ROUND_BITS),
        ("beacon", entry.beacon, BEACON_BITS),
    ):
        if not 0 <= number < 1 << bits:
            raise ValueError(f"row {row}: {field} {number} does not fit {bits} bits")
        word = word << bits | number
    return word


def _fits(name: str, column: U64 | U8, shape: tuple[int, int], dtype: str) -> None:
    if column.shape != shape or column.dtype != dtype or not column.flags.c_contiguous:
        raise ValueError(
            f"columns of entries do not fit together: {name} is {column.dtype} {column.shape}, "
            f"not {dtype} {shape} row after row"
        )
