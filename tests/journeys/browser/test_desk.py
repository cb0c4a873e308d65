"""The officials' desk in a real browser, with passkeys of Chromium's own virtual authenticator."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from talkoot.base.db import Database
from talkoot.base.db.embedded import Login, Server
from talkoot.base.officials import OfficialRole
from talkoot.voting.log import ElectionState
from tests.browser import HOW_TO_GET_ONE, browser_path
from tests.journeys.browser.desk_house import (
    DESK_ARGUMENTS,
    DeskHouse,
    Sitter,
    desk_served,
    sitting,
)
from tests.journeys.browser.looks import axe_findings, clipped, scrolls_sideways
from tests.journeys.browser.visitor import DESKTOP, NARROW, PHONE

pytestmark = pytest.mark.browser

SIGN_IN = "#desk-sign-in button"
SIGN = "#sign button"


@pytest_asyncio.fixture(scope="session")
async def desk_browser() -> AsyncIterator[Browser]:
    """A browser that may look up localhost."""
    path = browser_path()
    if path is None:
        pytest.skip(HOW_TO_GET_ONE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(DESK_ARGUMENTS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def house(
    server: Server, database_name: str, desk: Database, tmp_path: Path
) -> AsyncIterator[DeskHouse]:
    """Two towns with a desk at localhost."""
    app, official = [server.url(login=each, database=database_name) for each in Login]
    async with desk_served(app, official, desk, tmp_path) as built:
        yield built


async def registered(sitter: Sitter, house: DeskHouse, name: str) -> None:
    """Follow an invitation to the desk."""
    await sitter.page.goto(await house.invitation(name))
    assert "#" not in sitter.page.url, "no history keeps the secret"
    await sitter.page.fill("#words", "puhelimeni")
    await sitter.page.click("#desk-invitation button")
    await sitter.page.wait_for_url(house.url("fi"))


async def proposed(page: Page, house: DeskHouse, reason: str) -> None:
    await page.goto(house.url("fi", "elections", str(house.election)))
    await page.fill("#reason", reason)
    await page.click("#propose button")
    await page.wait_for_selector("#withdraw")


async def signed(page: Page, house: DeskHouse) -> None:
    await page.goto(house.url("fi", "elections", str(house.election)))
    await page.click(SIGN)
    await page.wait_for_selector(SIGN, state="detached")


async def test_two_officials_with_passkeys_open_and_close_an_election(
    desk_browser: Browser, house: DeskHouse
) -> None:
    async with sitting(desk_browser, house) as aino, sitting(desk_browser, house) as otto:
        await registered(aino, house, "Aino Esimerkki")
        await registered(otto, house, "Otto Esimerkki")
        await proposed(aino.page, house, "Avaamme niin kuin on sovittu.")
        await signed(aino.page, house)
        assert await house.state() is ElectionState.FROZEN
        await signed(otto.page, house)
        assert await house.state() is ElectionState.OPEN
        await proposed(otto.page, house, "Viimeinen päivä on ohi.")
        await signed(otto.page, house)
        await signed(aino.page, house)
        assert await house.state() is ElectionState.CLOSED


async def test_an_official_signs_out_in_again_and_keeps_two_passkeys(
    desk_browser: Browser, house: DeskHouse
) -> None:
    async with sitting(desk_browser, house) as aino:
        page = aino.page
        await registered(aino, house, "Aino Esimerkki")
        await page.click(".site-foot button")
        await page.wait_for_url(house.url("fi", "sign-in"))
        await page.click(SIGN_IN)
        await page.wait_for_url(house.url("fi"))
        await page.goto(house.url("fi", "keys"))
        assert await page.locator("form[action$='/keys/remove']").count() == 0
        await aino.another_authenticator()
        await page.fill("#words", "varalla")
        await page.click("#add-key button")
        await page.wait_for_selector("form[action$='/keys/remove']")
        await page.locator("li.panel", has_text="puhelimeni").get_by_role("button").click()
        await page.wait_for_selector("form[action$='/keys/remove']", state="detached")
        assert "varalla" in await page.inner_text("main")
        await page.click(".site-foot button")
        await page.wait_for_url(house.url("fi", "sign-in"))
        await page.click(SIGN_IN)
        await page.wait_for_url(house.url("fi"))


async def test_an_authenticator_that_does_not_recognise_its_owner_signs_nobody_in(
    desk_browser: Browser, house: DeskHouse
) -> None:
    async with sitting(desk_browser, house) as aino:
        await registered(aino, house, "Aino Esimerkki")
        await aino.page.click(".site-foot button")
        await aino.page.wait_for_url(house.url("fi", "sign-in"))
        for verified in (False, True):
            await aino.cdp.send(
                "WebAuthn.setUserVerified",
                {"authenticatorId": aino.authenticators[0], "isUserVerified": verified},
            )
            await aino.page.click(SIGN_IN)
            if not verified:
                await aino.page.wait_for_selector("[data-failed]:not([hidden])")
        await aino.page.wait_for_url(house.url("fi"))


async def test_a_used_invitation_says_so(desk_browser: Browser, house: DeskHouse) -> None:
    link = await house.invitation("Aino Esimerkki")
    async with sitting(desk_browser, house) as aino, sitting(desk_browser, house) as thief:
        for sitter in (aino, thief):
            await sitter.page.goto(link)
            thief.watch.expected.add(403)
            await sitter.page.click("#desk-invitation button")
            if sitter is aino:
                await sitter.page.wait_for_url(house.url("fi"))
        await thief.page.wait_for_selector("[role=alert]:not([hidden])")


async def test_the_whole_act_can_be_done_with_the_keyboard(
    desk_browser: Browser, house: DeskHouse
) -> None:
    async with sitting(desk_browser, house) as aino:
        page = aino.page
        await registered(aino, house, "Aino Esimerkki")
        await page.goto(house.url("fi", "elections", str(house.election)))
        await _to(page, "#reason")
        await page.keyboard.type("Aika on.")
        await _to(page, "#propose button")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#withdraw")
        await _to(page, SIGN)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(SIGN, state="detached")
        assert "Aino Esimerkki" in await page.inner_text(".desk-signers")


async def _to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as someone does who uses no mouse."""
    for _ in range(60):
        if await page.evaluate("(one) => document.activeElement?.matches(one)", selector):
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {selector}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """Looks at pages of the desk in one language, and keeps pictures."""

    page: Page
    house: DeskHouse
    language: str
    folder: Path
    places: tuple[str, ...]

    async def looked_at(
        self, parts: tuple[str, ...], when: str = "", *, opened: bool = False
    ) -> list[str]:
        """Give what is wrong with these pages on a desktop, a phone and a narrow phone.

        ``opened``: with everything unfolded that can be.
        """
        faults: list[str] = []
        for part in parts:
            await self.page.goto(self.house.url(self.language, *([part] if part else [])))
            if opened:
                for summary in await self.page.locator("main summary").all():
                    await summary.click()
            place, what = self.places.index(part), part.partition("/")[0] or "first"
            name = f"{place}-{what}{when}-{self.language}"
            for device, size in (("desktop", DESKTOP), ("phone", PHONE), ("narrow", NARROW)):
                await self.page.set_viewport_size(size)
                if await scrolls_sideways(self.page):
                    faults.append(f"{name} {device}: wider than its window")
                faults += [f"{name} {device}: {found}" for found in await clipped(self.page)]
                path = self.folder / f"{name}-{device}.png"
                await self.page.screenshot(path=path, full_page=True)
            faults += [f"{name}: {found}" for found in await axe_findings(self.page)]
        return faults


@pytest.mark.parametrize("language", ["fi", "sv", "en", "se"])
async def test_every_page_of_the_desk_can_be_used_by_everyone(
    desk_browser: Browser, house: DeskHouse, artefacts: Path, language: str
) -> None:
    sealed, draft = f"elections/{await house.sealed()}", await house.drafted()
    pages = ("sign-in", "invitation", "", f"elections/{house.election}", "keys", sealed, draft)
    async with sitting(desk_browser, house, language=language) as aino:
        page = aino.page
        await page.goto(await house.invitation("Aino Esimerkki", frozenset(OfficialRole)))
        await page.click("#desk-invitation button")
        await page.wait_for_url(house.url("fi"))
        eye = Eye(
            page=page, house=house, language=language, folder=artefacts / "desk", places=pages
        )
        assert await eye.looked_at(pages) == []
        await proposed(page, house, "Avaamme niin kuin valtuusto päätti.")
        assert await eye.looked_at(pages[3:4], "-proposed") == []
        await signed(page, house)
        assert await eye.looked_at(pages[2:4], "-signed") == []


@pytest.mark.parametrize(
    "language", ["fi", *(pytest.param(each, marks=pytest.mark.full) for each in ("sv", "en", "se"))]
)
async def test_what_is_asked_and_what_is_signed_can_be_used_by_everyone(
    desk_browser: Browser, house: DeskHouse, artefacts: Path, language: str
) -> None:
    sealed, draft = f"elections/{await house.sealed()}", await house.drafted()
    async with sitting(desk_browser, house, language=language) as aino:
        page = aino.page
        await registered(aino, house, "Aino Esimerkki")
        places = (sealed, draft)
        folder = artefacts / "desk"
        eye = Eye(page=page, house=house, language=language, folder=folder, places=places)
        assert await eye.looked_at((sealed,), "-all", opened=True) == []
        await _amendment_proposed(page, house.url(language, sealed))
        assert await eye.looked_at((sealed,), "-amendment") == []
        await _freeze_proposed(page, house.url(language, draft))
        assert await eye.looked_at((draft,), "-freeze") == []


async def _amendment_proposed(page: Page, address: str) -> None:
    await page.goto(address)
    form = page.locator("#propose-amend")
    await page.locator("details.desk-other", has=form).locator("summary").first.click()
    for project in (await form.locator("summary").all())[:2]:
        await project.click()
    await form.locator("[name='cost.0']").fill("4 100,50")
    await form.locator("[name='name.1.fi']").fill("Uusi nimi hankkeelle")
    await form.locator("textarea").fill("Hinta ja nimi olivat väärin.")
    await form.locator("button").first.click()
    await page.wait_for_selector("#withdraw")


async def _freeze_proposed(page: Page, address: str) -> None:
    await page.goto(address)
    await page.fill("#budget", "12 000")
    await page.fill("#appeals", "2026-05-01T12:00")
    await page.fill("#reason", "Valtuusto päätti niin.")
    await page.click("#propose button")
    await page.wait_for_selector("#withdraw")


@pytest.mark.full
async def test_two_officials_freeze_a_draft_in_their_browsers(
    desk_browser: Browser, house: DeskHouse
) -> None:
    draft = await house.drafted()
    async with sitting(desk_browser, house) as aino, sitting(desk_browser, house) as otto:
        for sitter, name in ((aino, "Aino Esimerkki"), (otto, "Otto Esimerkki")):
            await registered(sitter, house, name)
        await _freeze_proposed(aino.page, house.url("fi", draft))
        for sitter in (aino, otto):
            await sitter.page.goto(house.url("fi", draft))
            await sitter.page.click(SIGN)
            await sitter.page.wait_for_selector(SIGN, state="detached")
        assert "/elections/" in otto.page.url
        assert (
            await otto.page.locator("[aria-current='step']").inner_text() == "Äänestyslippu lukittu"
        )
