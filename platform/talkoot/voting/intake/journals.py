"""Devices' journals are taken in: part by part, in any order, as often as they come.

A part (a *segment*) is taken or refused as a whole. Of what is taken each ballot becomes an entry
of the same log as ballots cast on line, or waits in quarantine for a reason of a closed list;
nothing that a device signed is dropped. Who uses this opens and commits the transaction.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from talkoot.base.bytes import Digest
from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.voting import board, log
from talkoot.voting.ballot import (
    DeviceCertificate,
    JournalKind,
    JournalPlace,
    certificate_of_raw,
    signature_check,
)
from talkoot.voting.intake.journal_ballots import (
    KioskBallot,
    Registrar,
    ballot_in,
    ballots_recorded,
)
from talkoot.voting.intake.journal_chain import (
    Arrival,
    Attached,
    Chain,
    Placed,
    Segment,
    SegmentFault,
    SegmentRefused,
    attached,
    is_late,
    reason_for,
    segment_of,
    unsigned_at,
)
from talkoot.voting.intake.quarantine import Reason
from talkoot.voting.log import (
    Arrived,
    Election,
    ElectionState,
    EnrolledDevice,
    Hold,
    JournalProgress,
)

logger = logging.getLogger(__name__)

UNCOUNTED = frozenset({ElectionState.OPEN, ElectionState.CLOSING, ElectionState.RECONCILING})
"""The states in which journals are taken in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalHead:
    """The last entry up to which everything has arrived: what a device need not send again."""

    epoch: int
    seq: int
    hash: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a segment. ``head``: ``None`` where nothing has arrived from its opening on.

    ``new``, ``known``: entries that had not, and that had arrived before; ``recorded``: ballots
    that are in the log now; ``quarantined``: those that are not, by reason; ``missing``: the first
    number that has not arrived, where later ones were sent; ``frozen``: the device told two stories
    and this showed it.
    """

    device: bytes
    head: JournalHead | None
    new: int
    known: int
    recorded: int
    quarantined: Mapping[Reason, int]
    missing: int | None
    frozen: bool


async def journal_taken(
    session: WriteSession,
    election_id: ElectionId,
    content: bytes,
    *,
    registrar: Registrar,
    at: datetime,
) -> Taken | SegmentRefused:
    """Take a segment in that arrived at ``at`` (UTC): what holds is recorded, the rest waits.

    Raises :class:`NotAllowed` for an election whose ballots are sealed to nobody, and
    :class:`NotFound`.
    """
    election = await election_locked(session, election_id)
    if election.state not in UNCOUNTED:
        early = election.state is ElectionState.FROZEN
        return SegmentRefused(reason=SegmentFault.NOT_OPEN_YET if early else SegmentFault.COUNTED)
    segment = segment_of(content, election_id)
    if isinstance(segment, SegmentRefused):
        return segment
    device = await _enrolled(session, election_id, segment.device)
    certificate = None if device is None else await _certified(session, device, election_id)
    if device is None or certificate is None:
        return SegmentRefused(reason=SegmentFault.UNKNOWN_DEVICE)
    journals = await log.journals_of(session, election_id, segment.device)
    known = frozenset(one for journal in journals for one in journal.known)
    fault = unsigned_at(segment, signature_check(certificate.public), known)
    if fault is not None:
        return SegmentRefused(reason=SegmentFault.BAD_SIGNATURE, index=fault)
    return await _Taking(session, election, device, registrar, at).done(segment, journals)


async def election_locked(session: WriteSession, election_id: ElectionId) -> Election:
    """Lock an election for journals: while it is open by a share lock, as whoever casts does.

    Raises :class:`NotFound`, and :class:`NotAllowed` where its ballots are sealed to nobody.
    """
    await log.journals_locked(session, election_id)
    before = await log.election_of(session, election_id)
    if before.state is ElectionState.OPEN:
        await log.heads_for_share(session, [election_id])
        election = await log.election_of(session, election_id)
    else:
        election = await log.election_for_update(session, election_id)
    if await log.sealing_of(session, election_id) is None:
        raise NotAllowed("this election's ballots are sealed to nobody: it takes no journals")
    return election


async def _enrolled(
    session: WriteSession, election_id: ElectionId, device_id: bytes
) -> EnrolledDevice | None:
    devices = await log.devices_of(session, election_id)
    return next((one for one in devices if one.device_id == device_id), None)


async def _certified(
    session: WriteSession, device: EnrolledDevice, election_id: ElectionId
) -> DeviceCertificate | None:
    """Give a device's certificate, if it is its own and, where there is a board, signed by that."""
    try:
        certificate = certificate_of_raw(device.certificate)
    except NotAllowed:
        return None
    own = (certificate.election_id, certificate.device) == (election_id, device.device_id)
    here = await board.board_of(session, election_id)
    signed = here is None or signature_check(here.log_key.public)(device.certificate)
    return certificate if own and signed else None


class _Taking:
    """One segment on its way in, its bytes read and its signatures verified."""

    def __init__(
        self,
        session: WriteSession,
        election: Election,
        device: EnrolledDevice,
        registrar: Registrar,
        at: datetime,
    ) -> None:
        self._session, self._election, self._device = session, election, device
        self._registrar, self._at = registrar, at
        self._late = is_late(closes_at=election.closes_at, at=at)
        self._reasons: dict[Digest, Reason] = {}
        self._ballots: list[KioskBallot] = []
        self._holds: frozenset[Hold] = frozenset()

    async def done(
        self, segment: Segment, journals: Sequence[JournalProgress]
    ) -> Taken | SegmentRefused:
        """Fit the segment to what has arrived, and take each ballot or say why not."""
        held = await log.holds_of(self._session, self._election.id)
        self._holds = held.get(segment.device, frozenset())
        was_forked = Hold.FORKED in self._holds
        parts = _fitted(segment, journals, forked=was_forked)
        if isinstance(parts, SegmentFault):
            return SegmentRefused(reason=parts)
        forked = any(part.forked for part in parts) and not was_forked
        if forked:
            self._holds |= {Hold.FORKED}
        for part in parts:
            await self._kept(part)
        for part in parts:
            for placed in part.placed:
                await self._taken(placed, part.chain)
        aside = await self._aside(parts)
        if forked:
            await self._frozen(min(aside))
        await ballots_recorded(self._session, self._ballots)
        await log.put_in_quarantine(
            self._session, self._election.id, {k: v.value for k, v in self._reasons.items()}
        )
        return Taken(
            device=segment.device,
            head=_head(parts, journals),
            new=sum(len(part.placed) for part in parts),
            known=sum(part.known for part in parts),
            recorded=len(self._ballots),
            quarantined=dict(Counter(self._reasons.values())),
            missing=next((part.missing for part in parts if part.missing is not None), None),
            frozen=forked,
        )

    async def _kept(self, part: Attached) -> None:
        arrived = [
            Arrived(
                raw=placed.received.raw,
                entry=placed.received.entry,
                chained=placed.chained,
                late=self._late,
            )
            for placed in part.placed
        ]
        await log.journal_kept(self._session, self._election.id, arrived)

    async def _taken(self, placed: Placed, chain: Chain) -> None:
        """Judge one new entry: a ballot becomes an entry of the log, or is given a reason."""
        entry = placed.received.entry
        if entry.kind is not JournalKind.BALLOT:
            return
        arrival = Arrival(
            state=self._device.state,
            holds=self._holds,
            voting=self._election.state is ElectionState.OPEN,
            late=self._late,
            definition_hash=self._election.definition.hash,
        )
        verdict: KioskBallot | Reason | None = reason_for(entry, chain, arrival)
        if verdict is None:
            verdict = await ballot_in(
                self._session, entry, self._election.definition, self._registrar
            )
        if isinstance(verdict, Reason):
            self._reasons[entry.hash] = verdict
        else:
            self._ballots.append(verdict)

    async def _aside(self, parts: Sequence[Attached]) -> list[int]:
        """Keep both entries in quarantine wherever two have one number; give those numbers."""
        aside = [one for part in parts for one in part.placed if not one.chained]
        for placed in aside:
            twins = await log.entries_at(self._session, self._election.id, placed.received.entry)
            self._reasons |= dict.fromkeys(twins, Reason.CONFLICT)
        return [one.received.entry.seq for one in aside]

    async def _frozen(self, number: int) -> None:
        """Freeze a device that has told two stories, and say so."""
        device_id = self._device.device_id
        why = f"two different entries have the number {number}"
        await log.device_held(self._session, self._election.id, device_id, Hold.FORKED, why)
        logger.error(
            "alarm: device %s of election %s is frozen: %s; both are kept in quarantine",
            device_id.hex(),
            self._election.id,
            why,
        )


def _fitted(
    segment: Segment, journals: Sequence[JournalProgress], *, forked: bool
) -> list[Attached] | SegmentFault:
    """Fit each journal's part to what has arrived of it, by rising epochs."""
    by_epoch = {journal.epoch: journal for journal in journals}
    parts: list[Attached] = []
    for epoch in segment.epochs:
        received = segment.of_epoch(epoch)
        chain = _chain(received[0].entry.place, by_epoch.get(epoch))
        part = attached(chain, received, forked=forked)
        if isinstance(part, SegmentFault):
            return part
        forked = forked or part.forked
        parts.append(part)
    return parts


def _chain(place: JournalPlace, journal: JournalProgress | None) -> Chain:
    begun = Chain.begun(place)
    if journal is None:
        return begun
    return replace(
        begun,
        length=journal.length,
        head=journal.head if journal.length else begun.head,
        close=journal.close,
        known=journal.known,
    )


def _head(parts: Sequence[Attached], journals: Sequence[JournalProgress]) -> JournalHead | None:
    """Give the last entry of the last journal up to which everything has arrived."""
    heads = {journal.epoch: (journal.length, journal.head) for journal in journals}
    heads |= {part.chain.place.epoch: (part.chain.length, part.chain.head) for part in parts}
    arrived = [(epoch, found) for epoch, found in heads.items() if found[0]]
    if not arrived:
        return None
    epoch, (length, head) = max(arrived)
    return JournalHead(epoch=epoch, seq=length - 1, hash=head)
