"""What the door seals with: for each election the key of the present epoch, in memory alone.

A key serves one minute or a thousand ballots, whichever ends first, and is then forgotten. What is
left of it is its copy sealed to the trustees, stored with the first ballot that needs it.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from talkoot.base.ids import ElectionId, SubmissionId
from talkoot.voting.sealing import (
    DEVICE_BYTES,
    EpochId,
    EpochPosition,
    SealedEpoch,
    SealingEpoch,
    fingerprint_of,
    new_epoch,
    sealed_ballot,
)

EPOCH_LASTS = timedelta(seconds=60)
EPOCH_BALLOTS = 1_000
WEB_EPOCH = 0
"""The number of every epoch of a door: which was when must not be told."""
NUMBER_BYTES = 8


@dataclass(slots=True)
class _Current:
    """An epoch in use: since when, and which numbers it has given away."""

    epoch: SealingEpoch
    since: datetime
    numbers: set[int] = field(default_factory=set)

    def serves(self, at: datetime) -> bool:
        lasts = self.since <= at < self.since + EPOCH_LASTS
        return lasts and len(self.numbers) < EPOCH_BALLOTS

    def drawn(self) -> int:
        """Draw a number that tells nothing of the order, and that was not drawn before."""
        while (number := int.from_bytes(secrets.token_bytes(NUMBER_BYTES), "big")) in self.numbers:
            pass
        self.numbers.add(number)
        return number


class Seals:
    """The epochs of one door, which is a device of its own, by a name drawn when it was made."""

    def __init__(self) -> None:
        self.device = secrets.token_bytes(DEVICE_BYTES)
        self._current: dict[ElectionId, _Current] = {}
        self._unstored: dict[EpochId, SealedEpoch] = {}

    def sealed(
        self,
        ballot: bytes,
        *,
        election_id: ElectionId,
        tally_public: bytes,
        submission_id: SubmissionId,
        at: datetime,
    ) -> bytes:
        """Seal a ballot that arrived at ``at`` (UTC); from here on only trustees can open it."""
        current = self._current.get(election_id)
        if current is None or not current.serves(at):
            current = self._begun(election_id, tally_public, at)
        fingerprint = fingerprint_of(submission_id.bytes, ballot)
        return sealed_ballot(current.epoch, current.drawn(), ballot, fingerprint)

    def _begun(self, election_id: ElectionId, tally_public: bytes, at: datetime) -> _Current:
        position = EpochPosition(election_id=election_id, device=self.device, epoch=WEB_EPOCH)
        epoch = new_epoch(tally_public, position)
        self._unstored[epoch.id] = epoch.sealed
        self._current[election_id] = current = _Current(epoch=epoch, since=at)
        return current

    def unstored(self, ids: Collection[EpochId]) -> Mapping[EpochId, SealedEpoch]:
        """Give those of the epochs that no committed transaction has stored yet."""
        return {id_: self._unstored[id_] for id_ in ids if id_ in self._unstored}

    def stored(self, ids: Collection[EpochId]) -> None:
        """Note that these are committed."""
        for id_ in ids:
            self._unstored.pop(id_, None)

    def forget(self) -> None:
        """Forget every key. The next ballot begins an epoch of its own."""
        self._current.clear()
