"""Elections move by acts of two persons, in one direction, and say when they accept ballots."""

from datetime import datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from talkoot.base.db import WriteSession
from talkoot.base.errors import BrokenLog, NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.voting.log import (
    Acceptance,
    Election,
    ElectionHead,
    ElectionState,
    TwoPersons,
    accepts,
    closed,
    counted,
    election_of,
    elections_of_round,
    frozen,
    head_of,
    opened,
)
from talkoot.voting.log.tables import ActRow, ElectionRow
from tests.voting.log.made_up import (
    CLOSES,
    GRACE_S,
    NOON,
    OPENS,
    PERSONS,
    a_definition,
    a_frozen_election,
    a_round,
)

ACTS = {
    ElectionState.OPEN: opened,
    ElectionState.CLOSED: closed,
    ElectionState.COUNTED: counted,
}
ORDER = [
    ElectionState.FROZEN,
    ElectionState.OPEN,
    ElectionState.CLOSED,
    ElectionState.COUNTED,
]


async def an_election_in(session: WriteSession, state: ElectionState) -> Election:
    election = await a_frozen_election(session, a_definition())
    for step in ORDER[1 : ORDER.index(state) + 1]:
        election = await ACTS[step](session, election.id, persons=PERSONS, at=NOON)
    return election


async def test_a_frozen_election_is_read_back_as_it_was_given(session: WriteSession) -> None:
    definition = a_definition()
    election = await a_frozen_election(session, definition)
    assert election.definition == definition
    assert election.state is ElectionState.FROZEN
    assert (election.opens_at, election.closes_at, election.grace_s) == (OPENS, CLOSES, GRACE_S)
    assert await election_of(session, election.id) == election
    assert await elections_of_round(session, election.round_id) == (election,)
    assert await head_of(session, election.id) == ElectionHead(
        id=election.id,
        state=election.state,
        opens_at=OPENS,
        closes_at=CLOSES,
        grace_s=GRACE_S,
        definition_hash=definition.hash,
    )


@pytest.mark.parametrize(
    ("found", "wanted"),
    [(a, b) for a, b in product(ORDER, ACTS) if ORDER.index(b) != ORDER.index(a) + 1],
)
async def test_an_act_out_of_turn_is_not_allowed(
    session: WriteSession, found: ElectionState, wanted: ElectionState
) -> None:
    election = await an_election_in(session, found)
    with pytest.raises(NotAllowed, match=f"the election is {found}"):
        await ACTS[wanted](session, election.id, persons=PERSONS, at=NOON)
    assert (await election_of(session, election.id)).state is found


async def test_every_act_names_its_two_persons(session: WriteSession) -> None:
    election = await an_election_in(session, ElectionState.COUNTED)
    query = select(ActRow.kind, ActRow.first_person, ActRow.second_person, ActRow.at).where(
        ActRow.election_id == election.id
    )
    acts = (await session.execute(query)).all()
    assert {kind for kind, *_ in acts} == {"freeze", "open", "close", "count"}
    assert {(first, second) for _, first, second, _ in acts} == {("Aino", "Väinö")}
    assert {at for *_, at in acts} == {NOON, OPENS - timedelta(days=7)}
    assert all(at.utcoffset() == timedelta(0) for *_, at in acts)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Aino", "Aino"), ("Aino", " aino "), ("Aino", ""), ("  ", "Aino"), ("", "")],
)
def test_one_person_cannot_act_for_two(first: str, second: str) -> None:
    with pytest.raises(NotAllowed):
        TwoPersons(first, second)


async def test_an_election_is_frozen_once(session: WriteSession) -> None:
    election = await a_frozen_election(session, a_definition())
    with pytest.raises(NotAllowed, match="already"):
        await a_frozen_election(session, a_definition(election_id=election.id, projects=9))
    assert (await election_of(session, election.id)).definition == election.definition


@pytest.mark.parametrize(("closes_at", "grace_s"), [(OPENS, 0), (CLOSES, -1)])
async def test_a_window_that_is_none_is_not_allowed(
    session: WriteSession, closes_at: datetime, grace_s: int
) -> None:
    with pytest.raises(NotAllowed):
        await frozen(
            session,
            a_definition(),
            round_id=await a_round(session),
            opens_at=OPENS,
            closes_at=closes_at,
            grace_s=grace_s,
            persons=PERSONS,
            at=NOON,
        )


async def test_an_unknown_election_is_not_found(session: WriteSession) -> None:
    nowhere = ElectionId(uuid4())
    assert await head_of(session, nowhere) is None
    with pytest.raises(NotFound):
        await election_of(session, nowhere)
    with pytest.raises(NotFound):
        await opened(session, nowhere, persons=PERSONS, at=NOON)


async def test_a_definition_changed_behind_our_back_is_a_broken_log(session: WriteSession) -> None:
    election = await a_frozen_election(session, a_definition())
    await session.execute(
        update(ElectionRow)
        .where(ElectionRow.id == election.id)
        .values(definition=text("jsonb_set(definition, '{budget}', '99')"))
    )
    with pytest.raises(BrokenLog, match="expected"):
        await election_of(session, election.id)


END = CLOSES + timedelta(seconds=GRACE_S)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("state", "at", "expected"),
    [
        (ElectionState.FROZEN, NOON, Acceptance.NOT_OPEN_YET),
        (ElectionState.FROZEN, END, Acceptance.CLOSED),
        (ElectionState.OPEN, OPENS - TICK, Acceptance.NOT_OPEN_YET),
        (ElectionState.OPEN, OPENS, Acceptance.OPEN),
        (ElectionState.OPEN, CLOSES, Acceptance.OPEN),
        (ElectionState.OPEN, END - TICK, Acceptance.OPEN),
        (ElectionState.OPEN, END, Acceptance.CLOSED),
        (ElectionState.CLOSED, NOON, Acceptance.CLOSED),
        (ElectionState.CLOSED, OPENS - TICK, Acceptance.CLOSED),
        (ElectionState.COUNTED, NOON, Acceptance.CLOSED),
    ],
)
async def test_ballots_are_accepted_while_open_and_inside_the_window(
    session: WriteSession, state: ElectionState, at: datetime, expected: Acceptance
) -> None:
    election = await an_election_in(session, state)
    assert accepts(election, at) is expected
