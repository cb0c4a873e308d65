"""What can be done to an election from the desk, by whom, and how it is done when two signed."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import Signature, relying_party
from talkoot.base.settings import Settings
from talkoot.people import Proposal
from talkoot.rounds import Municipality
from talkoot.voting import board, log
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.log import (
    ActKind,
    ActRequest,
    Assurance,
    Election,
    ElectionState,
    Need,
    Signed,
    Step,
    act_challenge,
    acts_for,
    election_of,
    step_for,
)
from talkoot.voting.results import (
    RESULT,
    TABLES,
    TRANSCRIPT,
    Tables,
    said_of_unique,
    tally_kept,
)
from talkoot.voting.roll import change_applied, change_digest, create_keys, secrets_destroyed
from talkoot.web.house import House

CEREMONIES = "ceremonies"
"""The folder below ``TALKOOT_HOME`` in which the public files of counts lie, a folder each."""

AT_DESK: Mapping[Assurance, frozenset[ActKind]] = {
    Assurance.PLAIN: frozenset({ActKind.OPEN, ActKind.CLOSE}),
    Assurance.SEALED: frozenset(
        {
            ActKind.AMEND,
            ActKind.REHEARSE,
            ActKind.OPEN,
            ActKind.EXTEND,
            ActKind.CLOSE,
            ActKind.ROLL_CHANGE,
            ActKind.LOST_KIOSK,
            ActKind.RECONCILE,
            ActKind.TALLY,
            ActKind.FINAL,
            ActKind.DESTROY,
        }
    ),
}
"""What a browser can do to an election that is there. A late journal comes from a kiosk's own
medium, and so by the command line; a freeze is of a round (``desk_freeze.py``)."""
SIGNERS = frozenset[OfficialRole]().union(
    *(log.STEPS[assurance][kind].roles for assurance, kinds in AT_DESK.items() for kind in kinds)
)
_NEXT: Mapping[ElectionState, ActKind] = {
    ElectionState.FROZEN: ActKind.OPEN,
    ElectionState.OPEN: ActKind.CLOSE,
    ElectionState.CLOSING: ActKind.RECONCILE,
    ElectionState.RECONCILING: ActKind.TALLY,
    ElectionState.TALLIED: ActKind.FINAL,
    ElectionState.FINAL: ActKind.DESTROY,
}


def deeds_for(election: Election) -> tuple[ActKind, ...]:
    """Give what can be proposed at the desk for an election as it stands."""
    possible = acts_for(election.assurance, election.state)
    return tuple(kind for kind in possible if kind in AT_DESK[election.assurance])


def next_for(election: Election, missing: Collection[Need]) -> ActKind | None:
    """Give the act that leads an election on; ``None`` where the desk has none."""
    kind = _NEXT.get(election.state)
    if kind is ActKind.OPEN and Need.REHEARSED in missing:
        sealed = election.assurance is Assurance.SEALED
        return ActKind.REHEARSE if sealed else kind
    return kind


async def roles_for(session: ReadSession, proposal: Proposal) -> frozenset[OfficialRole]:
    """Give the roles that may sign a proposal. Raises :class:`NotAllowed` where it fits no more."""
    if proposal.kind == ActKind.FREEZE:
        return log.STEPS[Assurance.SEALED][ActKind.FREEZE].roles
    return step_of(await election_of(session, proposal.election_id), proposal.kind).roles


def step_of(election: Election, kind: str) -> Step:
    """Give the step that an act would be now. Raises :class:`NotAllowed` where it does not fit."""
    if kind not in deeds_for(election):
        raise NotAllowed(f"{kind!r} cannot be proposed for an election that is {election.state}")
    step = step_for(election.assurance, ActKind(kind), election.state)
    if step is None:
        raise NotAllowed(f"{kind!r} does not fit an election that is {election.state}")
    return step


async def lacking(
    session: ReadSession, election: Election, kind: str, at: datetime
) -> tuple[Need, ...]:
    """Give what has to hold before an act and does not, in the order of the table."""
    needs = step_of(election, kind).needs
    missing = await log.lacking(session, election, at) if needs else frozenset()
    return tuple(need for need in needs if need in missing)


def request_of(proposal: Proposal) -> ActRequest:
    """Give the act that a proposal is of, as the log knows it."""
    return ActRequest(
        election_id=proposal.election_id,
        kind=ActKind(proposal.kind),
        state=proposal.state,
        definition_hash=Digest(proposal.definition_hash),
        reason=proposal.reason,
        nonce=proposal.nonce,
        payload=msgspec.json.decode(proposal.payload, type=dict[str, str | int])
        if proposal.payload
        else {},
    )


def challenge_of(proposal: Proposal) -> bytes:
    """Give the 32 bytes that both persons sign."""
    return act_challenge(request_of(proposal))


async def done(
    session: WriteSession,
    proposal: Proposal,
    signatures: tuple[Signature, Signature],
    *,
    municipality: Municipality,
    house: House,
) -> None:
    """Do what a proposal says, signed by two.

    Raises :class:`NotAllowed` where the election is not any more what they signed for, where
    something has to hold before and does not, and where what the act needs is not what was signed.
    """
    at, keys = house.now(), house.settings.keys_folder
    by = Signed(signatures=signatures, party=relying_party(house.settings.address))
    request, carried = request_of(proposal), proposal.carried or b""
    more: dict[board.Kind, bytes] = {}
    if request.kind is ActKind.FREEZE:
        await _frozen(session, proposal, request, by, house)
    else:
        amended = definition_in(proposal) if request.kind is ActKind.AMEND else None
        election = await log.moved(session, request, by=by, at=at, definition=amended)
        match request.kind:
            case ActKind.ROLL_CHANGE if election.assurance is Assurance.SEALED:
                await _roll_changed(session, request, carried, municipality, at)
            case ActKind.TALLY:
                more = await _tallied(session, election, request, carried, house)
            case ActKind.DESTROY:
                # Before the commit: what the database then still held could be read by nobody.
                # Should the commit fail, `talkoot destroy` destroys the rest.
                secrets_destroyed(keys, election.id)
            case _:
                pass  # the others are done as they are written down
    await board.ceremonies_recorded(session, proposal.election_id, more)


async def _frozen(
    session: WriteSession, proposal: Proposal, request: ActRequest, by: Signed, house: House
) -> None:
    """Freeze a round's ballot, draw the election's secret keys, and begin its board."""
    if proposal.round_id is None:
        raise NotAllowed("this freeze names no round")
    if await log.elections_of_round(session, proposal.round_id):
        raise NotAllowed("the round's ballot is frozen already")
    definition, keys = definition_in(proposal), house.settings.keys_folder
    made = await log.frozen_sealed(
        session, definition, request, round_id=proposal.round_id, signed=by, at=house.now()
    )
    create_keys(keys, made.id)
    key = board.create_board_key(keys, made.id)
    await board.started(session, made.id, key.verifier)


async def _roll_changed(
    session: WriteSession,
    request: ActRequest,
    carried: bytes,
    municipality: Municipality,
    at: datetime,
) -> None:
    if request.payload["change"] != change_digest(carried):
        raise NotAllowed("the list of changes is not the one that was signed")
    await change_applied(
        session,
        carried,
        election_id=request.election_id,
        areas=frozenset(area.code for area in municipality.areas),
        at=at,
    )


async def _tallied(
    session: WriteSession, election: Election, request: ActRequest, carried: bytes, house: House
) -> dict[board.Kind, bytes]:
    """Publish the files of the ceremony, and give what of them goes on the board."""
    folder = ceremony_folder(house.settings, carried.decode())
    transcript, result = [(folder / name).read_bytes() for name in (TRANSCRIPT, RESULT)]
    if request.payload["transcript"] != hashlib.sha256(transcript).hexdigest():
        raise NotAllowed("the transcript is not the one that was signed")
    tables, agreed = tables_in(folder), request.payload.get("unique_ballots")
    said_of_unique(tables.unique, tables.ballots, None if agreed is None else int(agreed))
    await tally_kept(session, election, folder, house.now())
    return {board.Kind.TRANSCRIPT: transcript, board.Kind.RESULT: result}


def tables_in(folder: Path) -> Tables:
    """Give the tables of a ceremony's folder. Raises :class:`NotAllowed` where there are none."""
    try:
        return msgspec.json.decode((folder / TABLES).read_bytes(), type=Tables)
    except (msgspec.DecodeError, OSError, UnicodeDecodeError) as err:
        raise NotAllowed(f"the folder holds no {TABLES} of a count") from err


def definition_in(proposal: Proposal) -> BallotDefinition:
    """Give the ballot that a freeze or an amendment carries. Raises :class:`NotAllowed`, also where
    it is another one than its hash, which was signed, names.
    """
    said = request_of(proposal).payload.get("definition_hash")
    expected = proposal.definition_hash if said is None else Digest(bytes.fromhex(str(said)))
    try:
        plain = msgspec.json.decode(proposal.carried or b"", type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        raise NotAllowed(f"the proposal carries no ballot: {err}") from err
    return log.definition_from(plain, expected)


def ceremony_folder(settings: Settings, name: str) -> Path:
    """Give the folder of a ceremony's public files by its name. Raises :class:`NotAllowed` for a
    name that leads anywhere else.
    """
    folders = settings.home / CEREMONIES
    if not name or name != Path(name).name or name.startswith("."):
        raise NotAllowed(f"{name!r} is no name of a folder")
    if not (folders / name / TRANSCRIPT).is_file():
        raise NotAllowed(f"the folder {name!r} holds no transcript")
    return folders / name
