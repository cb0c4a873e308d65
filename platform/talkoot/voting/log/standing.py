"""Which entry of each voter stands, kept by the database: one row a voter, by primary key.

A claim locks the voter's row until the transaction ends. Callers give entries of different voters,
sorted by election and voter key, so that two processes wait for each other in one order only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import TextClause, select, text

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.ids import ElectionId, VoterKey
from talkoot.voting.ballot import Entry
from talkoot.voting.log.tables import StandingRow

_ROWS = """
    unnest(cast(:elections as uuid[]), cast(:voters as bytea[]), cast(:hashes as bytea[]),
           cast(:ranks as int[]), cast(:rounds as int[]), cast(:beacons as int[]))
    as given (election_id, voter_key, entry_hash, rank, round, beacon)
    """
_CLAIM_FIRST = text(
    f"""
    insert into standing (election_id, voter_key, entry_hash, rank, round, beacon, casts)
    select given.*, 1 from {_ROWS}
    on conflict (election_id, voter_key) do nothing
    returning election_id, voter_key
    """  # noqa: S608 - joined from constants of this file; every value is bound
)
_CLAIM_NEXT = text(
    f"""
    insert into standing (election_id, voter_key, entry_hash, rank, round, beacon, casts)
    select given.*, 1 from {_ROWS}
    on conflict (election_id, voter_key) do update set casts = standing.casts + 1
    returning election_id, voter_key, entry_hash, rank, round, beacon, casts
    """  # noqa: S608 - as above
)
_CLAIM_OFFLINE = text(
    f"""
    insert into standing (election_id, voter_key, entry_hash, rank, round, beacon, casts)
    select given.*, 0 from {_ROWS}
    on conflict (election_id, voter_key) do update set casts = standing.casts
    returning election_id, voter_key, entry_hash, rank, round, beacon, casts
    """  # noqa: S608 - as above
)
_REPLACE = text(
    f"""
    update standing
    set entry_hash = given.entry_hash, rank = given.rank, round = given.round,
        beacon = given.beacon
    from {_ROWS}
    where standing.election_id = given.election_id and standing.voter_key = given.voter_key
    """  # noqa: S608 - as above
)

Voter = tuple[ElectionId, VoterKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """The entry that stands for a voter, by its sort key, and how often the voter has cast."""

    rank: int
    round: int
    beacon: int
    entry_hash: Digest
    casts: int

    @property
    def sort_key(self) -> tuple[int, int, int, bytes]:
        """Comparable with :attr:`Entry.sort_key`."""
        return (self.rank, self.round, self.beacon, self.entry_hash)


async def claim_first_for_update(
    session: WriteSession, entries: Sequence[Entry]
) -> frozenset[Voter]:
    """Let each entry stand whose voter has none yet; give those voters."""
    rows = await session.execute(_CLAIM_FIRST, _columns(entries))
    return frozenset((ElectionId(election_id), VoterKey(voter)) for election_id, voter in rows)


async def claim_next_for_update(
    session: WriteSession, entries: Sequence[Entry]
) -> Mapping[Voter, Stands]:
    """Count one cast more for each voter, and give what stands now.

    Where that is the voter's first cast (``casts`` is 1) the entry given stands, else the one from
    before: what replaces it is for the caller to say, by :func:`replace_standing`.
    """
    return await _claimed(session, _CLAIM_NEXT, entries)


async def claim_offline_for_update(
    session: WriteSession, entries: Sequence[Entry]
) -> Mapping[Voter, Stands]:
    """As :func:`claim_next_for_update`, for ballots that were cast off line: no cast is counted.

    Which rounds a voter's ballots on line get does not depend on when a kiosk's arrive.
    """
    return await _claimed(session, _CLAIM_OFFLINE, entries)


async def _claimed(
    session: WriteSession, claim: TextClause, entries: Sequence[Entry]
) -> Mapping[Voter, Stands]:
    rows = await session.execute(claim, _columns(entries))
    return {
        (ElectionId(election_id), VoterKey(voter)): Stands(
            rank=rank, round=round_, beacon=beacon, entry_hash=Digest(entry_hash), casts=casts
        )
        for election_id, voter, entry_hash, rank, round_, beacon, casts in rows
    }


async def replace_standing(session: WriteSession, entries: Sequence[Entry]) -> None:
    """Let these entries stand in place of their voters' earlier ones, whose rows are locked."""
    await session.execute(_REPLACE, _columns(entries))


async def standing_of(
    session: ReadSession, election_id: ElectionId, voter_key: VoterKey
) -> Digest | None:
    """Give the hash of the voter's standing entry; ``None``: this voter has not voted."""
    query = select(StandingRow.entry_hash).where(
        StandingRow.election_id == election_id, StandingRow.voter_key == voter_key
    )
    found = await session.scalar(query)
    return None if found is None else Digest(found)


async def standing_hashes(
    session: ReadSession, election_id: ElectionId
) -> Mapping[VoterKey, Digest]:
    """Give each voter's standing entry, by rising voter key: what the pure rule must come to."""
    query = (
        select(StandingRow.voter_key, StandingRow.entry_hash)
        .where(StandingRow.election_id == election_id)
        .order_by(StandingRow.voter_key)
    )
    rows = await session.execute(query)
    return {VoterKey(voter): Digest(entry_hash) for voter, entry_hash in rows}


def _columns(entries: Sequence[Entry]) -> dict[str, list[object]]:
    return {
        "elections": [entry.election_id for entry in entries],
        "voters": [entry.voter_key for entry in entries],
        "hashes": [entry.hash for entry in entries],
        "ranks": [entry.rank for entry in entries],
        "rounds": [entry.round for entry in entries],
        "beacons": [entry.beacon for entry in entries],
    }
