"""The whole way of a vote in a real browser: in every language, with scripts and without."""

import pytest
from playwright.async_api import Browser, Page

from tests.journeys.browser import way
from tests.journeys.browser.town import CLOSED_ROUND, POLL, Town
from tests.journeys.browser.visitor import Scripts, visit

pytestmark = pytest.mark.browser

LANGUAGES = ("fi", "sv", "en", "se")
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
EVERY_BROWSER = pytest.mark.parametrize("scripts", Scripts, ids=lambda scripts: scripts.name)
MOST = 5  # of the demonstration's open round
BUDGET = 50_000  # of its closed one, in euros
POLL_COUNTS = [19, 16, 13, 11, 13, 3]  # of the workshop of 14 September 2021


@EVERY_LANGUAGE
@EVERY_BROWSER
async def test_a_voter_walks_from_the_start_page_to_a_receipt_and_out(
    chromium: Browser, town: Town, language: str, scripts: Scripts
) -> None:
    async with visit(chromium, town, language=language, scripts=scripts) as visitor:
        page = visitor.page
        await page.goto(town.url(language))
        await page.locator(f'main a[href$="/{town.open_round}"]').click()
        await way.sign_in(visitor, page.url, town.code(town.open_round))
        await assert_speaks(page, language)
        chosen = await way.tick(page, 2)
        if scripts is Scripts.ON:
            assert way.numbers(await page.locator("#running").inner_text())[:2] == [2, MOST]
        lines = await way.review(page)
        assert_lists(lines, chosen)
        await assert_speaks(page, language)
        first = await way.cast(page)
        await assert_speaks(page, language)
        await page.locator('main a[href$="/ballot"]').click()
        assert await page.locator("main input:checked").count() == 0  # the earlier one is secret
        chosen = await way.tick(page, 1)
        assert_lists(await way.review(page), chosen)
        assert await way.cast(page) != first
        await way.sign_out(page)
        await page.goto(town.url(language, town.open_round, "ballot"))
        assert page.url.endswith("/sign-in")


@EVERY_LANGUAGE
@EVERY_BROWSER
async def test_a_result_shows_the_same_sums_in_words_picture_and_table(
    chromium: Browser, town: Town, language: str, scripts: Scripts
) -> None:
    async with visit(chromium, town, language=language, scripts=scripts) as visitor:
        page = visitor.page
        await page.goto(town.url(language))
        await page.locator(f'main a[href$="/{CLOSED_ROUND}/results"]').click()
        await page.wait_for_load_state()  # a long page is there from its first row on
        await assert_speaks(page, language)
        table = await table_of(page)
        funded = await page.locator('section[aria-labelledby="funded"] h3').all_inner_texts()
        costs = {row[1]: way.digits(row[3]) for row in table}
        spent = sum(costs[name] for name in funded)
        assert funded
        assert 0 < spent <= BUDGET
        said = await page.locator("figcaption strong").first.inner_text()
        assert way.digits(said) == spent
        others = await page.locator('section[aria-labelledby="others"] h3').all_inner_texts()
        assert sorted(row[1] for row in table) == sorted(funded + others)


@EVERY_LANGUAGE
async def test_a_poll_shows_the_real_counts_of_the_workshop(
    chromium: Browser, town: Town, language: str
) -> None:
    async with visit(chromium, town, language=language) as visitor:
        page = visitor.page
        await page.goto(town.url(language, POLL, "results"))
        await assert_speaks(page, language)
        assert [way.digits(row[-1]) for row in await table_of(page)] == POLL_COUNTS


async def assert_speaks(page: Page, language: str) -> None:
    """The page says which language it is in, and so do words in another one."""
    assert await page.locator("html").get_attribute("lang") == language


def assert_lists(lines: list[str], names: list[str]) -> None:
    """The review lists exactly these projects."""
    assert len(lines) == len(names)
    assert all(any(name in line for line in lines) for name in names)


async def table_of(page: Page) -> list[list[str]]:
    """Give the cells of the table of all projects as a person reads them, row by row."""
    rows = await page.locator('section[aria-labelledby="numbers"] tbody tr').all()
    return [await row.locator("th, td").all_inner_texts() for row in rows]
