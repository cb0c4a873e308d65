"""Opening sealed ballots in one stream: one cipher an epoch, no object a ballot.

Whoever opens a million calls :meth:`Opener.opened_whats` with some of them at a time; the epochs
opened so far are remembered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from talkoot.voting.sealing.boxes import SEED_BYTES, CannotOpen, PrivateKey
from talkoot.voting.sealing.epochs import EpochId, SealedEpoch
from talkoot.voting.sealing.whats import (
    CIPHERTEXT_AT,
    FINGERPRINT_AT,
    NONCE_HEAD,
    NUMBER_AT,
    WHAT_OVERHEAD,
)

UNOPENED = 0xFF
"""Fills the place of a ballot that does not open: never the bytes of any ballot."""


class OpeningFault(StrEnum):
    """Why a sealed ballot does not open."""

    UNKNOWN_EPOCH = "unknown-epoch"
    CLOSED_EPOCH = "closed-epoch"
    NOT_AUTHENTIC = "not-authentic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One ballot that did not open: its place among those given, from 0, and why."""

    index: int
    fault: OpeningFault


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedWhats:
    """Padded ballots back to back, ``ballot_length`` bytes each, in the order of the *whats*.

    The place of one that failed is filled with ``ff``, which no ballot of any election is.
    """

    ballots: bytearray
    ballot_length: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenEpoch:
    cipher: ChaCha20Poly1305
    aad_head: bytes


class Opener:
    """The trustees' key at work. It lives as long as a count and is written nowhere."""

    def __init__(self, tally: PrivateKey) -> None:
        self._tally = tally
        self._epochs: dict[bytes, _OpenEpoch | OpeningFault] = {}

    def epoch_key(self, epoch: SealedEpoch) -> bytes:
        """The key of an epoch. Raises :class:`CannotOpen` on one that was altered or moved."""
        key = self._tally.opened(epoch.sealed_key, epoch.position.info)
        if len(key) != SEED_BYTES:
            raise CannotOpen(f"an epoch's key has {SEED_BYTES} bytes, not {len(key)}")
        return key

    def opened_whats(
        self,
        whats: bytes | bytearray | memoryview,
        length: int,
        epochs: Mapping[EpochId, SealedEpoch],
    ) -> OpenedWhats:
        """Open many *whats* that lie back to back, each ``length`` bytes long.

        ``epochs`` are the stored ones by name. Raises ``ValueError`` if the bytes are not a whole
        number of *whats*.
        """
        if length < WHAT_OVERHEAD or len(whats) % length:
            raise ValueError(f"{len(whats)} bytes are not a whole number of {length}")
        view, size = memoryview(whats), length - WHAT_OVERHEAD
        ballots = bytearray(len(view) // length * size)
        into, unopened, failures = memoryview(ballots), bytes([UNOPENED]) * size, list[Failure]()
        for index, at in enumerate(range(0, len(view), length)):
            place = into[index * size : index * size + size]
            fault = self._opened_into(view[at : at + length], place, epochs)
            if fault is not None:
                place[:] = unopened
                failures.append(Failure(index=index, fault=fault))
        return OpenedWhats(ballots=ballots, ballot_length=size, failures=tuple(failures))

    def _opened_into(
        self, what: memoryview, place: memoryview, epochs: Mapping[EpochId, SealedEpoch]
    ) -> OpeningFault | None:
        name = bytes(what[:NUMBER_AT])
        epoch = self._epochs.get(name) or self._opened_epoch(EpochId(name), epochs)
        if isinstance(epoch, OpeningFault):
            return epoch
        number = bytes(what[NUMBER_AT:FINGERPRINT_AT])
        try:
            epoch.cipher.decrypt_into(
                NONCE_HEAD + number, what[CIPHERTEXT_AT:], epoch.aad_head + number, place
            )
        except InvalidTag:
            return OpeningFault.NOT_AUTHENTIC
        return None

    def _opened_epoch(
        self, name: EpochId, epochs: Mapping[EpochId, SealedEpoch]
    ) -> _OpenEpoch | OpeningFault:
        sealed = epochs.get(name)
        # A stored epoch that was altered has another name than the one it is kept under.
        if sealed is None or sealed.id != name:
            return OpeningFault.UNKNOWN_EPOCH
        try:
            cipher = ChaCha20Poly1305(self.epoch_key(sealed))
        except CannotOpen:
            self._epochs[name] = OpeningFault.CLOSED_EPOCH
            return OpeningFault.CLOSED_EPOCH
        opened = _OpenEpoch(cipher=cipher, aad_head=sealed.position.aad_head)
        self._epochs[name] = opened
        return opened
