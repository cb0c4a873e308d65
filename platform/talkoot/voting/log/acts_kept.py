"""Acts in the database: written once, read back as they were signed."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, insert, select

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import BrokenLog, NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.base.passkeys import signature_from, signature_json
from talkoot.voting.log.acts import Act, ActRequest, Answerable, Signed
from talkoot.voting.log.election import TwoPersons
from talkoot.voting.log.phases import ActKind, Assurance
from talkoot.voting.log.tables import ActRow


async def act_kept(
    session: WriteSession,
    election_id: ElectionId,
    assurance: Assurance,
    kind: ActKind,
    *,
    request: ActRequest | None,
    by: Answerable,
    at: datetime,
    earlier: bytes | None = None,
) -> None:
    """Write down an act, after all others of its election, whose row the caller has locked.

    ``request``: ``None`` where two persons were only named. ``earlier``: the bytes of the
    definition that an amendment replaces.
    """
    persons = by.persons if isinstance(by, Signed) else by
    row: dict[str, object] = {
        "id": uuid4(),
        "election_id": election_id,
        "number": select(func.coalesce(func.max(ActRow.number), 0) + 1)
        .where(ActRow.election_id == election_id)
        .scalar_subquery(),
        "earlier": earlier,
        "assurance": assurance.value,
        "kind": kind.value,
        "first_person": persons.first,
        "second_person": persons.second,
        "at": at,
    }
    if request is not None:
        row |= {
            "state": request.state,
            "definition_hash": request.definition_hash,
            "reason": request.reason,
            "payload": dict(request.payload) or None,
            "payload_digest": request.payload_digest or None,
            "nonce": request.nonce,
        }
    if isinstance(by, Signed):
        row["signatures"] = [signature_json(each) for each in by.signatures]
    await session.execute(insert(ActRow).values(row))


async def acts_of(session: ReadSession, election_id: ElectionId) -> Sequence[Act]:
    """Give the acts that carry a request, in the order in which they were done.

    Raises :class:`BrokenLog` for one that cannot be read or is not what its digest names.
    """
    query = (
        select(ActRow)
        .where(ActRow.election_id == election_id, ActRow.nonce.is_not(None))
        .order_by(ActRow.number)
        .execution_options(populate_existing=True)
    )
    return tuple(_act(row) for row in await session.scalars(query))


def _act(row: ActRow) -> Act:
    try:
        request = ActRequest(
            election_id=ElectionId(row.election_id),
            kind=ActKind(row.kind),
            state=row.state or "",
            definition_hash=Digest(row.definition_hash or b""),
            reason=row.reason or "",
            nonce=row.nonce or b"",
            payload=row.payload or {},
        )
        signatures = tuple(signature_from(each) for each in row.signatures or ())
        persons = TwoPersons(row.first_person, row.second_person)
    except NotAllowed as err:
        raise BrokenLog(f"act {row.id} cannot be read: {err}") from err
    if request.payload_digest != (row.payload_digest or b""):
        raise BrokenLog(f"act {row.id} says something else than what was signed")
    if row.earlier is not None and hashlib.sha256(row.earlier).digest() != row.definition_hash:
        raise BrokenLog(f"act {row.id} replaced another definition than it names")
    return Act(
        number=row.number,
        request=request,
        persons=persons,
        signatures=signatures,
        earlier=row.earlier,
    )
