"""Judging a device's journal: what is sound in it, and which entry is at fault and why.

A pure function of the bytes received, so that anybody who has them comes to the same judgement.
"""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from talkoot.base.bytes import Digest
from talkoot.voting.ballot.journal import (
    SIGNATURE_BYTES,
    JournalEntry,
    JournalKind,
    JournalPlace,
    NotAnEntry,
    entry_of_raw,
    framed,
    frames_of,
)


class JournalFaultKind(StrEnum):
    """What is wrong with an entry of a journal."""

    TORN = "torn"
    NOT_CANONICAL = "non-canonical"
    OTHER_JOURNAL = "other-journal"
    BAD_SIGNATURE = "bad-signature"
    GAP = "gap"
    FORK = "fork"
    BROKEN_CHAIN = "broken-chain"
    NOT_OPENED = "not-opened"
    AFTER_CLOSE = "after-close"
    UNKNOWN_CONFIG = "unknown-config"


_WORDS = {
    JournalFaultKind.TORN: "the file ends within it",
    JournalFaultKind.NOT_CANONICAL: "its bytes are not in their one form",
    JournalFaultKind.OTHER_JOURNAL: "it belongs to another election, device or journal",
    JournalFaultKind.BAD_SIGNATURE: "the device did not sign it",
    JournalFaultKind.GAP: "entries before it are missing",
    JournalFaultKind.FORK: "there is another entry with its number: two devices, or one that lies",
    JournalFaultKind.BROKEN_CHAIN: "it does not follow from the entry before it",
    JournalFaultKind.NOT_OPENED: "the journal does not begin with its opening",
    JournalFaultKind.AFTER_CLOSE: "it was written after the journal's close",
    JournalFaultKind.UNKNOWN_CONFIG: "its ballot definition is none that this election gave out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFault:
    """One fault. ``index`` is the entry's place in the file, from 0; ``seq`` its own number."""

    index: int
    seq: int | None
    kind: JournalFaultKind

    def __str__(self) -> str:
        """The fault as a sentence."""
        number = "" if self.seq is None else f", number {self.seq}"
        return f"entry {self.index + 1} of the journal{number}: {_WORDS[self.kind]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalReading:
    """What a journal comes to.

    ``sound`` are the entries up to the first that breaks the journal, without those whose ballot
    definition is unknown; ``head`` is the hash of the last entry of the unbroken part (the genesis
    hash where there is none) and ``length`` how many entries it has. ``closed`` tells whether the
    unbroken part ends with the journal's close.
    """

    sound: tuple[JournalEntry, ...]
    faults: tuple[JournalFault, ...]
    head: Digest
    length: int
    closed: bool

    @property
    def ballots(self) -> tuple[JournalEntry, ...]:
        """The sound entries that are ballots."""
        return tuple(entry for entry in self.sound if entry.kind is JournalKind.BALLOT)


def read_journal(
    content: bytes, *, place: JournalPlace, device_public: bytes, configs: AbstractSet[Digest]
) -> JournalReading:
    """Judge a journal file of a device whose Ed25519 public key (32 bytes) is known.

    ``configs`` are the hashes of the definitions that the election gave out. Every entry is judged;
    after one that breaks the journal nothing is taken as sound. Raises ``ValueError`` on a public
    key that is none.
    """
    judge = _Judge(place=place, verifies=signature_check(device_public), configs=configs)
    index = -1
    try:
        for index, raw in enumerate(frames_of(content)):
            judge.take(index, raw)
    except NotAnEntry:
        judge.fault(index + 1, None, JournalFaultKind.TORN)
    return judge.reading()


def collected(raws: Iterable[bytes]) -> bytes:
    """The journal file of entries that came in any order and more than once.

    It depends on the set of entries only. Bytes that are no entry stand at the end, so that
    reading names them.
    """
    return b"".join(framed(raw) for raw in sorted(set(raws), key=_place_in_file))


def forked_at(one: Iterable[JournalEntry], other: Iterable[JournalEntry]) -> int | None:
    """The first number at which two journals of one device tell different things, else ``None``."""
    hashes = {entry.seq: entry.hash for entry in one}
    parted = [e.seq for e in other if e.seq in hashes and hashes[e.seq] != e.hash]
    return min(parted, default=None)


def _place_in_file(raw: bytes) -> tuple[bool, int, bytes]:
    try:
        return (False, entry_of_raw(raw).seq, raw)
    except NotAnEntry:
        return (True, 0, raw)


def signature_check(device_public: bytes) -> Callable[[bytes], bool]:
    """Give what tells whether bytes that travelled carry this device's signature.

    Raises ``ValueError`` on a public key that is none.
    """
    # Who counts without devices needs no cryptography, and does not load it.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = Ed25519PublicKey.from_public_bytes(device_public)

    def verifies(raw: bytes) -> bool:
        try:
            key.verify(raw[-SIGNATURE_BYTES:], raw[:-SIGNATURE_BYTES])
        except InvalidSignature:
            return False
        return True

    return verifies


class _Judge:
    """Goes along a journal once and remembers where it is."""

    def __init__(
        self,
        *,
        place: JournalPlace,
        verifies: Callable[[bytes], bool],
        configs: AbstractSet[Digest],
    ) -> None:
        self._place, self._verifies, self._configs = place, verifies, configs
        self._last: JournalEntry | None = None
        self._closed = False
        self._unbroken: list[JournalEntry] = []
        self._unknown: set[int] = set()
        self._broken = False
        self._faults: list[JournalFault] = []

    def take(self, index: int, raw: bytes) -> None:
        """Judge the next entry, against the last one that could be read."""
        try:
            entry = entry_of_raw(raw)
        except NotAnEntry:
            self.fault(index, None, JournalFaultKind.NOT_CANONICAL)
            return
        for kind in self._faults_of(entry, raw):
            self.fault(index, entry.seq, kind)
        if not self._broken:
            self._unbroken.append(entry)
        self._last = entry
        self._closed = self._closed or entry.kind is JournalKind.CLOSE

    def fault(self, index: int, seq: int | None, kind: JournalFaultKind) -> None:
        """Write a fault down. All but an unknown definition break the journal."""
        self._faults.append(JournalFault(index=index, seq=seq, kind=kind))
        if kind is JournalFaultKind.UNKNOWN_CONFIG and seq is not None:
            self._unknown.add(seq)
        else:
            self._broken = True

    def reading(self) -> JournalReading:
        """The judgement so far."""
        last = self._unbroken[-1] if self._unbroken else None
        return JournalReading(
            sound=tuple(entry for entry in self._unbroken if entry.seq not in self._unknown),
            faults=tuple(self._faults),
            head=last.hash if last else self._place.genesis,
            length=len(self._unbroken),
            closed=last is not None and last.kind is JournalKind.CLOSE,
        )

    def _faults_of(self, entry: JournalEntry, raw: bytes) -> Iterator[JournalFaultKind]:
        if entry.place != self._place:
            yield JournalFaultKind.OTHER_JOURNAL
        if not self._verifies(raw):
            yield JournalFaultKind.BAD_SIGNATURE
        expected = 0 if self._last is None else self._last.seq + 1
        if entry.seq > expected:
            yield JournalFaultKind.GAP
        elif entry.seq < expected:
            yield JournalFaultKind.FORK
        elif entry.previous != (self._place.genesis if self._last is None else self._last.hash):
            yield JournalFaultKind.BROKEN_CHAIN
        if self._last is None and entry.kind is not JournalKind.OPEN:
            yield JournalFaultKind.NOT_OPENED
        if self._closed:
            yield JournalFaultKind.AFTER_CLOSE
        if entry.config_hash not in self._configs:
            yield JournalFaultKind.UNKNOWN_CONFIG
