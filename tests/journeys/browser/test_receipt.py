"""Is my ballot in the box? Answered in words, and proved in the reader's own browser."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.async_api import Browser, Page, Route, ViewportSize

from talkoot.base.db import Database
from talkoot.voting.ballot import receipt_number
from talkoot.voting.board import SigningKey, Use
from tests.journeys.browser import way
from tests.journeys.browser.looks import axe_findings, clipped, scrolls_sideways
from tests.journeys.browser.receipt_house import WITNESSES, BoxHouse, box_served, reading
from tests.journeys.browser.visitor import DESKTOP, KIOSK, NARROW, Scripts

pytestmark = pytest.mark.browser

SMALL = ViewportSize(width=360, height=740)
PROVED, REFUSED = 'p[data-when="proved"]', 'h2 [data-when="refused"]'
GREEN = ('[data-when="believed"]', ".proof-holds")
Document = dict[str, Any]
Mutation = Callable[[Document, Document], None]
"""Alters a proof, given the true proof of another ballot of the same board."""


@pytest_asyncio.fixture
async def house(database: Database, desk: Database, tmp_path: Path) -> AsyncIterator[BoxHouse]:
    """A sealed election with a board that nothing is on."""
    async with box_served(database, desk, tmp_path) as built:
        yield built


async def seen(page: Page) -> set[str]:
    """Which outcomes the page shows."""
    shown = await page.locator("[data-when]:visible").all()
    return {await one.get_attribute("data-when") or "" for one in shown}


async def background(page: Page) -> str:
    """The colour in which the answer stands."""
    colour = await page.eval_on_selector(".fate", "one => getComputedStyle(one).backgroundColor")
    return str(colour)


async def voted(page: Page, house: BoxHouse, projects: int) -> str:
    """Vote as people do, and give the number of the receipt."""
    await page.goto(house.url("koe", "kierros", "sign-in"))
    await page.fill("#code", house.town.codes[0])
    await way.submit(page, "sign-in").click()
    await page.wait_for_url("**/ballot")
    await way.tick(page, projects)
    await way.submit(page, "review").click()
    await way.submit(page, "cast").click()
    await page.wait_for_url("**/recorded")
    return await page.inner_text(".receipt-number")


async def test_t20_a_voter_follows_the_receipt_to_a_proof_and_to_its_witnesses(
    chromium: Browser, house: BoxHouse, artefacts: Path
) -> None:
    async with reading(chromium, house) as page:
        number = await voted(page, house, 2)
        assert await page.locator("svg.qr").count() == 1
        assert await faults_of(page, artefacts / "receipt/recorded-fi", FEW_SCREENS) == []
        await page.click(f'.receipt a[href$="{number}"]')
        await page.wait_for_selector(".fate-waiting")
        await house.waits(11)
        await house.needs_witnesses(2)
        await house.publishes()
        for witness, said in ((None, "0"), (WITNESSES[0], "1"), (WITNESSES[1], "2")):
            if witness:
                await house.witness_signs(witness)
            await page.reload()
            await page.wait_for_selector(PROVED)
            assert await page.inner_text(".fate .receipt-number") == number
            word = "witnessed" if said == "2" else "unwitnessed"
            assert await seen(page) == {"believed", "proved", "signed", word}
            assert f"{said}. " in await page.inner_text(f'[data-when="{word}"]')
        # A reader who is told to demand one is content with one: the policy decides, not we.
        await house.needs_witnesses(1)
        await page.reload()
        await page.wait_for_selector('[data-when="witnessed"]:visible')


@pytest.mark.full
@pytest.mark.parametrize("ballots", [10, 11, 23, 33])
async def test_the_browser_proves_ballots_from_one_end_of_a_board_to_the_other(
    chromium: Browser, house: BoxHouse, ballots: int
) -> None:
    hashes = sorted(await house.waits(ballots))
    await house.publishes()
    async with reading(chromium, house) as page:
        for each in (*hashes[:: ballots // 5], hashes[-1]):
            await page.goto(house.url(house.base, each.hex()))
            await page.wait_for_selector(PROVED)


def flipped(words: str, at: int) -> str:
    """Alter one symbol."""
    return words[:at] + ("1" if words[at] == "0" else "0") + words[at + 1 :]


def another_path(proof: Document, _: Document) -> None:
    proof["path"][1] = flipped(proof["path"][1], 9)


def a_step_less(proof: Document, _: Document) -> None:
    proof["path"].pop()


def a_step_more(proof: Document, _: Document) -> None:
    proof["path"].append("00" * 32)


def another_place(proof: Document, _: Document) -> None:
    proof["index"] ^= 1


def no_path(proof: Document, _: Document) -> None:
    del proof["path"]


def another_ballot(proof: Document, other: Document) -> None:
    proof.update(other)


def another_hash(proof: Document, _: Document) -> None:
    proof["entry_hash"] = flipped(proof["entry_hash"], 60)


def another_root(proof: Document, _: Document) -> None:
    """A board of one leaf, as the server would have it; nobody has signed it."""
    origin, _size, root, *rest = proof["checkpoint"].split("\n")
    proof["checkpoint"] = "\n".join([origin, "1", root, *rest])
    proof["path"], proof["index"] = [], 0


def another_signature(proof: Document, _: Document) -> None:
    head, _, packed = proof["checkpoint"].rstrip("\n").rpartition(" ")
    sign = "A" if packed[40] != "A" else "B"
    proof["checkpoint"] = f"{head} {packed[:40]}{sign}{packed[41:]}\n"


def no_signature(proof: Document, _: Document) -> None:
    proof["checkpoint"] = proof["checkpoint"].partition("\n\n")[0] + "\n\n"


def another_origin(proof: Document, _: Document) -> None:
    proof["checkpoint"] = proof["checkpoint"].replace("talkoot/", "talkoo/")


REFUSALS: Mapping[Mutation, str] = {
    another_path: "root",
    a_step_less: "root",
    a_step_more: "root",
    another_place: "root",
    another_root: "root",
    no_path: "other",
    another_ballot: "other",
    another_hash: "root",
    another_origin: "other",
    another_signature: "signature",
    no_signature: "signature",
}


@pytest.mark.parametrize(
    "mutations",
    [
        pytest.param((another_path, another_ballot, another_signature), id="one of each kind"),
        pytest.param(tuple(REFUSALS), id="all", marks=pytest.mark.full),
    ],
)
async def test_a_proof_altered_on_its_way_is_refused_in_red_and_nothing_green_is_left(
    chromium: Browser, house: BoxHouse, mutations: Sequence[Mutation]
) -> None:
    hashes = await house.waits(23)
    await house.publishes()
    under_way: list[Mutation] = []
    async with reading(chromium, house) as page:
        board = f"{house.address}/api/elections/{house.town.election.id}/public/board"
        other = await (await page.request.get(f"{board}/proofs/{hashes[1].hex()}")).json()

        async def altered(route: Route) -> None:
            proof = await (await route.fetch()).json()
            under_way[0](proof, other)
            await route.fulfill(json=proof)

        await page.goto(house.url(house.base, receipt_number(hashes[0])))
        await page.wait_for_selector(PROVED)
        green, said = await background(page), await page.title()
        heading = await page.inner_text("#fate")
        assert said.startswith(heading)
        await page.route("**/proofs/*", altered)
        for mutation in mutations:
            under_way[:], reason = [mutation], REFUSALS[mutation]
            await page.reload()
            await page.wait_for_selector(REFUSED)
            assert await seen(page) == {"refused", reason}, mutation.__name__
            assert len(await page.inner_text(f'[data-when="{reason}"]')) > 20
            assert await background(page) != green
            for one in GREEN:
                assert await page.locator(f"{one}:visible").count() == 0, mutation.__name__
            refusal = await page.inner_text("#fate")
            assert refusal != heading
            assert heading not in await page.inner_text("main")
            assert (await page.title()).startswith(refusal)


async def test_what_the_browser_cannot_check_is_never_called_checked(
    chromium: Browser, house: BoxHouse
) -> None:
    hashes = await house.waits(10)
    await house.publishes()
    address = house.url(house.base, receipt_number(hashes[0]))
    stranger = SigningKey(house.key.name, Use.LOG, Ed25519PrivateKey.generate()).verifier

    async def other_key(route: Route) -> None:
        keys = await (await route.fetch()).json()
        await route.fulfill(body=json.dumps(keys | {"log_key": str(stranger)}))

    async with reading(chromium, house, expected=frozenset({503})) as page:
        await page.route("**/keys.json", other_key)
        await page.goto(address)
        await page.wait_for_selector(REFUSED)
        assert await seen(page) == {"refused", "signature"}
        await page.unroute("**/keys.json")
        await page.route("**/proofs/*", lambda route: route.fulfill(status=503, body=""))
        await page.reload()
        await page.wait_for_selector('[data-when="unfetched"]')
        assert await seen(page) == {"believed", "unfetched"}
        await page.unroute("**/proofs/*")
        await page.add_init_script(
            "SubtleCrypto.prototype.importKey = async () => {"
            " throw new DOMException('no such algorithm', 'NotSupportedError'); };"
        )
        await page.reload()
        await page.wait_for_selector(PROVED)
        assert await seen(page) == {"believed", "proved", "unsigned"}


async def test_without_scripts_the_answer_is_in_words(chromium: Browser, house: BoxHouse) -> None:
    hashes = await house.waits(12)
    await house.publishes()
    expected = frozenset({422})
    async with reading(chromium, house, scripts=Scripts.OFF, expected=expected) as page:
        for number, fate, outcomes in (
            (
                receipt_number(hashes[3]).lower().replace("-", " "),
                ".fate-on-the-board",
                {"believed", "without"},
            ),
            ("kuitti", "#fault", set()),
        ):
            await page.goto(house.url(house.base))
            await page.fill("#number", number)
            await page.click("main form button")
            await page.wait_for_selector(fate)
            assert await seen(page) == outcomes


EVERY_PAGE = {
    "asked": "",
    "in-the-box": "/{on_board}",
    "waits": "/{waiting}",
    "unknown": "/0000-0000-0000-0000",
    "mistyped": "/kuitti",
}
EVERY_SCREEN = {"desktop": DESKTOP, "phone": SMALL, "narrow": NARROW, "kiosk": KIOSK}
FEW_SCREENS = {"narrow": NARROW, "desktop": DESKTOP}


@pytest.mark.parametrize(
    ("language", "names"),
    [
        pytest.param("fi", ("in-the-box", "mistyped"), id="two"),
        *(
            pytest.param(it, tuple(EVERY_PAGE), id=it, marks=pytest.mark.full)
            for it in ("fi", "sv", "en", "se")
        ),
    ],
)
async def test_everyone_can_use_the_pages(
    chromium: Browser, house: BoxHouse, artefacts: Path, language: str, names: Sequence[str]
) -> None:
    screens = EVERY_SCREEN if len(names) == len(EVERY_PAGE) else FEW_SCREENS
    hashes = await house.waits(12)
    await house.publishes()
    [late] = await house.waits(1)
    numbers = {"on_board": receipt_number(hashes[3]), "waiting": receipt_number(late)}
    expected, faults = frozenset({404, 422}), []
    async with reading(chromium, house, language=language, expected=expected) as page:
        for name in names:
            path = house.base + EVERY_PAGE[name].format_map(numbers)
            await page.goto(house.url(path, language=language))
            if name == "in-the-box":
                await page.wait_for_selector(PROVED)
            faults += await faults_of(page, artefacts / f"receipt/{name}-{language}", screens)
        await page.route("**/proofs/*", lambda route: route.fulfill(body="{}"))
        await page.goto(house.url(house.base, numbers["on_board"], language=language))
        await page.wait_for_selector(REFUSED)
        faults += await faults_of(page, artefacts / f"receipt/refused-{language}", screens)
    assert faults == []


async def faults_of(page: Page, picture: Path, screens: Mapping[str, ViewportSize]) -> list[str]:
    """Give what is wrong with a page on some screens; keep pictures of it on all of them."""
    found = []
    for device, size in screens.items():
        await page.set_viewport_size(size)
        if await scrolls_sideways(page):
            found.append(f"{picture.name} {device}: wider than its window")
        found += [f"{picture.name} {device}: {one}" for one in await clipped(page)]
        if screens is EVERY_SCREEN:
            path = picture.with_name(f"{picture.name}-{device}.png")
            await page.screenshot(path=path, full_page=True)
    await page.set_viewport_size(DESKTOP)
    return found + [f"{picture.name}: {one}" for one in await axe_findings(page)]
