"""The published vectors once more: encoded, hashed and verified by the browser itself."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser

pytestmark = pytest.mark.browser
# A page of this address has the browser's cryptography; nothing listens there and nobody asks.
BLANK = "http://127.0.0.1:9/"


async def wrong_in(chromium: Browser, repository: Path, *, altered: str = "") -> list[str]:
    """What the browser finds wrong, after the first symbol of one value was altered."""
    folder = repository / "tests" / "vectors"
    whole = json.loads((folder / "bytes.json").read_text(encoding="utf-8"))
    if altered:
        value = whole["vectors"][7][altered]
        whole["vectors"][7][altered] = ("1" if value[0] == "0" else "0") + value[1:]
    context = await chromium.new_context()
    page = await context.new_page()
    await page.route(BLANK, lambda route: route.fulfill(body="", content_type="text/html"))
    await page.goto(BLANK)
    found: list[str] = await page.evaluate((folder / "check.js").read_text(encoding="utf-8"), whole)
    await context.close()
    return found


async def test_t21_every_published_vector_comes_out_in_javascript(
    chromium: Browser, repository: Path
) -> None:
    assert await wrong_in(chromium, repository) == []


@pytest.mark.parametrize("part", ["pre", "sha256", "hmac", "ed25519"])
async def test_the_browser_would_see_a_wrong_vector(
    chromium: Browser, repository: Path, part: str
) -> None:
    assert await wrong_in(chromium, repository, altered=part) == ["an empty field is a field"]
