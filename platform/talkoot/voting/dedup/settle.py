"""Of each voter's entries the one with the greatest (rank, round, beacon, entry hash) stands."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from talkoot.base.engine import Engine
from talkoot.voting.dedup.columns import I64, U8, EntryColumns

Rows = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


class Standing(IntEnum):
    """What became of an entry."""

    STANDS = 0
    """It counts."""
    SUPERSEDED = 1
    """Another entry of the same voter has the greater sort key."""
    DUPLICATE = 2
    """The same entry is there already: a repeat of the same bytes is one entry."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settlement:
    """Which entries stand.

    ``standing``: rows of the entries that count, sorted by voter key, one a voter;
    ``fates``: uint8 (n,), a :class:`Standing` for each row given; ``superseded_by``: int64 (n,),
    for a superseded row the row of its voter that stands, for a duplicate the row that it repeats,
    and -1 for a row that stands. Of equal entries the first row speaks for all; which row that is
    depends on the order given, what it holds does not.
    """

    standing: Rows
    fates: U8
    superseded_by: I64

    def number(self, fate: Standing) -> int:
        """How many rows had this fate."""
        return int(np.count_nonzero(self.fates == fate))


def settled(entries: EntryColumns, *, engine: Engine = Engine.KERNELS) -> Settlement:
    """Settle which entry of each voter stands, from the set of entries alone."""
    del engine
    return sorted_settlement(entries)


def sorted_settlement(entries: EntryColumns) -> Settlement:
    """Settle by sorting everything: for keys that are not spread evenly, as a hash's are."""
    order = _sorted_rows(entries)
    last = _last_of_its_voter(entries, order)
    repeat = _repeats(entries, order)
    first = _first_rows(order, repeat)
    standing = first[last]
    fates = np.full(len(entries), Standing.SUPERSEDED, dtype=np.uint8)
    fates[order[repeat]] = Standing.DUPLICATE
    fates[standing] = Standing.STANDS
    superseded_by = np.empty(len(entries), dtype=np.int64)
    superseded_by[order] = np.repeat(standing, np.diff(np.flatnonzero(last), prepend=-1))
    superseded_by[order[repeat]] = first[repeat]
    superseded_by[standing] = -1
    return Settlement(standing=standing, fates=fates, superseded_by=superseded_by)


def _sorted_rows(entries: EntryColumns) -> Rows:
    """Rows by voter key, then by sort key; equal entries in the order given."""
    words = entries.entry_hash.view(">u8")
    least_first = [words[:, column].astype(np.uint64) for column in (3, 2, 1)]
    precedence, voter = entries.precedence, entries.voter
    key = (precedence[:, 1], precedence[:, 0], voter[:, 1], voter[:, 0])
    return np.lexsort((*least_first, *key))


def _last_of_its_voter(entries: EntryColumns, order: Rows) -> Flags:
    voter = entries.voter[order]
    last = np.ones(len(order), dtype=np.bool_)
    last[:-1] = np.any(voter[1:] != voter[:-1], axis=1)
    return last


def _repeats(entries: EntryColumns, order: Rows) -> Flags:
    """Whether a sorted row is the same entry as the row before it."""
    hashes, voter = entries.entry_hash[order], entries.voter[order]
    repeat = np.zeros(len(order), dtype=np.bool_)
    repeat[1:] = np.all(hashes[1:] == hashes[:-1], axis=1) & np.all(voter[1:] == voter[:-1], axis=1)
    return repeat


def _first_rows(order: Rows, repeat: Flags) -> Rows:
    """For each sorted row the first row given that holds the same entry."""
    places = np.where(repeat, 0, np.arange(len(order)))
    return order[np.maximum.accumulate(places)]
