"""Of each voter's entries the one with the greatest (rank, round, beacon, entry hash) stands."""

from collections.abc import Sequence
from typing import assert_never

import numpy as np

from talkoot.base.engine import Engine
from talkoot.voting.dedup import reference
from talkoot.voting.dedup.columns import I64, U8, U64, EntryColumns
from talkoot.voting.dedup.settlement import Settlement
from talkoot.voting.dedup.sorting import settled_by_sorting

MOST_ENTRIES = (1 << 32) - 1
"""Of one count on one machine: a cell of the table has 32 bits for the row."""

_ROWS_OF_A_PART = 13
_MOST_PARTS = 12
"""Both as powers of two: parts of 2^13 to 2^14 rows stay in the cache nearest but one, and more
than 2^12 parts cost more in spreading than they save (decision 0016)."""


def settled(entries: EntryColumns, *, engine: Engine = Engine.KERNELS) -> Settlement:
    """Settle which entry of each voter stands, from the set of entries alone.

    Raises ``ValueError`` for 2^32 entries and more: cut such a log by voter key.
    """
    match engine:
        case Engine.KERNELS:
            return _settled_by_table(entries)
        case Engine.TWINS:
            return reference.settlement_of(entries)
        case _:
            assert_never(engine)


class Settler:
    """Entries that come in batches: a kiosk's journal, a day's log.

    The answer is that of all batches put together, whatever their order, their size and how often
    each comes. Rows are numbered over all batches in the order added.
    """

    def __init__(self, *, engine: Engine = Engine.KERNELS) -> None:
        """Begin without entries."""
        self._engine = engine
        self._batches: list[EntryColumns] = []

    def add(self, batch: EntryColumns) -> None:
        """Take a batch in. It is kept, not copied: whoever gave it must not change it."""
        self._batches.append(batch)

    def settled(self) -> Settlement:
        """Settle what has been added so far; more may be added after."""
        self._batches = [joined(self._batches)]
        return settled(self._batches[0], engine=self._engine)


def joined(batches: Sequence[EntryColumns]) -> EntryColumns:
    """Give the rows of all batches, one batch after the other."""
    if len(batches) == 1:
        return batches[0]
    none: tuple[U64, U8] = (np.zeros((0, 2), np.uint64), np.zeros((0, 32), np.uint8))
    return EntryColumns(
        voter=np.concatenate([none[0], *(batch.voter for batch in batches)]),
        precedence=np.concatenate([none[0], *(batch.precedence for batch in batches)]),
        entry_hash=np.concatenate([none[1], *(batch.entry_hash for batch in batches)]),
    )


def warm() -> None:
    """Compile this room's kernels, or load them where that was done before."""
    from talkoot.voting.dedup import kernels

    del kernels


def _settled_by_table(entries: EntryColumns) -> Settlement:
    from talkoot.voting.dedup import kernels

    number = len(entries)
    if number > MOST_ENTRIES:
        raise ValueError(f"{number} entries are more than the {MOST_ENTRIES} of one count")
    ends, cells = _spread(entries)
    largest = int(np.diff(ends, prepend=0).max())
    by = np.full(number, -1, np.int64)
    fates = np.zeros(number, np.uint8)
    standing = cells.view(np.int64)
    columns = (entries.voter, entries.precedence, entries.entry_hash)
    sorting, met, lost_rows = (np.empty(largest + 1, np.uint64) for _ in range(3))
    counts = np.empty(largest + 1, np.uint32)
    count = kernels.settled_parts(
        *columns, ends, cells, sorting, counts, met, lost_rows, by, fates, standing
    )
    if count == kernels.CROWDED:
        return settled_by_sorting(entries)
    rows = np.flatnonzero(fates == kernels.MAY_REPEAT)
    rows = rows[np.argsort(entries.precedence[rows, 1], kind="stable")]
    kernels.repeats_marked(*columns, rows, by, fates)
    return Settlement(standing=standing[:count], fates=fates, superseded_by=by)


def _spread(entries: EntryColumns) -> tuple[I64, U64]:
    """The rows by the top bits of their keys: where each part ends, and its cells."""
    from talkoot.voting.dedup import kernels

    number = len(entries)
    bits = min(max(number.bit_length() - _ROWS_OF_A_PART - 1, 0), _MOST_PARTS)
    ends, cells = np.zeros(1 << bits, np.int64), np.empty(number, np.uint64)
    kernels.spread(entries.voter, np.uint64(bits), ends, cells)
    return ends, cells
