"""Bad days in the browser: every one of them leads to a page that says what happened."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Error, Page, Response, Route, expect

from talkoot.base.i18n import Language
from talkoot.voting.roll import generated, grouped
from talkoot.web.errors import ANSWERS, Trouble
from talkoot.web.trouble import words_for
from talkoot.web.voice import Voice
from tests.journeys.browser import way
from tests.journeys.browser.town import Town
from tests.journeys.browser.village import OPEN_FOR
from tests.journeys.browser.visitor import Scripts, Visitor, visit

pytestmark = pytest.mark.browser

LANGUAGES = ("fi", "sv", "en", "se")
EVERY_BROWSER = pytest.mark.parametrize("scripts", Scripts, ids=lambda scripts: scripts.name)
CLOSES_IN = OPEN_FOR - timedelta(days=1)
"""From the time when every journey begins to the end of the village's voting."""
MINUTE = timedelta(minutes=1)
MOVES_MAX = 50


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("trouble", [Trouble.MISTYPED, Trouble.UNKNOWN_CODE])
async def test_a_wrong_code_is_answered_beside_the_field_in_the_readers_language(
    chromium: Browser, town: Town, language: str, trouble: Trouble
) -> None:
    code = (
        "AAAAA-AAAA-AAAAB" if trouble is Trouble.MISTYPED else grouped(generated(secrets.randbelow))
    )
    async with visit(chromium, town, language=language, scripts=Scripts.OFF) as visitor:
        page = visitor.page
        visitor.watch.expected |= {ANSWERS[trouble].status}
        await page.goto(town.village_url(language, "approval", "sign-in"))
        await page.locator("input[name=code]").fill(code)
        await way.submit(page, "sign-in").click()
        alert = page.get_by_role("alert")
        await expect(alert).to_contain_text(words_for(voice(language), trouble).heading)
        field = page.locator("input[name=code]")
        await expect(field).to_be_focused()
        assert await field.get_attribute("aria-invalid") == "true"
        described_by = (await field.get_attribute("aria-describedby") or "").split()
        assert await alert.get_attribute("id") in described_by


@EVERY_BROWSER
async def test_too_many_choices_are_named_in_every_language_and_nothing_is_lost(
    chromium: Browser, town: Town, scripts: Scripts
) -> None:
    said = set()
    async with visit(chromium, town, scripts=scripts) as visitor:
        visitor.watch.expected |= {422}
        await way.sign_in(visitor, town.village_url("fi", "approval"), town.code("approval"))
        for language in LANGUAGES:
            await visitor.page.goto(town.village_url(language, "approval", "ballot"))
            await way.tick(visitor.page, 3)
            words = await refused_words(visitor)
            assert way.numbers(words) == [3, 2]
            assert await visitor.page.locator("main input:checked").count() == 3
            said.add(words)
    assert len(said) == len(LANGUAGES)


@EVERY_BROWSER
async def test_choices_over_the_budget_are_named_with_both_sums(
    chromium: Browser, town: Town, scripts: Scripts
) -> None:
    said = set()
    async with visit(chromium, town, scripts=scripts) as visitor:
        visitor.watch.expected |= {422}
        await way.sign_in(visitor, town.village_url("fi", "knapsack"), town.code("knapsack"))
        for language in LANGUAGES:
            await visitor.page.goto(town.village_url(language, "knapsack", "ballot"))
            await way.tick(visitor.page, 6)
            words = await refused_words(visitor)
            assert "€" in words
            assert "25000" in "".join(filter(str.isdigit, words))
            said.add(words)
    assert len(said) == len(LANGUAGES)


async def test_the_way_from_a_fault_leads_to_the_field_at_fault(
    chromium: Browser, town: Town
) -> None:
    async with visit(chromium, town) as visitor:
        page = visitor.page
        visitor.watch.expected |= {422}
        await way.sign_in(visitor, town.village_url("fi", "scores"), town.code("scores"))
        await way.fill(page, [3, 9])
        await refused_words(visitor)
        await page.get_by_role("alert").get_by_role("link").click()
        field = page.locator(":focus")
        assert await field.input_value() == "9"
        assert await field.get_attribute("aria-invalid") == "true"


async def test_going_back_after_casting_cannot_cast_the_same_ballot_twice(
    chromium: Browser, town: Town
) -> None:
    async with visit(chromium, town) as visitor:
        page = visitor.page
        await way.sign_in(visitor, town.village_url("fi", "approval"), town.code("approval"))
        chosen = await way.tick(page, 1)
        await way.review(page)
        first = await way.cast(page)
        await back(page)
        assert page.url.endswith("/review")
        assert chosen[0] in await page.locator("main").inner_text()
        assert await way.cast(page) == first


async def test_going_back_to_the_ballot_after_casting_tells_that_one_is_recorded(
    chromium: Browser, town: Town
) -> None:
    async with visit(chromium, town) as visitor:
        page = visitor.page
        await way.sign_in(visitor, town.village_url("fi", "approval"), town.code("approval"))
        unvoted = await page.locator("main").inner_text()
        await way.tick(page, 1)
        await way.review(page)
        first = await way.cast(page)
        await back(page)
        await back(page)
        assert page.url.endswith("/ballot")
        assert await page.locator("main").inner_text() != unvoted
        for box in await way.marks(page).all():
            await box.set_checked(checked=False)
        await way.tick(page, 2)
        await way.review(page)
        assert await way.cast(page) != first


async def test_a_second_tab_cannot_vote_a_second_time_where_the_first_ballot_counts(
    chromium: Browser, town: Town
) -> None:
    async with visit(chromium, town) as visitor:
        page = visitor.page
        await way.sign_in(visitor, town.village_url("fi", "one"), town.code("one"))
        other = await page.context.new_page()
        await other.goto(page.url)
        for tab in (page, other):
            await way.tick(tab, 1)
            await way.review(tab)
        await way.cast(page)
        await refused(visitor, other, "cast", Trouble.ALREADY_VOTED)


async def test_a_second_tab_replaces_the_first_ballot_where_the_last_one_counts(
    chromium: Browser, town: Town
) -> None:
    async with visit(chromium, town) as visitor:
        page = visitor.page
        await way.sign_in(visitor, town.village_url("fi", "points"), town.code("points"))
        other = await page.context.new_page()
        await other.goto(page.url)
        for tab, points in ((page, 3), (other, 4)):
            await way.fill(tab, [points])
            await way.review(tab)
        assert await way.cast(page) != await way.cast(other)


async def test_a_replayed_form_records_nothing_new(chromium: Browser, town: Town) -> None:
    async with visit(chromium, town) as visitor:
        page = visitor.page
        await way.sign_in(visitor, town.village_url("fi", "approval"), town.code("approval"))
        await way.tick(page, 1)
        one, same = await reviewed_beside(page), await reviewed_beside(page)
        await way.marks(page).nth(1).check()
        other = await reviewed_beside(page)
        assert await way.cast(one) == await way.cast(same)
        await refused(visitor, other, "cast", Trouble.SUBMISSION_REUSED)
        await other.locator('main a[href$="/ballot"]').click()
        await other.wait_for_url("**/ballot")


@EVERY_BROWSER
async def test_choices_survive_a_session_that_has_ended(
    chromium: Browser, town: Town, scripts: Scripts
) -> None:
    async with visit(chromium, town, scripts=scripts) as visitor:
        page = visitor.page
        code = town.code("ranking")
        await way.sign_in(visitor, town.village_url("fi", "ranking"), code)
        names = await way.fill(page, [2, 1])
        with town.clock.later(20 * MINUTE):
            await refused(visitor, page, "review", Trouble.NOT_SIGNED_IN)
            await page.locator("input[name=code]").fill(code)
            await way.submit(page, "sign-in").click()
            await expect(page.locator("main progress")).to_be_attached()
            lines = await way.review(page)
            assert [names[1] in lines[0], names[0] in lines[1]] == [True, True]
            await way.cast(page)


async def test_a_ballot_under_way_at_the_close_is_taken_within_the_grace_and_not_after(
    chromium: Browser, town: Town
) -> None:
    async with visit(chromium, town) as visitor:
        page = visitor.page
        with town.clock.later(CLOSES_IN - MINUTE):
            await way.sign_in(visitor, town.village_url("fi", "scores"), town.code("scores"))
            await way.fill(page, [4])
            in_time = await reviewed_beside(page)
            await page.goto(page.url)
            await way.fill(page, [5])
            too_late = await reviewed_beside(page)
        with town.clock.later(CLOSES_IN + 2 * MINUTE):
            await way.cast(in_time)
        with town.clock.later(CLOSES_IN + 6 * MINUTE):
            await refused(visitor, too_late, "cast", Trouble.CLOSED)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_closed_round_says_so_and_offers_no_way_in(
    chromium: Browser, town: Town, language: str
) -> None:
    async with visit(chromium, town, language=language) as visitor:
        page = visitor.page
        visitor.watch.expected |= {409}
        with town.clock.later(CLOSES_IN + timedelta(days=1)):
            await page.goto(town.village_url(language, "approval"))
            assert await page.locator('main a[href$="/sign-in"]').count() == 0
            await page.goto(town.village_url(language, "approval", "sign-in"))
            heading = words_for(voice(language), Trouble.CLOSED).heading
            await expect(page.locator("h1")).to_have_text(heading)
            assert await page.locator("main a").count() > 0


async def test_a_ballot_whose_script_does_not_load_works_without_it(
    chromium: Browser, town: Town
) -> None:
    async with visit(chromium, town) as visitor:
        page = visitor.page
        await page.route("**/*.js", lambda route: route.abort())
        await way.sign_in(visitor, town.village_url("fi", "approval"), town.code("approval"))
        await expect(page.locator("#no-script")).to_be_visible()
        chosen = await way.tick(page, 2)
        lines = await way.review(page)
        assert all(name in " ".join(lines) for name in chosen)
        await way.cast(page)


@pytest.mark.parametrize(
    ("planted", "complaint"),
    [
        ("<script>document.title = 'not ours'</script>", "Content Security Policy"),
        ('<img src="http://elsewhere.invalid/x.png" alt="">', "Content Security Policy"),
        ('<img src="/no-such-picture" alt="">', "404"),
    ],
)
async def test_what_does_not_belong_on_a_page_is_noticed(
    chromium: Browser, town: Town, planted: str, complaint: str
) -> None:
    async def plant(route: Route) -> None:
        answer = await route.fetch()
        body = (await answer.text()).replace("</main>", f"{planted}</main>")
        await route.fulfill(response=answer, body=body)

    async with visit(chromium, town) as visitor:
        await visitor.page.route(town.url("fi"), plant)
        await visitor.page.goto(town.url("fi"))
        assert [said for said in visitor.watch.complaints if complaint in said]
        visitor.watch.complaints.clear()


def voice(language: str) -> Voice:
    """Give the voice that pages of a language speak with."""
    return Voice(language=Language(language))


async def refused_words(visitor: Visitor) -> str:
    """Send a ballot that cannot be cast; give the summary of what is wrong with it."""
    await way.submit(visitor.page, "review").click()
    alert = visitor.page.get_by_role("alert")
    await alert.wait_for()
    if visitor.scripts is Scripts.ON:
        await expect(alert).to_be_focused()
    return await alert.inner_text()


async def refused(visitor: Visitor, page: Page, action: str, trouble: Trouble) -> None:
    """Send a form and read the refusal: its status, and its heading in the reader's language."""
    status = ANSWERS[trouble].status
    visitor.watch.expected |= {status}
    async with page.expect_response(lambda answer: answer.status == status):
        await way.submit(page, action).click()
    heading = words_for(voice(visitor.language), trouble).heading
    await expect(page.get_by_role("heading", name=heading)).to_be_visible()
    assert await page.locator("main a, main button").count() > 0


async def back(page: Page) -> None:
    """Press the back button, and let the browser send a form again where it asks."""
    await _settled(page, page.go_back)
    if page.url.startswith("chrome-error:"):
        await _settled(page, page.reload)
    await page.locator("main").wait_for()


async def _settled(page: Page, move: Callable[[], Awaitable[Response | None]]) -> None:
    """Make a move in the history; the browser may be putting up its own page meanwhile."""
    for _ in range(MOVES_MAX):
        try:
            await move()
        except Error as error:
            if "ERR_CACHE_MISS" in error.message:
                await page.wait_for_url("chrome-error://**", wait_until="commit")
                return
            if "Not attached" not in error.message:
                raise
            await page.locator("html").wait_for(state="attached")
        else:
            return
    pytest.fail("the browser did not move")


async def reviewed_beside(page: Page) -> Page:
    """Open the review in a tab of its own, and keep the ballot."""
    await page.locator('main form[action$="/review"]').evaluate("one => { one.target = '_blank' }")
    async with page.expect_popup() as popup:
        await way.submit(page, "review").click()
    opened = await popup.value
    await opened.wait_for_url("**/review")
    return opened
