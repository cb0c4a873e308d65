"""Pages for everyone: axe, narrow and enlarged windows, forced colours, nothing that moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.journeys.browser import looks, way
from tests.journeys.browser.tour import tour
from tests.journeys.browser.town import CLOSED_ROUND, Town
from tests.journeys.browser.visitor import DESKTOP, NARROW, PHONE, visit

pytestmark = pytest.mark.browser

ENLARGED = ViewportSize(width=640, height=450)
"""A window of 1280 by 900 at a zoom of 200 %, as the page sees it."""


@pytest.mark.parametrize("language", ["fi", "sv", "en", "se"])
async def test_axe_finds_nothing_and_every_page_fits_every_window(
    chromium: Browser, town: Town, language: str
) -> None:
    findings = []
    async with visit(chromium, town, language=language) as visitor:
        async for name in tour(visitor):
            findings += [f"{name}, {found}" for found in await _findings(visitor.page)]
    assert findings == []


async def _findings(page: Page) -> list[str]:
    """Look at a page in windows of four widths, and with text of double size."""
    found: list[str] = []
    for size in (NARROW, ENLARGED, PHONE, DESKTOP):
        await page.set_viewport_size(size)
        findings = await _cramped(page)
        if size in (PHONE, DESKTOP):
            findings += await looks.axe_findings(page)
        found += [f"{size['width']} px: {finding}" for finding in findings]
    async with _text_doubled(page):
        return found + [f"text 200 %: {finding}" for finding in await _cramped(page)]


async def test_a_page_made_too_wide_is_noticed(chromium: Browser, town: Town) -> None:
    async with visit(chromium, town, size=NARROW) as visitor:
        await visitor.page.goto(town.url("fi"))
        assert await _cramped(visitor.page) == []
        await visitor.page.evaluate("document.querySelector('h1').style.width = '40rem'")
        assert await _cramped(visitor.page) == ["scrolls sideways"]


@pytest.mark.parametrize(
    ("spoilt", "rule"),
    [
        ("document.querySelector('h2').style.color = '#ece5d7'", "color-contrast"),
        ("document.querySelector('main').remove()", "landmark-one-main"),
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
    ],
)
async def test_axe_notices_a_page_that_was_spoilt(
    chromium: Browser, town: Town, spoilt: str, rule: str
) -> None:
    async with visit(chromium, town) as visitor:
        await visitor.page.goto(town.url("fi", CLOSED_ROUND, "results"))
        await visitor.page.evaluate(spoilt)
        found = await looks.axe_findings(visitor.page)
        assert [finding for finding in found if finding.startswith(rule)]


async def test_results_can_be_told_apart_in_forced_colours(chromium: Browser, town: Town) -> None:
    async with visit(chromium, town) as visitor:
        await visitor.page.emulate_media(forced_colors="active")
        await visitor.page.goto(town.url("fi", CLOSED_ROUND, "results"))
        fill = "one => getComputedStyle(one).fill"
        bars = visitor.page.locator('section[aria-labelledby="funded"] li').first.locator("rect")
        colours = [await bar.evaluate(fill) for bar in await bars.all()]
        assert len(set(colours)) == len(colours) == 2
        assert await looks.axe_findings(visitor.page) == []


async def test_a_chosen_project_stands_out_in_forced_colours(chromium: Browser, town: Town) -> None:
    outline = "one => getComputedStyle(one.closest('li')).outlineStyle"
    async with visit(chromium, town) as visitor:
        page = visitor.page
        await page.emulate_media(forced_colors="active")
        await way.sign_in(visitor, town.village_url("fi", "approval"), town.code("approval"))
        await way.tick(page, 1)
        styles = [await mark.evaluate(outline) for mark in await way.marks(page).all()]
        assert styles[0] != "none"
        assert set(styles[1:]) == {"none"}


@pytest.mark.parametrize(("wish", "expected"), [("reduce", set()), ("no-preference", {"width"})])
async def test_nothing_moves_for_people_who_asked_for_stillness(
    chromium: Browser, town: Town, wish: Literal["reduce", "no-preference"], expected: set[str]
) -> None:
    async with visit(chromium, town) as visitor:
        page = visitor.page
        await page.emulate_media(reduced_motion=wish)
        await way.sign_in(visitor, town.village_url("fi", "knapsack"), town.code("knapsack"))
        async with looks.movements(page) as seen:
            await way.tick(page, 1)
        # For everyone else the bar of the running count grows smoothly.
        assert set(seen) == expected


async def _cramped(page: Page) -> list[str]:
    sideways = ["scrolls sideways"] if await looks.scrolls_sideways(page) else []
    return sideways + [f"cuts off {one}" for one in await looks.clipped(page)]


@asynccontextmanager
async def _text_doubled(page: Page) -> AsyncIterator[None]:
    """Double the size of all text, as a reader's own setting does."""
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    yield
    await page.evaluate("document.documentElement.style.fontSize = ''")
