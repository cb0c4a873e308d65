"""Issuing codes: one live code a person, in clear nowhere, working after a second person's yes."""

import asyncio
import base64
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from talkoot.base.db import Database, WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.voting.roll import (
    BatchId,
    CodeHasher,
    IssuedBatch,
    PersonId,
    activate,
    grouped,
    import_roll,
    issue_codes,
    persons_with,
)
from tests.voting.roll.conftest import (
    AREAS,
    AT,
    KEYS,
    CountingHasher,
    a_town,
    an_election,
    roll_of,
)

LIVE = text(
    "select count(*), count(distinct person_id) from roll_code"
    " where election_id = :election and revoked_at is null"
)


async def a_roll(session: WriteSession, voters: int) -> ElectionId:
    election_id = await an_election(session)
    await import_roll(session, roll_of(voters), election_id=election_id, areas=AREAS, at=AT)
    return election_id


async def issued(
    session: WriteSession,
    hasher: CodeHasher,
    election_id: ElectionId,
    *,
    persons: tuple[PersonId, ...] | None = None,
    limit: int | None = None,
    by: str = "Anna",
) -> IssuedBatch:
    return await issue_codes(
        session,
        election_id=election_id,
        keys=KEYS,
        hasher=hasher,
        by=by,
        at=AT,
        persons=persons,
        limit=limit,
    )


async def live(session: WriteSession, election_id: ElectionId) -> tuple[int, int]:
    codes, persons = (await session.execute(LIVE, {"election": election_id})).one()
    return int(codes), int(persons)


async def test_everybody_gets_one_code_in_order_of_anchors(
    session: WriteSession, hasher: CountingHasher
) -> None:
    election_id = await a_roll(session, 1200)
    told: list[tuple[int, int]] = []
    batch = await issue_codes(
        session,
        election_id=election_id,
        keys=KEYS,
        hasher=hasher,
        by="Anna",
        at=AT,
        progress=lambda done, total: told.append((done, total)),
    )
    assert [code.number for code in batch.codes] == list(range(1, 1201))
    assert [c.recipient.anchor for c in batch.codes] == [f"V{n:06}" for n in range(1, 1201)]
    assert len({code.code for code in batch.codes}) == 1200
    assert await live(session, election_id) == (1200, 1200)
    assert told == [(500, 1200), (1000, 1200), (1200, 1200)]


async def test_issuing_goes_on_where_it_stopped(
    session: WriteSession, hasher: CountingHasher
) -> None:
    election_id = await a_roll(session, 10)
    first = await issued(session, hasher, election_id, limit=4)
    second = await issued(session, hasher, election_id)
    anchors = [c.recipient.anchor for batch in (first, second) for c in batch.codes]
    assert anchors == [f"V{n:06}" for n in range(1, 11)]
    assert [code.number for code in second.codes] == [1, 2, 3, 4, 5, 6]
    with pytest.raises(NotAllowed, match="everybody"):
        await issued(session, hasher, election_id)


async def test_a_new_code_revokes_the_old_one(
    session: WriteSession, hasher: CountingHasher
) -> None:
    town = await a_town(session, hasher, voters=3)
    (person,) = await persons_with(session, town.election_id, ["V000002"])
    again = await issued(session, hasher, town.election_id, persons=(person,))
    assert len(again.codes) == 1
    assert again.codes[0].code != town.codes[1].code
    assert await live(session, town.election_id) == (3, 3)


async def test_who_is_not_on_the_roll_gets_no_code(
    session: WriteSession, hasher: CountingHasher
) -> None:
    election_id = await a_roll(session, 1)
    elsewhere = await a_roll(session, 1)
    (stranger,) = await persons_with(session, elsewhere, ["V000001"])
    for persons in ((PersonId(uuid4()),), (stranger,)):
        with pytest.raises(NotFound, match="not on the roll"):
            await issued(session, hasher, election_id, persons=persons)
    with pytest.raises(NotFound, match="'nobody'"):
        await persons_with(session, election_id, ["V000001", "nobody"])


async def test_somebody_must_answer_for_issuing(
    session: WriteSession, hasher: CountingHasher
) -> None:
    election_id = await a_roll(session, 1)
    with pytest.raises(NotAllowed, match="who"):
        await issued(session, hasher, election_id, by="  ")


@pytest.mark.parametrize("by", ["Anna", " anna ", "ANNA", "A\uff4ena", "", " "])
async def test_who_issued_a_batch_cannot_activate_it(
    session: WriteSession, hasher: CountingHasher, by: str
) -> None:
    batch = await issued(session, hasher, await a_roll(session, 1))
    with pytest.raises(NotAllowed, match="somebody else"):
        await activate(session, batch.id, by=by, at=AT)


async def test_the_database_itself_refuses_one_person_twice(
    session: WriteSession, hasher: CountingHasher
) -> None:
    batch = await issued(session, hasher, await a_roll(session, 1))
    statement = text(
        "update roll_code_batch set activated_by = issued_by, activated_at = now() where id = :id"
    )
    with pytest.raises(IntegrityError, match="two_persons"):
        await session.execute(statement, {"id": batch.id})


async def test_a_batch_is_activated_once(session: WriteSession, hasher: CountingHasher) -> None:
    batch = await issued(session, hasher, await a_roll(session, 1))
    await activate(session, batch.id, by="Bertta", at=AT)
    with pytest.raises(NotAllowed, match="Bertta"):
        await activate(session, batch.id, by="Cecilia", at=AT)
    with pytest.raises(NotFound, match="no batch"):
        await activate(session, BatchId(uuid4()), by="Bertta", at=AT)


async def test_two_who_issue_at_once_give_nobody_two_codes(
    desk: Database, hasher: CountingHasher
) -> None:
    async with desk.writing() as session:
        election_id = await a_roll(session, 200)

    async def one(by: str) -> int:
        async with desk.writing() as session:
            try:
                return len((await issued(session, hasher, election_id, by=by)).codes)
            except NotAllowed:
                return 0

    numbers = await asyncio.gather(*(one(f"official {n}") for n in range(4)))
    assert sorted(numbers) == [0, 0, 0, 200]
    async with desk.writing() as session:
        assert await live(session, election_id) == (200, 200)


async def dump(session: WriteSession) -> str:
    """Every row of every table, as text."""
    names = await session.execute(
        text("select table_name from information_schema.tables where table_schema = 'public'")
    )
    rows: list[str] = []
    for name in names.scalars().all():
        found = await session.execute(text(f'select t::text from "{name}" t'))  # noqa: S608 - a name out of the catalogue
        rows += found.scalars().all()
    return "\n".join(rows)


def spellings(code: str) -> list[str]:
    """The ways in which a code could stand in a dump: plain, grouped, lower, base64, hex."""
    words = (code, code.lower(), code[:5] + "-" + code[5:9] + "-" + code[9:], code[5:])
    return [
        spelled
        for word in words
        for spelled in (word, base64.b64encode(word.encode()).decode(), word.encode().hex())
    ]


async def test_no_code_stands_in_the_database_in_clear(
    session: WriteSession, hasher: CountingHasher
) -> None:
    town = await a_town(session, hasher, voters=1000)
    everything = await dump(session)
    found = [
        spelled
        for issued_code in town.codes
        for spelled in spellings(issued_code.code)
        if spelled in everything
    ]
    assert found == []
    # The net holds: what the rows do hold, the selectors, it finds.
    assert all(issued_code.code[:5] in everything for issued_code in town.codes)


async def test_a_code_in_clear_would_be_found(
    session: WriteSession, hasher: CountingHasher
) -> None:
    """Negative control: one code left behind, in a place where nobody looks."""
    town = await a_town(session, hasher, voters=2)
    await session.execute(
        text("insert into roll_throttle values (:bucket, 1, now(), null)"),
        {"bucket": f"tried {grouped(town.codes[0].code)}"},
    )
    everything = await dump(session)
    assert any(spelled in everything for spelled in spellings(town.codes[0].code))


async def test_codes_do_not_show_in_a_trace(session: WriteSession, hasher: CountingHasher) -> None:
    batch = await issued(session, hasher, await a_roll(session, 3))
    assert not any(issued_code.code in repr(batch) for issued_code in batch.codes)
