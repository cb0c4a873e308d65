"""What can be found out about a page by looking at it: axe, sideways scrolling, clipped words."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

AXE_OPTIONS = {
    "resultTypes": ["violations"],
    # WCAG 2.2's rule about the size of targets is not among those that axe runs by itself.
    "rules": {"target-size": {"enabled": True}},
}

CLIPPED = """() => {
  const isClipping = (one) => /hidden|clip/.test(getComputedStyle(one).overflowX);
  const isSeen = (one) => one.clientWidth > 1 && one.clientHeight > 1;
  const isTooNarrow = (one) => one.scrollWidth > one.clientWidth + 1;
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.innerText && isClipping(one) && isSeen(one) && isTooNarrow(one))
    .map((one) => `${one.tagName} ${one.className}: ${one.innerText.slice(0, 60)}`);
}"""
MOVING = """() => {
  const parts = [null, "::before", "::after"];
  const styles = (one) => parts.map((part) => getComputedStyle(one, part));
  const isStill = (style) =>
    style.animationName === "none" &&
    style.transitionDuration.split(", ").every((time) => parseFloat(time) === 0);
  return [...document.querySelectorAll("*")]
    .filter((one) => !styles(one).every(isStill))
    .map((one) => `${one.tagName} ${one.className}`);
}"""


async def axe_findings(page: Page) -> list[str]:
    """Give what axe finds on the page as it stands: rule, impact and where."""
    results = await Axe().run(page, options=AXE_OPTIONS)
    return [
        f"{found['id']} ({found['impact']}): {node['target']} {node['failureSummary']}"
        for found in results.response["violations"]
        for node in found["nodes"]
    ]


async def scrolls_sideways(page: Page) -> bool:
    """Tell whether the page is wider than its window."""
    wider = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return bool(wider)


async def clipped(page: Page) -> list[str]:
    """Give the elements that cut off words at their edge."""
    found: list[str] = await page.evaluate(CLIPPED)
    return found


async def moving(page: Page) -> list[str]:
    """Give the elements that would move or fade."""
    found: list[str] = await page.evaluate(MOVING)
    return found
