"""How entries that a device sends fit what has arrived of its journal. Pure.

Whatever comes in whatever order and however often, the unbroken chain grows by what continues it,
what is known changes nothing, and what contradicts it is kept aside. So what is taken in the end
depends on the set of entries alone, where a device has told one story.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from talkoot.base.bytes import Digest
from talkoot.base.ids import ElectionId
from talkoot.voting.ballot import (
    JournalEntry,
    JournalKind,
    JournalPlace,
    NotAnEntry,
    entry_of_raw,
    frames_of,
)
from talkoot.voting.intake.quarantine import Reason
from talkoot.voting.log import DeviceState, Hold

SYNC_LASTS = timedelta(hours=72)
"""Published: so long after the published end of voting journals may arrive by themselves."""
SEGMENT_BYTES_MAX = 64 * 1024 * 1024
"""A whole journal of 20,000 ballots; over a network a device sends far smaller parts."""
NUMBER_MAX = 2**31 - 1
"""No device writes so many entries or journals."""


class SegmentFault(StrEnum):
    """Why nothing of a segment is taken: it is refused whole and the device sends it again."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TORN = "torn"
    NOT_AN_ENTRY = "not-an-entry"
    OTHER_ELECTION = "other-election"
    MORE_DEVICES = "more-devices"
    UNKNOWN_DEVICE = "unknown-device"
    BAD_SIGNATURE = "bad-signature"
    NOT_OPENED = "not-opened"
    COUNTED = "counted"
    NOT_OPEN_YET = "not-open-yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRefused:
    """Nothing was taken. ``index``: the place of the entry at fault in the segment, from 0."""

    reason: SegmentFault
    index: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """An entry as it came."""

    raw: bytes
    entry: JournalEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Part of the journals of one device, as it came."""

    device: bytes
    entries: tuple[Received, ...]

    def of_epoch(self, epoch: int) -> tuple[Received, ...]:
        """Those of one journal."""
        return tuple(one for one in self.entries if one.entry.place.epoch == epoch)

    @property
    def epochs(self) -> tuple[int, ...]:
        """The journals that it has a part of, rising."""
        return tuple(sorted({one.entry.place.epoch for one in self.entries}))


def segment_of(content: bytes, election_id: ElectionId) -> Segment | SegmentRefused:
    """Read a segment: entries as they travel, each with its length before it. Judges no signature.

    All of one device and of this election, or nothing.
    """
    if len(content) > SEGMENT_BYTES_MAX:
        return SegmentRefused(reason=SegmentFault.TOO_LARGE)
    found: list[Received] = []
    try:
        for raw in frames_of(content):
            found.append(Received(raw, entry_of_raw(raw)))  # noqa: PERF401 - counted where it fails
    except NotAnEntry:
        torn = _is_torn(content)
        fault = SegmentFault.TORN if torn else SegmentFault.NOT_AN_ENTRY
        return SegmentRefused(reason=fault, index=len(found))
    for index, one in enumerate(found):
        place = one.entry.place
        if place.election_id != election_id:
            return SegmentRefused(reason=SegmentFault.OTHER_ELECTION, index=index)
        if place.device != found[0].entry.place.device:
            return SegmentRefused(reason=SegmentFault.MORE_DEVICES, index=index)
        if max(place.epoch, one.entry.seq) > NUMBER_MAX:
            return SegmentRefused(reason=SegmentFault.NOT_AN_ENTRY, index=index)
    if not found:
        return SegmentRefused(reason=SegmentFault.EMPTY)
    return Segment(device=found[0].entry.place.device, entries=tuple(found))


def _is_torn(content: bytes) -> bool:
    try:
        for _ in frames_of(content):
            pass
    except NotAnEntry:
        return True
    return False


def unsigned_at(
    segment: Segment, verifies: Callable[[bytes], bool], known: Collection[Digest]
) -> int | None:
    """Give the place of the first entry that the device did not sign; ``None``: it signed all.

    What has arrived before was verified then; but its signature may be another one now.
    """
    for index, one in enumerate(segment.entries):
        if one.entry.hash not in known and not verifies(one.raw):
            return index
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """How far one journal has arrived; ``close``: the number of its close entry, if there."""

    place: JournalPlace
    length: int
    head: Digest
    close: int | None
    known: frozenset[Digest]

    @classmethod
    def begun(cls, place: JournalPlace) -> "Chain":
        """Give a journal of which nothing has arrived."""
        return cls(place=place, length=0, head=place.genesis, close=None, known=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An entry that is new. ``chained``: it continues the journal; else it contradicts it."""

    received: Received
    chained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What entries come to. ``missing``: the first number that has not arrived, where later ones
    were sent and are not kept: the device sends them again.
    """

    chain: Chain
    placed: tuple[Placed, ...]
    known: int
    missing: int | None
    forked: bool


def attached(
    chain: Chain, received: Sequence[Received], *, forked: bool
) -> Attached | SegmentFault:
    """Fit entries of one journal to what has arrived of it, in the order of their numbers.

    ``forked``: the device is known to have told two stories: then everything it signed is kept,
    even where something before it is missing. A first entry that does not open is a fault.
    """
    placed: list[Placed] = []
    known = 0
    for one in sorted(received, key=lambda each: (each.entry.seq, each.entry.hash)):
        entry = one.entry
        if entry.hash in chain.known:
            known += 1
            continue
        continues = entry.seq == chain.length and entry.previous == chain.head
        if continues and entry.seq == 0 and entry.kind is not JournalKind.OPEN:
            return SegmentFault.NOT_OPENED
        if entry.seq > chain.length and not forked:
            return Attached(
                chain=chain,
                placed=tuple(placed),
                known=known,
                missing=chain.length,
                forked=forked,
            )
        forked = forked or not continues
        chain = _with(chain, entry, chained=continues)
        placed.append(Placed(received=one, chained=continues))
    return Attached(chain=chain, placed=tuple(placed), known=known, missing=None, forked=forked)


def _with(chain: Chain, entry: JournalEntry, *, chained: bool) -> Chain:
    known = chain.known | {entry.hash}
    if not chained:
        return replace(chain, known=known)
    closes = entry.kind is JournalKind.CLOSE and chain.close is None
    return replace(
        chain,
        length=chain.length + 1,
        head=entry.hash,
        close=entry.seq if closes else chain.close,
        known=known,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is known when entries arrive: of the device, and of the election.

    ``definition_hash``: of the only ballot that the election has given out.
    """

    state: DeviceState
    holds: frozenset[Hold]
    voting: bool
    late: bool
    definition_hash: Digest


def is_late(*, closes_at: datetime, at: datetime) -> bool:
    """Whether what arrives at ``at`` needs two persons who let it in."""
    return at >= closes_at + SYNC_LASTS


def reason_for(entry: JournalEntry, chain: Chain, arrival: Arrival) -> Reason | None:
    """Say why a ballot is not taken as it is, as far as that shows from outside; else ``None``.

    ``chain``: the journal as it is when all of the segment has been fitted to it.
    """
    if Hold.FORKED in arrival.holds:
        return Reason.CONFLICT
    if Hold.REVOKED in arrival.holds:
        return Reason.REVOKED_DEVICE
    if arrival.late or arrival.state is DeviceState.LOST:
        return Reason.LATE
    after = chain.close is not None and entry.seq > chain.close
    if after or arrival.state is DeviceState.RECONCILED:
        return Reason.AFTER_CLOSE
    if entry.config_hash != arrival.definition_hash:
        return Reason.UNKNOWN_DEFINITION
    if not arrival.voting and chain.close is None:
        return Reason.UNCLOSED
    return None
