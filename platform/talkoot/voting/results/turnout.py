"""Turnout while voting goes on: how many have voted, rounded down, hours ago. Nothing of choices.

At most once an hour somebody counts who has voted and keeps what may be told of it: whole tens.
It is shown six hours later, so that nobody sees a vote arrive. By channel it is told only once ten
have voted by every channel there is; until then, only of all together. So a later table that leaves
out a small channel is never given away by an earlier one that did not.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting.ballot import Channel
from talkoot.voting.log import PUBLISHED_STATES, ElectionState, election_of, voters_by_channel
from talkoot.voting.results.channels import LEAST
from talkoot.voting.results.tables import TurnoutRow

TURNOUT_AGE = timedelta(hours=6)
"""What is younger is not shown: a count that can be watched steers who still votes."""
TENS = LEAST
"""Voters: what is told is rounded down to whole tens, and below ten is nothing."""


_WITHOUT = text(
    """
    select id from election where state = 'open' and not exists (
        select from turnout where turnout.election_id = election.id and turnout.hour = :hour)
    order by id
    """
)


class Snapshot(StrEnum):
    """What became of counting who has voted."""

    TAKEN = "taken"
    TAKEN_THIS_HOUR = "taken-this-hour"
    """There is one of this hour already, and it stays."""
    NOT_OPEN = "not-open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout:
    """At ``at``, in UTC, at least ``voters`` had voted; by channel where it may be told."""

    at: datetime
    voters: int
    channels: Mapping[Channel, int]


def told_of(
    counts: Mapping[Channel, int], channels: Collection[Channel]
) -> tuple[int, Mapping[Channel, int]]:
    """Give what may be told: of all together, and by channel if that many came by each.

    ``channels`` are all by which a ballot can come.
    """
    every = sum(counts.values()) // TENS * TENS
    tens = {channel: counts.get(channel, 0) // TENS * TENS for channel in sorted(channels)}
    known = set(counts) <= set(channels)
    by_channel = tens if known and len(tens) > 1 and min(tens.values()) else {}
    return (sum(by_channel.values()) if by_channel else every), by_channel


async def turnout_taken(session: WriteSession, election_id: ElectionId, at: datetime) -> Snapshot:
    """Count who has voted, if the election is open and it was not done in this hour before.

    ``at`` is now, in UTC. What is kept is rounded already. Raises :class:`NotFound`.
    """
    election = await election_of(session, election_id)
    if election.state is not ElectionState.OPEN:
        return Snapshot.NOT_OPEN
    hour = at.replace(minute=0, second=0, microsecond=0)
    if await session.get(TurnoutRow, (election_id, hour)) is not None:
        return Snapshot.TAKEN_THIS_HOUR
    channels = {route.channel for route in election.definition.ways}
    voters, by_channel = told_of(await voters_by_channel(session, election_id), channels)
    row = {
        "election_id": election_id,
        "hour": hour,
        "taken_at": at,
        "voters": voters,
        "channels": {channel.value: number for channel, number in by_channel.items()},
    }
    made = insert(TurnoutRow).values(row).on_conflict_do_nothing().returning(TurnoutRow.hour)
    fresh = await session.scalar(made) is not None
    return Snapshot.TAKEN if fresh else Snapshot.TAKEN_THIS_HOUR


async def turnouts_taken(session: WriteSession, at: datetime) -> int:
    """Count who has voted in every open election that has no count of this hour; tell how many."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    open_ones = await session.scalars(_WITHOUT, {"hour": hour})
    taken = [
        await turnout_taken(session, ElectionId(election_id), at) for election_id in open_ones.all()
    ]
    return taken.count(Snapshot.TAKEN)


async def turnout_shown(
    session: ReadSession, election_id: ElectionId, state: ElectionState, at: datetime
) -> Turnout | None:
    """Give the newest count that is old enough at ``at`` and tells of ten; ``None``: there is none.

    Once there is a result, that tells how many voted, and this tells nothing any more.
    """
    if state in PUBLISHED_STATES:
        return None
    query = (
        select(TurnoutRow)
        .where(TurnoutRow.election_id == election_id, TurnoutRow.taken_at <= at - TURNOUT_AGE)
        .order_by(TurnoutRow.hour.desc())
        .limit(1)
    )
    row = await session.scalar(query)
    if row is None or not row.voters:
        return None
    channels = {one: row.channels[one.value] for one in Channel if one.value in row.channels}
    return Turnout(at=row.taken_at, voters=row.voters, channels=channels)
