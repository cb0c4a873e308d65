"""T2: every page of an unverified poll says what it is, and no page of a binding election does."""

import re
from dataclasses import replace

import pytest

from talkoot.voting.ballot import Purpose
from talkoot.voting.log import voters_by_channel
from tests.web.conftest import TownWith
from tests.web.test_phases_secrecy import addresses
from tests.web.town import ROUND, Town, number, rules

LABEL = re.compile("Unverified poll|Vahvistamaton kysely|Overifierad enkät|Dárkkiskeahtes")


async def pages_of(town: Town) -> dict[str, str]:
    """Give every page of HTML on the way of a vote, and all public ones before and after it."""
    visitor, pages = town.visitor(), dict[str, str]()

    async def read(when: str) -> None:
        for path in addresses(town):
            answer = await visitor.get(path)
            page = answer.headers.get("content-type", "").startswith("text/html")
            # What is not there is of no election.
            if page and answer.status_code != 404 and ROUND.removeprefix("/fi") in path:
                pages[f"{when} {path}"] = answer.text

    await read("before")
    opened = await visitor.signed_in(town.codes[0])
    pages["ballot"] = opened.html
    review = await visitor.send(f"{ROUND}/review", opened.choosing(number(1)))
    pages["review"] = review.text
    await visitor.cast(opened, [number(1)])
    pages["recorded"] = (await visitor.get(f"{ROUND}/recorded")).text
    pages["receipt"] = (await visitor.get(f"/fi/receipt/{town.election.id}")).text
    pages["start"] = (await visitor.get("/fi/koe")).text
    await town.counted()
    await read("after")
    return pages


@pytest.mark.parametrize("purpose", Purpose)
async def test_t2_every_page_and_download_of_an_unverified_poll_carries_the_label(
    town_with: TownWith, purpose: Purpose
) -> None:
    town = await town_with(replace(rules(), purpose=purpose))
    pages = await pages_of(town)
    async with town.desk.writing() as session:
        assert sum((await voters_by_channel(session, town.election.id)).values()) == 1
    assert len(pages) > 20
    labelled = {path for path, page in pages.items() if LABEL.search(page)}
    expected = set(pages) if purpose is Purpose.UNVERIFIED_POLL else set()
    assert labelled == expected
    files = {
        name: (await town.visitor().get(f"{ROUND}/results/{name}")).text
        for name in ("ballots.pb", "result.json", "table.csv")
    }
    files["api"] = (await town.visitor().get(f"/api/v1/elections/{town.election.id}")).text
    said = {name for name, body in files.items() if "unverified" in body}
    assert said == (set(files) if purpose is Purpose.UNVERIFIED_POLL else set())
