"""The rehearsal's kiosks: one delivers in time, one late, one is lost with the ballots in it."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from talkoot.base.ids import ElectionId, ProjectId
from talkoot.cli.journal import file_taken
from talkoot.voting import log
from talkoot.voting.ballot import Ballot, Mark, ballot_bytes
from talkoot.voting.intake import Taken
from talkoot.voting.roll import CodeHasher
from talkoot.voting.sealing import code_proof
from tests.kiosk.device import Device, KioskOf
from tests.rehearsal.hall import Failed, Hall
from tests.web.town import number

DELIVERED, LATE, GONE = "kiosk in the hall", "kiosk in the library", "kiosk in the harbour"
KIOSKS = (DELIVERED, LATE, GONE)
PER_KIOSK = 2
COUNTED = 2 * PER_KIOSK
"""Voters whose kiosks came back."""


async def kiosk_called(hall: Hall, election: UUID, name: str) -> Device:
    """Switch on a kiosk that writes its journal as real ones do."""
    async with hall.desk.reading() as session:
        setup = await log.sealing_of(session, ElectionId(election))
        found = await log.election_of(session, ElectionId(election))
    if setup is None:
        raise Failed("the election is sealed to nobody")
    kiosk = KioskOf(
        election_id=ElectionId(election),
        tally_public=setup.tally_public,
        registrar_public=setup.registrar_public,
        config_hash=found.definition.hash,
    )
    return Device(name=name, kiosk=kiosk, folder=hall.folder / name)


async def enrolled(hall: Hall, election: UUID) -> None:
    """Enrol the three by their public keys."""
    for name in KIOSKS:
        kiosk = await kiosk_called(hall, election, name)
        kiosk.journal.release()
        file = hall.folder / name / "public"
        file.write_text(kiosk.public.hex() + "\n", encoding="ascii")
        out = ("--out", hall.path(f"{name}/certificate"))
        said = await hall.done("device", "enrol", str(election), str(file), "--place", name, *out)
        if kiosk.place.device.hex() not in said:
            raise Failed(f"another device was enrolled: {said}")


async def voted_at_kiosks(
    hall: Hall, election: UUID, codes: tuple[str, ...], hasher: CodeHasher, at: datetime
) -> Counter[str]:
    """Let voters with these codes vote at the kiosks; take in what the first one sends at once.

    Gives the votes of those whose kiosks come back.
    """
    votes: Counter[str] = Counter()
    async with hall.desk.reading() as session:
        definition = (await log.election_of(session, ElectionId(election))).definition
    for place, name in enumerate(KIOSKS):
        kiosk = await kiosk_called(hall, election, name)
        for of, code in enumerate(codes[PER_KIOSK * place : PER_KIOSK * (place + 1)]):
            chosen = number(of + place + 1)
            ballot = Ballot(marks=(Mark(project=ProjectId(chosen)),))
            kiosk.cast(ballot_bytes(ballot, definition), code_proof(code))
            votes[chosen] += name != GONE
        kiosk.close()
        content = kiosk.content
        kiosk.journal.release()
        if name == DELIVERED:
            came = await file_taken(
                hall.desk, hall.settings, hasher, ElectionId(election), content, at=at
            )
            if not isinstance(came, Taken) or came.recorded != PER_KIOSK:
                raise Failed(f"the kiosk in the hall was answered {came}")
    return votes


async def settled(hall: Hall, election: UUID) -> None:
    """Let the late journal in and declare the lost kiosk lost, each by two; take what came."""
    id_ = str(election)
    said = await hall.done("journal", "take", id_)
    if "1 reconciled" not in said:
        raise Failed(f"the kiosk that delivered is not reconciled: {said}")
    late, gone = [await kiosk_called(hall, election, name) for name in (LATE, GONE)]
    said = await hall.done("journal", "take", id_, str(late.mirror))
    if f"waiting: {PER_KIOSK} late" not in said:
        raise Failed(f"what came late is not in quarantine: {said}")
    say = ("--say", f"device={gone.place.device.hex()}")
    await hall.done("act", id_, "lost-kiosk", *say, *hall.signing("It lies in the harbour."))
    journal = (f"head={late.journal.head.hex()}", f"entries={late.journal.next_seq}")
    named = (f"device={late.place.device.hex()}", *journal)
    say_late = tuple(word for said in named for word in ("--say", said))
    await hall.done("act", id_, "late-journal", *say_late, *hall.signing("The bus was late."))
    for kiosk in (late, gone):
        kiosk.journal.release()
    said = await hall.done("journal", "take", id_, hall.path(f"{LATE}/mirror.journal"))
    if f"{PER_KIOSK} taken" not in said or "1 lost, 2 reconciled" not in said:
        raise Failed(f"not everything is settled: {said}")
