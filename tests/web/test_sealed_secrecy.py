"""After casting nobody sees the choice of a sealed ballot, not even its voter."""

import re

import pytest

from talkoot.voting.log import all_entries, sealing_kept
from talkoot.voting.sealing import parts_of
from tests.voting.sealing_of import a_setup
from tests.web.test_secrecy import crawled, without_secrets
from tests.web.town import MARKER, ROUND, Town, number

CHOICES = ([1], [2, 3], [4, 5, 6])


@pytest.fixture
async def sealed_town(town: Town) -> Town:
    """A town whose ballots are sealed."""
    async with town.desk.writing() as session:
        await sealing_kept(session, a_setup(town.election.definition))
    return town


async def test_t8_no_answer_shows_a_choice_after_casting_and_all_receipts_have_one_length(
    sealed_town: Town,
) -> None:
    town, crawls, receipts = sealed_town, [], set()
    for code, chosen in zip(town.codes, CHOICES, strict=True):
        visitor = town.visitor()
        await visitor.cast(await visitor.signed_in(code), [number(at) for at in chosen])
        page = (await visitor.get(f"{ROUND}/recorded")).text
        assert MARKER not in page
        receipts.add(len(page))
        crawls.append(
            {path: without_secrets(page) for path, page in (await crawled(visitor, town)).items()}
        )
    # Whatever one chose, every page answers the same: it cannot show what it does not depend on.
    for crawl in crawls[1:]:
        for path, page in crawl.items():
            if not path.endswith("/ballot"):
                assert page == crawls[0][path], path
    for crawl in crawls:
        for path, page in crawl.items():
            assert not re.search(r"<input[^>]* checked", page), path
    assert len(receipts) == 1


async def test_what_is_stored_is_sealed_and_of_one_length(sealed_town: Town) -> None:
    town = sealed_town
    for code, chosen in zip(town.codes, CHOICES, strict=True):
        visitor = town.visitor()
        await visitor.cast(await visitor.signed_in(code), [number(at) for at in chosen])
    async with town.desk.writing() as session:
        entries = [entry async for entry in all_entries(session, town.election.id)]
    assert len({len(entry.what) for entry in entries}) == 1
    assert len({parts_of(entry.what).number for entry in entries}) == len(CHOICES)
