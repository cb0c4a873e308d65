"""T23: whatever is written into names and texts, on the way of a vote it is read and never runs."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route

from talkoot.base.db import Database
from talkoot.voting.ballot import Limits
from talkoot.web.app import application
from talkoot.web.house import House
from tests.journeys.browser.payloads import (
    PAYLOADS,
    PROJECTS,
    a_poisoned_round,
    payload,
)
from tests.journeys.browser.visitor import PATIENCE_MS
from tests.journeys.browser.way import cast, marks, review, submit
from tests.journeys.served import served
from tests.web.sealed_town import board_started, opened_sealed
from tests.web.town import Town, a_town, rules

pytestmark = pytest.mark.browser

LISTEN = """
window.itRan = [];
window.stopped = [];
window.ran = (number) => window.itRan.push(number);
document.addEventListener("securitypolicyviolation", (event) => {
  window.stopped.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
ALL_TEXTS = (
    "() => [document.documentElement.textContent, ...Array.from(document.images, i => i.alt)]"
)


class Defence(Enum):
    """What is left of the two defences, for the controls."""

    POLICY = "the content policy alone"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booth:
    """A town with payloads in its texts, behind a real port."""

    address: str
    town: Town


@pytest_asyncio.fixture
async def booth(database: Database, desk: Database, tmp_path: Path) -> AsyncIterator[Booth]:
    """A town whose every text is a script."""
    agreed = rules(limits=Limits(max_choices=PROJECTS))
    async with a_town(
        database, desk, tmp_path, agreed, round_=a_poisoned_round(), opening=opened_sealed
    ) as town:
        await board_started(town)
        house: House = town.app.state.house
        build = lambda settings: application(  # noqa: E731
            settings, house.database, house.door, house.hasher, house.clock
        )
        async with served(tmp_path, build) as address:
            yield Booth(address=address, town=town)


@asynccontextmanager
async def visited(chromium: Browser, booth: Booth) -> AsyncIterator[Page]:
    """Open a window that counts what runs and what the content policy stops."""
    context = await chromium.new_context(locale="fi")
    context.set_default_timeout(PATIENCE_MS)
    await context.add_init_script(LISTEN)
    page = await context.new_page()
    await page.goto(f"{booth.address}/fi/koe/kierros/sign-in")
    await page.fill("input[name=code]", booth.town.codes[0])
    await submit(page, "sign-in").click()
    await page.wait_for_url("**/ballot")
    try:
        yield page
    finally:
        await context.close()


def weakened(defence: Defence) -> Callable[[Route], object]:
    """Give what takes the escaping out of a page on its way, and perhaps the policy too."""

    async def send(route: Route) -> None:
        # A connection that stays open would hold up the server's end.
        answer = await route.fetch(headers={**route.request.headers, "connection": "close"})
        headers = dict(answer.headers)
        if defence is Defence.NONE:
            del headers["content-security-policy"]
        await route.fulfill(
            response=answer, headers=headers, body=unescape(unescape(await answer.text()))
        )

    return send


async def ran(page: Page) -> set[int]:
    return set(await page.evaluate("window.itRan"))


async def stopped(page: Page) -> list[str]:
    found: list[str] = await page.evaluate("window.stopped")
    return found


async def read(page: Page, numbers: range) -> list[int]:
    """Which payloads stand on the page as somebody wrote them, a picture's words included."""
    texts: list[str] = await page.evaluate(ALL_TEXTS)
    whole = "\n".join(texts)
    return [number for number in numbers if payload(number) in whole]


async def test_t23_no_script_in_a_text_runs_on_the_way_of_a_vote(
    chromium: Browser, booth: Booth
) -> None:
    async with visited(chromium, booth) as page:
        found: dict[str, tuple[int, int]] = {}

        async def noted(name: str) -> None:
            found[name] = (len(await ran(page)), len(await stopped(page)))

        # Each text stands there whole, as words: nothing was taken out to make it harmless.
        assert await read(page, range(PAYLOADS + 1)) == list(range(PAYLOADS + 1))
        await noted("ballot")
        await marks(page).evaluate_all("all => all.forEach((one) => one.click())")
        await page.locator("summary").first.click()
        await noted("ballot, ticked")
        await review(page)
        names = range(PROJECTS)
        assert await read(page, names) == list(names)
        await noted("review")
        await cast(page)
        assert await read(page, range(PAYLOADS, PAYLOADS + 1)) == [PAYLOADS]
        await noted("recorded")
        await page.locator('main a[href*="/receipt/"]').first.click()
        await page.locator(".receipt-number").wait_for()
        assert await read(page, range(PAYLOADS, PAYLOADS + 1)) == [PAYLOADS]
        await noted("receipt")
        await page.goto(f"{booth.address}/fi/koe/kierros")
        assert len(await read(page, range(PAYLOADS + 4))) == PAYLOADS + 4
        await noted("round")
    assert set(found.values()) == {(0, 0)}, found
    assert await booth.town.recorded() == 1


async def test_t23_without_escaping_the_policy_stops_them_and_without_either_they_run(
    chromium: Browser, booth: Booth
) -> None:
    async with visited(chromium, booth) as page:
        await page.route("**/ballot", weakened(Defence.POLICY))
        await page.reload()
        assert await ran(page) == set()
        assert len(await stopped(page)) > 100
        await page.unroute("**/ballot")
        await page.route("**/ballot", weakened(Defence.NONE))
        await page.reload()
        await page.wait_for_function("window.itRan.length > 250")
        print(f"{len(await ran(page))} of {PAYLOADS} run without defence")  # noqa: T201 - the figure
