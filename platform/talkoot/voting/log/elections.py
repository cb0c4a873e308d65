"""Elections in the database, and the acts of two persons that move them from state to state."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.ids import ElectionId, RoundId
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.log.definition_json import cannot_be_stored, definition_from, definition_json
from talkoot.voting.log.election import Election, ElectionHead, ElectionState, TwoPersons
from talkoot.voting.log.tables import ActRow, ElectionRow

_ACT_INTO = {
    ElectionState.FROZEN: "freeze",
    ElectionState.OPEN: "open",
    ElectionState.CLOSED: "close",
    ElectionState.COUNTED: "count",
}
_BEFORE = {
    ElectionState.OPEN: ElectionState.FROZEN,
    ElectionState.CLOSED: ElectionState.OPEN,
    ElectionState.COUNTED: ElectionState.CLOSED,
}
_HEAD = (
    ElectionRow.id,
    ElectionRow.state,
    ElectionRow.opens_at,
    ElectionRow.closes_at,
    ElectionRow.grace_s,
    ElectionRow.definition_hash,
)


async def frozen(
    session: WriteSession,
    definition: BallotDefinition,
    *,
    round_id: RoundId,
    opens_at: datetime,
    closes_at: datetime,
    grace_s: int,
    persons: TwoPersons,
    at: datetime,
) -> Election:
    """Freeze a definition: from now on nobody can change it.

    Raises :class:`NotAllowed` for a window that is none, a text that cannot be stored, or an
    election that is frozen already.
    """
    if not (opens_at < closes_at and grace_s >= 0):
        raise NotAllowed("voting must open before it closes, and the grace cannot be negative")
    if cannot_be_stored(definition):
        raise NotAllowed("a text of the ballot definition holds the null character")
    row = {
        "id": definition.election_id,
        "round_id": round_id,
        "state": ElectionState.FROZEN.value,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "grace_s": grace_s,
        "definition": definition_json(definition),
        "definition_hash": definition.hash,
        "share_lock": 0,
    }
    statement = postgresql_insert(ElectionRow).values(row).on_conflict_do_nothing()
    if await session.scalar(statement.returning(ElectionRow.id)) is None:
        raise NotAllowed("this election is frozen already")
    await _record(session, definition.election_id, ElectionState.FROZEN, persons, at)
    return await election_of(session, definition.election_id)


async def opened(
    session: WriteSession, election_id: ElectionId, *, persons: TwoPersons, at: datetime
) -> Election:
    """Open a frozen election; its window decides about casting as well.

    Raises :class:`NotFound`, or :class:`NotAllowed` in any other state.
    """
    return await _moved(session, election_id, ElectionState.OPEN, persons=persons, at=at)


async def closed(
    session: WriteSession, election_id: ElectionId, *, persons: TwoPersons, at: datetime
) -> Election:
    """Close an open election. Once the transaction has committed nothing more can be recorded.

    Waits for the batches that hold the row by a share lock: what they acknowledge is in the log
    before the election is closed. Raises :class:`NotFound` or :class:`NotAllowed`.
    """
    return await _moved(session, election_id, ElectionState.CLOSED, persons=persons, at=at)


async def counted(
    session: WriteSession, election_id: ElectionId, *, persons: TwoPersons, at: datetime
) -> Election:
    """Mark a closed election as counted. Raises :class:`NotFound` or :class:`NotAllowed`."""
    return await _moved(session, election_id, ElectionState.COUNTED, persons=persons, at=at)


async def _moved(
    session: WriteSession,
    election_id: ElectionId,
    after: ElectionState,
    *,
    persons: TwoPersons,
    at: datetime,
) -> Election:
    before = _BEFORE[after]
    found = await _state_for_update(session, election_id)
    if found is not before:
        raise NotAllowed(f"the election is {found}; only one that is {before} can become {after}")
    await session.execute(
        update(ElectionRow).where(ElectionRow.id == election_id).values(state=after.value)
    )
    await _record(session, election_id, after, persons, at)
    return await election_of(session, election_id)


async def _record(
    session: WriteSession,
    election_id: ElectionId,
    state: ElectionState,
    persons: TwoPersons,
    at: datetime,
) -> None:
    act = {
        "id": uuid4(),
        "election_id": election_id,
        "kind": _ACT_INTO[state],
        "first_person": persons.first,
        "second_person": persons.second,
        "at": at,
    }
    await session.execute(insert(ActRow).values(act))


async def _state_for_update(session: WriteSession, election_id: ElectionId) -> ElectionState:
    query = select(ElectionRow.state).where(ElectionRow.id == election_id).with_for_update()
    state = await session.scalar(query)
    if state is None:
        raise NotFound(f"there is no election {election_id}")
    return ElectionState(state)


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
        select(*_HEAD, ElectionRow.round_id, ElectionRow.definition)
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


async def _heads(
    session: ReadSession, query: Select[UUID, str, datetime, datetime, int, bytes]
) -> dict[ElectionId, ElectionHead]:
    return {
        ElectionId(id_): ElectionHead(
            id=ElectionId(id_),
            state=ElectionState(state),
            opens_at=opens_at,
            closes_at=closes_at,
            grace_s=grace_s,
            definition_hash=Digest(definition_hash),
        )
        for id_, state, opens_at, closes_at, grace_s, definition_hash in await session.execute(
            query
        )
    }
