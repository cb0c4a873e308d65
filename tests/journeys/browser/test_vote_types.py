"""Every vote type in the browser, with scripts and without: mark, review, cast, receipt."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pytest
from playwright.async_api import Browser

from talkoot.voting.ballot import VoteType
from tests.journeys.browser import way
from tests.journeys.browser.town import Town
from tests.journeys.browser.visitor import Scripts, Visitor, visit

pytestmark = pytest.mark.browser

VALUES: Mapping[VoteType, Sequence[int]] = MappingProxyType(
    {
        VoteType.APPROVAL: [1, 1],
        VoteType.KNAPSACK: [1],
        VoteType.ONE: [1],
        VoteType.POINTS: [7, 3],
        VoteType.SCORES: [5, 2, 4],
        VoteType.RANKING: [2, 1, 3],
    }
)
"""What the first projects on the ballot are given."""
NUMBERED = {VoteType.POINTS, VoteType.SCORES, VoteType.RANKING}


@pytest.mark.parametrize("vote_type", VoteType)
@pytest.mark.parametrize("scripts", Scripts, ids=lambda scripts: scripts.name)
async def test_a_ballot_of_every_vote_type_is_reviewed_as_marked_and_recorded(
    chromium: Browser, town: Town, vote_type: VoteType, scripts: Scripts
) -> None:
    values = VALUES[vote_type]
    async with visit(chromium, town, language="en", scripts=scripts) as visitor:
        page = visitor.page
        await way.sign_in(visitor, town.village_url("en", vote_type), town.code(vote_type))
        names = await _marked(visitor, vote_type, values)
        lines = await way.review(page)
        assert len(lines) == len(values)
        for name, value in zip(names, values, strict=True):
            (line,) = [line for line in lines if name in line]
            rest = line.replace(name, "")
            assert vote_type not in NUMBERED or value in way.numbers(rest)
        if vote_type is VoteType.RANKING:
            assert [way.numbers(line)[0] for line in lines] == sorted(values)
        await way.cast(page)
        # The round with one choice records once and for all; the others let a voter choose again.
        again = await page.locator('main a[href$="/ballot"]').count()
        assert again == (0 if vote_type is VoteType.ONE else 1)
        await way.sign_out(page)


@pytest.mark.parametrize(
    ("vote_type", "values", "shown"),
    [
        (VoteType.APPROVAL, [1, 1], [2, 2]),
        (VoteType.POINTS, [7, 2], [9, 10, 1]),
        (VoteType.SCORES, [5, 2, 4], [3]),
        (VoteType.RANKING, [2, 1], [2, 3]),
    ],
)
async def test_the_running_count_follows_every_mark(
    chromium: Browser,
    town: Town,
    vote_type: VoteType,
    values: Sequence[int],
    shown: Sequence[int],
) -> None:
    async with visit(chromium, town, language="sv") as visitor:
        await way.sign_in(visitor, town.village_url("sv", vote_type), town.code(vote_type))
        await _marked(visitor, vote_type, values)
        count = visitor.page.locator("#running")
        assert way.numbers(await count.inner_text()) == shown
        # The server counts the same once the ballot has been there and back.
        await way.review(visitor.page)
        await visitor.page.locator('main button[formaction$="/ballot"]').click()
        await visitor.page.wait_for_url("**/ballot")
        assert way.numbers(await count.inner_text()) == shown


@pytest.mark.parametrize("language", ["fi", "sv", "en", "se"])
async def test_money_is_counted_in_the_page_as_the_server_writes_it(
    chromium: Browser, town: Town, language: str
) -> None:
    async with (
        visit(chromium, town, language=language) as quick,
        visit(chromium, town, language=language, scripts=Scripts.OFF) as slow,
    ):
        code = town.code("knapsack")
        for visitor in (quick, slow):
            await way.sign_in(visitor, town.village_url(language, "knapsack"), code)
            await visitor.page.locator('input[value="1"]').check()
        counted = await quick.page.locator("#running").inner_text()
        await way.submit(slow.page, "review").click()
        await way.submit(slow.page, "cast").wait_for()
        assert counted in await slow.page.locator("main").inner_text()


async def _marked(visitor: Visitor, vote_type: VoteType, values: Sequence[int]) -> list[str]:
    if vote_type in NUMBERED:
        return await way.fill(visitor.page, values)
    return await way.tick(visitor.page, len(values))
