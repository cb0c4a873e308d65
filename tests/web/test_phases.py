"""T17: a generated matrix of routes and phases. Outside its phases a route answers 409, and no row
has changed.
"""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from talkoot.base.db.embedded import Server
from talkoot.voting.log import PUBLISHED_STATES, ElectionState
from talkoot.web.access import (
    EVERY_PHASE,
    Access,
    Unguarded,
    access_of,
    check_guarded,
    guarded,
    names_an_election,
    phases_of,
)
from talkoot.web.app import all_routes
from tests.web.town import Opened, Town, Visitor, number

TABLES = ("election", "act", "entry", "standing", "sealing_epoch", "result", "public_file")
NARROW = sorted(
    {
        (route.path, method)
        for route in all_routes()
        if isinstance(route, Route) and phases_of(route) not in {None, EVERY_PHASE}
        for method in sorted((route.methods or set()) - {"HEAD"})
    }
)
PLAIN = (ElectionState.FROZEN, ElectionState.CLOSED, ElectionState.COUNTED)


async def nothing(_: Request) -> Response:
    return PlainTextResponse("")


def test_every_route_that_names_an_election_declares_its_phases() -> None:
    routes = [route for route in all_routes() if names_an_election(route)]
    assert len(routes) > 15
    assert all(phases_of(route) for route in routes)


def test_a_route_that_does_not_say_in_which_phases_it_works_stops_the_application() -> None:
    for name in ("election", "round", "proposal"):
        silent = guarded(Route(f"/x/{{{name}}}", nothing), Access.PUBLIC)
        with pytest.raises(Unguarded, match="phases"):
            check_guarded([silent])
        check_guarded([guarded(silent, Access.PUBLIC, phases=EVERY_PHASE)])


def test_only_reads_and_what_asks_the_table_of_acts_work_in_every_phase() -> None:
    always = {
        (route.path, method)
        for route in all_routes()
        if isinstance(route, Route) and phases_of(route) == EVERY_PHASE
        for method in route.methods or ()
        if method == "POST" and access_of(route) is not Access.OFFICIAL
    }
    # A witness adds a line to a checkpoint that is there, in whatever phase it was signed.
    witness = ("/api/elections/{election}/public/board/cosignatures", "POST")
    assert always == {("/{language}/{municipality}/{round}/sign-out", "POST"), witness}


async def as_owner(server: Server, database_name: str, *statements: str) -> list[Any]:
    """Run statements past all constraints, and give what the last one answers."""
    engine = create_async_engine(server.url(database=database_name))
    async with engine.begin() as connection:
        await connection.execute(text("set session_replication_role = replica"))
        for statement in statements:
            answer = await connection.execute(text(statement))
        found = list(answer.scalars()) if answer.returns_rows else []
    await engine.dispose()
    return found


async def rows(server: Server, database_name: str) -> dict[str, list[Any]]:
    """Give a hash over all rows of each table."""
    found = {}
    for table in TABLES:
        ordered = "string_agg(t::text, '|' order by t::text)"
        query = f"select md5(coalesce({ordered}, '')) from {table} t"  # noqa: S608  names of ours
        found[table] = await as_owner(server, database_name, query)
    return found


async def put_into(server: Server, database_name: str, state: ElectionState) -> None:
    """Set the state as nothing in the house could: the route alone is asked here."""
    assurance = "plain" if state in PLAIN else "sealed"
    await as_owner(
        server,
        database_name,
        f"update election set state = '{state}', assurance = '{assurance}',"  # noqa: S608  ours
        " appeals_until = closes_at + interval '30 days'",
    )


async def asked(town: Town, visitor: Visitor, opened: Opened, path: str, method: str) -> int:
    """Ask a route as a voter would who is signed in and has the ballot open."""
    here = path.format(
        language="fi", municipality="koe", round="kierros", election=town.election.id
    )
    if method == "GET":
        return (await visitor.get(here)).status_code
    if not path.startswith("/api/"):
        fields = opened.choosing(number(1))
        return (await visitor.send(here, [*fields, ("code", town.codes[1])])).status_code
    token = dict(visitor.client.cookies)["talkoot"]
    document: dict[str, object] = {"code": town.codes[2]}
    if path.endswith("/ballots"):
        fields_of = dict(opened.fields)
        document = {
            "submission_id": fields_of["submission"],
            "definition_hash": town.election.definition.hash.hex(),
            "marks": [{"project": number(1)}],
        }
    return (await visitor.posted(here, document, token)).status_code


async def test_t17_outside_its_phases_a_route_answers_409_and_changes_no_row(
    town: Town, server: Server, database_name: str
) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    answers = {}
    for state in set(ElectionState) - {ElectionState.OPEN}:
        await put_into(server, database_name, state)
        before = await rows(server, database_name)
        for path, method in NARROW:
            answers[path, method, state] = await asked(town, visitor, opened, path, method)
        assert await rows(server, database_name) == before, state
    assert len(answers) == len(NARROW) * 8
    assert set(answers.values()) == {409}, {k: v for k, v in answers.items() if v != 409}


async def test_the_same_requests_go_while_voting_is_open(town: Town) -> None:
    """The control: what was answered by 409 was refused for the phase and for nothing else."""
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    answers = {
        (path, method): await asked(town, visitor, opened, path, method) for path, method in NARROW
    }
    assert max(answers.values()) < 400, answers
    assert await town.recorded() == 1


@pytest.mark.parametrize(
    ("state", "path"),
    list(product(sorted(set(ElectionState) - PUBLISHED_STATES), ("page", "api"))),
)
async def test_no_result_is_read_before_it_is_published(
    town: Town, server: Server, database_name: str, state: ElectionState, path: str
) -> None:
    if state is not ElectionState.OPEN:
        await put_into(server, database_name, state)
    api = f"/api/v1/elections/{town.election.id}/results"
    where = api if path == "api" else "/fi/koe/kierros/results/result.json"
    assert (await town.visitor().get(where)).status_code == 404
