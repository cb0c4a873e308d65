"""Where a recount reads, who counts its parts, and whether it comes to what was published."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from talkoot.base.clock import system_clock
from talkoot.base.db import Database, Role, WriteSession
from talkoot.base.db.embedded import Login
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.base.settings import Settings
from talkoot.cli.context import opened_url
from talkoot.rounds import municipality_of, round_of
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.cluster import (
    FromLog,
    Job,
    Scheduler,
    counted_by,
    counted_here,
    log_jobs,
    manifest_of,
    shard_jobs,
    workers_here,
    workers_of,
)
from talkoot.voting.log import ElectionState, election_of
from talkoot.voting.pabulib import PbHead
from talkoot.voting.results import (
    SALT_BYTES,
    Count,
    PartCount,
    PublicFile,
    files_of,
    finished,
    head_of,
    public_file,
    public_files_of,
)


class Where(StrEnum):
    """Who counts the parts, as the command line says it."""

    LOCAL = "local"
    """This process."""
    DASK = "dask"
    """Worker processes: some of this machine's, or those of a scheduler that runs already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """This process, one part after another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersHere:
    """So many processes of this machine."""

    number: int


Counter = Here | WorkersHere | Scheduler


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """What was counted, its public files, and which of them differ from those published.

    ``differing`` is ``None`` where nothing was published to compare with.
    """

    count: Count
    definition: BallotDefinition
    files: tuple[PublicFile, ...]
    differing: tuple[str, ...] | None


def counter_named(where: Where, workers: int | None, scheduler: Scheduler | None) -> Counter:
    """Give who counts; without a number of workers, as many as this machine has processors."""
    match where:
        case Where.LOCAL:
            return Here()
        case Where.DASK:
            return scheduler or WorkersHere(number=workers or os.cpu_count() or 1)
        case _:
            assert_never(where)


def recount_of_shards(
    folder: Path, election_id: ElectionId | None, counter: Counter, settings: Settings
) -> Recount:
    """Count a folder of shards, without a database.

    Raises :class:`BadShard`, and :class:`NotAllowed` for the shards of another election.
    """
    manifest = manifest_of(folder.resolve())
    definition = manifest.definition
    if election_id not in {None, definition.election_id}:
        raise NotAllowed(f"{folder} holds election {definition.election_id}, not {election_id}")
    part = _summed(shard_jobs(manifest, engine=settings.engine), counter)
    count = finished(part, definition)
    files = tuple(files_of(definition, manifest.head, count))
    return Recount(count=count, definition=definition, files=files, differing=None)


def recount_of_log(
    election_id: ElectionId, parts: int | None, counter: Counter, settings: Settings
) -> Recount:
    """Count a closed election's log again, in ``parts``, and keep nothing.

    Raises :class:`NotAllowed` before the election is closed, or where a cluster's workers could not
    reach the database.
    """
    if isinstance(counter, Scheduler) and not settings.database_url:
        raise NotAllowed(
            "workers of a scheduler cannot reach the demonstration's own database: name one that"
            " they reach in TALKOOT_DATABASE_URL, or count shards"
        )
    with opened_url(settings, Login.DESK) as url:
        definition, head = asyncio.run(_asked(url, election_id))
        source = FromLog(url=url, salt=secrets.token_bytes(SALT_BYTES))
        number = parts or (counter.number if isinstance(counter, WorkersHere) else 1)
        part = _summed(log_jobs(definition, source, parts=number, engine=settings.engine), counter)
        count = finished(part, definition)
        files = tuple(files_of(definition, head, count))
        differing = asyncio.run(_differing(url, election_id, files))
    return Recount(count=count, definition=definition, files=files, differing=differing)


def _summed(jobs: Sequence[Job], counter: Counter) -> PartCount:
    with _watched(len(jobs)) as one_done:
        match counter:
            case Here():
                return counted_here(jobs, one_done=one_done)
            case WorkersHere():
                number = min(counter.number, len(jobs))
                with workers_here(number, at=system_clock()) as client:
                    return counted_by(client, jobs, one_done=one_done)
            case Scheduler():
                with workers_of(counter) as client:
                    return counted_by(client, jobs, one_done=one_done)


@contextmanager
def _watched(parts: int) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("Counting"), BarColumn(), MofNCompleteColumn(), TextColumn("parts"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=parts)
        yield lambda: bars.advance(task)


@asynccontextmanager
async def _desk(url: str) -> AsyncIterator[WriteSession]:
    database = Database(url, writer=Role.OFFICIAL)
    try:
        async with database.writing() as session:
            yield session
    finally:
        await database.close()


async def _asked(url: str, election_id: ElectionId) -> tuple[BallotDefinition, PbHead]:
    async with _desk(url) as session:
        election = await election_of(session, election_id)
        if election.state not in {ElectionState.CLOSED, ElectionState.COUNTED}:
            raise NotAllowed(f"the election is {election.state}; close it before the count")
        round_ = await round_of(session, election.round_id)
        municipality = await municipality_of(session, round_.municipality_id)
        return election.definition, head_of(election, municipality)


async def _differing(
    url: str, election_id: ElectionId, files: Sequence[PublicFile]
) -> tuple[str, ...] | None:
    """The names of published files whose bytes are not these; ``None``: none is published."""
    async with _desk(url) as session:
        published = {one.name for one in await public_files_of(session, election_id)}
        if not published:
            return None
        bodies = {name: (await public_file(session, election_id, name)).body for name in published}
    return tuple(file.name for file in files if bodies.get(file.name) != file.body)
