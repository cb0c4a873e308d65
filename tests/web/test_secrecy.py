"""Nothing shows a choice after it is cast, and no number of a project before the count."""

import logging
import re

import pytest

from talkoot.base.i18n import Language
from talkoot.voting.ballot import receipt_number
from talkoot.voting.log import all_entries
from tests.web.town import MARKER, ROUND, Town, Visitor, number

PAGES = ("", "/ballot", "/recorded", "/sign-in", "/results")


async def crawled(visitor: Visitor, town: Town) -> dict[str, str]:
    """Open every page and API address that a voter could."""
    api = f"/api/v1/elections/{town.election.id}"
    paths = [f"/{language}/koe/kierros{page}" for language in Language for page in PAGES]
    paths += ["/fi/koe", api, f"{api}/results", "/api/v1/municipalities", "/healthz"]
    return {path: (await visitor.get(path)).text for path in paths}


def without_secrets(page: str) -> str:
    """Leave out what is drawn anew for each session or page."""
    return re.sub(r'value="[0-9a-f-]{36,64}"|[0-9A-F]{4}(-[0-9A-F]{4}){3}', "", page)


async def test_no_page_shows_a_choice_after_casting(town: Town) -> None:
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    before = await crawled(visitor, town)
    await visitor.cast(opened, [number(2), number(5)])
    for path, page in (await crawled(visitor, town)).items():
        assert not re.search(r"<input[^>]* checked", page), path
        assert not re.search(rf'type="hidden"[^>]*value="{MARKER}', page), path
        if path.endswith("/recorded"):
            assert MARKER not in page, path
            assert "Hanke" not in page, path
        elif not path.endswith("/ballot"):
            # What everyone reads is what it was; that one has voted the ballot page alone says.
            assert without_secrets(page) == without_secrets(before[path]), path


async def test_receipts_differ_in_their_number_only(town: Town) -> None:
    receipts = set()
    for code, chosen in zip(town.codes, ([1], [2, 3], [4, 5, 6]), strict=True):
        visitor = town.visitor()
        opened = await visitor.signed_in(code)
        await visitor.cast(opened, [number(at) for at in chosen])
        receipts.add(without_secrets((await visitor.get(f"{ROUND}/recorded")).text))
    assert len(receipts) == 1


async def test_before_the_count_no_answer_depends_on_what_was_chosen(town: Town) -> None:
    stranger = town.visitor()
    before = await crawled(stranger, town)
    for code, chosen in zip(town.codes, ([1], [1, 3], [1]), strict=True):
        visitor = town.visitor()
        await visitor.cast(await visitor.signed_in(code), [number(at) for at in chosen])
    assert await crawled(stranger, town) == before


async def test_the_log_holds_no_code_token_choice_or_address(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    visitor = town.visitor(address="203.0.113.77")
    await visitor.get("/fi/koe?q=querymarker")
    opened = await visitor.signed_in(town.codes[0])
    token = dict(visitor.client.cookies)["talkoot"]
    await visitor.cast(opened, [number(2)])
    await visitor.cast(opened, [number(3)])
    lines = "\n".join(record.getMessage() for record in caplog.records if _is_ours(record))
    assert "POST /{language}/{municipality}/{round}/cast 303" in lines
    for secret in (
        town.codes[0],
        town.codes[0].replace("-", ""),
        token,
        MARKER,
        "203.0.113",
        "querymarker",
        dict(opened.fields)["form_token"],
        dict(opened.fields)["submission"],
    ):
        assert secret not in lines


def _is_ours(record: logging.LogRecord) -> bool:
    """Tell whether we wrote a line: the test's own client logs the addresses that it opens."""
    return record.name.startswith(("talkoot", "uvicorn", "starlette"))


async def test_reading_writes_nothing_of_a_ballot(town: Town) -> None:
    visitor = town.visitor()
    await visitor.signed_in(town.codes[0])
    await crawled(visitor, town)
    assert await town.recorded() == 0


async def test_a_voter_of_another_election_is_nobody_here(town: Town) -> None:
    visitor = town.visitor()
    visitor.client.cookies.set("talkoot", "A" * 43, domain="127.0.0.1")
    assert (await visitor.get(f"{ROUND}/ballot")).status_code == 303


async def test_the_receipt_is_that_of_the_entry(town: Town) -> None:
    visitor = town.visitor()
    await visitor.cast(await visitor.signed_in(town.codes[0]), [number(2)])
    page = (await visitor.get(f"{ROUND}/recorded")).text
    async with town.desk.writing() as session:
        entries = [entry async for entry in all_entries(session, town.election.id)]
    assert receipt_number(entries[0].hash) in page
