"""T13: an address opens nothing of a person. Whoever is not that person is refused, every time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import text
from starlette.routing import Route

from talkoot.base.db import Database
from talkoot.base.ids import ElectionId, MunicipalityId
from talkoot.voting.ballot import receipt_number
from talkoot.voting.log import all_entries
from talkoot.voting.roll import VoterSession, session_of
from talkoot.web.access import Access, access_of
from talkoot.web.app import all_routes
from talkoot.web.house import House
from tests.web.town import MUNICIPALITY, ROUND, Town, Visitor, a_round, a_town, number, rules

OTHER_TOWN = replace(MUNICIPALITY, id=MunicipalityId(UUID(int=2)), slug="toinen")
OTHER_ROUND = replace(a_round(), municipality_id=OTHER_TOWN.id)
ROUTES = [route for route in all_routes() if isinstance(route, Route)]
OF_VOTERS = sorted(
    (route.path, method)
    for route in ROUTES
    if access_of(route) is Access.VOTER
    for method in (route.methods or set()) - {"HEAD"}
)
CALLERS = ("nobody", "a made-up session", "a voter of another town", "one who has signed out")
FILES = ("ballots.pb", "result.json", "table.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """Two towns in one database, and what one voter of the first has."""

    town: Town
    other: Town
    voter: Visitor
    receipt: str

    async def caller(self, who: str) -> Visitor:
        """Give somebody who is not the voter."""
        if who == "a voter of another town":
            stranger = self.town.visitor()
            await stranger.signed_in(self.other.codes[0], path="/fi/toinen/kierros")
            return stranger
        stranger = self.town.visitor()
        if who == "a made-up session":
            stranger.client.cookies.set("talkoot", "A" * 43, domain="127.0.0.1")
        if who == "one who has signed out":
            opened = await stranger.signed_in(self.town.codes[1])
            token = dict(stranger.client.cookies)["talkoot"]
            await stranger.send(f"{ROUND}/sign-out", opened.fields)
            stranger.client.cookies.clear()
            stranger.client.cookies.set("talkoot", token, domain="127.0.0.1")
        return stranger

    def filled(self, path: str, **parts: str) -> str:
        """Give the address that a route has here."""
        names = {"language": "fi", "municipality": "koe", "round": "kierros"}
        return path.replace(":path", "").format_map(
            {**names, "election": str(self.town.election.id), **parts}
        )


@pytest_asyncio.fixture
async def street(database: Database, desk: Database, tmp_path: Path) -> AsyncIterator[Street]:
    """Two towns, the first one's application serving both."""
    async with (
        a_town(database, desk, tmp_path, rules()) as town,
        a_town(
            database, desk, tmp_path, rules(), round_=OTHER_ROUND, municipality=OTHER_TOWN
        ) as other,
    ):
        voter = town.visitor()
        await voter.cast(await voter.signed_in(town.codes[0]), [number(2)])
        async with desk.writing() as session:
            (entry,) = [one async for one in all_entries(session, town.election.id)]
        receipt = receipt_number(entry.hash)
        assert receipt in (await voter.get(f"{ROUND}/recorded")).text
        yield Street(town=town, other=other, voter=voter, receipt=receipt)


async def asked(street: Street, caller: Visitor, path: str, method: str) -> tuple[int, str]:
    """Ask for a route; give the status and the answer."""
    here = street.filled(path)
    if method == "GET":
        answer = await caller.get(here)
    elif here.startswith("/api/"):
        token = dict(caller.client.cookies).get("talkoot", "")
        answer = await caller.posted(here, {"marks": []}, token)
    else:
        answer = await caller.send(here, [("project", number(1))])
    assert answer.headers["cache-control"] == "no-store", (path, answer.status_code)
    return answer.status_code, answer.text


async def test_t13_what_is_a_voters_is_given_to_nobody_else(street: Street) -> None:
    answers = {}
    for who in CALLERS:
        caller = await street.caller(who)
        for path, method in OF_VOTERS:
            status, body = await asked(street, caller, path, method)
            answers[who, path, method] = status
            assert street.receipt not in body, (who, path)
    assert len(answers) == len(CALLERS) * len(OF_VOTERS) >= 28
    # Pages lead who is not signed in to signing in; what is sent is refused.
    assert set(answers.values()) <= {303, 401, 403}, answers
    assert await street.town.recorded() == 1


async def test_t13_another_voter_of_the_same_round_sees_their_own_alone(street: Street) -> None:
    neighbour = street.town.visitor()
    opened = await neighbour.signed_in(street.town.codes[1])
    for path, method in OF_VOTERS:
        if method == "GET":
            assert street.receipt not in (await asked(street, neighbour, path, method))[1]
    await neighbour.cast(opened, [number(2)])
    assert street.receipt not in (await neighbour.get(f"{ROUND}/recorded")).text


async def test_t13_a_gate_that_takes_any_session_would_let_another_towns_voter_in(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the gate without asking for which election a session is."""

    async def any_voter(house: House, token: str, _: ElectionId) -> VoterSession | None:
        async with house.database.writing() as session:
            return await session_of(session, token, at=house.now())

    monkeypatch.setattr("talkoot.web.pages.gate.voter_with", any_voter)
    stranger = await street.caller("a voter of another town")
    assert (await asked(street, stranger, f"{ROUND}/ballot", "GET"))[0] == 200


async def secrets_of(street: Street) -> list[str]:
    """Give what names a person, or leads to one: codes, anchors' keys, submissions, sessions."""
    columns = {"entry": ("voter_key", "submission_id"), "roll_code": ("selector",)}
    found = [*street.town.codes, dict(street.voter.client.cookies)["talkoot"]]
    async with street.town.desk.writing() as session:
        for table, column in [(t, c) for t, names in columns.items() for c in names]:
            query = text(f"select {column} from {table}")  # noqa: S608 - our own names
            rows = list(await session.scalars(query))
            found += [one.hex() if isinstance(one, bytes) else str(one) for one in rows]
    return found


async def test_t13_no_answer_that_anyone_gets_holds_what_leads_to_a_person(street: Street) -> None:
    secrets = await secrets_of(street)
    assert len(secrets) > 6
    await street.town.counted()
    stranger, read = street.town.visitor(), 0
    public = [route.path for route in ROUTES if access_of(route) is Access.PUBLIC]
    for path, file in product(public, FILES):
        names = {"file": file, "name": file, "entry": street.receipt, "picture": "f" * 64}
        answer = await stranger.get(street.filled(path, **names, version="x"))
        read += answer.status_code == 200
        assert [one for one in secrets if one in answer.text] == [], path
    assert read > 20
