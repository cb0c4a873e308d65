"""The slow twin: the same settlement by a dictionary, one entry at a time."""

from collections.abc import Sequence

from talkoot.base.bytes import Digest
from talkoot.base.ids import VoterKey
from talkoot.voting.ballot import Entry


def standing_entries(entries: Sequence[Entry]) -> dict[VoterKey, Digest]:
    """Give for each voter the hash of the entry that stands."""
    best: dict[VoterKey, Entry] = {}
    for entry in entries:
        other = best.get(entry.voter_key)
        if other is None or entry.sort_key > other.sort_key:
            best[entry.voter_key] = entry
    return {voter: best[voter].hash for voter in sorted(best)}
