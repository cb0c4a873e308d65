"""What one worker does: read the entries of one range of voter keys, settle, open and count them.

A job is all that a worker is told, and small: entries never travel over the cluster, only where
they are to be read and, back, what they come to.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

import numpy as np

from talkoot import __version__
from talkoot.base.db import Database, Role
from talkoot.base.engine import Engine
from talkoot.base.errors import BrokenLog, Unavailable
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.cluster.manifest import Manifest, Shard
from talkoot.voting.cluster.shard import shard_read
from talkoot.voting.cluster.shard_columns import Place
from talkoot.voting.log import election_of, key_ranges, read_standing
from talkoot.voting.results import (
    PartCount,
    partition_counted,
    partition_read,
    set_digest,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromShard:
    """A file in a folder that has the same path on every worker."""

    folder: Path
    shard: Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class FromLog:
    """The log itself, in a database that every worker reaches by the same address.

    ``salt``: 16 bytes drawn for this count, under which log and standing table are compared.
    """

    url: str = field(repr=False)
    salt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One part to count, and by which version: two versions may read a definition differently."""

    definition: BallotDefinition = field(repr=False)
    place: Place
    source: FromShard | FromLog
    engine: Engine
    version: str = __version__


def shard_jobs(manifest: Manifest, *, engine: Engine = Engine.KERNELS) -> list[Job]:
    """Give a job for each shard of a folder."""
    return [
        Job(
            definition=manifest.definition,
            place=Place(part=shard.part, parts=manifest.parts),
            source=FromShard(folder=manifest.folder, shard=shard),
            engine=engine,
        )
        for shard in manifest.shards
    ]


def log_jobs(
    definition: BallotDefinition, source: FromLog, *, parts: int, engine: Engine = Engine.KERNELS
) -> list[Job]:
    """Give ``parts`` jobs that together read an election's log."""
    return [
        Job(
            definition=definition,
            place=Place(part=part, parts=parts),
            source=source,
            engine=engine,
        )
        for part in range(parts)
    ]


def part_counted(job: Job) -> PartCount:
    """Count one part.

    Raises :class:`BadShard` for a shard, and :class:`BrokenLog` for a log, that cannot be counted,
    and :class:`Unavailable` for a database that cannot be reached or a worker of another version.
    """
    if job.version != __version__:
        raise Unavailable(f"a worker runs Talkoot {__version__}, and the count {job.version}")
    match job.source:
        case FromShard() as source:
            partition = shard_read(source.folder, source.shard, job.definition, job.place)
            return partition_counted(partition, job.definition, engine=job.engine)
        case FromLog() as source:
            return asyncio.run(_counted_from_log(job, source))
        case _:
            assert_never(job.source)


async def _counted_from_log(job: Job, source: FromLog) -> PartCount:
    database = Database(source.url, writer=Role.OFFICIAL, pool_size=1)
    keys = key_ranges(job.place.parts)[job.place.part]
    try:
        async with database.writing() as session:
            election = await election_of(session, job.definition.election_id)
            partition = await partition_read(session, election, keys=keys, engine=job.engine)
            table = await read_standing(session, election.id, keys=keys)
    finally:
        await database.close()
    if election.definition.hash != job.definition.hash:
        raise BrokenLog("this worker's database holds another ballot definition")
    part = partition_counted(partition, job.definition, engine=job.engine, salt=source.salt)
    kept = set_digest(
        table.voter, table.entry_hash, np.arange(len(table)), source.salt, engine=job.engine
    )
    if kept != part.standing:
        raise BrokenLog(
            f"log and standing table disagree on which ballots stand in part {job.place.part}"
            f" of {job.place.parts}"
        )
    return part
