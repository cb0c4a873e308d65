"""A kiosk's ballot in its journal: an epoch of its own, whose sealed key lies before the *what*.

``sealed key (1168) || what``. The kiosk forgets the epoch's key before it says thank you, so what
it keeps tells it no more than it tells a thief.
"""

from talkoot.voting.sealing.boxes import BOX_OVERHEAD, SEED_BYTES
from talkoot.voting.sealing.epochs import EpochPosition, SealedEpoch, new_epoch
from talkoot.voting.sealing.whats import NotAWhat, parts_of, sealed_ballot

SEALED_KEY_BYTES = SEED_BYTES + BOX_OVERHEAD


def sealed_for_journal(
    tally_public: bytes, position: EpochPosition, seq: int, ballot: bytes, fingerprint: bytes
) -> bytes:
    """Seal one ballot's padded bytes for the entry with this number of a journal."""
    epoch = new_epoch(tally_public, position)
    return epoch.sealed_key + sealed_ballot(epoch, seq, ballot, fingerprint)


def epoch_and_what(position: EpochPosition, seq: int, field: bytes) -> tuple[SealedEpoch, bytes]:
    """Take a journal's field apart. Raises :class:`NotAWhat` unless it is of this place."""
    epoch = SealedEpoch(position=position, sealed_key=field[:SEALED_KEY_BYTES])
    what = field[SEALED_KEY_BYTES:]
    parts = parts_of(what)
    if parts.epoch_id != epoch.id or parts.number != seq:
        raise NotAWhat("the ballot was sealed for another place than its entry's")
    return epoch, what
