"""A vote by keyboard alone: nothing but Tab, Space, Enter and letters."""

import pytest
from playwright.async_api import Browser, Page

from tests.journeys.browser import way
from tests.journeys.browser.town import Town
from tests.journeys.browser.visitor import visit

pytestmark = pytest.mark.browser

TABS_MAX = 150
"""More than the ballot of 24 projects has stops."""

FOCUS = """(selector) => {
  const one = document.activeElement;
  const framed = (it) => {
    const style = getComputedStyle(it);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  const ancestors = [];
  for (let it = one; it; it = it.parentElement) ancestors.push(it);
  const isOnTop = (box) => {
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return hit !== null && (one.contains(hit) || hit.contains(one));
  };
  return {
    reached: one.matches(selector),
    framed: ancestors.some(framed),
    uncovered: [...one.getClientRects()].some(isOnTop),
    place: [...document.querySelectorAll("*")].indexOf(one),
    what: one.outerHTML.slice(0, 120),
  };
}"""


async def test_a_vote_can_be_cast_by_keyboard_alone(chromium: Browser, town: Town) -> None:
    async with visit(chromium, town) as visitor:
        page = visitor.page
        await page.goto(town.url("fi"))
        await tab_to(page, f'a[href$="/{town.open_round}"]')
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/{town.open_round}")
        await tab_to(page, 'main a[href$="/sign-in"]')
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/sign-in")
        await tab_to(page, "input[name=code]")
        await page.keyboard.type(town.code(town.open_round).lower())
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/ballot")
        for _ in range(2):
            await tab_to(page, "main [name=project]:not(:checked)")
            await page.keyboard.press("Space")
        assert await page.locator("main input:checked").count() == 2
        await tab_to(page, 'main form[action$="/review"] button:not([formaction])')
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/review")
        await tab_to(page, 'main form[action$="/cast"] button:not([formaction])')
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/recorded")
        await way.receipt(page)
        await tab_to(page, 'main form[action$="/sign-out"] button')
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/{town.open_round}")


@pytest.mark.parametrize("where", ["start", "round", "results"])
async def test_the_first_stop_leads_past_the_head_of_the_page(
    chromium: Browser, town: Town, where: str
) -> None:
    pages = {"start": (), "round": (town.open_round,), "results": ("ulos-yhdessa", "results")}
    async with visit(chromium, town) as visitor:
        page = visitor.page
        await page.goto(town.url("fi", *pages[where]))
        await page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert await skip.get_attribute("href") == "#main"
        assert await skip.is_visible()
        box = await skip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        assert await page.locator("main :focus").count() == 1


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there; on the way it must be seen, free, and go onwards."""
    place = -1
    for _ in range(TABS_MAX):
        await page.keyboard.press("Tab")
        focus = await page.evaluate(FOCUS, selector)
        assert focus["framed"], f"no frame around {focus['what']}"
        assert focus["uncovered"], f"something covers {focus['what']}"
        assert focus["place"] > place, f"the focus goes backwards to {focus['what']}"
        if focus["reached"]:
            return
        place = focus["place"]
    pytest.fail(f"the keyboard does not reach {selector}")
