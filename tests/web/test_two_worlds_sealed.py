"""T39 with sealed ballots and a board that grows: what two worlds answer before the close.

In a sealed world some bytes must differ from run to run, whatever was chosen: ciphertexts, and so
the hashes of entries, the tree above them and signatures over it. All of them are in files of the
board that grow. So it is held that

- every other address, page, API and header, answers byte for byte as before anybody voted;
- files of the board have the same *form* in worlds that differ in choices alone: the same names,
  lengths, headers, kinds of leaves in the same order, ballots sorted by hash within each batch;
- just the same addresses differ in bytes between two worlds of equal choices as between two worlds
  of other choices: that bytes differ tells nothing, for they always do.

The control is a leaf whose length, or a page whose text, depends on what was chosen.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from talkoot.base.db import Database, Role
from talkoot.base.db.embedded import Login, Server
from talkoot.voting.board import board_files, ceremonies_recorded
from talkoot.web.access import Access, guarded
from talkoot.web.publishing import EVERY, Publisher
from tests.conftest import copied
from tests.web.sealed_town import board_started, opened_sealed
from tests.web.test_phases_secrecy import addresses, cast_all
from tests.web.town import AT, Town, a_town, rules

FIRST: tuple[Sequence[int], ...] = ([1], [1, 3], [1])
OTHER: tuple[Sequence[int], ...] = ([2, 4, 5], [6], [2, 3])
CASTS = 4
"""Three voters who each vote so often make a batch of twelve."""
BATCHES = 2
OTHER_LANGUAGES = ("/sv", "/en", "/se")
"""A plain town is crawled in all of them; that ballots are sealed changes no language."""
LEFT_OUT = {"date", "x-request-id"}

Answer = tuple[int, dict[str, str], bytes]


@asynccontextmanager
async def a_sealed_world(server: Server, template: str, home: Path) -> AsyncIterator[Town]:
    """Give a sealed town with its board, on a database of its own."""
    async with copied(server, template) as name:
        web = Database(server.url(login=Login.APP, database=name), writer=Role.WEB)
        desk = Database(server.url(login=Login.DESK, database=name), writer=Role.OFFICIAL)
        try:
            async with a_town(web, desk, home, rules(), opening=opened_sealed) as town:
                await board_started(town)
                async with desk.writing() as session:
                    await ceremonies_recorded(session, town.election.id)
                yield town
        finally:
            await web.close()
            await desk.close()


async def grown(town: Town, choices: Sequence[Sequence[int]], at: datetime) -> None:
    """Let everybody vote some times, and have the board publish itself."""
    for _ in range(CASTS):
        await cast_all(town, choices)
    publisher = Publisher(town.desk, town.settings.keys_folder, town.clock)
    assert len(await publisher.turn(at)) == 1


async def crawled(town: Town, paths: Sequence[str]) -> dict[str, Answer]:
    """Give status, headers and body of these addresses."""
    client, found = town.visitor().client, {}
    for path in paths:
        answer = await client.get(path)
        headers = {k: v for k, v in answer.headers.items() if k not in LEFT_OUT}
        name = path.replace(str(town.election.id), "ELECTION")
        found[name] = (answer.status_code, headers, answer.content)
    return found


async def board_crawled(town: Town) -> dict[str, Answer]:
    """Give the answers of every file of the board but its records, which never change."""
    base = f"/api/elections/{town.election.id}/public/board"
    async with town.desk.reading() as session:
        names = [file.name async for file in board_files(session, town.election.id)]
    files = [f"{base}/{name}" for name in names if "records/" not in name]
    return await crawled(town, sorted(files))


def form(name: str, answer: Answer) -> object:
    """Say everything of a file of the board but the bytes that are drawn anew in every run."""
    status, headers, body = answer
    known = {k: v for k, v in headers.items() if k != "etag"}, len(headers.get("etag", ""))
    if not name.endswith("checkpoint") and "tile/entries" not in name:
        return status, known, len(body)
    if name.endswith("checkpoint"):
        lines = body.decode().splitlines()
        return status, known, len(body), lines[1], [len(line) for line in lines]
    leaves, at = [], 0
    while at < len(body):
        size = int.from_bytes(body[at : at + 2])
        leaves.append(body[at + 2 : at + 2 + size])
        at += 2 + size
    heads, hashes = [leaf[:-32] for leaf in leaves], [leaf[-32:] for leaf in leaves]
    ballots = [hash_ for head, hash_ in zip(heads, hashes, strict=True) if b"ballot" in head]
    batches = [ballots[first : first + 3 * CASTS] for first in range(0, len(ballots), 3 * CASTS)]
    return status, known, len(body), heads, [batch == sorted(batch) for batch in batches]


async def lived(town: Town, choices: Sequence[Sequence[int]]) -> list[dict[str, Answer]]:
    """Vote in batches; give the board after each. Holds that nothing else changes by a byte."""
    paths = [
        path
        for path in addresses(town)
        if "/public/board/" not in path and not path.startswith(OTHER_LANGUAGES)
    ]
    before, boards = await crawled(town, paths), []
    assert len(before) > 20
    for batch in range(BATCHES):
        await grown(town, choices, AT + batch * EVERY)
        after = await crawled(town, paths)
        assert [path for path in before if before[path] != after[path]] == []
        boards.append(await board_crawled(town))
    return boards


async def test_t39_a_sealed_board_that_grows_has_one_form_whatever_was_chosen(
    server: Server, template: str, tmp_path: Path
) -> None:
    worlds = []
    for place, choices in enumerate((FIRST, FIRST, OTHER)):
        async with a_sealed_world(server, template, tmp_path / str(place)) as town:
            worlds.append(await lived(town, choices))
    forms = [
        [{name: form(name, board[name]) for name in board} for board in world] for world in worlds
    ]
    assert forms[0] == forms[1] == forms[2]
    last = forms[0][-1]
    assert any("tile/entries" in name for name in last)
    assert re.search(r"\[True, True\]", str(last)), "each batch is sorted"
    differ = [
        {name for name in worlds[0][-1] if worlds[0][-1][name] != other[-1][name]}
        for other in worlds[1:]
    ]
    assert differ[0] == differ[1] != set()


@pytest.mark.parametrize("where", ["page", "form"])
async def test_t39_the_same_crawl_of_a_sealed_world_finds_what_leaks(
    server: Server, template: str, tmp_path: Path, where: str
) -> None:
    """The control: a page that tells a number of choices, or a tile as long as they are many."""
    found = []
    for place, choices in enumerate((FIRST, OTHER)):
        async with a_sealed_world(server, template, tmp_path / str(place)) as town:
            told = sum(map(len, choices))
            seen = {"voted": 0}

            async def leaks(_: Request, told: int = told, seen: dict[str, int] = seen) -> Response:
                return Response(bytes(32 * told * seen["voted"]))

            base = f"/api/elections/{town.election.id}/public/board"
            path = "/fi/koe" if where == "page" else f"{base}/tile/0/000.p/18"
            town.app.router.routes.insert(0, guarded(Route(path, leaks), Access.PUBLIC))
            before = await crawled(town, [path])
            await cast_all(town, choices)
            seen["voted"] = 1
            after = await crawled(town, [path])
            assert before != after
            found.append({name: form(name, after[name]) for name in after})
    assert found[0] != found[1]
