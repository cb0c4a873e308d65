"""The acts of two persons that move an election from state to state: check, do, write down."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId, RoundId
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.log.acts import ActRequest, Answerable, Payload, Signed, check_signed
from talkoot.voting.log.acts_kept import act_kept
from talkoot.voting.log.definition_json import cannot_be_stored, definition_json
from talkoot.voting.log.destroy import backups_alive, voter_keys_destroyed
from talkoot.voting.log.devices import (
    device_arrived_late,
    device_lost,
    devices_waiting,
    quarantine_waiting,
)
from talkoot.voting.log.election import Election, TwoPersons
from talkoot.voting.log.elections import election_for_update, election_of
from talkoot.voting.log.epochs import sealing_of
from talkoot.voting.log.phases import (
    DRAFT,
    SEALED_STEPS,
    ActKind,
    Assurance,
    ElectionState,
    Need,
    Step,
    step_for,
)
from talkoot.voting.log.tables import ActRow, ElectionRow

PAYLOADS: Mapping[ActKind, frozenset[str]] = {
    ActKind.FREEZE: frozenset({"opens_at", "closes_at", "grace_s", "appeals_until"}),
    ActKind.AMEND: frozenset({"definition_hash"}),
    ActKind.REHEARSE: frozenset({"sealing"}),
    ActKind.EXTEND: frozenset({"closes_at"}),
    ActKind.LOST_KIOSK: frozenset({"device"}),
    ActKind.LATE_JOURNAL: frozenset({"device", "head", "entries"}),
    ActKind.ROLL_CHANGE: frozenset({"change"}),
    ActKind.TALLY: frozenset({"transcript"}),
}
"""What an act has to say beside its kind; the others say nothing more. Bytes are hexadecimal,
moments as :func:`moment`, ``change`` and ``transcript`` a SHA-256."""
MAY_SAY: Mapping[ActKind, frozenset[str]] = {ActKind.TALLY: frozenset({"unique_ballots"})}
"""What an act may say besides: of a tally, that many ballots are like no other, and how many."""


def moment(at: datetime) -> str:
    """Write a moment for a payload: UTC, ISO 8601, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


async def frozen(
    session: WriteSession,
    definition: BallotDefinition,
    *,
    round_id: RoundId,
    opens_at: datetime,
    closes_at: datetime,
    grace_s: int,
    persons: TwoPersons,
    at: datetime,
) -> Election:
    """Freeze the definition of a plain election: from now on nobody can change it.

    Raises :class:`NotAllowed` for a window that is none, a text that cannot be stored, or an
    election that is frozen already.
    """
    window = _window(opens_at, closes_at, grace_s)
    await _stored(session, definition, round_id, window | {"assurance": Assurance.PLAIN.value})
    await act_kept(
        session,
        definition.election_id,
        Assurance.PLAIN,
        ActKind.FREEZE,
        request=None,
        by=persons,
        at=at,
    )
    return await election_of(session, definition.election_id)


def freeze_payload(
    *, opens_at: datetime, closes_at: datetime, grace_s: int, appeals_until: datetime
) -> Payload:
    """Give what a freeze of a sealed election says beside the definition's hash."""
    return {
        "opens_at": moment(opens_at),
        "closes_at": moment(closes_at),
        "grace_s": grace_s,
        "appeals_until": moment(appeals_until),
    }


async def frozen_sealed(
    session: WriteSession,
    definition: BallotDefinition,
    request: ActRequest,
    *,
    round_id: RoundId,
    signed: Signed,
    at: datetime,
) -> Election:
    """Freeze the definition of a sealed election, as two persons have signed it.

    The window and the end of appeals are in the request's payload. Raises :class:`NotAllowed` as
    :func:`frozen` does, for a payload that cannot be read, and unless two persons have signed.
    """
    fits = request.kind is ActKind.FREEZE and request.state == DRAFT
    same = request.election_id == definition.election_id
    if not (fits and same and request.definition_hash == definition.hash):
        raise NotAllowed("the freeze that was signed is another one")
    check_signed(request, SEALED_STEPS[ActKind.FREEZE], signed)
    _check_payload(request)
    said = request.payload
    opens_at, closes_at, appeals_until = (
        _moment_in(said[name]) for name in ("opens_at", "closes_at", "appeals_until")
    )
    if appeals_until <= closes_at:
        raise NotAllowed("appeals end after the voting does")
    window = _window(opens_at, closes_at, _whole(said["grace_s"]))
    more = {"assurance": Assurance.SEALED.value, "appeals_until": appeals_until}
    await _stored(session, definition, round_id, window | more)
    sealed = Assurance.SEALED
    await act_kept(
        session, request.election_id, sealed, ActKind.FREEZE, request=request, by=signed, at=at
    )
    return await election_of(session, definition.election_id)


async def opened(
    session: WriteSession, election_id: ElectionId, *, persons: TwoPersons, at: datetime
) -> Election:
    """Open a plain frozen election; its window decides about casting as well.

    Raises :class:`NotFound`, or :class:`NotAllowed` in any other state.
    """
    return await _done(session, election_id, ActKind.OPEN, by=persons, at=at)


async def closed(
    session: WriteSession, election_id: ElectionId, *, persons: TwoPersons, at: datetime
) -> Election:
    """Close a plain open election. Once the transaction has committed nothing more is recorded.

    Waits for the batches that hold the row by a share lock: what they acknowledge is in the log
    before the election is closed. Raises :class:`NotFound` or :class:`NotAllowed`.
    """
    return await _done(session, election_id, ActKind.CLOSE, by=persons, at=at)


async def counted(
    session: WriteSession, election_id: ElectionId, *, persons: TwoPersons, at: datetime
) -> Election:
    """Mark a plain closed election as counted. Raises :class:`NotFound` or :class:`NotAllowed`."""
    return await _done(session, election_id, ActKind.COUNT, by=persons, at=at)


async def moved(
    session: WriteSession,
    request: ActRequest,
    *,
    by: Answerable,
    at: datetime,
    definition: BallotDefinition | None = None,
) -> Election:
    """Do an act as it was requested, on an election of either assurance, and give the election.

    ``definition``: the new one, for an amendment alone. Closing waits as :func:`closed` does.
    Raises :class:`NotFound`, and :class:`NotAllowed` where the act does not fit the state, the
    election is not what it was when this was signed, a sealed election's act is not signed by two,
    something does not hold yet (:class:`Need`), or the payload is not of this act.
    """
    return await _done(
        session,
        request.election_id,
        request.kind,
        by=by,
        at=at,
        request=request,
        definition=definition,
    )


async def lacking(session: ReadSession, election: Election, at: datetime) -> frozenset[Need]:
    """Give what does not hold now."""
    setup = await sealing_of(session, election.id)
    appeals = election.appeals_until
    holds = {
        Need.SEALED_TO_TRUSTEES: setup is not None,
        Need.REHEARSED: setup is not None and await _rehearsed(session, election, setup.hash),
        Need.DEVICES_SETTLED: not await devices_waiting(session, election.id),
        Need.NOTHING_QUARANTINED: not await quarantine_waiting(session, election.id),
        Need.APPEALS_OVER: appeals is not None and at >= appeals,
        Need.BACKUPS_EXPIRED: not await backups_alive(session, at),
    }
    return frozenset(need for need, held in holds.items() if not held)


async def _rehearsed(session: ReadSession, election: Election, setup_hash: Digest) -> bool:
    """Whether a rehearsal is on file with the very keys and the very ballot that there are now."""
    query = select(ActRow.id).where(
        ActRow.election_id == election.id,
        ActRow.kind == ActKind.REHEARSE.value,
        ActRow.definition_hash == election.definition.hash,
        ActRow.payload["sealing"].astext == setup_hash.hex(),
    )
    return await session.scalar(query.limit(1)) is not None


async def _done(
    session: WriteSession,
    election_id: ElectionId,
    kind: ActKind,
    *,
    by: Answerable,
    at: datetime,
    request: ActRequest | None = None,
    definition: BallotDefinition | None = None,
) -> Election:
    election = await election_for_update(session, election_id)
    step = step_for(election.assurance, kind, election.state)
    if step is None:
        raise NotAllowed(f"the election is {election.state}, and {kind} does not fit that")
    if request is not None:
        _check_same(request, election)
    _check_answered(election.assurance, step, request, by)
    if step.needs:
        missing = await lacking(session, election, at)
        reasons = [need.value for need in step.needs if need in missing]
        if reasons:
            raise NotAllowed(f"not yet: {'; '.join(reasons)}")
    if request is not None and election.assurance is Assurance.SEALED:
        _check_payload(request)
        await _effect(session, election, request, definition, at)
    if step.after is not None:
        await _changed(session, election_id, {"state": step.after.value})
    if step.after is ElectionState.KEYS_DESTROYED:
        await voter_keys_destroyed(session, election_id)
    await act_kept(
        session,
        election_id,
        election.assurance,
        kind,
        request=request,
        by=by,
        at=at,
        earlier=election.definition.canonical if kind is ActKind.AMEND else None,
    )
    return await election_of(session, election_id)


def _check_answered(
    assurance: Assurance, step: Step, request: ActRequest | None, by: Answerable
) -> None:
    if isinstance(by, Signed) and request is not None:
        check_signed(request, step, by)
    elif assurance is Assurance.SEALED:
        raise NotAllowed("the acts upon a sealed election are signed by two persons")


def _check_same(request: ActRequest, election: Election) -> None:
    same = request.definition_hash == election.definition.hash
    if not same or request.state != election.state.value:
        raise NotAllowed("the election is not what it was when this was proposed")


def _check_payload(request: ActRequest) -> None:
    wanted = PAYLOADS.get(request.kind, frozenset())
    more = set(request.payload) - wanted - MAY_SAY.get(request.kind, frozenset())
    if more or not wanted <= set(request.payload):
        names = ", ".join(sorted(wanted)) or "nothing"
        raise NotAllowed(f"{request.kind} says {names} beside its kind")


async def _effect(
    session: WriteSession,
    election: Election,
    request: ActRequest,
    definition: BallotDefinition | None,
    at: datetime,
) -> None:
    """Do what an act does beside moving the state."""
    said = request.payload
    match request.kind:
        case ActKind.AMEND:
            await _amended(session, election, definition, said["definition_hash"])
        case ActKind.EXTEND:
            await _extended(session, election, _moment_in(said["closes_at"]), at)
        case ActKind.REHEARSE:
            setup = await sealing_of(session, election.id)
            if setup is None or said["sealing"] != setup.hash.hex():
                raise NotAllowed("the rehearsal was of other keys than this election's")
        case ActKind.LOST_KIOSK:
            await device_lost(session, election.id, _octets(said["device"]))
        case ActKind.LATE_JOURNAL:
            await device_arrived_late(
                session,
                election.id,
                _octets(said["device"]),
                head=Digest(_octets(said["head"])),
                entries=_whole(said["entries"]),
            )
        case _:
            pass  # the others move the state, or are written down, and do nothing more


async def _amended(
    session: WriteSession,
    election: Election,
    definition: BallotDefinition | None,
    said: str | int,
) -> None:
    if definition is None or said != definition.hash.hex():
        raise NotAllowed("an amendment needs the very definition that was signed")
    if definition.election_id != election.id or cannot_be_stored(definition):
        raise NotAllowed("the new definition is of another election, or cannot be stored")
    _check_routes(definition)
    values = {"definition": definition_json(definition), "definition_hash": definition.hash}
    await _changed(session, election.id, values)


async def _extended(
    session: WriteSession, election: Election, closes_at: datetime, at: datetime
) -> None:
    appeals = election.appeals_until
    if not (at < election.closes_at < closes_at and appeals is not None and closes_at < appeals):
        raise NotAllowed(
            "voting is extended before its published end, to a later one, before appeals end"
        )
    await _changed(session, election.id, {"closes_at": closes_at})


async def _changed(
    session: WriteSession, election_id: ElectionId, values: Mapping[str, object]
) -> None:
    await session.execute(
        update(ElectionRow).where(ElectionRow.id == election_id).values(dict(values))
    )


async def _stored(
    session: WriteSession,
    definition: BallotDefinition,
    round_id: RoundId,
    more: Mapping[str, object],
) -> None:
    if cannot_be_stored(definition):
        raise NotAllowed("a text of the ballot definition holds the null character")
    _check_routes(definition)
    row = {
        "id": definition.election_id,
        "round_id": round_id,
        "state": ElectionState.FROZEN.value,
        "definition": definition_json(definition),
        "definition_hash": definition.hash,
        "share_lock": 0,
        **more,
    }
    statement = insert(ElectionRow).values(row).on_conflict_do_nothing()
    if await session.scalar(statement.returning(ElectionRow.id)) is None:
        raise NotAllowed("this election is frozen already")


def _check_routes(definition: BallotDefinition) -> None:
    if reasons := definition.why_not_frozen:
        raise NotAllowed(f"a binding election cannot be frozen so: {'; '.join(reasons)}")


def _window(opens_at: datetime, closes_at: datetime, grace_s: int) -> dict[str, object]:
    if not (opens_at < closes_at and grace_s >= 0):
        raise NotAllowed("voting must open before it closes, and the grace cannot be negative")
    return {"opens_at": opens_at, "closes_at": closes_at, "grace_s": grace_s}


def _moment_in(said: str | int) -> datetime:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError as err:
        raise NotAllowed(f"{said!r} is no moment") from err
    if found.tzinfo is None:
        raise NotAllowed(f"{said!r} names no time zone")
    return found


def _octets(said: str | int) -> bytes:
    try:
        return bytes.fromhex(str(said))
    except ValueError as err:
        raise NotAllowed(f"{said!r} is not hexadecimal") from err


def _whole(said: str | int) -> int:
    if not isinstance(said, int) or said < 0:
        raise NotAllowed(f"{said!r} is no number of things")
    return said
