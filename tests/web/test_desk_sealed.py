"""A sealed election at the desk: each act by two passkeys, in the order of the table."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from talkoot.base.db import Database
from talkoot.base.ids import ElectionId
from talkoot.base.passkeys import rechecked
from talkoot.people import asserted
from talkoot.voting import board, log
from talkoot.voting.log import ElectionState, act_challenge, act_record
from tests.web.desk import DESK, PARTY, Hall, Person, a_hall, sealed_in, trustees_for
from tests.web.town import CLOSES


@pytest_asyncio.fixture
async def hall(database: Database, desk: Database, tmp_path: Path) -> AsyncIterator[Hall]:
    """Two towns with a desk."""
    async with a_hall(database, desk, tmp_path) as built:
        yield built


async def two(hall: Hall) -> tuple[Person, Person]:
    return await hall.official("Aino"), await hall.official("Otto")


async def state_of(hall: Hall, election_id: ElectionId) -> ElectionState:
    async with hall.desk.reading() as session:
        return (await log.election_of(session, election_id)).state


async def act(
    hall: Hall, persons: tuple[Person, Person], page: str, kind: str, **more: str
) -> list[int]:
    """Propose an act and have both sign it; give the three statuses, or the refusal's alone."""
    first = await hall.at_desk(persons[0])
    token = await first.form_token()
    sent = {"form_token": token, "kind": kind, "reason": f"Syy: {kind}", **more}
    statuses = [(await first.send(f"{page}/propose", **sent)).status_code]
    for person in persons if statuses == [303] else ():
        browser = await hall.at_desk(person)
        offered = await browser.offered(page)
        answer = await browser.sign(offered, asserted(person.key, offered.challenge, PARTY))
        statuses.append(answer.status_code)
    return statuses


async def test_t17_a_sealed_election_goes_from_act_to_act_and_each_is_on_the_log(
    hall: Hall,
) -> None:
    persons = await two(hall)
    election_id = await sealed_in(hall.desk, *persons)
    page = f"{DESK}/elections/{election_id}"
    await trustees_for(hall.desk, election_id)
    async with hall.desk.writing() as session:
        key = board.create_board_key(hall.settings.keys_folder, election_id)
        await board.started(session, election_id, key.verifier)
    done = [303, 303, 303]
    later = {"until": "2026-03-25T20:00"}
    for kind, more, state in (
        ("rehearse", {}, ElectionState.FROZEN),
        ("open", {}, ElectionState.OPEN),
        ("extend", later, ElectionState.OPEN),
        ("close", {}, ElectionState.CLOSING),
        ("reconcile", {}, ElectionState.RECONCILING),
    ):
        assert await act(hall, persons, page, kind, **more) == done, kind
        assert await state_of(hall, election_id) is state
    async with hall.desk.writing() as session:
        acts = await log.acts_of(session, election_id)
        size = await board.size_of(session, election_id)
        # All acts, the freeze too; the ballot, the keys, the devices; digests after two acts.
        assert size == len(acts) + 3 + 2
        extended = await log.election_of(session, election_id)
    assert extended.closes_at.isoformat() == "2026-03-25T18:00:00+00:00", "Helsinki is UTC+2"
    assert sorted(each.request.kind.value for each in acts) == [
        "close",
        "extend",
        "freeze",
        "open",
        "reconcile",
        "rehearse",
    ]
    for each in acts:
        assert act_record(each)["signatures"]
        for signature in each.signatures:
            challenge = act_challenge(each.request)
            rechecked(signature, challenge=challenge, rp_id=PARTY.id, origin=PARTY.origin)


async def test_t17_a_sealed_election_does_not_open_before_a_rehearsal(hall: Hall) -> None:
    persons = await two(hall)
    election_id = await sealed_in(hall.desk, *persons)
    page = f"{DESK}/elections/{election_id}"
    assert await act(hall, persons, page, "rehearse") == [409]
    first = await hall.at_desk(persons[0])
    assert "sinetöity" in (await first.get(page)).text
    # The page does not offer it; whoever sends the form anyway is refused by the log itself.
    assert await act(hall, persons, page, "open") == [303, 303, 409]
    assert await state_of(hall, election_id) is ElectionState.FROZEN


async def test_an_extension_needs_a_later_end_and_a_lost_kiosk_needs_one_that_is_waited_for(
    hall: Hall,
) -> None:
    persons = await two(hall)
    election_id = await sealed_in(hall.desk, *persons)
    page = f"{DESK}/elections/{election_id}"
    await trustees_for(hall.desk, election_id)
    for kind in ("rehearse", "open"):
        assert await act(hall, persons, page, kind) == [303, 303, 303]
    for until in ("", "soon", "2026-13-01T00:00"):
        assert await act(hall, persons, page, "extend", until=until) == [409]
    assert await act(hall, persons, page, "extend", until="2026-03-05T10:00") == [303, 303, 409]
    async with hall.desk.reading() as session:
        assert (await log.election_of(session, election_id)).closes_at == CLOSES
    first = await hall.at_desk(persons[0])
    offered = await first.offered_withdrawal(page)
    await first.send(offered, form_token=await first.form_token())
    assert await act(hall, persons, page, "close") == [303, 303, 303]
    assert await act(hall, persons, page, "lost-kiosk", device="00" * 16) == [409]
