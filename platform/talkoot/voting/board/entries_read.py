"""Reads every entry again, and which of them stands, and names what does not fit."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession
from talkoot.base.ids import ElectionId, SubmissionId, VoterKey
from talkoot.voting.ballot import Channel, Entry
from talkoot.voting.log import ElectionState, head_of

ROWS_AT_ONCE = 5_000
_CHANNELS = {channel.value: channel for channel in Channel}

_ENTRIES = text(
    """
    select submission_id, voter_key, definition_hash, channel, rank, round, beacon, what, entry_hash
    from entry where election_id = :election and submission_id > :after
    order by submission_id limit :at_once
    """
)
_STANDING = text(
    """
    select 'standing: entry ' || encode(s.entry_hash, 'hex') || ' does not stand so' from standing s
    where s.election_id = :election and not exists (
        select from entry e where e.election_id = :election and e.entry_hash = s.entry_hash
        and (e.voter_key, e.rank, e.round, e.beacon) = (s.voter_key, s.rank, s.round, s.beacon))
    union all
    select 'standing: ' || count(distinct e.voter_key) || ' voters have no ballot that stands'
    from entry e where e.election_id = :election and not exists (
        select from standing s
        where s.election_id = :election and s.voter_key = e.voter_key)
    having count(*) > 0
    """
)
_KEYS_KEPT = text(
    """
    select 'standing: ' || count(*) || ' rows outlived the keys' from standing
    where election_id = :election having count(*) > 0
    union all
    select 'entry: ' || count(*) || ' still have a voter key' from entry
    where election_id = :election and voter_key <> decode(repeat('00', 16), 'hex')
    having count(*) > 0
    """
)


class _Stored(NamedTuple):
    """A row of the table of entries, as it stands there."""

    submission_id: UUID
    voter_key: bytes
    definition_hash: bytes
    channel: str
    rank: int
    round: int
    beacon: int
    what: bytes
    entry_hash: bytes


async def entries_checked(session: ReadSession, election_id: ElectionId) -> list[str]:
    """Name every entry whose fields do not give its hash, and what of standing rows does not fit.

    Once keys are destroyed an entry's hash cannot be made again without its voter's key: then no
    key may be left, and the digests on the board name what is altered besides.
    """
    head = await head_of(session, election_id)
    if head is not None and head.state is ElectionState.KEYS_DESTROYED:
        return [*await _said(session, _KEYS_KEPT, election_id)]
    faults: list[str] = []
    after = UUID(int=0)
    while True:
        asked = {"election": election_id, "after": after, "at_once": ROWS_AT_ONCE}
        rows = [_Stored(*row) for row in await session.execute(_ENTRIES, asked)]
        faults += [
            f"entry {row.submission_id}: altered" for row in rows if not _is_whole(election_id, row)
        ]
        if len(rows) < ROWS_AT_ONCE:
            break
        after = rows[-1].submission_id
    return [*faults, *await _said(session, _STANDING, election_id)]


async def _said(session: ReadSession, query: TextClause, election_id: ElectionId) -> Sequence[str]:
    return (await session.scalars(query, {"election": election_id})).all()


def _is_whole(election_id: ElectionId, row: _Stored) -> bool:
    if row.channel not in _CHANNELS or min(row.rank, row.round, row.beacon) < 0:
        return False
    entry = Entry(
        election_id=election_id,
        submission_id=SubmissionId(row.submission_id),
        voter_key=VoterKey(row.voter_key),
        definition_hash=Digest(row.definition_hash),
        channel=_CHANNELS[row.channel],
        rank=row.rank,
        round=row.round,
        beacon=row.beacon,
        what=row.what,
    )
    return entry.hash == row.entry_hash
