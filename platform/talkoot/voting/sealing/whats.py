"""*What* of an entry: the ballot's bytes, sealed in an epoch under a number.

``epoch id (16) || u64(number) || fingerprint (16) || ciphertext || tag (16)``. A number is used
once in an epoch: it is the nonce.
"""

from dataclasses import dataclass
from uuid import UUID

from talkoot.base.bytes import Tag, digest, mac, u64
from talkoot.base.errors import TalkootError
from talkoot.base.ids import SubmissionId
from talkoot.voting.sealing.epochs import EPOCH_ID_BYTES, EpochId, SealingEpoch

FINGERPRINT_BYTES = 16
TAG_BYTES = 16
NUMBER_AT = EPOCH_ID_BYTES
FINGERPRINT_AT = NUMBER_AT + 8
CIPHERTEXT_AT = FINGERPRINT_AT + FINGERPRINT_BYTES
WHAT_OVERHEAD = CIPHERTEXT_AT + TAG_BYTES
"""Bytes of a *what* above the padded ballot."""

NONCE_HEAD = bytes(4)


class NotAWhat(TalkootError):
    """Bytes too short to be a sealed ballot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatParts:
    """The parts of a *what*, still sealed."""

    epoch_id: EpochId
    number: int
    fingerprint: bytes
    ciphertext: bytes


def sealed_ballot(epoch: SealingEpoch, number: int, ballot: bytes, fingerprint: bytes) -> bytes:
    """Seal a ballot's padded bytes in an epoch.

    ``number`` MUST NOT be used twice in an epoch. Raises ``ValueError`` on a fingerprint of another
    length or a number that does not fit 64 bits.
    """
    if len(fingerprint) != FINGERPRINT_BYTES:
        raise ValueError(f"a fingerprint has {FINGERPRINT_BYTES} bytes, not {len(fingerprint)}")
    packed = u64(number)
    ciphertext = epoch.cipher.encrypt(NONCE_HEAD + packed, ballot, epoch.aad_head + packed)
    return epoch.id + packed + fingerprint + ciphertext


def parts_of(what: bytes) -> WhatParts:
    """Read the parts of a *what*. Raises :class:`NotAWhat`."""
    if len(what) < WHAT_OVERHEAD:
        raise NotAWhat(f"a sealed ballot has at least {WHAT_OVERHEAD} bytes, not {len(what)}")
    return WhatParts(
        epoch_id=EpochId(what[:NUMBER_AT]),
        number=int.from_bytes(what[NUMBER_AT:FINGERPRINT_AT], "big"),
        fingerprint=what[FINGERPRINT_AT:CIPHERTEXT_AT],
        ciphertext=what[CIPHERTEXT_AT:],
    )


def fingerprint_of(submission_secret: bytes, ballot: bytes) -> bytes:
    """By what a repeat of a submission is known without opening it.

    Under a secret that is not stored: a thief of the database cannot try choices against it.
    """
    return mac(submission_secret, Tag.FINGERPRINT, ballot)[:FINGERPRINT_BYTES]


def stored_submission(submission: SubmissionId) -> SubmissionId:
    """What a sealed election stores instead of the id that the ballot page drew."""
    return SubmissionId(UUID(bytes=digest(Tag.SUBMISSION, submission.bytes)[:16]))
