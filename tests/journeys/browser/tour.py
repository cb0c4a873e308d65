"""A tour past every page of the way, for those who look at each page and do nothing on it."""

from collections.abc import AsyncIterator

from tests.journeys.browser import way
from tests.journeys.browser.town import CLOSED_ROUND, POLL
from tests.journeys.browser.visitor import Visitor

WRONG_SYMBOL = "ABCDE-2345-FGHJ0"


async def tour(visitor: Visitor) -> AsyncIterator[str]:
    """Lead a visitor from page to page; give each page's name while the visitor stands on it."""
    visitor.watch.expected |= {404, 422}  # three of the pages are refusals
    async for name in _open_pages(visitor):
        yield name
    async for name in _voters_pages(visitor):
        yield name
    async for name in _village_pages(visitor):
        yield name


async def _open_pages(visitor: Visitor) -> AsyncIterator[str]:
    page, town, language = visitor.page, visitor.town, visitor.language
    for name, address in (
        ("municipalities", f"{town.address}/{language}/"),
        ("start", town.url(language)),
        ("round", town.url(language, town.open_round)),
        ("poll", town.url(language, POLL)),
        ("results", town.url(language, CLOSED_ROUND, "results")),
        ("poll-results", town.url(language, POLL, "results")),
        ("error", town.url(language, "no-such-round")),
    ):
        await page.goto(address)
        yield name


async def _voters_pages(visitor: Visitor) -> AsyncIterator[str]:
    page, town, language = visitor.page, visitor.town, visitor.language
    await page.goto(town.url(language, town.open_round, "sign-in"))
    yield "sign-in"
    await page.locator("input[name=code]").fill(WRONG_SYMBOL)
    await way.submit(page, "sign-in").click()
    await page.locator("[role=alert]").wait_for()
    yield "sign-in-refused"
    await way.sign_in(visitor, town.url(language, town.open_round), town.code(town.open_round))
    await way.tick(page, 3)
    yield "ballot"
    await way.tick(page, 7)
    await way.submit(page, "review").click()
    await page.locator("[role=alert]").wait_for()
    yield "ballot-refused"
    for at in range(3, 7):
        await way.marks(page).nth(at).uncheck()
    await way.review(page)
    yield "review"
    await way.cast(page)
    yield "recorded"
    await page.locator('main a[href$="/ballot"]').click()
    yield "ballot-again"
    await page.goto(town.url(language, town.open_round, "recorded"))
    await way.sign_out(page)


async def _village_pages(visitor: Visitor) -> AsyncIterator[str]:
    """The ballots that look otherwise than the demonstration's: money, numbers and places."""
    page, town, language = visitor.page, visitor.town, visitor.language
    await page.goto(town.village_url(language))
    yield "village"
    for vote_type, values in (("knapsack", 1), ("points", [4, 3, 13]), ("ranking", [1, 3])):
        url = town.village_url(language, vote_type)
        await way.sign_in(visitor, url, town.code(vote_type))
        if isinstance(values, int):
            await way.tick(page, values)
            yield f"{vote_type}-ballot"
            await way.review(page)
            yield f"{vote_type}-review"
            continue
        await way.fill(page, values)
        yield f"{vote_type}-ballot"
        await way.submit(page, "review").click()
        await page.locator("[role=alert]").wait_for()
        yield f"{vote_type}-refused"
