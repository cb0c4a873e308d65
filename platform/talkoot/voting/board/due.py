"""Which boards have something to publish now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from talkoot.base.db import ReadSession
from talkoot.base.ids import ElectionId
from talkoot.voting.board.publish import BATCH_MIN, Closing
from talkoot.voting.log import ENDED_STATES, ElectionState

_BOARDS = text(
    """
    select board.election_id, election.state, last.signed_at,
           coalesce(leaf.size, 0) > coalesce(last.size, 0) as unsigned, wait.waiting
    from board join election on election.id = board.election_id
    left join lateral (
        select index + 1 as size from board_leaf
        where election_id = board.election_id order by index desc limit 1
    ) as leaf on true
    left join lateral (
        select size, signed_at from board_checkpoint
        where election_id = board.election_id order by size desc limit 1
    ) as last on true
    cross join lateral (
        select count(*) as waiting from (
            select 1 from board_waiting where election_id = board.election_id limit :batch
        ) as few
    ) as wait
    where cast(:only as uuid) is null or board.election_id = cast(:only as uuid)
    order by board.election_id
    """
)
"""However large a board is, little is read of it: two ends of indices, and ten that wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A board that has something to publish, and whether more ballots may come."""

    election_id: ElectionId
    closing: Closing


async def boards_due(
    session: ReadSession, *, at: datetime, every: timedelta, only: ElectionId | None = None
) -> tuple[Due, ...]:
    """Give the boards to publish at ``at``, ``only`` one of them where one is named.

    While voting is open a board is due ``every`` so often, and then only where ten ballots or an
    unsigned record wait; once nobody votes any more it is due as soon as anything waits.
    """
    rows = await session.execute(_BOARDS, {"batch": BATCH_MIN, "only": only})
    due = []
    for row in rows:
        ended = ElectionState(row.state) in ENDED_STATES
        enough = row.waiting >= (1 if ended else BATCH_MIN)
        rested = row.signed_at is None or at - row.signed_at >= every
        if (row.unsigned or enough) and (ended or rested):
            closing = Closing.CLOSED if ended else Closing.STILL_OPEN
            due.append(Due(election_id=ElectionId(row.election_id), closing=closing))
    return tuple(due)
