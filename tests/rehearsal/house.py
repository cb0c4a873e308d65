"""A sealed election played by the rooms themselves, to its end, for those who then tamper with it.

Everything that has rows is there: a roll with codes, two devices, ballots cast by the door, a count
with trustees' keys, a board with two witnesses, and a backup that has expired. The ballot is
amended before the board begins, and all acts before the count are done at one moment.
"""

import hashlib
import random
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from talkoot.base.db import Database, WriteSession
from talkoot.base.ids import ElectionId
from talkoot.base.money import Cents
from talkoot.cli.export_log import exported
from talkoot.cli.tally import counted_box
from talkoot.rounds import municipality_kept, picture_kept, round_kept
from talkoot.voting import board
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.board import Closing, Note, SigningKey, Use, origin_of
from talkoot.voting.intake import Door, Recorded
from talkoot.voting.log import (
    ActKind,
    Election,
    ElectionState,
    backup_declared,
    device_enrolled,
    election_of,
    frozen_sealed,
    moved,
    sealing_kept,
)
from talkoot.voting.results import RESULT, TRANSCRIPT, public_folder, tally_kept
from talkoot.voting.roll import (
    CodeCost,
    CodeHasher,
    activate,
    create_keys,
    import_roll,
    issue_codes,
    secrets_destroyed,
)
from tests.voting.log.made_up import CLOSES, NOON, OPENS, a_cast, a_voter
from tests.voting.log.sealed import (
    DEVICE,
    OTHER_DEVICE,
    a_freeze,
    a_request,
    devices_settled,
    done,
    signed,
)
from tests.voting.results.made_up import a_definition
from tests.voting.sealing_of import THRESHOLD, TRUSTEES, a_setup
from tests.web.town import MUNICIPALITY, PICTURE, a_round

Files = dict[str, bytes]
LATER = CLOSES + timedelta(days=1)
PERSONS = 12
"""On the roll, with codes: enough to alter, few to hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of it: the public folder as a mirror has it, and the key that signs the board."""

    election_id: ElectionId
    files: Files
    log_key: SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Where it is played, and by whom."""

    web: Database
    desk: Database
    folder: Path
    log_key: SigningKey
    witnesses: tuple[SigningKey, SigningKey]

    async def acts(self, election_id: ElectionId, *kinds: ActKind) -> None:
        """Do acts, each in a transaction of its own, and put them on the board."""
        for kind in kinds:
            async with self.desk.writing() as session:
                await done(session, election_id, kind)
                await board.ceremonies_recorded(session, election_id)

    async def signs(self, election_id: ElectionId, closing: Closing = Closing.CLOSED) -> None:
        """Publish the board, and have both witnesses sign it."""
        async with self.desk.writing() as session:
            await board.published(
                session, election_id, at=NOON, signer=self.log_key, closing=closing
            )
            note = await board.last_note(session, election_id)
            assert note is not None
            lines = [
                board.cosigned(Note.read(note), key, at=2_000_000_000) for key in self.witnesses
            ]
            octets = note + "".join(str(line) for line in lines).encode()
            assert await board.witnessed(session, election_id, octets) == len(self.witnesses)


async def played(
    web: Database, desk: Database, folder: Path, *, voters: int, until: ElectionState
) -> Played:
    """Play an election until it is final, or its keys are destroyed."""
    definition = a_definition()
    house = House(
        web=web,
        desk=desk,
        folder=folder,
        log_key=_key(origin_of(definition.election_id), Use.LOG),
        witnesses=(_key("lehti.example", Use.WITNESS), _key("naapuri.example", Use.WITNESS)),
    )
    election = await _opened(house, definition)
    await _voted(house, election, voters)
    await house.acts(election.id, ActKind.CLOSE, ActKind.RECONCILE)
    await house.signs(election.id)
    await _counted(house, election.id)
    await house.acts(election.id, ActKind.FINAL)
    if until is ElectionState.KEYS_DESTROYED:
        await house.acts(election.id, ActKind.DESTROY)
        secrets_destroyed(folder / "keys", election.id)
    await house.signs(election.id)
    async with desk.reading() as session:
        files = {name: body async for name, body in public_folder(session, election.id)}
    return Played(election_id=election.id, files=files, log_key=house.log_key)


def _key(name: str, use: Use) -> SigningKey:
    return SigningKey(name, use, Ed25519PrivateKey.generate())


async def _opened(house: House, definition: BallotDefinition) -> Election:
    first, round_ = replace(definition, budget=Cents(1)), a_round()
    id_ = definition.election_id
    async with house.desk.writing() as session:
        await municipality_kept(session, MUNICIPALITY)
        await picture_kept(session, PICTURE, "image/svg+xml", b"<svg/>")
        await round_kept(session, round_)
        freeze = a_freeze(first)
        by = signed(freeze)
        frozen = await frozen_sealed(session, first, freeze, round_id=round_.id, signed=by, at=NOON)
        amend = a_request(frozen, ActKind.AMEND, {"definition_hash": definition.hash.hex()})
        await moved(session, amend, by=signed(amend), at=NOON, definition=definition)
        await board.started(session, id_, house.log_key.verifier)
        keys = [key.verifier for key in house.witnesses]
        await board.witnesses_named(session, id_, keys, quorum=2)
        await sealing_kept(session, a_setup(definition))
        for device in (DEVICE, OTHER_DEVICE):
            await device_enrolled(session, id_, device, b"certificate of %d" % device[-1])
        await _roll_of(session, id_, house.folder / "keys")
        await backup_declared(
            session, taken_at=OPENS, expires_at=CLOSES, place="the safe", by="Aino"
        )
    await house.acts(id_, ActKind.REHEARSE, ActKind.OPEN)
    async with house.desk.writing() as session:
        return await election_of(session, id_)


async def _roll_of(session: WriteSession, election_id: ElectionId, folder: Path) -> None:
    keys = create_keys(folder, election_id)
    rows = "anchor;birth_year;area;language\n" + "".join(
        f"row-{at};{1930 + at};satama;fi\n" for at in range(PERSONS)
    )
    areas = {area.code for area in MUNICIPALITY.areas}
    await import_roll(session, rows.encode(), election_id=election_id, areas=areas, at=OPENS)
    async with CodeHasher(CodeCost(memory_kib=8, passes=1)) as hasher:
        batch = await issue_codes(
            session, election_id=election_id, keys=keys, hasher=hasher, by="Anna", at=OPENS
        )
    await activate(session, batch.id, by="Bertta", at=OPENS)


async def _voted(house: House, election: Election, voters: int) -> None:
    """Every fifth voter votes twice; half of the ballots come on the board while voting is open."""
    draw = random.Random(5)
    async with Door(house.web) as door:
        for number in range(voters):
            for _ in range(2 if number % 5 == 0 else 1):
                projects = draw.sample("12345", draw.randint(1, 3))
                cast = a_cast(
                    election,
                    voter=a_voter(number + 1),
                    submission=UUID(int=draw.getrandbits(128)),
                    projects=projects,
                )
                assert isinstance(await door.cast(cast, NOON), Recorded)
            if number == voters // 2:
                await house.signs(election.id, Closing.STILL_OPEN)


async def _counted(house: House, election_id: ElectionId) -> None:
    box, out = house.folder / "box", house.folder / "out"
    async with house.desk.writing() as session:
        await devices_settled(session, election_id)
        await exported(session, election_id, box)
    tallied = counted_box(box, TRUSTEES[:THRESHOLD])
    out.mkdir()
    for file in tallied.files:
        (out / file.name).write_bytes(file.body)
    bodies = {file.name: file.body for file in tallied.files}
    async with house.desk.writing() as session:
        election = await election_of(session, election_id)
        said = {"transcript": hashlib.sha256(bodies[TRANSCRIPT]).hexdigest()}
        request = a_request(election, ActKind.TALLY, said)
        await moved(session, request, by=signed(request), at=LATER)
        await tally_kept(session, await election_of(session, election_id), out, LATER)
        records = {board.Kind.TRANSCRIPT: bodies[TRANSCRIPT], board.Kind.RESULT: bodies[RESULT]}
        await board.ceremonies_recorded(session, election_id, records)
