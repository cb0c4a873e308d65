"""After voting: what waits in quarantine is settled, and devices whose journals are whole are done.

The published rule settles what is plain; the rest waits for two persons, who declare a device lost
or let its late journal in. What they have signed is done here, for here is the registrar's key.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from talkoot.base.bytes import Digest
from talkoot.base.db import WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting import board, log
from talkoot.voting.intake.journal_ballots import Registrar, ballot_in, ballots_recorded
from talkoot.voting.intake.journals import UNCOUNTED, election_locked
from talkoot.voting.intake.quarantine import Reason
from talkoot.voting.log import (
    Decided,
    DeviceState,
    Election,
    ElectionState,
    EnrolledDevice,
    Hold,
    JournalProgress,
    Settled,
    Waiting,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """How far reconciliation is. ``taken``, ``rejected``: entries that were settled now;
    ``waiting``: those that wait still, by reason; ``devices``: by what became of them.
    """

    taken: int
    rejected: int
    waiting: Mapping[Reason, int]
    devices: Mapping[DeviceState, int]

    @property
    def done(self) -> bool:
        """Whether nothing stands in the way of the count any more."""
        return not self.waiting and not self.devices.get(DeviceState.ENROLLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Of:
    """What is known of a device when its entries are settled."""

    device: EnrolledDevice
    journals: tuple[JournalProgress, ...]
    held: bool

    @property
    def whole(self) -> bool:
        """Whether all of its journals have arrived, each with its close, in time."""
        closed = all(one.close is not None and not one.late for one in self.journals)
        return bool(self.journals) and closed and not self.held


async def journals_settled(
    session: WriteSession, election_id: ElectionId, *, registrar: Registrar, at: datetime
) -> Reconciled:
    """Settle what can be settled, and note the devices whose journals are whole.

    While voting is open nothing is settled: what waits may still come right. Errors as
    :func:`journal_taken`.
    """
    del at  # all that depends on time was decided when the entries arrived
    election = await election_locked(session, election_id)
    taken = rejected = 0
    if election.state in UNCOUNTED - {ElectionState.OPEN}:
        taken, rejected = await _settled(session, election, registrar)
        await _reconciled(session, election_id)
        await _on_the_board(session, election_id)
    waiting = await log.waiting_in_quarantine(session, election_id)
    devices = await log.devices_of(session, election_id)
    return Reconciled(
        taken=taken,
        rejected=rejected,
        waiting=dict(Counter(Reason(one.reason) for one in waiting)),
        devices=dict(Counter(one.state for one in devices)),
    )


def decision(waiting: Waiting, *, whole: bool) -> Decided | None:
    """Say what becomes of an entry that waits; ``None``: two persons have not said it yet.

    ``whole``: its device's journals have all arrived in time, each with its close. A credential
    that nobody had is looked up once more: letters may have been activated since.
    """
    if waiting.decided is not None:
        return waiting.decided
    reason = Reason(waiting.reason)
    if reason is Reason.UNCLOSED:
        return Decided.TAKE if whole else None
    if reason.waits_for_two:
        return None
    return Decided.TAKE if reason is Reason.UNKNOWN_CREDENTIAL else Decided.REJECT


async def _settled(
    session: WriteSession, election: Election, registrar: Registrar
) -> tuple[int, int]:
    waiting = await log.waiting_in_quarantine(session, election.id)
    of = await _devices(session, election.id)
    taken: list[Digest] = []
    rejected: list[Digest] = []
    for one in waiting:
        said = decision(one, whole=of[one.entry.place.device].whole)
        if said is None:
            continue
        stays = one.recorded
        if not stays and said is Decided.TAKE:
            found = await ballot_in(session, one.entry, election.definition, registrar)
            if not isinstance(found, Reason):
                await ballots_recorded(session, [found])
                stays = True
        (taken if stays else rejected).append(one.entry.hash)
    await log.quarantine_emptied(session, election.id, taken, Settled.TAKEN.value)
    await log.quarantine_emptied(session, election.id, rejected, Settled.REJECTED.value)
    if rejected:
        # Ineligible ballots are on the board as well: by the hash that their journal gives them.
        await board.ballots_waiting(session, [(election.id, one) for one in rejected])
    return len(taken), len(rejected)


async def _devices(session: WriteSession, election_id: ElectionId) -> Mapping[bytes, _Of]:
    held = await log.holds_of(session, election_id)
    return {
        device.device_id: _Of(
            device=device,
            journals=await log.journals_of(session, election_id, device.device_id),
            held=device.device_id in held,
        )
        for device in await log.devices_of(session, election_id)
    }


async def _reconciled(session: WriteSession, election_id: ElectionId) -> None:
    """Note each device that is awaited, whose journals are whole, and of which nothing waits."""
    waits = {
        one.entry.place.device for one in await log.waiting_in_quarantine(session, election_id)
    }
    for device_id, of in (await _devices(session, election_id)).items():
        if of.device.state is DeviceState.ENROLLED and of.whole and device_id not in waits:
            await log.device_reconciled(
                session,
                election_id,
                device_id,
                head=of.journals[-1].head,
                entries=sum(journal.length for journal in of.journals),
            )


async def _on_the_board(session: WriteSession, election_id: ElectionId) -> None:
    """Tell the public of each device what became of it, and the names of its ballots, sorted."""
    if await board.board_of(session, election_id) is None:
        return
    for device in await log.devices_of(session, election_id):
        if device.state is not DeviceState.ENROLLED:
            ballots = await log.ballots_arrived(session, election_id, device.device_id)
            record = _record(election_id, device, ballots)
            await board.record_added(session, election_id, board.Kind.JOURNAL, record)


def _record(election_id: ElectionId, device: EnrolledDevice, ballots: Sequence[Digest]) -> bytes:
    said = {
        "election": str(election_id),
        "device": device.device_id.hex(),
        "state": device.state.value,
        "head": "" if device.head is None else device.head.hex(),
        "entries": device.entries or 0,
        "ballots": [one.hex() for one in ballots],
    }
    return msgspec.json.encode(said, order="deterministic")


async def device_revoked(
    session: WriteSession, election_id: ElectionId, device_id: bytes, *, by: str, reason: str
) -> bool:
    """Take nothing more from a device by itself; give whether that is new. One person is enough.

    What arrives from now on waits in quarantine. Said on the board, where there is one. Errors as
    :func:`journal_taken`.
    """
    await election_locked(session, election_id)
    new = await log.device_held(session, election_id, device_id, Hold.REVOKED, f"{by}: {reason}")
    if new and await board.board_of(session, election_id) is not None:
        said = {
            "election": str(election_id),
            "device": device_id.hex(),
            "state": "revoked",
            "reason": reason,
        }
        record = msgspec.json.encode(said, order="deterministic")
        await board.record_added(session, election_id, board.Kind.JOURNAL, record)
    logger.warning("device %s of election %s is revoked", device_id.hex(), election_id)
    return new
