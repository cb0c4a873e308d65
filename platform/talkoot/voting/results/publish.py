"""Count a closed election in the database and publish the result, in one transaction."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime

import numpy as np

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.engine import Engine
from talkoot.base.errors import BrokenLog, NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.rounds import municipality_of, round_of
from talkoot.voting.dedup import settled
from talkoot.voting.log import (
    ALL_KEYS,
    Election,
    ElectionState,
    KeyRange,
    LogColumns,
    StandingColumns,
    TwoPersons,
    all_entries,
    election_of,
    read_entries,
    read_standing,
    recorded_count,
    standing_hashes,
)
from talkoot.voting.log import counted as marked_counted
from talkoot.voting.results.count import Count, counted
from talkoot.voting.results.digest import SALT_BYTES, set_digest
from talkoot.voting.results.files import public_files
from talkoot.voting.results.gather import Gathering, partition_from
from talkoot.voting.results.partition import Partition
from talkoot.voting.results.store import public_file_kept, result_kept
from talkoot.voting.results.warming import warm

Progress = Callable[[int, int], None]
"""Called from another thread with the number of entries read, and of all."""


def unwatched(_read: int, _all: int) -> None:
    """Watch no progress."""


async def published(
    session: WriteSession,
    election_id: ElectionId,
    *,
    persons: TwoPersons,
    at: datetime,
    engine: Engine = Engine.KERNELS,
    progress: Progress = unwatched,
) -> Count:
    """Count, compare with the database's own standing table, and publish.

    The count runs in a thread, not on the event loop. Raises :class:`NotAllowed` unless the
    election is closed, and :class:`BrokenLog` where log and standing table disagree.
    """
    election = await election_of(session, election_id)
    if election.state is not ElectionState.CLOSED:
        raise NotAllowed(f"the election is {election.state}; close it before the count")
    partition = await partition_read(session, election, engine=engine, progress=progress)
    salt = secrets.token_bytes(SALT_BYTES)
    count = await asyncio.to_thread(
        counted, partition, election.definition, engine=engine, salt=salt
    )
    table = await _table(session, election_id, engine)
    await asyncio.to_thread(_same_as_the_table, partition, table, count, engine, salt)
    await marked_counted(session, election_id, persons=persons, at=at)
    await _keep(session, election, count, at)
    return count


async def recounted(
    session: ReadSession, election_id: ElectionId, *, engine: Engine = Engine.KERNELS
) -> Count:
    """Count again what is in the log, and keep nothing."""
    election = await election_of(session, election_id)
    partition = await partition_read(session, election, engine=engine)
    return await asyncio.to_thread(counted, partition, election.definition, engine=engine)


async def partition_read(
    session: ReadSession,
    election: Election,
    *,
    keys: KeyRange = ALL_KEYS,
    engine: Engine = Engine.KERNELS,
    progress: Progress = unwatched,
) -> Partition:
    """Read the entries of these voters, whole, from the database, and open their ballots.

    Raises :class:`BrokenLog` for an entry that is not what it was recorded as.
    """
    definition, every = election.definition, await recorded_count(session, election.id)
    if engine is Engine.TWINS:
        found = [e async for e in all_entries(session, election.id) if keys.holds(e.voter_key)]
        return await asyncio.to_thread(partition_from, found, definition, engine=engine)
    await asyncio.to_thread(warm)
    gathering = Gathering(definition, every if keys == ALL_KEYS else 0, engine=engine)

    def kept(batch: LogColumns) -> None:
        gathering.add(batch)
        progress(gathering.rows, every)

    await read_entries(session, election.id, definition.hash, kept, keys=keys)
    return gathering.partition()


async def _table(session: ReadSession, election_id: ElectionId, engine: Engine) -> StandingColumns:
    if engine is Engine.KERNELS:
        return await read_standing(session, election_id)
    found = await standing_hashes(session, election_id)
    return StandingColumns(
        voter=np.frombuffer(b"".join(found), dtype=">u8").reshape(-1, 2).astype(np.uint64),
        entry_hash=np.frombuffer(b"".join(found.values()), dtype=np.uint8).reshape(-1, 32),
    )


def _same_as_the_table(
    partition: Partition, table: StandingColumns, count: Count, engine: Engine, salt: bytes
) -> None:
    """Compare the standing table with what stands by the rule, by the digests of both sets."""
    rows = np.arange(len(table))
    if set_digest(table.voter, table.entry_hash, rows, salt, engine=engine) == count.standing:
        return
    by_rule = partition.entries.entry_hash[settled(partition.entries, engine=engine).standing]
    differing = len({*map(bytes, table.entry_hash)} ^ {*map(bytes, by_rule)})
    raise BrokenLog(f"{differing} ballots stand in the table or by the rule, but not both")


async def _keep(session: WriteSession, election: Election, count: Count, at: datetime) -> None:
    await result_kept(session, election.id, count.result, at)
    round_ = await round_of(session, election.round_id)
    municipality = await municipality_of(session, round_.municipality_id)
    for file in await asyncio.to_thread(list, public_files(election, municipality, count)):
        await public_file_kept(session, election.id, file)
