"""T11, of kiosks: once keys are destroyed no *who* leads to a person, nor in the newest backup."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from talkoot.base.db import Database
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.base.settings import Settings
from talkoot.cli.registrar import registrar_file, registrar_key, registrar_key_drawn
from talkoot.voting.ballot import JournalKind, entry_of_raw
from talkoot.voting.log import ActKind
from talkoot.voting.roll import secrets_destroyed
from talkoot.voting.sealing import EpochPosition, code_in_proof, opened_who
from tests.voting.intake.kiosks import House, a_house, switched_off
from tests.voting.sealing_of import REGISTRAR

VOTERS = 8


async def journals_in(house: House) -> list[bytes]:
    """What a thief of the database, or of a copy of it, has of the journals."""
    query = text("select raw from journal_entry where election_id = :id and raw is not null")
    async with house.desk.writing() as session:
        return list(await session.scalars(query, {"id": house.id}))


def codes_in(raws: Sequence[bytes], settings: Settings, house: House) -> set[str]:
    """Whose codes a thief reads, with the secret files that are left."""
    try:
        key = registrar_key(settings, house.id)
    except NotFound:
        return set()
    ballots = [e for e in map(entry_of_raw, raws) if e.kind is JournalKind.BALLOT]
    return {
        code_in_proof(
            opened_who(
                key,
                EpochPosition(
                    election_id=e.place.election_id, device=e.place.device, epoch=e.place.epoch
                ),
                e.seq,
                e.who,
            )
        )
        for e in ballots
    }


async def test_t11_after_destruction_no_kiosks_ballot_leads_to_a_person(
    desk: Database, tmp_path: Path
) -> None:
    house = await a_house(desk, tmp_path / "kiosks", "library")
    settings = Settings(home=tmp_path / "home")
    file = registrar_file(settings, house.id)
    file.parent.mkdir(parents=True)
    file.write_text(REGISTRAR.seed.hex(), encoding="ascii")
    file.chmod(0o600)
    with switched_off(house):
        library = house.kiosks[0]
        for voter in range(VOTERS):
            house.cast(library, voter)
        library.close()
        await house.took(library.content)
    await house.closed()
    assert (await house.settle()).done
    for kind in (ActKind.TALLY, ActKind.FINAL):
        await house.act(kind)
    backup = await journals_in(house)
    # The control: until then each leads to its person, by database and by backup.
    assert len(codes_in(backup, settings, house)) == VOTERS
    await house.act(ActKind.DESTROY)
    assert file in secrets_destroyed(settings.keys_folder, house.id)
    assert await journals_in(house) == []
    assert codes_in(backup, settings, house) == set()


def test_the_registrars_key_is_a_file_of_this_account_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    election = ElectionId(uuid4())
    drawn = registrar_key_drawn(settings, election)
    file = registrar_file(settings, election)
    assert file.stat().st_mode & 0o777 == 0o600
    assert registrar_key_drawn(settings, election) == registrar_key(settings, election) == drawn
    file.chmod(0o644)
    with pytest.raises(NotAllowed, match="0600"):
        registrar_key(settings, election)
