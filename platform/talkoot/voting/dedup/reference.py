"""The slow twins: the same settlement by dictionaries, one entry at a time."""

from collections.abc import Sequence

import numpy as np

from talkoot.base.bytes import Digest
from talkoot.base.ids import VoterKey
from talkoot.voting.ballot import Entry
from talkoot.voting.dedup.columns import EntryColumns
from talkoot.voting.dedup.settlement import Settlement, Standing

Voter = tuple[int, int]
SortKey = tuple[int, int, bytes]


def standing_entries(entries: Sequence[Entry]) -> dict[VoterKey, Digest]:
    """Give for each voter the hash of the entry that stands."""
    best: dict[VoterKey, Entry] = {}
    for entry in entries:
        other = best.get(entry.voter_key)
        if other is None or entry.sort_key > other.sort_key:
            best[entry.voter_key] = entry
    return {voter: best[voter].hash for voter in sorted(best)}


def settlement_of(entries: EntryColumns) -> Settlement:
    """Settle columns of entries."""
    first: dict[tuple[Voter, SortKey], int] = {}
    best: dict[Voter, tuple[SortKey, int]] = {}
    keys = [_keys(entries, row) for row in range(len(entries))]
    for row, (voter, key) in enumerate(keys):
        first.setdefault((voter, key), row)
        if voter not in best or key > best[voter][0]:
            best[voter] = (key, row)
    fates, by = [], []
    for row, (voter, key) in enumerate(keys):
        if row == best[voter][1]:
            fate, other = Standing.STANDS, -1
        elif row != first[voter, key]:
            fate, other = Standing.DUPLICATE, first[voter, key]
        else:
            fate, other = Standing.SUPERSEDED, best[voter][1]
        fates.append(fate)
        by.append(other)
    return Settlement(
        standing=np.array([best[voter][1] for voter in sorted(best)], np.int64),
        fates=np.array(fates, np.uint8),
        superseded_by=np.array(by, np.int64),
    )


def _keys(entries: EntryColumns, row: int) -> tuple[Voter, SortKey]:
    high, low = entries.voter[row].tolist()
    order, word = entries.precedence[row].tolist()
    return (high, low), (order, word, entries.entry_hash[row].tobytes())
