"""What of a sealed election is public beside its ballots, put on its board as things happen."""

from collections.abc import Mapping

import msgspec

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting.board.leaves import Kind
from talkoot.voting.board.rows import rows_recorded
from talkoot.voting.board.store import board_of, record_added
from talkoot.voting.log import (
    ENDED_STATES,
    ActKind,
    Assurance,
    ElectionState,
    act_record,
    acts_of,
    devices_of,
    election_of,
    sealing_of,
)

DESTROYED = ("pseudonym key", "code pepper", "registrar key", "wraps", "voter keys", "sessions")
_NOTHING_MORE: Mapping[Kind, bytes] = {}


async def ceremonies_recorded(
    session: WriteSession, election_id: ElectionId, more: Mapping[Kind, bytes] = _NOTHING_MORE
) -> None:
    """Put on the board the ballot, the keys that ballots are sealed to, ``more``, and every act.

    In the order in which a reader expects them (``docs/public_files.md``); what is there already
    stays where it is. Of an amended ballot every version is there, each after the act that made
    it, also on a board begun later. Devices come before the opening, for none is enrolled after it;
    that keys were destroyed is told by a record of its own; from the close on each act is followed
    by digests of the rows that nobody publishes (:mod:`.rows`). Where the election has no board
    nothing is done, and of a plain election, whose acts nobody signs, the ballot alone is put
    there.
    """
    if await board_of(session, election_id) is None:
        return
    election = await election_of(session, election_id)
    acts = await acts_of(session, election_id)
    replaced = [act.earlier for act in acts if act.earlier is not None]
    ballots = iter([*replaced, election.definition.canonical])
    await record_added(session, election_id, Kind.DEFINITION, next(ballots))
    if election.assurance is Assurance.PLAIN:
        return
    setup = await sealing_of(session, election_id)
    if setup is not None:
        await record_added(session, election_id, Kind.SEALING, setup.canonical)
    for kind, record in more.items():
        await record_added(session, election_id, kind, record)
    for act in acts:
        if act.request.kind is ActKind.OPEN:
            record = await _devices_record(session, election_id)
            await record_added(session, election_id, Kind.DEVICES, record)
        await record_added(session, election_id, Kind.ACT, _packed(act_record(act)))
        if act.request.kind is ActKind.AMEND:
            now = next(ballots, election.definition.canonical)
            await record_added(session, election_id, Kind.DEFINITION, now)
    if election.state is ElectionState.KEYS_DESTROYED:
        told = {"election": str(election_id), "destroyed": DESTROYED}
        await record_added(session, election_id, Kind.DESTRUCTION, _packed(told))
    if acts and election.state in ENDED_STATES:
        await rows_recorded(session, election_id, acts[-1])


async def _devices_record(session: ReadSession, election_id: ElectionId) -> bytes:
    """Say which devices may bring ballots, and by which certificates: fixed at the opening."""
    devices = [
        {"device": device.device_id.hex(), "certificate": device.certificate.hex()}
        for device in await devices_of(session, election_id)
    ]
    return _packed({"election": str(election_id), "devices": devices})


def _packed(record: Mapping[str, object]) -> bytes:
    return msgspec.json.encode(record, order="deterministic")
