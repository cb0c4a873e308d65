"""The steps of a vote, by what controls are and do, never by what they are called or look like."""

import re
from collections.abc import Sequence

from playwright.async_api import Locator, Page

from tests.journeys.browser.visitor import Visitor

RECEIPT = re.compile(r"\b[0-9A-F]{4}(?:-[0-9A-F]{4}){3}\b")


def submit(page: Page, action: str) -> Locator:
    """Give the main button of the form that is sent to an address ending so."""
    form = page.locator(f'main form[action$="/{action}"]')
    return form.locator("button[type=submit]:not([formaction])")


async def sign_in(visitor: Visitor, round_url: str, code: str) -> None:
    """From a round's page to its ballot."""
    page = visitor.page
    await page.goto(round_url)
    await page.locator('main a[href$="/sign-in"]').first.click()
    await page.locator("input[name=code]").fill(code)
    await submit(page, "sign-in").click()
    await page.wait_for_url("**/ballot")


def marks(page: Page) -> Locator:
    """Give the controls by which projects are marked: boxes, numbers or places."""
    return page.locator('main [name="project"], main [name^="value."]')


async def name_of(mark: Locator) -> str:
    """Give the name of the project that a control marks."""
    return (await mark.locator("xpath=ancestor::li").get_by_role("heading").inner_text()).strip()


async def tick(page: Page, number: int) -> list[str]:
    """Tick the first so many boxes; give the projects' names."""
    boxes = [marks(page).nth(at) for at in range(number)]
    for box in boxes:
        await box.check()
    return [await name_of(box) for box in boxes]


async def fill(page: Page, values: Sequence[int]) -> list[str]:
    """Give the first projects these points, scores or places; give the projects' names."""
    fields = [marks(page).nth(at) for at in range(len(values))]
    for field, value in zip(fields, values, strict=True):
        if await field.evaluate("one => one.tagName") == "SELECT":
            await field.select_option(str(value))
        else:
            await field.fill(str(value))
    return [await name_of(field) for field in fields]


async def review(page: Page) -> list[str]:
    """From the ballot to its review; give what it lists, as a person reads it."""
    await submit(page, "review").click()
    await submit(page, "cast").wait_for()
    return await page.locator("main ol li").all_inner_texts()


async def cast(page: Page) -> str:
    """From the review to the receipt; give its number."""
    await submit(page, "cast").click()
    await page.wait_for_url("**/recorded")
    return await receipt(page)


async def receipt(page: Page) -> str:
    """Give the receipt number that the page shows; there is exactly one."""
    found = RECEIPT.findall(await page.locator("main").inner_text())
    assert len(found) == 1, found
    return str(found[0])


async def sign_out(page: Page) -> None:
    """Leave, from a page of a signed-in voter."""
    await submit(page, "sign-out").click()
    await page.wait_for_url(lambda url: not url.endswith(("/recorded", "/sign-out")))


def digits(words: str) -> int:
    """Give the amount or number in words of any language: ``€50,000`` and ``50 000 €`` alike."""
    return int(re.sub(r"\D", "", words))


def numbers(words: str) -> list[int]:
    """Give the whole numbers in a sentence."""
    return [int(found) for found in re.findall(r"\d+", words)]
