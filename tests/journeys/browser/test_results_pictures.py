"""Results pages of every rule in a real browser: axe, every window, forced colours, paper."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page

from talkoot.base.i18n import Language
from talkoot.base.ids import RoundId
from talkoot.rounds import Kind
from talkoot.voting.log import Election, ElectionState
from talkoot.web.assets import OWN
from talkoot.web.pages.results_page import ResultsPage
from talkoot.web.place import Place
from talkoot.web.templating import html_of
from talkoot.web.voice import Voice
from tests.journeys.browser import looks
from tests.journeys.browser.visitor import DESKTOP, NARROW, PHONE
from tests.web.counted import RULES, counted_result, definition_under
from tests.web.town import MUNICIPALITY, a_round

pytestmark = pytest.mark.browser

AT = datetime(2027, 5, 10, 9, 0, tzinfo=UTC)
CASES = [
    *((named, Language.FINNISH) for named in ("votes", "shares, by votes", "phragmen", "poll")),
    *(("shares, by votes", language) for language in (Language.SWEDISH, Language.NORTHERN_SAMI)),
]
SEEN = """() => [...document.querySelectorAll("svg.picture")]
  .filter((one) => one.getBoundingClientRect().width > 0).map((one) => one.className.baseVal)"""
SPILLING = """() => [...document.querySelectorAll("svg.picture")]
  .filter((one) => one.getBoundingClientRect().width > 0)
  .flatMap((one) => [...one.querySelectorAll("text")].filter((words) => {
    const box = words.getBBox(), frame = one.viewBox.baseVal;
    return box.x < -3 || box.x + box.width > frame.width + 3;
  }).map((words) => `${one.getAttribute("aria-labelledby")}: ${words.textContent}`))"""
COLLIDING = """() => [...document.querySelectorAll("svg.picture")]
  .filter((one) => one.getBoundingClientRect().width > 0)
  .flatMap((one) => {
    const boxes = [...one.querySelectorAll("text")].map((words) => [words, words.getBBox()]);
    return boxes.flatMap(([a, p], at) => boxes.slice(at + 1).filter(([b, q]) =>
      p.x < q.x + q.width - 1 && q.x < p.x + p.width - 1 &&
      p.y < q.y + q.height - 4 && q.y < p.y + p.height - 4
    ).map(([b]) => `${a.textContent} / ${b.textContent}`));
  })"""


def html_for(named: str, language: Language) -> str:
    """The page of a counted election, as the server gives it, without links to style sheets."""
    definition = definition_under(RULES[named])
    kind = Kind.POLL if named == "poll" else Kind.BUDGET
    election = Election(
        id=definition.election_id,
        round_id=RoundId(UUID(int=3)),
        state=ElectionState.COUNTED,
        opens_at=AT,
        closes_at=AT,
        grace_s=300,
        definition=definition,
    )
    place = Place(
        voice=Voice(language=language),
        municipality=MUNICIPALITY,
        round_=a_round(kind),
        election=election,
    )
    page = ResultsPage.of(place, election, counted_result(named), (), AT)
    return re.sub(r'<link rel="(stylesheet|icon)"[^>]*>', "", html_of("results/results.html", page))


@asynccontextmanager
async def shown(chromium: Browser, named: str, language: Language) -> AsyncIterator[Page]:
    """Show the page by itself, with our style sheet and nothing from a server."""
    context = await chromium.new_context(viewport=DESKTOP, reduced_motion="reduce")
    try:
        page = await context.new_page()
        await page.route("**/*", lambda route: route.abort())
        await page.set_content(html_for(named, language))
        await page.add_style_tag(path=OWN / "theme.css")
        yield page
    finally:
        await context.close()


@pytest.mark.parametrize(("named", "language"), CASES)
async def test_every_results_page_is_for_everyone(
    chromium: Browser, named: str, language: Language
) -> None:
    findings = []
    async with shown(chromium, named, language) as page:
        await page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        for size in (NARROW, DESKTOP):
            await page.set_viewport_size(size)
            findings += await looks.axe_findings(page)
            findings += await looks.clipped(page)
            findings += await page.evaluate(SPILLING)
            findings += await page.evaluate(COLLIDING)
            findings += ["scrolls sideways"] * await looks.scrolls_sideways(page)
    assert findings == []


async def test_words_that_spill_or_collide_are_noticed(chromium: Browser) -> None:
    first = "document.querySelector('svg.picture-wide text')"
    async with shown(chromium, "votes", Language.ENGLISH) as page:
        await page.evaluate(f"{first}.setAttribute('x', '-40')")
        assert len(await page.evaluate(SPILLING)) == 1
        await page.evaluate(f"{first}.setAttribute('x', '960')")
        assert len(await page.evaluate(COLLIDING)) == 1


async def test_one_picture_of_two_is_seen_at_every_width(chromium: Browser) -> None:
    async with shown(chromium, "shares, by votes", Language.ENGLISH) as page:
        wide = await page.evaluate(SEEN)
        await page.set_viewport_size(PHONE)
        narrow = await page.evaluate(SEEN)
    assert wide == ["picture picture-wide"] * 4
    assert narrow == ["picture picture-narrow"] * 4


@pytest.mark.parametrize("named", ["votes", "shares, by votes"])
async def test_what_lies_side_by_side_differs_in_forced_colours(
    chromium: Browser, named: str
) -> None:
    fill = "some => some.map(one => getComputedStyle(one).fill)"
    async with shown(chromium, named, Language.FINNISH) as page:
        await page.emulate_media(forced_colors="active")
        for first, second in (
            (".picture-wide .taken", ".picture-wide .track"),
            (".picture-wide .taken", ".picture-wide .short"),
            (".picture-wide .both", ".picture-wide .single"),
        ):
            one, other = [await page.locator(some).evaluate_all(fill) for some in (first, second)]
            assert one
            assert set(one).isdisjoint(other), (first, second)
        assert await looks.axe_findings(page) == []


async def test_on_paper_everything_is_unfolded(chromium: Browser) -> None:
    seen = "some => some.filter(one => one.checkVisibility()).length"
    async with shown(chromium, "shares, by votes", Language.FINNISH) as page:
        tables = page.locator("details table")
        assert await tables.count() == 4
        assert await tables.evaluate_all(seen) == 0
        await page.emulate_media(media="print")
        assert await tables.evaluate_all(seen) == 4
        assert not await page.locator(".site").is_visible()
