"""Every route of the desk, by every role, in one's own town and in the other: the whole matrix."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from starlette.routing import Route

from talkoot.base.db import Database
from talkoot.base.ids import MunicipalityId, RoundId
from talkoot.base.officials import OfficialRole
from talkoot.people import Proposal, proposals_of
from talkoot.rounds import round_kept
from talkoot.web.access import Access, access_of
from talkoot.web.app import all_routes
from talkoot.web.pages.desk_gate import roles_of
from tests.web.desk import DESK, OTHER_TOWN, Browser, Hall, a_hall
from tests.web.town import MUNICIPALITY, a_round

DESK_ROUTES = [
    route
    for route in all_routes()
    if isinstance(route, Route) and access_of(route) is Access.OFFICIAL
]
MANAGERS = frozenset({OfficialRole.ELECTION_MANAGER})
EVERYONE = frozenset(OfficialRole)
THEIRS = "vieras"

EXPECTED = {
    ("GET", ""): EVERYONE,
    ("POST", "/sign-out"): EVERYONE,
    ("GET", "/keys"): EVERYONE,
    ("POST", "/keys"): EVERYONE,
    ("POST", "/keys/challenge"): EVERYONE,
    ("POST", "/keys/remove"): EVERYONE,
    ("GET", "/elections/{election}"): EVERYONE,
    ("POST", "/elections/{election}/propose"): MANAGERS,
    ("GET", "/drafts/{round}"): EVERYONE,
    ("POST", "/drafts/{round}/freeze"): MANAGERS,
    ("POST", "/proposals/{proposal}/sign"): MANAGERS | {OfficialRole.REGISTRAR_OFFICER},
    ("POST", "/proposals/{proposal}/withdraw"): MANAGERS,
}
"""Who may do what at the desk, as people agreed it: not read from the code."""


def named(route: Route) -> tuple[str, str]:
    method = next(iter((route.methods or set()) - {"HEAD"}))
    return method, route.path.removeprefix("/{language}/desk")


@pytest_asyncio.fixture
async def hall(database: Database, desk: Database, tmp_path: Path) -> AsyncIterator[Hall]:
    """Two towns with a desk, the other one with a draft as well."""
    async with a_hall(database, desk, tmp_path) as built:
        draft = replace(a_round(), municipality_id=OTHER_TOWN.id, id=RoundId(uuid4()), slug=THEIRS)
        async with desk.writing() as session:
            await round_kept(session, draft)
        yield built


def test_every_route_of_the_desk_is_in_the_matrix_and_says_the_same() -> None:
    assert {named(route): roles_of(route) for route in DESK_ROUTES} == EXPECTED


async def _proposal(hall: Hall, town: MunicipalityId) -> Proposal:
    name = f"Pirkko {town.int}"
    browser = await hall.at_desk(await hall.official(name, town=town))
    await browser.propose(hall.page(town), "open")
    async with hall.desk.writing() as session:
        return (await proposals_of(session, [hall.elections[town]]))[0]


def filled_in(path: str, proposal: Proposal) -> str:
    """Name a proposal, its election, and a round that only its town has."""
    slug = "kierros" if proposal.municipality_id == MUNICIPALITY.id else THEIRS
    return path.format(election=proposal.election_id, proposal=proposal.id, round=slug)


async def _asked(browser: Browser, way: tuple[str, str], proposal: Proposal) -> int:
    method, path = way
    filled = filled_in(path, proposal)
    if method == "GET":
        return (await browser.get(f"{DESK}{filled}")).status_code
    token = await browser.form_token()
    return (await browser.send(f"{DESK}{filled}", form_token=token)).status_code


@pytest.mark.parametrize("role", OfficialRole)
async def test_t16_each_role_reaches_what_the_matrix_says_and_nothing_of_another_town(
    hall: Hall, role: OfficialRole
) -> None:
    own, foreign = [await _proposal(hall, town.id) for town in (MUNICIPALITY, OTHER_TOWN)]
    person = await hall.official("Roolinen", roles=frozenset({role}))
    ways = sorted(EXPECTED, key=lambda way: (way[1] == "/sign-out", way))
    for way in ways:
        for proposal in (own, foreign):
            browser = await hall.at_desk(person)
            status = await _asked(browser, way, proposal)
            scoped = "{" in way[1]
            if role not in EXPECTED[way]:
                assert status == 403, (way, status)
            elif scoped and proposal is foreign:
                assert status == 404, (way, status)
            else:
                # Without an answer of a passkey or a known key even the right person is refused
                # by what the form lacks (403, 409), never as somebody who may not (401, 404).
                assert status in {200, 303, 403, 409}, (way, status)
                assert (status == 403) <= way[1].startswith("/keys"), (way, status)


@pytest.mark.parametrize("way", EXPECTED, ids=" ".join)
async def test_nobody_who_is_not_signed_in_reaches_anything(
    hall: Hall, way: tuple[str, str]
) -> None:
    proposal = await _proposal(hall, MUNICIPALITY.id)
    method, path = way
    filled = filled_in(path, proposal)
    browser = hall.browser()
    browser.client.cookies.set("talkoot-desk", "x" * 43)
    if method == "GET":
        answer = await browser.get(f"{DESK}{filled}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{DESK}/sign-in")
    else:
        assert (await browser.send(f"{DESK}{filled}")).status_code == 401
