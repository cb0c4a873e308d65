"""Journals in the database: what has arrived of each device, what waits, what two have decided."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import (
    ARRAY,
    CollectionAggregate,
    LargeBinary,
    any_,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting.ballot import JournalEntry, JournalKind, entry_of_raw
from talkoot.voting.log.journal_tables import DeviceHoldRow, JournalEntryRow
from talkoot.voting.log.tables import EntryRow, QuarantineRow

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('journals ' || :election, 0))")


class Hold(StrEnum):
    """Why nothing more is taken from a device by itself."""

    REVOKED = "revoked"
    """A person has said so: it was stolen, or is not trusted any more."""
    FORKED = "forked"
    """It has written two different entries with one number: two devices with one key."""


class Decided(StrEnum):
    """What two persons have said about entries that wait."""

    TAKE = "take"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A journal's entry that has arrived. ``raw``: as it travelled."""

    raw: bytes
    entry: JournalEntry
    chained: bool
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalProgress:
    """How far one journal has arrived. ``length`` and ``head``: of its unbroken chain.

    ``close``: the number of its close entry, if that has arrived; ``late``: whether something of
    it came after the time for it; ``known``: the hashes of all of its entries, chained or not.
    """

    epoch: int
    length: int
    head: Digest
    close: int | None
    late: bool
    known: frozenset[Digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An entry in quarantine: why, and what two persons have said about it so far."""

    entry: JournalEntry
    reason: str
    chained: bool
    late: bool
    recorded: bool
    decided: Decided | None


async def journals_locked(session: WriteSession, election_id: ElectionId) -> None:
    """Be the only one who takes this election's journals in, until the transaction ends."""
    await session.execute(_LOCK, {"election": str(election_id)})


async def journals_of(
    session: ReadSession, election_id: ElectionId, device_id: bytes
) -> tuple[JournalProgress, ...]:
    """Give how far a device's journals have arrived, by their epochs."""
    query = (
        select(
            JournalEntryRow.epoch,
            JournalEntryRow.seq,
            JournalEntryRow.entry_hash,
            JournalEntryRow.kind,
            JournalEntryRow.chained,
            JournalEntryRow.late,
        )
        .where(JournalEntryRow.election_id == election_id, JournalEntryRow.device_id == device_id)
        .order_by(JournalEntryRow.epoch, JournalEntryRow.seq)
    )
    by_epoch: dict[int, list[tuple[int, Digest, int, bool, bool]]] = {}
    for row in await session.execute(query):
        found = (row.seq, Digest(row.entry_hash), row.kind, row.chained, row.late)
        by_epoch.setdefault(row.epoch, []).append(found)
    return tuple(_progress(epoch, rows) for epoch, rows in by_epoch.items())


def _progress(epoch: int, rows: Sequence[tuple[int, Digest, int, bool, bool]]) -> JournalProgress:
    chain = [row for row in rows if row[3]]
    closes = [seq for seq, _, kind, _, _ in chain if kind == JournalKind.CLOSE]
    return JournalProgress(
        epoch=epoch,
        length=len(chain),
        head=chain[-1][1] if chain else Digest(bytes(32)),
        close=min(closes, default=None),
        late=any(row[4] for row in rows),
        known=frozenset(row[1] for row in rows),
    )


async def journal_kept(
    session: WriteSession, election_id: ElectionId, arrived: Collection[Arrived]
) -> None:
    """Keep entries as they arrived; those that are there already stay as they are."""
    rows = [
        {
            "election_id": election_id,
            "entry_hash": one.entry.hash,
            "device_id": one.entry.place.device,
            "epoch": one.entry.place.epoch,
            "seq": one.entry.seq,
            "kind": one.entry.kind.value,
            "raw": one.raw,
            "chained": one.chained,
            "late": one.late,
        }
        for one in arrived
    ]
    if rows:
        await session.execute(insert(JournalEntryRow).on_conflict_do_nothing(), rows)


async def journal_recorded(
    session: WriteSession, election_id: ElectionId, hashes: Collection[Digest]
) -> None:
    """Note that the ballots of these entries are in the log."""
    await session.execute(
        update(JournalEntryRow)
        .where(
            JournalEntryRow.election_id == election_id,
            JournalEntryRow.entry_hash == _any_of(hashes),
        )
        .values(recorded=True)
    )


async def entries_at(
    session: ReadSession, election_id: ElectionId, entry: JournalEntry
) -> tuple[Digest, ...]:
    """Give the hashes of all ballots that have arrived for an entry's place in its journal."""
    query = select(JournalEntryRow.entry_hash).where(
        JournalEntryRow.election_id == election_id,
        JournalEntryRow.device_id == entry.place.device,
        JournalEntryRow.epoch == entry.place.epoch,
        JournalEntryRow.seq == entry.seq,
        JournalEntryRow.kind == JournalKind.BALLOT.value,
    )
    found = await session.scalars(query.order_by(JournalEntryRow.entry_hash))
    return tuple(Digest(one) for one in found)


async def ballots_arrived(
    session: ReadSession, election_id: ElectionId, device_id: bytes
) -> tuple[Digest, ...]:
    """Give the hashes of all ballots of a device, sorted, so that order tells nothing."""
    query = select(JournalEntryRow.entry_hash).where(
        JournalEntryRow.election_id == election_id,
        JournalEntryRow.device_id == device_id,
        JournalEntryRow.kind == JournalKind.BALLOT.value,
    )
    found = await session.scalars(query.order_by(JournalEntryRow.entry_hash))
    return tuple(Digest(one) for one in found)


async def device_held(
    session: WriteSession, election_id: ElectionId, device_id: bytes, hold: Hold, reason: str
) -> bool:
    """Take nothing more from a device by itself; give whether that is new."""
    row = {
        "election_id": election_id,
        "device_id": device_id,
        "hold": hold.value,
        "reason": reason,
    }
    made = insert(DeviceHoldRow).values(row).on_conflict_do_nothing()
    return await session.scalar(made.returning(DeviceHoldRow.device_id)) is not None


async def holds_of(
    session: ReadSession, election_id: ElectionId
) -> Mapping[bytes, frozenset[Hold]]:
    """Give the devices from which nothing more is taken by itself, and why."""
    query = select(DeviceHoldRow.device_id, DeviceHoldRow.hold).where(
        DeviceHoldRow.election_id == election_id
    )
    found: dict[bytes, frozenset[Hold]] = {}
    for device_id, hold in await session.execute(query):
        found[device_id] = found.get(device_id, frozenset()) | {Hold(hold)}
    return found


async def put_in_quarantine(
    session: WriteSession, election_id: ElectionId, reasons: Mapping[Digest, str]
) -> None:
    """Let entries wait, each for its reason; one that waits or was settled stays as it is."""
    rows = [
        {"election_id": election_id, "entry_hash": entry_hash, "reason": reason}
        for entry_hash, reason in sorted(reasons.items())
    ]
    if rows:
        await session.execute(insert(QuarantineRow).on_conflict_do_nothing(), rows)


async def waiting_in_quarantine(
    session: ReadSession, election_id: ElectionId
) -> tuple[Waiting, ...]:
    """Give the journals' entries that wait, by their hashes."""
    query = (
        select(
            JournalEntryRow.raw,
            JournalEntryRow.chained,
            JournalEntryRow.late,
            JournalEntryRow.recorded,
            JournalEntryRow.decided,
            QuarantineRow.reason,
        )
        .join(
            QuarantineRow,
            (QuarantineRow.election_id == JournalEntryRow.election_id)
            & (QuarantineRow.entry_hash == JournalEntryRow.entry_hash),
        )
        .where(
            JournalEntryRow.election_id == election_id,
            QuarantineRow.settled.is_(None),
            JournalEntryRow.raw.is_not(None),
        )
        .order_by(JournalEntryRow.entry_hash)
    )
    return tuple(
        Waiting(
            entry=entry_of_raw(row.raw),
            reason=row.reason,
            chained=row.chained,
            late=row.late,
            recorded=row.recorded,
            decided=None if row.decided is None else Decided(row.decided),
        )
        for row in await session.execute(query)
    )


async def decided_for_device(
    session: WriteSession, election_id: ElectionId, device_id: bytes, decided: Decided
) -> None:
    """Note what two persons have said about all that waits of a device."""
    waits = select(QuarantineRow.entry_hash).where(
        QuarantineRow.election_id == election_id, QuarantineRow.settled.is_(None)
    )
    await session.execute(
        update(JournalEntryRow)
        .where(
            JournalEntryRow.election_id == election_id,
            JournalEntryRow.device_id == device_id,
            JournalEntryRow.entry_hash.in_(waits),
        )
        .values(decided=decided.value)
    )


async def quarantine_emptied(
    session: WriteSession, election_id: ElectionId, hashes: Collection[Digest], settled: str
) -> None:
    """Say what became of entries that waited."""
    await session.execute(
        update(QuarantineRow)
        .where(
            QuarantineRow.election_id == election_id,
            QuarantineRow.entry_hash == _any_of(hashes),
            QuarantineRow.settled.is_(None),
        )
        .values(settled=settled)
    )


def _any_of(hashes: Collection[Digest]) -> CollectionAggregate[bool]:
    """One parameter, however many hashes there are: a statement takes at most 32,767."""
    return any_(literal(list(hashes), ARRAY(LargeBinary)))


async def quarantine_by_reason(
    session: ReadSession, election_id: ElectionId
) -> tuple[tuple[str, str | None, int], ...]:
    """Give how many entries came into quarantine: reason, what became of them, and how many."""
    query = (
        select(QuarantineRow.reason, QuarantineRow.settled, func.count())
        .where(QuarantineRow.election_id == election_id)
        .group_by(QuarantineRow.reason, QuarantineRow.settled)
        .order_by(QuarantineRow.reason, QuarantineRow.settled)
    )
    return tuple((reason, settled, n) for reason, settled, n in await session.execute(query))


async def ineligible_count(session: ReadSession, election_id: ElectionId) -> int:
    """Count the entries that were rejected: they are on the board, and count for nothing."""
    query = select(func.count()).where(
        QuarantineRow.election_id == election_id, QuarantineRow.settled == "rejected"
    )
    return await session.scalar(query) or 0


async def position_known(session: ReadSession, position: bytes) -> bool:
    """Whether the log has a ballot sealed by this epoch's id and number (24 bytes)."""
    query = select(EntryRow.entry_hash).where(EntryRow.position == position).limit(1)
    return await session.scalar(query) is not None
