"""Importing elections: what is made of a file, and what a file is refused for."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from pabulib.checker import Checker

from talkoot.base.db import Database
from talkoot.base.db.embedded import Login, Server
from talkoot.base.ids import ElectionId
from talkoot.cli import talkoot
from talkoot.rounds import municipality_of, round_of
from talkoot.voting.log import ElectionState, election_of, recorded_count
from talkoot.voting.roll import keys_for
from tests.shared_data import pabulib_folder

DATA = Path(__file__).parents[1] / "data"
VILLAGE = (DATA / "village.pb").read_text(encoding="utf-8")
PERSONS = ("--first", "Aino", "--second", "Väinö")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The command line on a database of its own."""

    database: Database
    home: Path

    async def says(self, *words: str) -> Result:
        """Run a command in a thread: it brings its own event loop."""
        return await asyncio.to_thread(CliRunner().invoke, talkoot, list(words))

    async def imports(self, body: str, *options: str) -> Result:
        """Import a file with this text."""
        file = self.home / "file.pb"
        file.write_text(body, encoding="utf-8")
        return await self.says("import-pb", str(file), *options)


@pytest.fixture
def desk_line(
    server: Server,
    database_name: str,
    desk: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    url = server.url(login=Login.DESK, database=database_name)
    monkeypatch.setenv("TALKOOT_DATABASE_URL", url)
    monkeypatch.setenv("TALKOOT_HOME", str(tmp_path))
    return Desk(database=desk, home=tmp_path)


def election_in(result: Result) -> ElectionId:
    """The first election that the command says it made."""
    assert result.exit_code == 0, (result.output, result.exception)
    return ElectionId(UUID(re.findall(r"election ([0-9a-f-]{36})", result.stdout)[0]))


async def test_an_imported_election_has_what_it_takes_to_be_voted_in(desk_line: Desk) -> None:
    id_ = election_in(await desk_line.imports(VILLAGE))
    assert keys_for(desk_line.home / "keys", id_).pseudonym
    roll = desk_line.home / "roll.csv"
    roll.write_text("anchor;birth_year;area;language\nA;1960;all;fi\n", encoding="utf-8")
    told = await desk_line.says("import-roll", str(id_), str(roll))
    assert told.stdout == "1 rows: 1 persons added, 0 changed, 0 unchanged\n", told.output
    out = str(desk_line.home / "letters.pdf")
    told = await desk_line.says("letters", str(id_), "--out", out, "--by", "Aino")
    assert told.exit_code == 0, (told.output, told.exception)


async def test_round_and_municipality_are_named_by_the_file_and_names_never_clash(
    desk_line: Desk,
) -> None:
    ways = []
    for _ in range(2):
        id_ = election_in(await desk_line.imports(VILLAGE))
        async with desk_line.database.writing() as session:
            election = await election_of(session, id_)
            round_ = await round_of(session, election.round_id)
            town = await municipality_of(session, round_.municipality_id)
        ways.append((town.id, town.slug, round_.slug))
    assert [way[1:] for way in ways] == [("kivikyla", "2034"), ("kivikyla", "2034-2")]
    assert ways[0][0] == ways[1][0]
    assert town.name == {"fi": "Kivikylä"}
    assert f"{election.opens_at:%d.%m.%Y %H:%M}" == "01.03.2034 00:00"
    assert f"{election.closes_at:%d.%m.%Y %H:%M}" == "15.03.2034 00:00"
    assert election.state is ElectionState.FROZEN


async def test_named_days_go_before_the_files(desk_line: Desk) -> None:
    days = ("--opens", "2031-05-01", "--closes", "2031-05-09")
    id_ = election_in(await desk_line.imports(without(VILLAGE, "date_begin", "date_end"), *days))
    async with desk_line.database.writing() as session:
        election = await election_of(session, id_)
    assert f"{election.opens_at:%Y-%m-%d} {election.closes_at:%Y-%m-%d}" == "2031-05-01 2031-05-10"


async def test_votes_pass_the_door_and_what_the_limits_refuse_is_named_by_line(
    desk_line: Desk,
) -> None:
    done = await desk_line.imports(VILLAGE, "--votes")
    id_ = election_in(done)
    assert "61 ballots recorded, 2 refused by the file's own limits (line 89: " in done.stdout
    assert "4 chosen: choose at most 3." in done.stdout
    async with desk_line.database.writing() as session:
        assert await recorded_count(session, id_) == 61
    listed = await desk_line.says("elections")
    assert f"{id_}  open         61 ballots  kivikyla/2034" in listed.stdout


async def test_what_is_exported_pleases_the_formats_own_checker(desk_line: Desk) -> None:
    id_ = election_in(await desk_line.imports(VILLAGE, "--votes"))
    for act in ("close", "count"):
        assert (await desk_line.says(act, str(id_), *PERSONS)).exit_code == 0
    exported = await desk_line.says("export-pb", str(id_))
    verdict = Checker().process_files([exported.stdout])
    assert verdict[1]["results"].get("errors", {}) == {}
    assert "num_votes;61\n" in exported.stdout


async def test_an_election_from_abroad_is_exported_as_one(desk_line: Desk) -> None:
    abroad = with_(VILLAGE, "country;Finland", "country;Estonia")
    id_ = election_in(await desk_line.imports(abroad, "--votes"))
    for act in ("close", "count"):
        assert (await desk_line.says(act, str(id_), *PERSONS)).exit_code == 0
    assert "country;Estonia\n" in (await desk_line.says("export-pb", str(id_))).stdout


def without(body: str, *keys: str) -> str:
    """The file without these lines of META."""
    return "\n".join(line for line in body.split("\n") if line.partition(";")[0] not in keys)


def with_(body: str, old: str, new: str) -> str:
    """The file with one thing changed; fails where that is not in it."""
    assert old in body
    return body.replace(old, new, 1)


BAD = {
    "an unknown project": (with_(VILLAGE, "twice;1,1", "twice;1,99"), r"line 90: unknown project"),
    "a number of votes that is not true": (
        with_(VILLAGE, "num_votes;63", "num_votes;64"),
        r"line 8: META says num_votes 64, the file holds 63",
    ),
    "a voter twice": (with_(VILLAGE, "twice;1,1", "over;1,2"), r"line 90: voter over is there"),
    "a cost that is no number": (with_(VILLAGE, "12000.50", "lots"), r"line 20: cost: "),
    "parts of a cent": (with_(VILLAGE, "12000.50", "12000.505"), r"line 20: .* parts of a cent"),
    "no unit": (without(VILLAGE, "unit"), r"META has no unit"),
    "no day": (without(VILLAGE, "date_begin"), r"no date_begin: name the days with --opens"),
    "an impossible day": (
        with_(VILLAGE, "14.03.2034", "31.02.2034"),
        r"'31.02.2034' is not a date",
    ),
    "an end before its beginning": (
        with_(VILLAGE, "14.03.2034", "14.02.2034"),
        r"voting would end on 2034-02-15, not after 2034-03-01",
    ),
    "nothing": ("", r"refused: "),
}


@pytest.mark.parametrize(("body", "reason"), BAD.values(), ids=BAD.keys())
async def test_a_bad_file_is_refused_in_words_and_nothing_of_it_is_kept(
    desk_line: Desk, body: str, reason: str
) -> None:
    done = await desk_line.imports(body, "--votes")
    assert done.exit_code == 1
    assert re.search(rf"refused: .*{reason}|{reason}", done.stdout), done.stdout
    assert (await desk_line.says("elections")).stdout == ""
    assert not list((desk_line.home / "keys").glob("*"))


async def test_days_in_the_wrong_order_are_refused(desk_line: Desk) -> None:
    days = ("--opens", "2031-05-09", "--closes", "2031-05-01")
    done = await desk_line.imports(VILLAGE, *days)
    assert done.exit_code == 1
    assert "voting would end on 2031-05-02, not after 2031-05-09" in done.stdout


async def test_a_file_that_is_not_there_is_refused_and_the_next_goes_on(desk_line: Desk) -> None:
    done = await desk_line.says("import-pb", "nowhere.pb", str(DATA / "ranking.pb"))
    assert done.exit_code == 1
    missing, imported = done.stdout.splitlines()[1:]
    assert "refused: No such file or directory" in missing
    assert "imported as satamala/2033, election " in imported


async def test_every_real_file_is_imported_or_refused_in_words(desk_line: Desk) -> None:
    files = sorted(pabulib_folder().glob("*.pb"), key=lambda file: file.name)
    done = await desk_line.says("import-pb", *map(str, files))
    lines = done.stdout.splitlines()[1:]
    assert len(lines) == len(files)
    for file, line in zip(files, lines, strict=True):
        assert line.startswith(file.name)
        assert "  imported as " in line or "  refused: " in line
    old = [line for line in lines if line.startswith("poland_warszawa_2017_goclaw.pb")]
    assert all("imported as warszawa/2017-" in line for line in old)
