"""Bad input at the pages: each gets its own clear answer, and nothing is half recorded."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from talkoot.base.db import ReadSession
from talkoot.base.errors import Unavailable
from talkoot.voting.ballot import Limits, Recast, VoteType
from talkoot.voting.roll import with_check
from tests.web.conftest import TownWith
from tests.web.town import CLOSES, OPENS, ROUND, Town, Visitor, form_of, guesses, number, rules

UNKNOWN = "22222-2222-22222"


async def said(visitor: Visitor, code: str) -> tuple[int, str]:
    """Type a code and give status and text of the answer."""
    answer = await visitor.send(f"{ROUND}/sign-in", [("code", code)])
    return answer.status_code, answer.text


async def test_an_unknown_code_is_refused_and_signs_nobody_in(town: Town) -> None:
    visitor = town.visitor()
    assert (await said(visitor, UNKNOWN))[0] == 403
    assert "Koodi ei kelpaa" in (await said(visitor, UNKNOWN))[1]
    assert not visitor.client.cookies


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Koodissa on 14 kirjainta"),
        ("ABCDE-2345-FGHJ", "Koodissa on 14 kirjainta"),
        ("ABCDE-2345-FGHJ0", "Koodissa ei ole merkkiä ”0”"),
        ("<b>", "Koodissa ei ole merkkiä ”&lt;”"),
        ("22222-2222-22223", "Yksi tai kaksi kirjainta"),
        ("A" * 5000, "Koodissa on 14 kirjainta"),
    ],
)
async def test_a_mistyped_code_is_told_what_is_wrong(town: Town, typed: str, words: str) -> None:
    status, text = await said(town.visitor(), typed)
    assert status == 422
    assert words in text


async def test_a_mistyped_code_stays_to_be_corrected_and_a_wrong_one_does_not(town: Town) -> None:
    visitor = town.visitor()
    assert 'value="abc &#34;x&#34;"' in (await said(visitor, 'abc "x"'))[1]
    assert UNKNOWN not in (await said(visitor, UNKNOWN))[1]


async def test_a_code_typed_loosely_is_the_same_code(town: Town) -> None:
    typed = f" {town.codes[0].lower().replace('-', ' ')} "
    assert (await said(town.visitor(), typed))[0] == 303


async def test_a_guesser_is_throttled_and_others_are_not(town: Town) -> None:
    guesser = town.visitor(address="198.51.100.9")
    for code in guesses(20):
        assert (await said(guesser, code))[0] == 403
    answer = await guesser.send(f"{ROUND}/sign-in", [("code", town.codes[0])])
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert (await said(town.visitor(), town.codes[0]))[0] == 303


async def test_a_code_that_is_being_guessed_waits_and_then_works(town: Town) -> None:
    selector = town.codes[0].replace("-", "")[:5]
    visitor = town.visitor()
    for symbol in "23456":
        guess = with_check(selector + symbol * 7)
        assert (await said(visitor, guess))[0] == 403
    answer = await visitor.send(f"{ROUND}/sign-in", [("code", town.codes[0])])
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "15")
    assert "Odota 15 sekuntia" in answer.text
    town.clock.at += timedelta(seconds=15)
    assert (await said(visitor, town.codes[0]))[0] == 303


async def test_a_used_code_where_one_may_vote_once_leads_to_already_voted(
    town_with: TownWith,
) -> None:
    town = await town_with(rules(recast=Recast.FIRST_COUNTS))
    visitor = town.visitor()
    await visitor.cast(await visitor.signed_in(town.codes[0]), [number(1)])
    other = town.visitor()
    assert (await said(other, town.codes[0]))[0] == 303
    answer = await other.get(f"{ROUND}/ballot")
    assert answer.status_code == 409
    assert "Olet jo äänestänyt" in answer.text
    assert await town.recorded() == 1


@pytest.mark.parametrize("act", ["review", "cast"])
@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ((), "Et ole vielä valinnut mitään"),
        ((1, 2, 3, 4), "Olet valinnut 4"),
        ((9,), "ei ole tällä äänestyslipulla"),
        ((1, 1), "useammin kuin kerran"),
    ],
)
async def test_a_faulty_ballot_comes_back_with_its_faults(
    town: Town, act: str, chosen: tuple[int, ...], words: str
) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    fields = opened.choosing(*(number(at) for at in chosen))
    answer = await visitor.send(f"{ROUND}/{act}", fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text
    assert await town.recorded() == 0


async def test_a_ballot_over_budget_is_refused_with_both_sums(town_with: TownWith) -> None:
    town = await town_with(rules(VoteType.KNAPSACK, limits=Limits()))
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    answer = await visitor.cast(opened, [number(1), number(5), number(6)])
    assert answer.status_code == 422
    assert "16\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}€" in answer.text
    assert "12\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}€" in answer.text
    assert await town.recorded() == 0


@pytest.mark.parametrize("typed", ["x", "1.5", "-1", "٣", "9" * 30])
async def test_points_that_are_no_whole_number_are_refused(town_with: TownWith, typed: str) -> None:
    town = await town_with(rules(VoteType.POINTS, limits=Limits(max_sum=10)))
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    fields = [*opened.fields, (f"value.{number(1)}", typed)]
    for act in ("review", "cast"):
        answer = await visitor.send(f"{ROUND}/{act}", fields)
        assert answer.status_code == 422
        assert "kirjoita kokonaisluku" in answer.text
    assert await town.recorded() == 0


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (OPENS - timedelta(seconds=1), "Äänestys ei ole vielä alkanut"),
        (CLOSES + timedelta(seconds=300), "Äänestys on päättynyt"),
    ],
)
async def test_the_wrong_phase_is_said_with_its_date(
    town: Town, moment: object, words: str
) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    town.clock.at = moment  # type: ignore[assignment] # parametrised over moments
    for answer in (
        await visitor.get(f"{ROUND}/sign-in"),
        await visitor.send(f"{ROUND}/sign-in", [("code", town.codes[0])]),
    ):
        assert answer.status_code == 409
        assert words in answer.text
        assert "maaliskuuta 2026" in answer.text
    cast = await visitor.cast(opened, [number(1)])
    assert cast.status_code in {401, 409}, "after the close the session may have ended as well"
    assert await town.recorded() == 0


async def test_a_page_opened_before_the_close_may_still_cast_within_the_grace(town: Town) -> None:
    visitor = town.visitor()
    town.clock.at = CLOSES - timedelta(seconds=60)
    opened = await visitor.signed_in(town.codes[0])
    town.clock.at = CLOSES + timedelta(seconds=299)
    assert (await visitor.cast(opened, [number(1)])).status_code == 303
    town.clock.at = CLOSES + timedelta(seconds=300)
    late = await visitor.send(f"{ROUND}/review", opened.choosing(number(2)))
    assert late.status_code == 409
    assert await town.recorded() == 1


async def test_a_replayed_form_answers_the_same_receipt(town: Town) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    await visitor.cast(opened, [number(1)])
    first = await visitor.get(f"{ROUND}/recorded")
    assert (await visitor.cast(opened, [number(1)])).status_code == 303
    assert (await visitor.get(f"{ROUND}/recorded")).text == first.text
    assert await town.recorded() == 1


async def test_a_form_replayed_with_other_choices_is_refused_in_words(town: Town) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    await visitor.cast(opened, [number(1)])
    answer = await visitor.cast(opened, [number(2)])
    assert answer.status_code == 409
    assert "on jo käytetty" in answer.text
    assert await town.recorded() == 1


async def test_a_second_tab_is_another_ballot(town: Town) -> None:
    visitor = town.visitor()
    one = await visitor.signed_in(town.codes[0])
    two = await visitor.ballot()
    assert dict(one.fields)["submission"] != dict(two.fields)["submission"]
    assert (await visitor.cast(one, [number(1)])).status_code == 303
    assert (await visitor.cast(two, [number(2)])).status_code == 303
    assert await town.recorded() == 2


async def test_a_second_tab_is_refused_where_one_may_vote_once(town_with: TownWith) -> None:
    town = await town_with(rules(recast=Recast.FIRST_COUNTS))
    visitor = town.visitor()
    one = await visitor.signed_in(town.codes[0])
    two = await visitor.ballot()
    assert (await visitor.cast(one, [number(1)])).status_code == 303
    answer = await visitor.cast(two, [number(2)])
    assert answer.status_code == 409
    assert "Olet jo äänestänyt" in answer.text
    assert await town.recorded() == 1


async def test_the_back_button_shows_nothing_kept(town: Town) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    for answer in (
        await visitor.get(f"{ROUND}/ballot"),
        await visitor.send(f"{ROUND}/review", opened.choosing(number(1))),
        await visitor.cast(opened, [number(1)]),
        await visitor.get(f"{ROUND}/recorded"),
    ):
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("told", [True, False])
async def test_a_body_of_five_megabytes_is_refused(town: Town, *, told: bool) -> None:
    visitor = town.visitor()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(500):
            yield b"x" * 10_000

    answer = await visitor.client.post(
        f"{ROUND}/sign-in",
        content=b"x" * 5_000_000 if told else pieces(),
        headers={
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
        },
    )
    assert answer.status_code == 413
    assert "Lähetit liikaa tietoa" in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"code=%FF%FE", 400),
        (b"code=\xff\xfe", 400),
        (b"&".join([b"a=1"] * 2_001), 400),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused(town: Town, body: bytes, status: int) -> None:
    answer = await town.visitor().client.post(
        f"{ROUND}/sign-in",
        content=body,
        headers={
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
        },
    )
    assert answer.status_code == status
    assert "Lomaketta ei voitu lukea" in answer.text


@pytest.mark.parametrize("field", ["submission", "definition"])
async def test_a_form_without_its_fields_is_refused(town: Town, field: str) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    fields = [pair for pair in opened.choosing(number(1)) if pair[0] != field]
    assert (await visitor.send(f"{ROUND}/cast", fields)).status_code == 400
    assert await town.recorded() == 0


@pytest.mark.parametrize("shown", ["0" * 64, "nonsense", ""])
async def test_a_ballot_of_another_definition_is_refused(town: Town, shown: str) -> None:
    visitor = town.visitor()
    opened = (await visitor.signed_in(town.codes[0])).replaced(definition=shown)
    answer = await visitor.cast(opened, [number(1)])
    assert answer.status_code == 409
    assert "Äänestyslippu on muuttunut" in answer.text
    assert await town.recorded() == 0


async def test_a_form_of_another_session_is_refused(town: Town) -> None:
    visitor = town.visitor()
    opened = (await visitor.signed_in(town.codes[0])).replaced(form_token="0" * 64)
    answer = await visitor.cast(opened, [number(1)])
    assert answer.status_code == 403
    assert "vanhentunut" in answer.text
    assert await town.recorded() == 0


async def test_a_database_that_is_gone_is_said_and_nothing_is_claimed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])

    def gone() -> AbstractAsyncContextManager[ReadSession]:
        raise Unavailable("the database cannot be reached")

    monkeypatch.setattr(town.database, "writing", gone)
    cast = await visitor.cast(opened, [number(1)])
    monkeypatch.setattr(town.database, "reading", gone)
    for answer in (cast, await visitor.get("/fi/koe"), await visitor.get("/healthz")):
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        assert "ei ole juuri nyt käytettävissä" in answer.text or "/healthz" in str(answer.url)
    monkeypatch.undo()
    assert await town.recorded() == 0
    assert (await visitor.cast(opened, [number(1)])).status_code == 303


async def test_the_database_going_between_ballot_and_receipt_is_mended_by_trying_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])

    async def lost(*_: object) -> None:
        raise Unavailable("the database went away")

    monkeypatch.setattr("talkoot.web.pages.ballot.receipt_kept", lost)
    assert (await visitor.cast(opened, [number(1)])).status_code == 503
    monkeypatch.undo()
    assert (await visitor.cast(opened, [number(1)])).status_code == 303
    assert await town.recorded() == 1


async def test_an_unexpected_fault_is_a_page_without_a_trace(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("talkoot.web.pages.start.municipality_at", broken)
    answer = await town.visitor().get("/sv/koe")
    assert answer.status_code == 500
    assert "Något gick fel" in answer.text
    assert "secret detail" not in answer.text
    assert "ZeroDivision" not in answer.text


async def test_review_of_points_travels_to_the_ballot_box(town_with: TownWith) -> None:
    town = await town_with(rules(VoteType.POINTS, limits=Limits(max_sum=10)))
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    given = [(f"value.{number(1)}", "7"), (f"value.{number(2)}", "0"), (f"value.{number(3)}", "3")]
    review = await visitor.send(f"{ROUND}/review", [*opened.fields, *given])
    assert review.status_code == 200
    fields = form_of(review.text, "ballot")
    assert [pair for pair in fields if pair[0].startswith("value.")] == [given[0], given[2]]
    assert (await visitor.send(f"{ROUND}/cast", fields)).status_code == 303
