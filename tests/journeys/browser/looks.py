"""What can be found out about a page by looking at it: axe, sideways scrolling, clipped words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

AXE_OPTIONS = {
    "resultTypes": ["violations"],
    # Our sheets are of this address: axe reads them in place and needs no copy.
    "preload": False,
    # WCAG 2.2's rule about the size of targets is not among those that axe runs by itself.
    "rules": {"target-size": {"enabled": True}},
}

FINDINGS = """async (options) => {
  const { violations } = await axe.run(options);
  return violations.flatMap((found) => found.nodes.map((node) =>
    `${found.id} (${found.impact}): ${node.target} ${node.failureSummary}`));
}"""
CLIPPED = """() => {
  const isClipping = (one) => /hidden|clip/.test(getComputedStyle(one).overflowX);
  const isSeen = (one) => one.clientWidth > 1 && one.clientHeight > 1;
  const isTooNarrow = (one) => one.scrollWidth > one.clientWidth + 1;
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.innerText && isClipping(one) && isSeen(one) && isTooNarrow(one))
    .map((one) => `${one.tagName} ${one.className}: ${one.innerText.slice(0, 60)}`);
}"""


async def axe_findings(page: Page) -> list[str]:
    """Give what axe finds on the page as it stands: rule, impact and where."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    found: list[str] = await page.evaluate(FINDINGS, AXE_OPTIONS)
    return found


async def scrolls_sideways(page: Page) -> bool:
    """Tell whether the page is wider than its window."""
    wider = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return bool(wider)


async def clipped(page: Page) -> list[str]:
    """Give the elements that cut off words at their edge."""
    found: list[str] = await page.evaluate(CLIPPED)
    return found


@asynccontextmanager
async def movements(page: Page) -> AsyncIterator[list[str]]:
    """Give what starts to move or fade meanwhile, in the browser's own controls too."""
    seen: list[str] = []
    browser = await page.context.new_cdp_session(page)
    browser.on("Animation.animationStarted", lambda it: seen.append(it["animation"]["name"]))
    await browser.send("Animation.enable")
    yield seen
    # Whatever was to start has started by the second frame from now.
    await page.evaluate(
        "() => new Promise((end) => requestAnimationFrame(() => requestAnimationFrame(end)))"
    )
    await browser.detach()
