"""The append-only entries in the database: many rows to a statement, and no way to change one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import BrokenLog
from talkoot.base.ids import ElectionId, SubmissionId, VoterKey
from talkoot.voting.ballot import Channel, Entry
from talkoot.voting.log.tables import EntryRow

ROWS_AT_ONCE = 5_000
"""How many entries are read from the server at a time: about 2 MB of small ballots."""

POSITION_BYTES = 24
"""Of a sealed ballot: its epoch's id and its number, before everything else."""

_INSERT = text(
    """
    insert into entry (election_id, submission_id, voter_key, entry_hash, definition_hash,
                       channel, rank, round, beacon, what, position)
    select * from unnest(cast(:elections as uuid[]), cast(:submissions as uuid[]),
                         cast(:voters as bytea[]), cast(:hashes as bytea[]),
                         cast(:definitions as bytea[]), cast(:channels as text[]),
                         cast(:ranks as int[]), cast(:rounds as int[]),
                         cast(:beacons as int[]), cast(:whats as bytea[]),
                         cast(:positions as bytea[]))
    """
)
_FIND = text(
    """
    select election_id, submission_id, entry.round, entry.entry_hash, entry.voter_key,
           entry.definition_hash, entry.channel, entry.rank,
           substring(entry.what from 1 for 40) as opening
    from unnest(cast(:elections as uuid[]), cast(:submissions as uuid[]))
         as asked (election_id, submission_id)
    join entry using (election_id, submission_id)
    """
)

Submission = tuple[ElectionId, SubmissionId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the log holds under a submission id: of the entry what tells a repeat from another.

    ``opening``: the first 40 bytes of what was recorded; of a sealed ballot its epoch, its number
    and its fingerprint.
    """

    round: int
    entry_hash: Digest
    voter_key: VoterKey
    definition_hash: Digest
    channel: str
    rank: int
    opening: bytes


async def append_entries(session: WriteSession, entries: Sequence[Entry]) -> None:
    """Append entries. The database refuses a submission id that the election already has."""
    await _appended(session, entries, [None for _ in entries])


async def append_sealed(session: WriteSession, entries: Sequence[Entry]) -> None:
    """Append sealed entries.

    The database refuses, besides a submission id that the election has, a sealed ballot whose epoch
    and number it has: nobody can cast a copy of what another has cast.
    """
    await _appended(session, entries, [entry.what[:POSITION_BYTES] for entry in entries])


async def _appended(
    session: WriteSession, entries: Sequence[Entry], positions: Sequence[bytes | None]
) -> None:
    await session.execute(
        _INSERT,
        {
            "elections": [entry.election_id for entry in entries],
            "submissions": [entry.submission_id for entry in entries],
            "voters": [entry.voter_key for entry in entries],
            "hashes": [entry.hash for entry in entries],
            "definitions": [entry.definition_hash for entry in entries],
            "channels": [entry.channel.value for entry in entries],
            "ranks": [entry.rank for entry in entries],
            "rounds": [entry.round for entry in entries],
            "beacons": [entry.beacon for entry in entries],
            "whats": [entry.what for entry in entries],
            "positions": positions,
        },
    )


async def known_submissions(
    session: ReadSession, submissions: Sequence[Submission]
) -> Mapping[Submission, Known]:
    """Give those of the submissions that the log holds."""
    asked = {
        "elections": [election_id for election_id, _ in submissions],
        "submissions": [submission_id for _, submission_id in submissions],
    }
    return {
        (ElectionId(row.election_id), SubmissionId(row.submission_id)): Known(
            round=row.round,
            entry_hash=Digest(row.entry_hash),
            voter_key=VoterKey(row.voter_key),
            definition_hash=Digest(row.definition_hash),
            channel=row.channel,
            rank=row.rank,
            opening=row.opening,
        )
        for row in await session.execute(_FIND, asked)
    }


async def recorded_count(session: ReadSession, election_id: ElectionId) -> int:
    """Count the entries of an election, replaced ones included."""
    query = select(func.count()).select_from(EntryRow).where(EntryRow.election_id == election_id)
    return await session.scalar(query) or 0


async def all_entries(session: ReadSession, election_id: ElectionId) -> AsyncIterator[Entry]:
    """Stream every entry of an election, by its hash, so that order tells nothing.

    Raises :class:`BrokenLog` at the first whose fields do not give the hash that it was stored by.
    """
    query = (
        select(
            EntryRow.submission_id,
            EntryRow.voter_key,
            EntryRow.definition_hash,
            EntryRow.channel,
            EntryRow.rank,
            EntryRow.round,
            EntryRow.beacon,
            EntryRow.what,
            EntryRow.entry_hash,
        )
        .where(EntryRow.election_id == election_id)
        .order_by(EntryRow.entry_hash)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    async for row in await session.stream(query):
        entry = Entry(
            election_id=election_id,
            submission_id=SubmissionId(row.submission_id),
            voter_key=VoterKey(row.voter_key),
            definition_hash=Digest(row.definition_hash),
            channel=_channel(row.channel, row.entry_hash),
            rank=row.rank,
            round=row.round,
            beacon=row.beacon,
            what=row.what,
        )
        if entry.hash != row.entry_hash:
            raise BrokenLog(
                f"an entry was stored as {row.entry_hash.hex()}, and its fields give "
                f"{entry.hash.hex()}"
            )
        yield entry


def _channel(word: str, entry_hash: bytes) -> Channel:
    try:
        return Channel(word)
    except ValueError as err:
        raise BrokenLog(f"entry {entry_hash.hex()} names an unknown channel") from err
