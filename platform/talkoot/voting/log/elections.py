"""Elections as they are read from the database, with or without a lock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotFound
from talkoot.base.ids import ElectionId, RoundId
from talkoot.voting.log.definition_json import definition_from
from talkoot.voting.log.election import Election, ElectionHead
from talkoot.voting.log.phases import Assurance, ElectionState
from talkoot.voting.log.tables import ElectionRow

_HEAD = (
    ElectionRow.id,
    ElectionRow.state,
    ElectionRow.opens_at,
    ElectionRow.closes_at,
    ElectionRow.grace_s,
    ElectionRow.definition_hash,
    ElectionRow.assurance,
)


async def election_of(session: ReadSession, election_id: ElectionId) -> Election:
    """Give an election.

    Raises :class:`NotFound`, or :class:`BrokenLog` where the stored definition does not have the
    stored hash.
    """
    found = await _elections(session, ElectionRow.id == election_id)
    if not found:
        raise NotFound(f"there is no election {election_id}")
    return found[0]


async def elections_of_round(session: ReadSession, round_id: RoundId) -> tuple[Election, ...]:
    """Give a round's elections, by opening time; errors as :func:`election_of`."""
    return await _elections(session, ElectionRow.round_id == round_id)


async def _elections(session: ReadSession, condition: ColumnElement[bool]) -> tuple[Election, ...]:
    query = (
        select(*_HEAD, ElectionRow.round_id, ElectionRow.definition, ElectionRow.appeals_until)
        .where(condition)
        .order_by(ElectionRow.opens_at, ElectionRow.id)
    )
    return tuple(
        Election(
            id=ElectionId(row.id),
            round_id=RoundId(row.round_id),
            state=ElectionState(row.state),
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            grace_s=row.grace_s,
            definition=definition_from(row.definition, Digest(row.definition_hash)),
            assurance=Assurance(row.assurance),
            appeals_until=row.appeals_until,
        )
        for row in await session.execute(query)
    )


async def head_of(session: ReadSession, election_id: ElectionId) -> ElectionHead | None:
    """Give an election's state and window without its definition; ``None``: there is none."""
    return (await _heads(session, select(*_HEAD).where(ElectionRow.id == election_id))).get(
        election_id
    )


async def heads_for_share(
    session: WriteSession, election_ids: Sequence[ElectionId]
) -> Mapping[ElectionId, ElectionHead]:
    """Share-lock these elections until the transaction ends, in the order of their ids.

    While the locks are held no one can close them. An id that is missing in the answer is unknown.
    """
    query = select(*_HEAD).where(ElectionRow.id.in_(election_ids)).order_by(ElectionRow.id)
    return await _heads(session, query.with_for_update(read=True))


async def election_for_update(session: WriteSession, election_id: ElectionId) -> Election:
    """Lock an election until the transaction ends, and give it; errors as :func:`election_of`.

    Waits for the batches that hold the row by a share lock.
    """
    lock = select(ElectionRow.id).where(ElectionRow.id == election_id).with_for_update()
    await session.execute(lock)
    return await election_of(session, election_id)


async def _heads(
    session: ReadSession, query: Select[UUID, str, datetime, datetime, int, bytes, str]
) -> dict[ElectionId, ElectionHead]:
    return {
        ElectionId(id_): ElectionHead(
            id=ElectionId(id_),
            state=ElectionState(state),
            opens_at=opens_at,
            closes_at=closes_at,
            grace_s=grace_s,
            definition_hash=Digest(definition_hash),
            assurance=Assurance(assurance),
        )
        for (
            id_,
            state,
            opens_at,
            closes_at,
            grace_s,
            definition_hash,
            assurance,
        ) in await session.execute(query)
    }
