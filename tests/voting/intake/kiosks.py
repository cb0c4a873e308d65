"""A sealed election with kiosks, for the tests of what takes their journals in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from talkoot.base.db import Database
from talkoot.base.ids import ElectionId, ProjectId, VoterKey
from talkoot.cli.export_log import exported
from talkoot.cli.tally import counted_box
from talkoot.voting.ballot import (
    Ballot,
    BallotDefinition,
    DeviceCertificate,
    JournalEntry,
    Mark,
    ballot_bytes,
    certificate_raw,
)
from talkoot.voting.intake import (
    Reconciled,
    Registrar,
    SegmentRefused,
    Taken,
    journal_taken,
    journals_settled,
)
from talkoot.voting.log import (
    ActKind,
    Election,
    device_enrolled,
    election_of,
    frozen_sealed,
    moved,
    sealing_kept,
)
from talkoot.voting.results import Tallied
from talkoot.voting.sealing import SealingSetup, code_proof
from tests.kiosk.device import Device, KioskOf
from tests.voting.log.made_up import CLOSES, NOON
from tests.voting.log.sealed import a_freeze, a_request, done, signed
from tests.voting.results.made_up import a_definition, a_town_with_an_open_election
from tests.voting.sealing_of import REGISTRAR, THRESHOLD, TRUSTEES, a_setup

BOARD = Ed25519PrivateKey.from_private_bytes(sha256(b"board").digest())
AFTER_CLOSE = CLOSES + timedelta(hours=1)


def code_of(voter: int) -> str:
    """What a made-up voter types."""
    return f"code {voter}"


def key_of(voter: int) -> VoterKey:
    """Who that is."""
    return VoterKey(sha256(code_of(voter).encode()).digest()[:16])


async def voter_of(typed: str) -> VoterKey | None:
    """Find a made-up voter: everybody whose code is one of ours."""
    known = typed.startswith("code ")
    return VoterKey(sha256(typed.encode()).digest()[:16]) if known else None


def certified(device: Device) -> bytes:
    """Give a device's certificate, as it is handed over."""
    certificate = DeviceCertificate(
        election_id=device.place.election_id,
        device=device.place.device,
        public=device.public,
        place=device.name,
    )
    return certificate_raw(certificate, BOARD.sign)


@dataclass(kw_only=True)
class House:
    """An election, its kiosks, and the desk's way to its database."""

    desk: Database
    election: Election
    setup: SealingSetup
    folder: Path
    kiosks: list[Device] = field(default_factory=list)

    @property
    def id(self) -> ElectionId:
        """The election's."""
        return self.election.id

    @property
    def definition(self) -> BallotDefinition:
        """Its ballot."""
        return self.election.definition

    def registrar(self) -> Registrar:
        """What opens *who*."""
        return Registrar(key=REGISTRAR, voter_of=voter_of)

    def device(self, name: str, folder: str = "") -> Device:
        """Switch a kiosk on; the same name in another folder is a clone."""
        kiosk = KioskOf(
            election_id=self.id,
            tally_public=self.setup.tally_public,
            registrar_public=self.setup.registrar_public,
            config_hash=self.definition.hash,
        )
        made = Device(name=name, kiosk=kiosk, folder=self.folder / (folder or name))
        self.kiosks.append(made)
        return made

    def cast(self, kiosk: Device, voter: int, *projects: str) -> JournalEntry:
        """Let a voter cast at a kiosk."""
        return kiosk.cast(self.ballot(*projects), code_proof(code_of(voter)))

    def ballot(self, *projects: str) -> bytes:
        """A ballot's padded bytes."""
        marks = tuple(Mark(project=ProjectId(one)) for one in projects or ("1",))
        return ballot_bytes(Ballot(marks=marks), self.definition)

    async def take(self, content: bytes, at: datetime = NOON) -> Taken | SegmentRefused:
        """Take a segment in."""
        async with self.desk.writing() as session:
            return await journal_taken(session, self.id, content, registrar=self.registrar(), at=at)

    async def took(self, content: bytes, at: datetime = NOON) -> Taken:
        """Take a segment in that must be taken."""
        came = await self.take(content, at)
        assert isinstance(came, Taken), came
        return came

    async def settle(self, at: datetime = AFTER_CLOSE) -> Reconciled:
        """Settle what waits."""
        async with self.desk.writing() as session:
            return await journals_settled(session, self.id, registrar=self.registrar(), at=at)

    async def act(self, kind: ActKind, **payload: str | int) -> Election:
        """Do an act that two sign."""
        async with self.desk.writing() as session:
            if not payload:
                return await done(session, self.id, kind)
            request = a_request(await election_of(session, self.id), kind, payload)
            return await moved(session, request, by=signed(request), at=NOON)

    async def late(self, kiosk: Device) -> None:
        """Let two persons take a late journal."""
        await self.act(
            ActKind.LATE_JOURNAL,
            device=kiosk.place.device.hex(),
            head=kiosk.journal.head.hex(),
            entries=kiosk.journal.next_seq,
        )

    async def lost(self, kiosk: Device) -> None:
        """Let two persons declare a kiosk lost."""
        await self.act(ActKind.LOST_KIOSK, device=kiosk.place.device.hex())

    async def closed(self) -> None:
        """Close, and begin to reconcile."""
        await self.act(ActKind.CLOSE)
        await self.act(ActKind.RECONCILE)

    async def counted(self) -> Tallied:
        """Export the box and count it, by enough trustees."""
        folder = self.folder / f"box-{uuid4()}"
        async with self.desk.writing() as session:
            await exported(session, self.id, folder)
        return counted_box(folder, TRUSTEES[:THRESHOLD])


async def a_house(
    desk: Database, folder: Path, *names: str, definition: BallotDefinition | None = None
) -> House:
    """Freeze, seal, enrol kiosks with these names, rehearse and open."""
    definition = definition or a_definition(election_id=uuid4())
    beside = a_definition(election_id=UUID(int=definition.election_id.int ^ 1))
    town = await a_town_with_an_open_election(desk, beside)
    request = a_freeze(definition)
    setup = a_setup(definition)
    async with desk.writing() as session:
        election = await frozen_sealed(
            session,
            definition,
            request,
            round_id=town.round_id,
            signed=signed(request),
            at=NOON - timedelta(days=30),
        )
        await sealing_kept(session, setup)
    house = House(desk=desk, election=election, setup=setup, folder=folder)
    for name in names:
        kiosk = house.device(name)
        async with desk.writing() as session:
            await device_enrolled(session, house.id, kiosk.place.device, certified(kiosk))
    for kind in (ActKind.REHEARSE, ActKind.OPEN):
        house.election = await house.act(kind)
    return house


@contextmanager
def switched_off(house: House) -> Iterator[None]:
    """Let all kiosks' files go at the end."""
    try:
        yield
    finally:
        for kiosk in house.kiosks:
            kiosk.journal.release()


def bodies(tallied: Tallied) -> Sequence[bytes]:
    """The public files' bytes but for the transcript's, which names the box."""
    return [file.body for file in tallied.files[:-1]]
