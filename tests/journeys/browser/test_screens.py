"""Every page of the way, in every language and on every kind of screen, as a picture to look at."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.journeys.browser.tour import tour
from tests.journeys.browser.town import Town
from tests.journeys.browser.visitor import DESKTOP, KIOSK, PHONE, visit

pytestmark = pytest.mark.browser

SCREENS: Mapping[str, ViewportSize] = MappingProxyType(
    {"phone": PHONE, "desktop": DESKTOP, "kiosk": KIOSK}
)
EVERY = tuple(SCREENS)
CASES = [
    # What every run keeps; the whole set takes minutes, for people who want to see all of it.
    pytest.param("fi", ("phone", "desktop"), id="fi-some"),
    *(pytest.param(it, EVERY, marks=pytest.mark.full, id=it) for it in ("fi", "sv", "en", "se")),
]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(("language", "screens"), CASES)
async def test_every_page_leaves_a_picture(
    chromium: Browser, town: Town, artefacts: Path, language: str, screens: tuple[str, ...]
) -> None:
    async with visit(chromium, town, language=language) as visitor:
        async for name in tour(visitor):
            for screen in screens:
                await visitor.page.set_viewport_size(SCREENS[screen])
                path = artefacts / "screens" / screen / language / f"{name}.png"
                await visitor.page.screenshot(path=path, full_page=True, animations="disabled")
                assert path.read_bytes().startswith(PNG)
