"""Count a closed election in the database and publish the result, in one transaction."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from talkoot.base.db import WriteSession
from talkoot.base.errors import BrokenLog, NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.rounds import municipality_of, round_of
from talkoot.voting.ballot import Entry
from talkoot.voting.log import (
    Election,
    ElectionState,
    TwoPersons,
    all_entries,
    election_of,
    standing_hashes,
)
from talkoot.voting.log import counted as marked_counted
from talkoot.voting.results.count import Count, counted
from talkoot.voting.results.files import public_files
from talkoot.voting.results.store import public_file_kept, result_kept


async def published(
    session: WriteSession, election_id: ElectionId, *, persons: TwoPersons, at: datetime
) -> Count:
    """Count, compare with the database's own standing table, and publish.

    The count runs in a thread, not on the event loop. Raises :class:`NotAllowed` unless the
    election is closed, and :class:`BrokenLog` where log and standing table disagree.
    """
    election = await election_of(session, election_id)
    if election.state is not ElectionState.CLOSED:
        raise NotAllowed(f"the election is {election.state}; close it before the count")
    entries = [entry async for entry in all_entries(session, election_id)]
    count = await asyncio.to_thread(counted, entries, election.definition)
    await _same_as_the_standing_table(session, election_id, count)
    await marked_counted(session, election_id, persons=persons, at=at)
    await _keep(session, election, count, at)
    return count


async def recounted(session: WriteSession, election_id: ElectionId) -> Count:
    """Count again what is in the log, and keep nothing."""
    election = await election_of(session, election_id)
    entries: Sequence[Entry] = [entry async for entry in all_entries(session, election_id)]
    return await asyncio.to_thread(counted, entries, election.definition)


async def _same_as_the_standing_table(
    session: WriteSession, election_id: ElectionId, count: Count
) -> None:
    kept = frozenset(
        bytes(found) for found in (await standing_hashes(session, election_id)).values()
    )
    if kept != count.standing:
        raise BrokenLog(
            f"{len(kept ^ count.standing)} ballots stand in the table or by the rule, but not both"
        )


async def _keep(session: WriteSession, election: Election, count: Count, at: datetime) -> None:
    await result_kept(session, election.id, count.result, at)
    round_ = await round_of(session, election.round_id)
    municipality = await municipality_of(session, round_.municipality_id)
    for file in public_files(election, municipality, count):
        await public_file_kept(session, election.id, file)
