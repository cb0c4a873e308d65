"""One town and one browser for all journeys; each journey has a window of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from talkoot.base.db.embedded import Login, Server
from tests.browser import HOW_TO_GET_ONE, browser_path
from tests.conftest import copied
from tests.journeys.browser.town import LOADED_AT, Town, town_served
from tests.journeys.browser.visitor import ARGUMENTS


@pytest_asyncio.fixture(scope="session")
async def whole_town(
    server: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """The town, loaded and served once for all journeys."""
    home = tmp_path_factory.mktemp("town")
    async with copied(server, template) as name:
        desk = server.url(login=Login.DESK, database=name)
        app = server.url(login=Login.APP, database=name)
        async with town_served(desk, app, home) as town:
            yield town


@pytest.fixture
def town(whole_town: Town) -> Town:
    """The town at the time when every journey begins."""
    assert whole_town.clock() == LOADED_AT
    return whole_town


@pytest_asyncio.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser."""
    path = browser_path()
    if path is None:
        pytest.skip(HOW_TO_GET_ONE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def artefacts(repository: Path) -> Path:
    """The folder of pictures that people may want to look at after a run; git ignores it."""
    return repository / "artefacts"
