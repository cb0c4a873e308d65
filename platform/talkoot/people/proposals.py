"""Acts waiting for their second person: proposed with a reason, signed by two, or ended.

A proposal fixes everything that the challenge of its act is made of. The room knows neither what an
act does nor how its challenge is worked out: the words ``kind`` and ``state`` are the log's own.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.ids import ElectionId, MunicipalityId, RoundId
from talkoot.base.officials import OfficialId
from talkoot.base.passkeys import Signature, signature_from, signature_json
from talkoot.people.signing import PERSONS, check_two_persons
from talkoot.people.tables import ProposalRow, ProposalSignatureRow

ProposalId = NewType("ProposalId", UUID)

PROPOSAL_LIFE = timedelta(hours=24)
"""The second person may sit elsewhere and look in the morning; what nobody joins by then ends."""
NONCE_BYTES = 16
REASON_MAX = 2000


class Ending(StrEnum):
    """How a proposal ended."""

    DONE = "done"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposed act. ``signatures`` in the order in which they were given; ``ending``: ``None``
    while it waits.

    ``round_id``: the round to freeze, for a freeze alone, whose election is not there yet.
    ``carried``: what the act needs besides its payload, such as a new ballot; it goes as the
    proposal ends. The payload or the hash of the ballot names it, so that it is signed as well.
    """

    id: ProposalId
    municipality_id: MunicipalityId
    election_id: ElectionId
    round_id: RoundId | None
    kind: str
    state: str
    definition_hash: Digest
    reason: str
    payload: bytes
    carried: bytes | None
    nonce: bytes
    proposed_by: OfficialId
    proposed_at: datetime
    expires_at: datetime
    ending: Ending | None
    ended_at: datetime | None
    signatures: tuple[Signature, ...]


async def proposed(
    session: WriteSession,
    *,
    municipality_id: MunicipalityId,
    election_id: ElectionId,
    kind: str,
    state: str,
    definition_hash: Digest,
    reason: str,
    payload: bytes = b"",
    carried: bytes | None = None,
    round_id: RoundId | None = None,
    by: OfficialId,
    at: datetime,
) -> Proposal:
    """Propose an act under a nonce of its own. One waits for each election, and one freeze for each
    round, at a time.

    Raises :class:`NotAllowed` without a reason, and where another proposal waits.
    """
    words = reason.strip()
    if not 0 < len(words) <= REASON_MAX or "\0" in words:
        raise NotAllowed(f"an act needs a reason of at most {REASON_MAX} signs")
    await _expired(session, election_id, round_id, at=at)
    row = {
        "id": uuid4(),
        "municipality_id": municipality_id,
        "election_id": election_id,
        "round_id": round_id,
        "kind": kind,
        "state": state,
        "definition_hash": definition_hash,
        "reason": words,
        "payload": payload,
        "carried": carried,
        "nonce": secrets.token_bytes(NONCE_BYTES),
        "proposed_by": by,
        "proposed_at": at,
        "expires_at": at + PROPOSAL_LIFE,
        "ending": None,
        "ended_at": None,
    }
    made = insert(ProposalRow).values(row).on_conflict_do_nothing().returning(ProposalRow)
    found = await session.scalar(made)
    if found is None:
        raise NotAllowed("another proposal waits for this election: sign it, or withdraw it first")
    return _proposal(found, ())


async def proposal_for_update(
    session: WriteSession, municipality_id: MunicipalityId, proposal_id: ProposalId
) -> Proposal:
    """Give a municipality's proposal and lock it until the transaction ends. Raises ``NotFound``,
    also for one of another municipality.
    """
    row = await session.scalar(
        select(ProposalRow)
        .where(ProposalRow.id == proposal_id, ProposalRow.municipality_id == municipality_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"there is no proposal {proposal_id}")
    return (await _whole(session, [row]))[0]


async def proposals_of(
    session: ReadSession, election_ids: Sequence[ElectionId]
) -> tuple[Proposal, ...]:
    """Give all proposals for these elections, the newest first."""
    return await _found(session, ProposalRow.election_id.in_(election_ids))


async def freezes_of(session: ReadSession, round_id: RoundId) -> tuple[Proposal, ...]:
    """Give all proposals to freeze a round's ballot, the newest first."""
    return await _found(session, ProposalRow.round_id == round_id)


async def _found(session: ReadSession, condition: ColumnElement[bool]) -> tuple[Proposal, ...]:
    rows = await session.scalars(
        select(ProposalRow)
        .where(condition)
        .order_by(ProposalRow.proposed_at.desc(), ProposalRow.id)
    )
    return await _whole(session, rows.all())


def waits(proposal: Proposal, at: datetime) -> bool:
    """Tell whether the proposal can be signed: it has not ended, and ``at`` is before its end."""
    return proposal.ending is None and at < proposal.expires_at


def check_waits(proposal: Proposal, at: datetime) -> None:
    """Raise :class:`NotAllowed`, saying why, where a proposal cannot be signed any more."""
    if proposal.ending is not None:
        raise NotAllowed(f"this proposal is {proposal.ending}")
    if at >= proposal.expires_at:
        raise NotAllowed("this proposal has expired")


async def proposal_signed(
    session: WriteSession, proposal: Proposal, signature: Signature, *, at: datetime
) -> Proposal:
    """Keep a signature under a proposal that :func:`proposal_for_update` has locked.

    Raises :class:`NotAllowed` where it waits no more, has its two, or the person signed it before.
    The caller has verified the signature.
    """
    check_waits(proposal, at)
    if len(proposal.signatures) >= PERSONS:
        raise NotAllowed("two persons have signed this already")
    for present in proposal.signatures:
        check_two_persons(present, signature)
    row = {
        "proposal_id": proposal.id,
        "official_id": signature.official_id,
        "signature": signature_json(signature),
        "signed_at": at,
    }
    statement = insert(ProposalSignatureRow).values(row).on_conflict_do_nothing()
    if await session.scalar(statement.returning(ProposalSignatureRow.official_id)) is None:
        raise NotAllowed(f"{signature.name!r} has signed this already")
    return await proposal_for_update(session, proposal.municipality_id, proposal.id)


async def proposal_ended(
    session: WriteSession, proposal: Proposal, ending: Ending, *, at: datetime
) -> None:
    """End a proposal that waits. Raises :class:`NotAllowed` where it has ended."""
    if proposal.ending is not None:
        raise NotAllowed(f"this proposal is {proposal.ending}")
    await session.execute(
        update(ProposalRow)
        .where(ProposalRow.id == proposal.id, ProposalRow.ending.is_(None))
        .values(ending=ending.value, ended_at=at, carried=None)
        .execution_options(synchronize_session=False)
    )


async def _expired(
    session: WriteSession, election_id: ElectionId, round_id: RoundId | None, *, at: datetime
) -> None:
    """Say of proposals whose time is over that they have expired, to make room for a new one."""
    await session.execute(
        update(ProposalRow)
        .where(
            or_(ProposalRow.election_id == election_id, ProposalRow.round_id == round_id),
            ProposalRow.ending.is_(None),
            ProposalRow.expires_at <= at,
        )
        .values(ending=Ending.EXPIRED.value, ended_at=ProposalRow.expires_at, carried=None)
        .execution_options(synchronize_session=False)
    )


async def _whole(session: ReadSession, rows: Sequence[ProposalRow]) -> tuple[Proposal, ...]:
    kept = ProposalSignatureRow
    query = (
        select(kept)
        .where(kept.proposal_id.in_([row.id for row in rows]))
        .order_by(kept.signed_at, kept.official_id)
    )
    by_proposal: dict[UUID, list[Signature]] = {row.id: [] for row in rows}
    for found in await session.scalars(query):
        by_proposal[found.proposal_id].append(signature_from(found.signature))
    return tuple(_proposal(row, tuple(by_proposal[row.id])) for row in rows)


def _proposal(row: ProposalRow, signatures: tuple[Signature, ...]) -> Proposal:
    return Proposal(
        id=ProposalId(row.id),
        municipality_id=MunicipalityId(row.municipality_id),
        election_id=ElectionId(row.election_id),
        round_id=None if row.round_id is None else RoundId(row.round_id),
        kind=row.kind,
        state=row.state,
        definition_hash=Digest(row.definition_hash),
        reason=row.reason,
        payload=row.payload,
        carried=row.carried,
        nonce=row.nonce,
        proposed_by=OfficialId(row.proposed_by),
        proposed_at=row.proposed_at,
        expires_at=row.expires_at,
        ending=None if row.ending is None else Ending(row.ending),
        ended_at=row.ended_at,
        signatures=signatures,
    )
