"""Sealed elections for the tests of the log: two officials with keys, a way through the phases."""

import hashlib
import itertools
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from sqlalchemy import text

from talkoot.base.bytes import Digest
from talkoot.base.db import WriteSession
from talkoot.base.ids import ElectionId
from talkoot.base.officials import OfficialId, OfficialRole
from talkoot.base.passkeys import CredentialId, KeyKind, RelyingParty, Signature
from talkoot.people import KeyFile, asserted
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.log import (
    DRAFT,
    ActKind,
    ActRequest,
    Election,
    ElectionState,
    Signed,
    act_challenge,
    device_enrolled,
    device_reconciled,
    devices_of,
    election_of,
    freeze_payload,
    frozen_sealed,
    moment,
    moved,
    sealing_kept,
    sealing_of,
)
from talkoot.voting.log.acts import Payload
from tests.voting.log.made_up import CLOSES, GRACE_S, NOON, OPENS, a_definition, a_round
from tests.voting.sealing_of import a_setup

PARTY = RelyingParty(id="vote.example", origin="https://vote.example")
APPEALS = CLOSES + timedelta(days=30)
AFTER_APPEALS = APPEALS + timedelta(days=1)
HEAD = hashlib.sha256(b"head").digest()
DEVICE, OTHER_DEVICE = bytes(15) + b"\1", bytes(15) + b"\2"
TABLES = ("election", "act", "entry", "standing", "device", "quarantine", "sealing", "backup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """An official with a key."""

    name: str
    official_id: OfficialId
    role: OfficialRole
    key: KeyFile

    def signs(self, request: ActRequest, party: RelyingParty = PARTY) -> Signature:
        """Sign an act."""
        return Signature(
            official_id=self.official_id,
            name=self.name,
            role=self.role,
            credential_id=self.key.credential_id,
            key_kind=KeyKind.FILE,
            public_key=self.key.public_key,
            assertion=asserted(self.key, act_challenge(request), party),
        )


def a_hand(name: str, role: OfficialRole = OfficialRole.ELECTION_MANAGER) -> Hand:
    """Give a person with a fresh key."""
    key = KeyFile(
        credential_id=CredentialId(secrets.token_bytes(16)),
        private_key=generate_private_key(SECP256R1()),
    )
    return Hand(name=name, official_id=OfficialId(uuid4()), role=role, key=key)


AINO, OTTO = a_hand("Aino Esimerkki"), a_hand("Otto Esimerkki")


def signed(request: ActRequest, *hands: Hand) -> Signed:
    """Have two persons sign; Aino and Otto if nobody is named."""
    first, second = hands or (AINO, OTTO)
    return Signed(signatures=(first.signs(request), second.signs(request)), party=PARTY)


def a_request(
    election: Election, kind: ActKind, payload: Payload | None = None, *, reason: str = "So it is."
) -> ActRequest:
    """Propose an act upon an election as it stands."""
    return ActRequest(
        election_id=election.id,
        kind=kind,
        state=election.state.value,
        definition_hash=election.definition.hash,
        reason=reason,
        nonce=secrets.token_bytes(16),
        payload=payload or {},
    )


def a_freeze(definition: BallotDefinition) -> ActRequest:
    """Propose to freeze a definition."""
    return ActRequest(
        election_id=definition.election_id,
        kind=ActKind.FREEZE,
        state=DRAFT,
        definition_hash=definition.hash,
        reason="The council decided so on 2 February.",
        nonce=secrets.token_bytes(16),
        payload=freeze_payload(
            opens_at=OPENS, closes_at=CLOSES, grace_s=GRACE_S, appeals_until=APPEALS
        ),
    )


async def frozen_by_two(
    session: WriteSession, definition: BallotDefinition | None = None
) -> Election:
    """Freeze a sealed election; nothing is sealed to trustees yet."""
    ballot = definition or a_definition()
    request = a_freeze(ballot)
    return await frozen_sealed(
        session,
        ballot,
        request,
        round_id=await a_round(session),
        signed=signed(request),
        at=OPENS - timedelta(days=7),
    )


async def payload_for(session: WriteSession, election: Election, kind: ActKind) -> Payload:
    """Give a payload that fits an act upon an election as it stands."""
    if kind is ActKind.LATE_JOURNAL:
        await a_journal_arrived(session, election.id)
    setup = await sealing_of(session, election.id)
    payloads: dict[ActKind, Payload] = {
        ActKind.AMEND: {"definition_hash": amendment(election).hash.hex()},
        ActKind.REHEARSE: {"sealing": setup.hash.hex() if setup else "00" * 32},
        ActKind.EXTEND: {"closes_at": moment(election.closes_at + timedelta(days=1))},
        ActKind.LOST_KIOSK: {"device": OTHER_DEVICE.hex()},
        ActKind.LATE_JOURNAL: {"device": OTHER_DEVICE.hex(), "head": HEAD.hex(), "entries": 1},
        ActKind.ROLL_CHANGE: {"change": "ab" * 32},
        ActKind.TALLY: {"transcript": "cd" * 32},
    }
    return payloads.get(kind, {})


async def a_journal_arrived(session: WriteSession, election_id: ElectionId) -> None:
    """Let the other device's journal be there, as a bare row: one entry, which is its head."""
    await session.execute(
        text(
            "insert into journal_entry (election_id, entry_hash, device_id, epoch, seq, kind, raw,"
            " chained, late) values (:id, :head, :device, 1, 0, 9, '', true, true)"
            " on conflict do nothing"
        ),
        {"id": election_id, "head": HEAD, "device": OTHER_DEVICE},
    )


def amendment(election: Election) -> BallotDefinition:
    """Give another ballot for the same election."""
    projects = len(election.definition.projects)
    return a_definition(election_id=election.id, projects=projects % 8 + 1)


async def done(session: WriteSession, election_id: ElectionId, kind: ActKind) -> Election:
    """Do an act as it should be done, signed by two, when its time has come."""
    election = await election_of(session, election_id)
    request = a_request(election, kind, await payload_for(session, election, kind))
    return await moved(
        session,
        request,
        by=signed(request),
        at=AFTER_APPEALS if kind is ActKind.DESTROY else NOON,
        definition=amendment(election) if kind is ActKind.AMEND else None,
    )


async def devices_settled(session: WriteSession, election_id: ElectionId) -> None:
    """Let every device arrive that is still awaited."""
    for device in await devices_of(session, election_id):
        if device.head is None:
            await device_reconciled(
                session, election_id, device.device_id, head=Digest(HEAD), entries=3
            )


async def an_election_that_is(
    session: WriteSession, state: ElectionState, *, devices: bool = True
) -> Election:
    """Walk a sealed election to a state, with two devices that are still awaited if it can be."""
    election = await frozen_by_two(session)
    await sealing_kept(session, a_setup(election.definition))
    if devices:
        for device in (DEVICE, OTHER_DEVICE):
            await device_enrolled(session, election.id, device, b"certificate")
    way = (
        (ElectionState.FROZEN, (ActKind.REHEARSE, ActKind.OPEN)),
        (ElectionState.OPEN, (ActKind.CLOSE,)),
        (ElectionState.CLOSING, (ActKind.RECONCILE,)),
        (ElectionState.RECONCILING, (ActKind.TALLY,)),
        (ElectionState.TALLIED, (ActKind.FINAL,)),
        (ElectionState.FINAL, (ActKind.DESTROY,)),
    )
    for _, kinds in itertools.takewhile(lambda step: step[0] is not state, way):
        for kind in kinds:
            if kind is ActKind.TALLY:
                await devices_settled(session, election.id)
            election = await done(session, election.id, kind)
    return await election_of(session, election.id)


async def row_hashes(session: WriteSession) -> dict[str, str]:
    """Give a hash over all rows of each table of the log, whatever their order."""
    found = {}
    for table in TABLES:
        ordered = "string_agg(t::text, '|' order by t::text)"
        query = f"select md5(coalesce({ordered}, '')) from {table} t"  # noqa: S608  names of ours
        found[table] = str(await session.scalar(text(query)))
    return found
