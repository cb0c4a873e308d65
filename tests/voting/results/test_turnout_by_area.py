"""T10: the roll counts who has voted by area, and only sums of areas reach the count."""

from pathlib import Path

import msgspec
import pytest

from talkoot.base.db import Database
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import AreaCode, VoterKey
from talkoot.cli.export_log import exported
from talkoot.voting.intake import Door, Recorded
from talkoot.voting.log import Election
from talkoot.voting.results import TABLES, AreaTable, Tables
from talkoot.voting.roll import NoKeys, create_keys, import_roll, voter_key
from talkoot.voting.roll.keys import AnchorScheme
from tests.voting.log.made_up import NOON, OPENS, a_cast, a_voter
from tests.voting.results.made_up import a_definition
from tests.voting.results.test_ceremony import count_offline
from tests.voting.results.test_publish import closed_by_two
from tests.voting.sealing_of import a_sealed_town_election

PEOPLE = {"north": (30, 12), "south": (60, 25), "west": (25, 14), "isle": (12, 3)}
"""By area: how many are on the roll, and how many of them vote."""


def anchors(area: str) -> list[str]:
    return [f"{area} {number}" for number in range(PEOPLE[area][0])]


async def a_town_that_voted(
    database: Database, desk: Database, keys_folder: Path, *, stranger: bool = False
) -> Election:
    """Let everybody vote who does, and somebody under a key of nobody, if that is asked for."""
    election = await a_sealed_town_election(desk, a_definition())
    keys = create_keys(keys_folder, election.id)
    roll = "anchor;birth_year;area;language\n" + "".join(
        f"{anchor};1980;{area};fi\n" for area in PEOPLE for anchor in anchors(area)
    )
    async with desk.writing() as session:
        report = await import_roll(
            session,
            roll.encode(),
            election_id=election.id,
            areas=[AreaCode(area) for area in PEOPLE],
            at=OPENS,
        )
    assert report.faults == ()
    scheme = AnchorScheme.REGISTER_ROW
    voters: list[VoterKey] = [
        voter_key(keys, election.id, scheme, anchor)
        for area, (_, voting) in PEOPLE.items()
        for anchor in anchors(area)[:voting]
    ]
    async with Door(database) as door:
        for voter in [*voters, *([a_voter(1)] if stranger else [])]:
            cast = a_cast(election, voter=voter, projects=("1", "3"))
            assert isinstance(await door.cast(cast, NOON), Recorded)
    await closed_by_two(desk, election)
    return election


async def test_t10_turnout_by_area_is_published_without_small_areas_and_no_file_joins_key_and_area(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    election = await a_town_that_voted(database, desk, tmp_path / "keys")
    async with desk.writing() as session:
        await exported(session, election.id, tmp_path / "box", keys=tmp_path / "keys")
    done = count_offline(tmp_path / "box")
    body = next(file.body for file in done.files if file.name == TABLES)
    found = msgspec.json.decode(body, type=Tables).by_area
    assert isinstance(found, AreaTable)
    assert found == done.count.result.areas
    assert (found.on_roll, found.voters) == (127, done.transcript.accounting.counted)
    # Three have voted on the isle; the twelve of the north stand beside them so that no sum tells.
    shown = {line.area: (line.on_roll, line.voters) for line in found.areas}
    hidden = (None, None)
    assert shown == {"isle": hidden, "north": hidden, "south": (60, 25), "west": (25, 14)}
    # Of areas the box holds four sums, in the one file that holds no voter's key.
    for file in (tmp_path / "box").iterdir():
        assert (b"isle" in file.read_bytes()) == (file.name == "box.json")


async def test_a_ballot_under_the_key_of_nobody_on_the_roll_stops_the_export(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    election = await a_town_that_voted(database, desk, tmp_path / "keys", stranger=True)
    with pytest.raises(NotAllowed, match="1 ballots stand under the keys of nobody on the roll"):
        async with desk.writing() as session:
            await exported(session, election.id, tmp_path / "box", keys=tmp_path / "keys")
    assert not (tmp_path / "box").exists()


async def test_a_roll_whose_keys_are_not_there_is_an_alarm_and_not_a_table_left_out(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    election = await a_town_that_voted(database, desk, tmp_path / "keys")
    with pytest.raises(NoKeys):
        async with desk.writing() as session:
            await exported(session, election.id, tmp_path / "box", keys=tmp_path / "others")
