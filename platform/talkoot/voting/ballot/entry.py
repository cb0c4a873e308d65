"""An entry: a ballot with its place in the log, and the sort key that decides which one counts."""

from dataclasses import dataclass
from functools import cached_property

from talkoot.base.bytes import Digest, Tag, digest, text, u64
from talkoot.base.ids import ElectionId, SubmissionId, VoterKey
from talkoot.voting.ballot.rules import Channel

RECEIPT_SYMBOLS = 16


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One cast ballot as the log keeps it. It carries no time and no serial number.

    ``rank`` comes from the definition's table; ``round`` counts this voter's casts on line, from 1
    (0 off line); ``beacon`` is the last beacon before a kiosk's entry (0 on line); ``what`` are the
    ballot's bytes, all of one length.
    """

    election_id: ElectionId
    submission_id: SubmissionId
    voter_key: VoterKey
    definition_hash: Digest
    channel: Channel
    rank: int
    round: int
    beacon: int
    what: bytes

    @cached_property
    def hash(self) -> Digest:
        """SHA-256 over the canonical bytes of all fields: the entry's name, and the receipt."""
        return digest(
            Tag.ENTRY,
            self.election_id.bytes,
            self.submission_id.bytes,
            self.voter_key,
            self.definition_hash,
            text(self.channel),
            u64(self.rank),
            u64(self.round),
            u64(self.beacon),
            self.what,
        )

    @property
    def sort_key(self) -> tuple[int, int, int, bytes]:
        """Of one voter's entries the one with the greatest key counts."""
        return (self.rank, self.round, self.beacon, self.hash)


def receipt_number(entry_hash: Digest) -> str:
    """Give the receipt as people read it: 16 symbols of the entry's hash in groups of four.

    It proves that the ballot is recorded and never what it says.
    """
    symbols = entry_hash.hex().upper()[:RECEIPT_SYMBOLS]
    return "-".join(symbols[at : at + 4] for at in range(0, RECEIPT_SYMBOLS, 4))
