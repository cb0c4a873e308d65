"""T39: two worlds that differ only in choices answer every public request before close alike."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from talkoot.base.i18n import Language
from talkoot.voting.log import all_entries
from talkoot.web.access import Access, access_of, guarded
from talkoot.web.app import all_routes
from tests.web.town import CLOSES, Town, Visitor, number

WORLDS: tuple[tuple[Sequence[int], ...], ...] = (
    ([1], [1, 3], [1]),
    ([2, 4, 5], [6], [2, 3]),
)
FILES = ("ballots.pb", "ballots.csv", "result.json", "projects.csv")


def addresses(town: Town) -> list[str]:
    """Every public address, in every language, that needs no sign-in and can be read."""
    found = set()
    for route in all_routes():
        if not isinstance(route, Route) or access_of(route) is not Access.PUBLIC:
            continue
        if "GET" not in (route.methods or ()) or "static" in route.path or "desk" in route.path:
            continue
        for language in Language:
            for file in FILES:
                names = {
                    "language": language.value,
                    "municipality": "koe",
                    "round": "kierros",
                    "election": str(town.election.id),
                    "file": file,
                }
                path = re.sub(r"{(\w+)(:\w+)?}", lambda m: names.get(m[1], file), route.path)  # noqa: B023  used at once
                found.add(path)
    return sorted(found)


async def answers(town: Town) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """Give status, headers and body of every public address."""
    visitor = town.visitor()
    found = {}
    for path in addresses(town):
        for method in ("GET", "HEAD"):
            answer = await visitor.client.request(method, path)
            headers = {k: v for k, v in answer.headers.items() if k not in {"date", "x-request-id"}}
            found[f"{method} {path}"] = (answer.status_code, headers, answer.content)
    return found


async def cast_all(town: Town, world: Sequence[Sequence[int]]) -> None:
    """Let everybody cast; who has voted votes again."""
    for code, chosen in zip(town.codes, world, strict=True):
        visitor: Visitor = town.visitor()
        await visitor.cast(await visitor.signed_in(code), [number(at) for at in chosen])


async def test_t39_worlds_that_differ_in_choices_alone_answer_alike_before_the_close(
    town: Town,
) -> None:
    empty = await answers(town)
    assert len(empty) > 40
    await cast_all(town, WORLDS[0])
    first = await answers(town)
    await cast_all(town, WORLDS[1])
    second = await answers(town)
    assert first == second
    assert first == empty, "and none of them tells even that somebody has voted"
    town.clock.at = CLOSES - timedelta(seconds=1)
    assert {path: status for path, (status, *_) in (await answers(town)).items()} == {
        path: status for path, (status, *_) in empty.items()
    }


@pytest.mark.parametrize("where", ["body", "header"])
async def test_t39_the_same_crawl_finds_a_count_that_leaks(town: Town, where: str) -> None:
    """The control: with one address that gives a number about choices, the worlds differ."""

    async def leaks(_: Request) -> Response:
        async with town.desk.writing() as session:
            entries = [entry async for entry in all_entries(session, town.election.id)]
        told = str(sum(b"-1" in entry.what for entry in entries) + len(entries))
        if where == "body":
            return Response(told)
        return Response("", headers={"etag": f'"{told}"'})

    path = "/fi/koe"
    town.app.router.routes.insert(0, guarded(Route(path, leaks), Access.PUBLIC))
    before = await answers(town)
    await cast_all(town, WORLDS[0])
    after = await answers(town)
    assert {each for each in before if before[each] != after[each]} >= {f"GET {path}"}
