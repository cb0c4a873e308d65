"""T2: every file of an unverified poll says what it is, and no file of a binding election does."""

from dataclasses import replace
from pathlib import Path

import pytest

from talkoot.base.db import Database
from talkoot.cli.export_log import exported
from talkoot.voting.ballot import Purpose
from talkoot.voting.intake import Door, Recorded
from talkoot.voting.results import TRANSCRIPT, public_folder
from tests.voting.log.made_up import NOON, a_cast
from tests.voting.results.made_up import a_definition
from tests.voting.results.test_ceremony import count_offline
from tests.voting.results.test_publish import closed_by_two
from tests.voting.sealing_of import a_sealed_town_election


@pytest.mark.parametrize("purpose", Purpose)
async def test_t2_all_files_of_an_unverified_poll_carry_the_label(
    database: Database, desk: Database, tmp_path: Path, purpose: Purpose
) -> None:
    definition = replace(a_definition(), purpose=purpose)
    election = await a_sealed_town_election(desk, definition)
    async with Door(database) as door:
        assert isinstance(await door.cast(a_cast(election, projects=("1", "3")), NOON), Recorded)
    await closed_by_two(desk, election)
    async with desk.writing() as session:
        await exported(session, election.id, tmp_path / "box")
        found = dict([file async for file in public_folder(session, election.id)])
    files = {file.name: file.body for file in count_offline(tmp_path / "box").files}
    # Of sums and hashes the transcript names the definition's, under which the label is.
    assert definition.hash.hex() in files.pop(TRANSCRIPT).decode()
    files["definition.json"] = found["definition.json"]
    labelled = {
        name for name, body in files.items() if b"unverified" in body.lower().replace(b"-", b" ")
    }
    assert len(files) == 6
    assert labelled == (set(files) if purpose is Purpose.UNVERIFIED_POLL else set())
