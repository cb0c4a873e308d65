"""Towns to visit, each on a database of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest_asyncio

from talkoot.base.db import Database
from talkoot.rounds import Kind
from talkoot.voting.log import ElectionRules
from tests.web.sealed_town import opened_sealed
from tests.web.town import BASE, Opening, Town, a_town, opened_plain, rules

TownWith = Callable[..., Awaitable[Town]]
"""Builds a town under rules that are given."""


@pytest_asyncio.fixture
async def town_with(database: Database, desk: Database, tmp_path: Path) -> AsyncIterator[TownWith]:
    """Build a town by rules, once in a test."""
    async with AsyncExitStack() as stack:

        async def built(
            agreed: ElectionRules,
            *,
            kind: Kind = Kind.BUDGET,
            public_url: str = BASE,
            opening: Opening = opened_plain,
        ) -> Town:
            town = a_town(
                database, desk, tmp_path, agreed, kind=kind, public_url=public_url, opening=opening
            )
            return await stack.enter_async_context(town)

        yield built


@pytest_asyncio.fixture
async def town(town_with: TownWith) -> Town:
    """A town where voters approve up to three projects and may vote again."""
    return await town_with(rules())


@pytest_asyncio.fixture
async def sealed_town(town_with: TownWith) -> Town:
    """As the town, with ballots sealed to trustees and acts that two signed."""
    return await town_with(rules(), opening=opened_sealed)
