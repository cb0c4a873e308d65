"""The walkable way: start page, code, ballot, review, cast, receipt, result."""

import re

from talkoot.voting.ballot import Recast
from tests.web.conftest import TownWith
from tests.web.town import ROUND, Town, form_of, number, rules

RECEIPT = re.compile(r"[0-9A-F]{4}(?:-[0-9A-F]{4}){3}")


async def test_a_vote_walks_from_the_start_page_to_the_result(town: Town) -> None:
    visitor = town.visitor()
    start = await visitor.get("/", accept_language="sv-FI, fi;q=0.5")
    assert (start.status_code, start.headers["location"]) == (303, "/sv/")
    assert (await visitor.get("/fi/")).headers["location"] == "/fi/koe"
    assert "Kierros fi" in (await visitor.get("/fi/koe")).text
    page = await visitor.get(ROUND)
    assert f'href="{ROUND}/sign-in"' in page.text
    opened = await visitor.signed_in(town.codes[0])
    assert town.election.definition.short_hash in opened.html
    review = await visitor.send(f"{ROUND}/review", opened.choosing(number(2), number(4)))
    assert review.status_code == 200
    assert await town.recorded() == 0
    cast = await visitor.send(f"{ROUND}/cast", form_of(review.text, "ballot"))
    assert (cast.status_code, cast.headers["location"]) == (303, f"{ROUND}/recorded")
    assert RECEIPT.search((await visitor.get(f"{ROUND}/recorded")).text)
    await town.counted()
    result = await visitor.get(f"{ROUND}/results")
    assert result.status_code == 200
    assert "Hanke &lt;2&gt; fi" in result.text


async def test_a_vote_can_be_changed_where_the_rule_allows(town: Town) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    await visitor.cast(opened, [number(1)])
    first = RECEIPT.search((await visitor.get(f"{ROUND}/recorded")).text)
    again = await visitor.ballot()
    assert "Olet jo äänestänyt" in again.html
    assert (await visitor.cast(again, [number(3)])).status_code == 303
    second = RECEIPT.search((await visitor.get(f"{ROUND}/recorded")).text)
    assert first is not None
    assert second is not None
    assert first[0] != second[0]
    assert await town.recorded() == 2


async def test_who_may_vote_once_is_told_so_before_and_after(town_with: TownWith) -> None:
    town = await town_with(rules(recast=Recast.FIRST_COUNTS))
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    assert "Voit äänestää kerran" in opened.html
    await visitor.cast(opened, [number(1)])
    assert "Muuta ääntäni" not in (await visitor.get(f"{ROUND}/recorded")).text
    answer = await visitor.get(f"{ROUND}/ballot")
    assert answer.status_code == 409
    assert "Olet jo äänestänyt" in answer.text


async def test_who_signs_out_is_out_at_once(town: Town) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    token = dict(opened.fields)["form_token"]
    cookies = dict(visitor.client.cookies)
    answer = await visitor.send(f"{ROUND}/sign-out", [("form_token", token)])
    assert answer.status_code == 303
    visitor.client.cookies.update(cookies)
    again = await visitor.get(f"{ROUND}/ballot")
    assert again.headers["location"] == f"{ROUND}/sign-in"


async def test_an_ended_session_loses_no_choice(town: Town) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    visitor.client.cookies.clear()
    ended = await visitor.send(f"{ROUND}/review", opened.choosing(number(2), number(5)))
    assert ended.status_code == 401
    carried = form_of(ended.text, "sign-in")
    back = await visitor.send(f"{ROUND}/sign-in", [*carried, ("code", town.codes[0])])
    assert back.status_code == 200
    ticked = re.findall(r'value="([^"]+)"[^>]* checked', back.text)
    assert sorted(ticked) == [number(2), number(5)]


async def test_filtering_without_a_script_keeps_choices(town: Town) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    fields = [*opened.choosing(number(1)), ("area", "keskus"), ("words", "")]
    answer = await visitor.send(f"{ROUND}/ballot", fields)
    cards = dict(re.findall(r'id="(p\d)" data-area="([a-z]*)"', answer.text))
    hidden = set(re.findall(r'id="(p\d)" data-area="[a-z]*" hidden', answer.text))
    assert hidden == {key for key, area in cards.items() if area == "saari"}
    assert {"p1"} == hidden & {"p1"}, "the chosen project is among the hidden ones"
    assert re.findall(r'value="([^"]+)"[^>]* checked', answer.text) == [number(1)]


async def test_each_voter_has_an_order_that_stays(town: Town) -> None:
    orders = []
    for code in town.codes:
        visitor = town.visitor()
        opened = await visitor.signed_in(code)
        orders.append(re.findall(r'class="card card-choosable" id="(p\d)"', opened.html))
        again = await visitor.ballot()
        assert re.findall(r'class="card card-choosable" id="(p\d)"', again.html) == orders[-1]
        assert sorted(orders[-1]) == [f"p{at}" for at in range(1, 7)]
    assert len({tuple(order) for order in orders}) > 1
