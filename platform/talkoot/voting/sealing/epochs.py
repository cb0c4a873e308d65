"""Sealing epochs: one key for a few ballots, itself sealed once to the trustees.

The dear part of public-key sealing is paid once an epoch. Whoever holds a :class:`SealingEpoch`
forgets it when the epoch ends; what is kept is the :class:`SealedEpoch`.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NewType

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from talkoot.base.bytes import Tag, digest, pre, u64
from talkoot.base.ids import ElectionId
from talkoot.voting.sealing.boxes import drawn_bytes, sealed_box

EpochId = NewType("EpochId", bytes)
"""16 bytes that name an epoch by its content."""

DEVICE_BYTES = 16
EPOCH_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochPosition:
    """Where an epoch belongs: the device has 16 bytes, the number 64 bits."""

    election_id: ElectionId
    device: bytes
    epoch: int

    def __post_init__(self) -> None:
        """Raises ``ValueError`` on a device of another length or a number that does not fit."""
        if len(self.device) != DEVICE_BYTES:
            raise ValueError(f"a device has {DEVICE_BYTES} bytes, not {len(self.device)}")
        u64(self.epoch)

    @property
    def fields(self) -> tuple[bytes, bytes, bytes]:
        """The position as fields of the canonical encoding."""
        return (self.election_id.bytes, self.device, u64(self.epoch))

    @property
    def info(self) -> bytes:
        """What binds an epoch's key to its place."""
        return pre(Tag.EPOCH, *self.fields)

    @property
    def aad_head(self) -> bytes:
        """The associated data of each of the epoch's ballots, up to the eight bytes of a number."""
        return pre(Tag.WHAT, *self.fields, u64(0))[:-8]


@dataclass(frozen=True, kw_only=True)
class SealedEpoch:
    """What is stored of an epoch. Its name is worked out: an altered one has another."""

    position: EpochPosition
    sealed_key: bytes

    @cached_property
    def id(self) -> EpochId:
        """The first 16 bytes of the digest of position and sealed key."""
        named = digest(Tag.EPOCH, *self.position.fields, self.sealed_key)
        return EpochId(named[:EPOCH_ID_BYTES])


@dataclass(frozen=True, kw_only=True)
class SealingEpoch:
    """An epoch while ballots are sealed in it. The key is shown by no ``repr``."""

    sealed: SealedEpoch
    key: bytes = field(repr=False)

    @property
    def id(self) -> EpochId:
        """The epoch's name."""
        return self.sealed.id

    @property
    def position(self) -> EpochPosition:
        """Where the epoch belongs."""
        return self.sealed.position

    @property
    def sealed_key(self) -> bytes:
        """The key as only the trustees can read it."""
        return self.sealed.sealed_key

    @cached_property
    def cipher(self) -> ChaCha20Poly1305:
        """The key at work."""
        return ChaCha20Poly1305(self.key)

    @cached_property
    def aad_head(self) -> bytes:
        """See :attr:`EpochPosition.aad_head`."""
        return self.position.aad_head


def new_epoch(tally_public: bytes, position: EpochPosition) -> SealingEpoch:
    """Draw an epoch's key and seal it to the trustees' key at this place."""
    key = drawn_bytes()
    sealed = SealedEpoch(position=position, sealed_key=sealed_box(tally_public, key, position.info))
    return SealingEpoch(sealed=sealed, key=key)
