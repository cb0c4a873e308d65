"""How many have voted so far, by channel: who has voted, and nothing of what was chosen."""

from collections.abc import Mapping

from sqlalchemy import func, select

from talkoot.base.db import ReadSession
from talkoot.base.ids import ElectionId
from talkoot.voting.ballot import Channel
from talkoot.voting.log.tables import EntryRow, StandingRow


async def voters_by_channel(session: ReadSession, election_id: ElectionId) -> Mapping[Channel, int]:
    """Count the entries that stand by the channel they came by, channels without any left out.

    These numbers may be small and are of this very moment: nobody is shown them as they are.
    """
    same = (StandingRow.election_id == EntryRow.election_id) & (
        StandingRow.entry_hash == EntryRow.entry_hash
    )
    query = (
        select(EntryRow.channel, func.count())
        .join(StandingRow, same)
        .where(StandingRow.election_id == election_id)
        .group_by(EntryRow.channel)
        .order_by(EntryRow.channel)
    )
    return {Channel(channel): number for channel, number in await session.execute(query)}
