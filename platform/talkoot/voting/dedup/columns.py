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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EntryColumns:
    """One row per entry, in any order.

    ``voter``: uint64 (n, 2), the voter key's bytes as two big-endian numbers, first half first;
    ``rank``, ``round``, ``beacon``: int64 (n,); ``entry_hash``: uint8 (n, 32).
    """

    voter: U64
    rank: I64
    round: I64
    beacon: I64
    entry_hash: U8

    def __post_init__(self) -> None:
        """Raise ``ValueError`` unless all columns have their shape and the same length."""
        rows = len(self.rank)
        shapes = (self.voter.shape, self.round.shape, self.beacon.shape, self.entry_hash.shape)
        if shapes != ((rows, 2), (rows,), (rows,), (rows, DIGEST_BYTES)):
            raise ValueError(f"columns of entries do not fit together: {rows} rows, {shapes}")

    def __len__(self) -> int:
        """The number of entries, repeats included."""
        return len(self.rank)


def columns_from(entries: Sequence[Entry]) -> EntryColumns:
    """Give the columns of entries, row by row in the order given.

    Raises ``ValueError`` for a voter key that does not have 16 bytes, and ``OverflowError`` for a
    rank, round or beacon of 2^63 or more, which no real entry has.
    """
    keys = [entry.voter_key for entry in entries]
    if any(len(key) != VOTER_KEY_BYTES for key in keys):
        raise ValueError(f"a voter key has {VOTER_KEY_BYTES} bytes")
    hashes = b"".join(entry.hash for entry in entries)
    return EntryColumns(
        voter=np.frombuffer(b"".join(keys), dtype=">u8").reshape(-1, 2).astype(np.uint64),
        rank=np.array([entry.rank for entry in entries], dtype=np.int64),
        round=np.array([entry.round for entry in entries], dtype=np.int64),
        beacon=np.array([entry.beacon for entry in entries], dtype=np.int64),
        entry_hash=np.frombuffer(hashes, dtype=np.uint8).reshape(-1, DIGEST_BYTES),
    )
