"""The pictures of README: a ballot page and a result page, kept beside the other artefacts.

Where pages change, copy ``artefacts/readme/*.png`` to ``docs/pictures/``.
"""

from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.journeys.browser import way
from tests.journeys.browser.town import CLOSED_ROUND, Town
from tests.journeys.browser.visitor import visit

pytestmark = pytest.mark.browser

WINDOW = ViewportSize(width=1280, height=880)
TALL = ViewportSize(width=1280, height=1840)
"""Down to the first project that is not carried out, and why."""
BYTES_MAX = 250_000


async def test_the_ballot_and_the_result_of_the_readme(
    chromium: Browser, town: Town, artefacts: Path
) -> None:
    async with visit(chromium, town, language="en", size=WINDOW) as visitor:
        page = visitor.page
        url = town.url("en", town.open_round)
        await way.sign_in(visitor, url, town.code(town.open_round))
        await way.tick(page, 2)
        await page.locator("#projects").evaluate("one => scrollTo(0, one.offsetTop + 12)")
        ballot = await page.screenshot(path=artefacts / "readme" / "ballot.png")
        await page.set_viewport_size(TALL)
        await page.goto(town.url("en", CLOSED_ROUND, "results"))
        result = await page.screenshot(path=artefacts / "readme" / "result.png")
    for picture in (ballot, result):
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < BYTES_MAX
