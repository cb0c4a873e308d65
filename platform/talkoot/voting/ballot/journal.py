"""The bytes of a device's journal: a chain of signed entries, written there and judged here.

An entry travels as ``PRE("journal-entry", nine fields) || signature (64)``; a journal file is such
entries one after the other, each with its length before it as 32 bits. Whoever receives one judges
the bytes as they came. Nothing in an entry tells a time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from uuid import UUID

from talkoot.base.bytes import DIGEST_BYTES, Digest, Tag, bs, digest, pre, u64
from talkoot.base.errors import TalkootError
from talkoot.base.ids import ElectionId

SIGNATURE_BYTES = 64
_FIELDS = 9
_ID_BYTES = 16
_HEAD = pre(Tag.JOURNAL_ENTRY)[:-4]

Sign = Callable[[bytes], bytes]
"""Gives the 64 bytes of an Ed25519 signature (RFC 8032) over what it is given."""


class NotAnEntry(TalkootError):
    """Bytes that are not the one form of any journal entry."""


class JournalKind(IntEnum):
    """What an entry of a journal tells: one byte."""

    OPEN = 0
    BALLOT = 1
    ABANDONED_COUNT = 2
    BEACON = 3
    TIME_TOKEN = 4
    STAFF_ACTION = 5
    CLOSE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPlace:
    """Which journal: of an election and device (16 bytes); ``epoch`` grows with each new one."""

    election_id: ElectionId
    device: bytes
    epoch: int

    @property
    def fields(self) -> tuple[bytes, bytes, bytes]:
        """The place as fields of the canonical encoding."""
        return (self.election_id.bytes, self.device, u64(self.epoch))

    @property
    def genesis(self) -> Digest:
        """What the first entry names as the one before it."""
        return digest(Tag.JOURNAL_GENESIS, *self.fields)


@dataclass(frozen=True, kw_only=True)
class JournalEntry:
    """One entry. ``who`` and ``what`` are sealed for a ballot; else ``what`` says what happened."""

    place: JournalPlace
    seq: int
    previous: Digest
    kind: JournalKind
    config_hash: Digest
    who: bytes
    what: bytes

    @property
    def canonical(self) -> bytes:
        """The bytes that are hashed and signed."""
        return pre(Tag.JOURNAL_ENTRY, *self._fields)

    @cached_property
    def hash(self) -> Digest:
        """SHA-256 of the canonical bytes: what the next entry names."""
        return digest(Tag.JOURNAL_ENTRY, *self._fields)

    @property
    def _fields(self) -> tuple[bytes, ...]:
        return (
            *self.place.fields,
            u64(self.seq),
            self.previous,
            bytes([self.kind]),
            self.config_hash,
            self.who,
            self.what,
        )


def signed_raw(entry: JournalEntry, sign: Sign) -> bytes:
    """An entry as it travels: its bytes and the device's signature over them."""
    return entry.canonical + sign(entry.canonical)


def entry_of_raw(raw: bytes) -> JournalEntry:
    """Read an entry as it travels, without judging signature or chain. Raises NotAnEntry."""
    canonical = raw[:-SIGNATURE_BYTES]
    try:
        election, device, epoch, seq, previous, kind, config, who, what = _fields_of(canonical)
        place = JournalPlace(
            election_id=ElectionId(UUID(bytes=election)), device=device, epoch=_number(epoch)
        )
        entry = JournalEntry(
            place=place,
            seq=_number(seq),
            previous=_digest(previous),
            kind=JournalKind(int.from_bytes(kind, "big")),
            config_hash=_digest(config),
            who=who,
            what=what,
        )
        same = entry.canonical == canonical
    except ValueError as err:
        raise NotAnEntry("these bytes are no journal entry") from err
    if len(device) != _ID_BYTES or not same:
        raise NotAnEntry("the entry is not in its one canonical form")
    return entry


def framed(raw: bytes) -> bytes:
    """An entry as it stands in a journal file."""
    return bs(raw)


def frames_of(content: bytes) -> Iterator[bytes]:
    """The entries of a journal file. Raises :class:`NotAnEntry` where the last one is torn."""
    at = 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        raw = content[at + 4 : at + 4 + length]
        if at + 4 > len(content) or len(raw) != length:
            raise NotAnEntry("the file ends within an entry")
        yield raw
        at += 4 + length


def _fields_of(canonical: bytes) -> list[bytes]:
    if not canonical.startswith(_HEAD):
        raise ValueError("another kind of bytes")
    count = int.from_bytes(canonical[len(_HEAD) : len(_HEAD) + 4], "big")
    try:
        fields = list(frames_of(canonical[len(_HEAD) + 4 :]))
    except NotAnEntry as err:
        raise ValueError("cut short") from err
    if count != _FIELDS or len(fields) != _FIELDS:
        raise ValueError("another number of fields")
    return fields


def _number(field: bytes) -> int:
    return int.from_bytes(field, "big")


def _digest(field: bytes) -> Digest:
    if len(field) != DIGEST_BYTES:
        raise ValueError("no digest")
    return Digest(field)
