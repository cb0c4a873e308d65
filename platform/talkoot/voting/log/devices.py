"""Devices of an election, what became of each, and entries that wait in quarantine."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.voting.log.elections import election_for_update
from talkoot.voting.log.journals import Decided, decided_for_device, journals_of
from talkoot.voting.log.phases import ElectionState
from talkoot.voting.log.tables import DeviceRow, QuarantineRow

_BEFORE_THE_COUNT = frozenset(
    {ElectionState.OPEN, ElectionState.CLOSING, ElectionState.RECONCILING}
)


class DeviceState(StrEnum):
    """What became of a device. While one is ``ENROLLED`` nothing is counted."""

    ENROLLED = "enrolled"
    RECONCILED = "reconciled"
    LOST = "lost"


class Settled(StrEnum):
    """What became of an entry in quarantine."""

    TAKEN = "taken"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledDevice:
    """A device with its certificate. ``head`` and ``entries``: of its journal, once reconciled."""

    device_id: bytes
    certificate: bytes
    state: DeviceState
    head: Digest | None
    entries: int | None


async def device_enrolled(
    session: WriteSession, election_id: ElectionId, device_id: bytes, certificate: bytes
) -> None:
    """Enrol a device. Raises :class:`NotAllowed` once the election has opened, and a second time.

    A device that comes later could bring what nobody has seen it take.
    """
    election = await election_for_update(session, election_id)
    if election.state is not ElectionState.FROZEN:
        raise NotAllowed(f"the election is {election.state}; devices are enrolled before it opens")
    row = {
        "election_id": election_id,
        "device_id": device_id,
        "certificate": certificate,
        "state": DeviceState.ENROLLED.value,
    }
    made = insert(DeviceRow).values(row).on_conflict_do_nothing().returning(DeviceRow.device_id)
    if await session.scalar(made) is None:
        raise NotAllowed(f"device {device_id.hex()} is enrolled already")


async def devices_of(session: ReadSession, election_id: ElectionId) -> tuple[EnrolledDevice, ...]:
    """Give an election's devices, by their ids."""
    query = (
        select(DeviceRow)
        .where(DeviceRow.election_id == election_id)
        .order_by(DeviceRow.device_id)
        .execution_options(populate_existing=True)
    )
    return tuple(
        EnrolledDevice(
            device_id=row.device_id,
            certificate=row.certificate,
            state=DeviceState(row.state),
            head=None if row.head is None else Digest(row.head),
            entries=row.entries,
        )
        for row in await session.scalars(query)
    )


async def device_reconciled(
    session: WriteSession, election_id: ElectionId, device_id: bytes, *, head: Digest, entries: int
) -> None:
    """Note that a device's whole journal has arrived, closed and in time.

    Raises :class:`NotAllowed` for a device that is not waiting, and outside open to reconciling.
    """
    await _settled(
        session,
        election_id,
        device_id,
        frozenset({DeviceState.ENROLLED}),
        head=head,
        entries=entries,
    )


async def device_arrived_late(
    session: WriteSession, election_id: ElectionId, device_id: bytes, *, head: Digest, entries: int
) -> None:
    """Note a journal that two persons let in, even of a device that was declared lost before.

    It has arrived before, and waits: they say its very head and length, and what waits of it will
    be taken. Raises :class:`NotAllowed` for a journal that has not arrived like that.
    """
    journals = await journals_of(session, election_id, device_id)
    here = (journals[-1].head, sum(one.length for one in journals)) if journals else None
    if here != (head, entries):
        raise NotAllowed(
            "no journal with this head and so many entries has arrived from the device: take it in"
            " first, and say what came"
        )
    waiting = frozenset({DeviceState.ENROLLED, DeviceState.LOST})
    await _settled(session, election_id, device_id, waiting, head=head, entries=entries)
    await decided_for_device(session, election_id, device_id, Decided.TAKE)


async def device_lost(session: WriteSession, election_id: ElectionId, device_id: bytes) -> None:
    """Declare a device lost; the act of two persons that says so is for the caller.

    What it brought before and is in the log stays there; what waits of it will be rejected.
    """
    await _moved(
        session,
        election_id,
        device_id,
        frozenset({DeviceState.ENROLLED}),
        {"state": DeviceState.LOST.value, "head": None, "entries": None},
    )
    await decided_for_device(session, election_id, device_id, Decided.REJECT)


async def devices_waiting(session: ReadSession, election_id: ElectionId) -> int:
    """Give how many devices are neither reconciled nor declared lost."""
    query = select(func.count()).where(
        DeviceRow.election_id == election_id, DeviceRow.state == DeviceState.ENROLLED.value
    )
    return await session.scalar(query) or 0


async def quarantined(
    session: WriteSession, election_id: ElectionId, entry_hash: Digest, *, reason: str
) -> None:
    """Keep an entry out of the log until it is settled. The same entry again changes nothing.

    Raises :class:`NotAllowed` outside open to reconciling.
    """
    await _check_before_the_count(session, election_id)
    row = {"election_id": election_id, "entry_hash": entry_hash, "reason": reason}
    await session.execute(insert(QuarantineRow).values(row).on_conflict_do_nothing())


async def quarantine_settled(
    session: WriteSession, election_id: ElectionId, entry_hash: Digest, settled: Settled
) -> None:
    """Say what became of an entry. Raises :class:`NotAllowed` for one that does not wait."""
    await _check_before_the_count(session, election_id)
    done = (
        update(QuarantineRow)
        .where(
            QuarantineRow.election_id == election_id,
            QuarantineRow.entry_hash == entry_hash,
            QuarantineRow.settled.is_(None),
        )
        .values(settled=settled.value)
        .returning(QuarantineRow.entry_hash)
    )
    if await session.scalar(done) is None:
        raise NotAllowed(f"entry {entry_hash.hex()} does not wait in quarantine")


async def quarantine_waiting(session: ReadSession, election_id: ElectionId) -> int:
    """Give how many entries wait in quarantine."""
    query = select(func.count()).where(
        QuarantineRow.election_id == election_id, QuarantineRow.settled.is_(None)
    )
    return await session.scalar(query) or 0


async def _check_before_the_count(session: WriteSession, election_id: ElectionId) -> None:
    election = await election_for_update(session, election_id)
    if election.state not in _BEFORE_THE_COUNT:
        raise NotAllowed(f"the election is {election.state}; its entries stay as they are")


async def _settled(
    session: WriteSession,
    election_id: ElectionId,
    device_id: bytes,
    waiting: frozenset[DeviceState],
    *,
    head: Digest,
    entries: int,
) -> None:
    values: dict[str, str | bytes | int | None] = {
        "state": DeviceState.RECONCILED.value,
        "head": head,
        "entries": entries,
    }
    await _moved(session, election_id, device_id, waiting, values)


async def _moved(
    session: WriteSession,
    election_id: UUID,
    device_id: bytes,
    waiting: frozenset[DeviceState],
    values: dict[str, str | bytes | int | None],
) -> None:
    await _check_before_the_count(session, ElectionId(election_id))
    done = (
        update(DeviceRow)
        .where(
            DeviceRow.election_id == election_id,
            DeviceRow.device_id == device_id,
            DeviceRow.state.in_({each.value for each in waiting}),
        )
        .values(values)
        .returning(DeviceRow.device_id)
    )
    if await session.scalar(done) is None:
        raise NotAllowed(f"device {device_id.hex()} is not waiting to be reconciled")
