"""`talkoot count` and what belongs to it, as people meet them: other processes, plain answers."""

import asyncio
import json
from pathlib import Path
from subprocess import CompletedProcess
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from talkoot import cli
from talkoot.base.db import Database
from talkoot.base.db.embedded import Login, Server
from talkoot.base.errors import NotAllowed
from talkoot.cli.count import DIFFERS
from talkoot.voting.cluster import BadShard
from talkoot.voting.log import Election
from tests.cli.processes import talkoot
from tests.voting.cluster.elections import (
    a_voted_election,
    an_election_with_entries,
    as_the_owner,
    published_files,
)
from tests.voting.cluster.made_up import a_small_folder

PERSONS = ("--first", "Aino", "--second", "Otto")


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.talkoot, ["count", *words])


@pytest.fixture
async def election(desk: Database) -> Election:
    """A closed election."""
    return await a_voted_election(desk)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


async def test_an_election_is_counted_again_by_every_way_and_gives_the_published_bytes(
    server: Server, database_name: str, election: Election, home: Path, tmp_path: Path
) -> None:
    url = server.url(login=Login.DESK, database=database_name)

    async def done(*words: str) -> CompletedProcess[str]:
        answer = await asyncio.to_thread(talkoot, home, *words, TALKOOT_DATABASE_URL=url)
        assert answer.returncode == 0, answer.stderr
        return answer

    id_, shards = str(election.id), str(tmp_path / "shards")
    here, there = tmp_path / "here", tmp_path / "there"
    before = await done("count", id_)
    assert "nothing is published to compare with" in before.stdout
    assert "is counted" in (await done("count", id_, *PERSONS)).stdout
    again = await done("count", id_, "--parts", "3", "--workers", "2", "--out", str(here))
    assert "the same as published, byte by byte" in again.stdout
    exported = await done("export-shards", id_, shards, "--parts", "3")
    assert " entries in 3 shards" in exported.stdout
    assert exported.stderr.startswith("CONFIDENTIAL")
    await done("count", "--shards", shards, "--out", str(there))
    for name in ("ballots.pb", "result.json"):
        assert (here / name).read_bytes() == (there / name).read_bytes()


async def test_before_the_close_nothing_is_counted(
    server: Server, database_name: str, desk: Database, home: Path
) -> None:
    open_ = await an_election_with_entries(desk)
    url = server.url(login=Login.DESK, database=database_name)
    words = ("count", str(open_.id))
    early = await asyncio.to_thread(talkoot, home, *words, TALKOOT_DATABASE_URL=url)
    assert early.returncode == 1
    assert "close it before the count" in early.stderr


async def test_a_recount_that_is_not_what_was_published_has_an_exit_status_of_its_own(
    server: Server, database_name: str, desk: Database, election: Election, home: Path
) -> None:
    await published_files(desk, election)
    changed = "update public_file set body = body || '!' where name = 'result.json'"
    await as_the_owner(server, database_name, changed)
    url = server.url(login=Login.DESK, database=database_name)
    words = ("count", str(election.id), "--json")
    counted = await asyncio.to_thread(talkoot, home, *words, TALKOOT_DATABASE_URL=url)
    assert counted.returncode == DIFFERS
    assert "not what was published: result.json differ" in counted.stderr
    assert json.loads(counted.stdout)["election_id"] == str(election.id)


WRONG_WORDS = {
    "nothing to count": ((), "name the ELECTION, or a folder of --shards"),
    "one person alone": (("--first", "Aino"), "name the ELECTION, --first and --second"),
    "no election to publish": (PERSONS, "name the ELECTION, --first and --second"),
    "publishing elsewhere": ((str(UUID(int=1)), *PERSONS, "--engine", "dask"), "nothing but"),
    "publishing as JSON": ((str(UUID(int=1)), *PERSONS, "--json"), "nothing but the ELECTION"),
    "workers of nobody": (("--engine", "local", "--workers", "2"), "go with --engine dask"),
    "workers of a scheduler": (("--workers", "2", "--scheduler", "tls://h:1"), "leave out"),
    "shards cut again": (("--shards", "x", "--parts", "2"), "shards are cut already"),
    "a scheduler without TLS files": (("--scheduler", "tls://h:1"), "needs --tls-ca"),
    "TLS files without a scheduler": (("--tls-ca", "ca.pem"), "go with --scheduler"),
    "no workers": (("--workers", "0"), "is not in the range"),
}


@pytest.mark.parametrize(("words", "said"), WRONG_WORDS.values(), ids=WRONG_WORDS.keys())
def test_words_that_do_not_fit_together_are_a_wrong_command(
    words: tuple[str, ...], said: str
) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_shards_are_counted_without_a_database(tmp_path: Path) -> None:
    folder = a_small_folder(tmp_path / "shards").folder
    result = run("--shards", str(folder))
    assert result.exit_code == 0, result.output
    assert "54 entries: 35 counted, 14 superseded, 5 spoiled" in result.output
    assert "2 of 5 projects funded" in result.output


def test_json_is_result_json_byte_by_byte(tmp_path: Path) -> None:
    folder = a_small_folder(tmp_path / "shards").folder
    result = run("--shards", str(folder), "--json", "--out", str(tmp_path / "out"))
    assert result.stdout_bytes == (tmp_path / "out" / "result.json").read_bytes()


def test_shards_of_another_election_than_named_are_refused(tmp_path: Path) -> None:
    folder = a_small_folder(tmp_path / "shards").folder
    with pytest.raises(NotAllowed, match="holds election"):
        run_raising(str(UUID(int=77)), "--shards", str(folder))


def test_a_bad_shard_is_an_error_with_its_name(tmp_path: Path) -> None:
    manifest = a_small_folder(tmp_path / "shards")
    (manifest.folder / manifest.shards[1].name).unlink()
    with pytest.raises(BadShard, match=r"part-1\.npz: No such file"):
        run_raising("--shards", str(manifest.folder))


@pytest.mark.parametrize(
    ("address", "said"),
    [("tcp://127.0.0.1:9", "must begin with tls://"), ("tls://127.0.0.1:9", "cannot reach")],
)
def test_a_scheduler_without_tls_or_without_a_database_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    monkeypatch.delenv("TALKOOT_DATABASE_URL", raising=False)
    made = CliRunner().invoke(cli.talkoot, ["cluster", "certificates", str(tmp_path)])
    assert "node-key.pem, valid for 90 days" in made.output
    tls = [
        word
        for name, file in (("ca", "ca"), ("cert", "node"), ("key", "node-key"))
        for word in (f"--tls-{name}", str(tmp_path / f"{file}.pem"))
    ]
    with pytest.raises(NotAllowed, match=said):
        run_raising(str(UUID(int=1)), "--scheduler", address, *tls)


def run_raising(*words: str) -> None:
    CliRunner().invoke(cli.talkoot, ["count", *words], catch_exceptions=False)
