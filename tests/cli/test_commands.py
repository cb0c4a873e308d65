"""The command line as a person meets it: other processes, real files, plain answers."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from talkoot.base.db.embedded import Server
from tests.cli.processes import talkoot
from tests.conftest import drop_home, on_server

DATA = Path(__file__).parents[1] / "data"
ELECTION = re.compile(r"election ([0-9a-f-]{36})")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    drop_home(folder)


def test_an_election_is_imported_closed_counted_and_exported_by_two_persons(
    home: Path, tmp_path: Path
) -> None:
    imported = talkoot(home, "import-pb", "--votes", str(DATA / "village.pb"))
    assert imported.returncode == 0, imported.stderr
    assert "ballots recorded" in imported.stdout
    election = ELECTION.findall(imported.stdout)[0]

    early = talkoot(home, "export-pb", election)
    assert early.returncode == 1
    assert "nothing is shown before it closes" in early.stderr

    alone = talkoot(home, "close", election, "--first", "Aino", "--second", " aino")
    assert alone.returncode == 1
    assert "two different persons" in alone.stderr

    persons = ("--first", "Aino", "--second", "Otto")
    assert talkoot(home, "count", election, *persons).returncode == 1
    assert talkoot(home, "close", election, *persons).returncode == 0
    assert "is counted" in talkoot(home, "count", election, *persons).stdout
    listed = talkoot(home, "elections")
    assert f"{election}  counted" in listed.stdout

    out = tmp_path / "out.pb"
    assert talkoot(home, "export-pb", election, "--out", str(out)).returncode == 0
    again = talkoot(home, "count-pb", "--json", str(out))
    assert '"winners": [' in again.stdout, again.stderr
    assert _winners(again.stdout) == _winners(
        talkoot(home, "count-pb", "--json", str(DATA / "village.pb")).stdout
    )


def _winners(line: str) -> str:
    found = re.search(r'"winners": (\[[^\]]*\])', line)
    assert found, line
    return found.group(1)


def test_a_bad_file_is_refused_with_line_and_reason_and_the_good_one_goes_on(
    home: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.pb"
    body = (DATA / "village.pb").read_text(encoding="utf-8")
    bad.write_text(re.sub(r"(?m)^vote_type;.*$", "vote_type;shouting", body), encoding="utf-8")
    both = talkoot(home, "import-pb", str(bad), str(DATA / "points.pb"))
    assert both.returncode == 1
    refused, imported = both.stdout.splitlines()[1:]
    assert re.search(r"bad\.pb +\d+ +[\d.]+ +refused: line \d+: .*shouting", refused)
    assert "imported as" in imported


async def test_a_database_without_a_schema_is_told_in_one_sentence(
    server: Server, home: Path
) -> None:
    await on_server(server, "create database bare")
    url = server.url(database="bare")
    asked = await asyncio.to_thread(talkoot, home, "elections", TALKOOT_DATABASE_URL=url)
    assert asked.returncode == 1
    assert "talkoot migrate" in asked.stderr
    assert "Traceback" not in asked.stderr
