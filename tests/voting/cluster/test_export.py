"""From the log to shards and from either to a result: always the bytes that were published."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from talkoot.base.db import Database
from talkoot.base.db.embedded import Login, Server
from talkoot.base.errors import BrokenLog, NotAllowed, Unavailable
from talkoot.voting.cluster import (
    MANIFEST,
    FromLog,
    Job,
    Manifest,
    counted_here,
    exported,
    log_jobs,
    manifest_of,
    part_counted,
    parts_for,
    shard_jobs,
)
from talkoot.voting.log import Election
from talkoot.voting.results import SALT_BYTES, files_of, finished
from tests.voting.cluster.elections import (
    a_voted_election,
    an_election_with_entries,
    as_the_owner,
    published_files,
)
from tests.voting.results.made_up import a_definition

SALT = bytes(range(SALT_BYTES))


@pytest.fixture
async def open_election(desk: Database) -> Election:
    """An election in which everybody has voted."""
    return await an_election_with_entries(desk)


@pytest.fixture
async def election(desk: Database) -> Election:
    """The same, closed."""
    return await a_voted_election(desk)


async def shards(desk: Database, election: Election, folder: Path, **more: int) -> Manifest:
    async with desk.writing() as session:
        return await exported(session, election.id, folder, parts=5, **more)


def recounted(jobs: list[Job], manifest: Manifest) -> list[bytes]:
    count = finished(counted_here(jobs, one_done=lambda: None), manifest.definition)
    return [file.body for file in files_of(manifest.definition, manifest.head, count)]


async def test_shards_and_log_in_parts_give_the_bytes_that_are_published(
    server: Server, database_name: str, desk: Database, election: Election, tmp_path: Path
) -> None:
    await shards(desk, election, tmp_path / "shards")
    manifest = manifest_of(tmp_path / "shards")
    files = await published_files(desk, election)
    assert recounted(shard_jobs(manifest), manifest) == files
    url = server.url(login=Login.DESK, database=database_name)
    for parts in (1, 4):
        jobs = log_jobs(election.definition, FromLog(url=url, salt=SALT), parts=parts)
        assert await in_thread(jobs, manifest) == files


async def in_thread(jobs: list[Job], manifest: Manifest) -> list[bytes]:
    """A worker has no event loop running; here there is one."""
    return await asyncio.to_thread(recounted, jobs, manifest)


async def test_entries_written_out_in_between_give_the_same_shards(
    desk: Database, election: Election, tmp_path: Path
) -> None:
    at_once = await shards(desk, election, tmp_path / "one")
    in_runs = await shards(desk, election, tmp_path / "two", held_rows=1)
    assert in_runs.shards == at_once.shards
    assert names_in(in_runs.folder) == {MANIFEST, *(shard.name for shard in at_once.shards)}


async def test_nothing_is_exported_before_the_close(
    desk: Database, open_election: Election, tmp_path: Path
) -> None:
    with pytest.raises(NotAllowed, match="nothing is shown before it closes"):
        await shards(desk, open_election, tmp_path / "shards")
    assert not (tmp_path / "shards").exists()


async def test_a_folder_that_holds_something_is_left_alone(
    desk: Database, election: Election, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(NotAllowed, match="is there already"):
        await shards(desk, election, tmp_path)
    assert names_in(tmp_path) == {"mine.txt"}


async def test_only_this_account_may_read_shards(
    desk: Database, election: Election, tmp_path: Path
) -> None:
    folder = (await shards(desk, election, tmp_path / "shards")).folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


async def test_a_tampered_log_leaves_no_half_finished_shards(
    server: Server, database_name: str, desk: Database, election: Election, tmp_path: Path
) -> None:
    await as_the_owner(server, database_name, "update entry set rank = 9 where round = 2")
    with pytest.raises(BrokenLog, match="its fields give"):
        await shards(desk, election, tmp_path / "shards", held_rows=1)
    assert not (tmp_path / "shards").exists()


async def test_a_worker_compares_its_part_with_the_standing_table(
    server: Server, database_name: str, election: Election
) -> None:
    await as_the_owner(
        server,
        database_name,
        "delete from standing where voter_key = (select max(voter_key) from standing)",
    )
    source = FromLog(url=server.url(login=Login.DESK, database=database_name), salt=SALT)
    jobs = log_jobs(election.definition, source, parts=3)
    for job in jobs[:2]:
        assert (await asyncio.to_thread(part_counted, job)).entries > 0
    with pytest.raises(BrokenLog, match="disagree on which ballots stand in part 2 of 3"):
        await asyncio.to_thread(part_counted, jobs[2])


async def test_a_worker_that_cannot_reach_the_database_says_so(
    election: Election, tmp_path: Path
) -> None:
    url = f"postgresql://nobody@/none?host={tmp_path}"
    (job,) = log_jobs(election.definition, FromLog(url=url, salt=SALT), parts=1)
    with pytest.raises(Unavailable, match="cannot be reached"):
        await asyncio.to_thread(part_counted, job)


async def test_a_worker_of_another_version_does_not_count(election: Election) -> None:
    (job,) = log_jobs(election.definition, FromLog(url="", salt=SALT), parts=1)
    with pytest.raises(Unavailable, match=r"a worker runs Talkoot .*, and the count 0\.0"):
        part_counted(replace(job, version="0.0"))


def test_neither_address_nor_salt_shows_in_a_job() -> None:
    """What Dask writes down of a job that failed must not open the database."""
    source = FromLog(url="postgresql://user:secret@host/vote", salt=SALT)
    (job,) = log_jobs(a_definition(), source, parts=1)
    assert "secret" not in repr(job)
    assert repr(SALT) not in repr(job)


@pytest.mark.parametrize(("rows", "parts"), [(0, 8), (8_000_000, 8), (8_000_001, 9)])
def test_a_part_holds_a_million_entries_and_there_are_eight(rows: int, parts: int) -> None:
    assert parts_for(rows) == parts


def names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}
