"""Canonical bytes: the one encoding under every hash, seal and signature.

``pre(tag, f1, ..., fn)`` is ``bs("pbk1/" + tag) || u32(n) || bs(f1) || ... || bs(fn)`` where
``bs(x)`` is the length of ``x`` as a 32-bit big-endian number followed by ``x``. Every part carries
its length, so two lists of fields give the same bytes only if they are the same list.
``docs/wire.md`` holds the test vectors.
"""

import hashlib
import hmac
import unicodedata
from enum import StrEnum
from typing import NewType

Digest = NewType("Digest", bytes)
"""32 bytes of SHA-256."""

DIGEST_BYTES = 32
_PREFIX = b"pbk1/"
_U32_MAX = 2**32 - 1
_U64_MAX = 2**64 - 1


class Tag(StrEnum):
    """What the bytes are. A closed list: bytes of one kind can never be read as another."""

    ACTION = "action"
    AUDIT_ENTRY = "audit-entry"
    BALLOT = "ballot"
    BALLOT_DEFINITION = "ballot-definition"
    BEACON = "beacon"
    BOARD_LEAF = "board-leaf"
    CODE = "code"
    CODE_QR = "code-qr"
    DEVICE_CERT = "device-cert"
    ENTRY = "entry"
    EPOCH = "epoch"
    FINGERPRINT = "fingerprint"
    JOURNAL_ENTRY = "journal-entry"
    JOURNAL_GENESIS = "journal-genesis"
    PUBLIC_FILE = "public-file"
    RECEIPT = "receipt"
    SEALING = "sealing"
    SESSION_TOKEN = "session-token"  # noqa: S105 - the name of a kind of bytes, no secret
    SHARE = "share"
    SUBMISSION = "submission"
    TIME_TOKEN = "time-token"  # noqa: S105 - as above
    TRUSTEE_KEY = "trustee-key"
    VOTER_PSEUDONYM = "voter-pseudonym"
    WHAT = "what"
    WHO = "who"


def u32(number: int) -> bytes:
    """Four bytes, big-endian. Raises ``ValueError`` outside 0..2^32-1."""
    if not 0 <= number <= _U32_MAX:
        raise ValueError(f"{number} does not fit 32 bits")
    return number.to_bytes(4, "big")


def u64(number: int) -> bytes:
    """Eight bytes, big-endian. Raises ``ValueError`` outside 0..2^64-1."""
    if not 0 <= number <= _U64_MAX:
        raise ValueError(f"{number} does not fit 64 bits")
    return number.to_bytes(8, "big")


def bs(field: bytes) -> bytes:
    """Give a field with its length before it."""
    return u32(len(field)) + field


def text(value: str) -> bytes:
    """Give text as UTF-8 in Unicode normal form C."""
    return unicodedata.normalize("NFC", value).encode("utf-8")


def pre(tag: Tag, *fields: bytes) -> bytes:
    """Give the injective encoding of a list of fields under a tag."""
    head = bs(_PREFIX + tag.value.encode("ascii"))
    return head + u32(len(fields)) + b"".join(bs(field) for field in fields)


def digest(tag: Tag, *fields: bytes) -> Digest:
    """SHA-256 over :func:`pre`."""
    return Digest(hashlib.sha256(pre(tag, *fields)).digest())


def mac(key: bytes, tag: Tag, *fields: bytes) -> bytes:
    """HMAC-SHA-256 (RFC 2104) over :func:`pre`, 32 bytes."""
    return hmac.new(key, pre(tag, *fields), hashlib.sha256).digest()
