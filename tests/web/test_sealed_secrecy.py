"""After casting nobody sees the choice of a sealed ballot, not even its voter."""

import re
from collections.abc import Iterator

from starlette.routing import Route

from talkoot.voting.board import published
from talkoot.voting.log import all_entries
from talkoot.voting.sealing import parts_of
from talkoot.web.app import all_routes
from tests.voting.board.made_up import cast as cast_others
from tests.web.sealed_town import board_started
from tests.web.test_secrecy import crawled, without_secrets
from tests.web.town import AT, COSTS, MARKER, PICTURE, ROUND, Town, number

CHOICES = ([1], [2, 3], [4, 5, 6])
EVERY_PROJECT = {number(at) for at in range(1, len(COSTS) + 1)}
RECEIPT = re.compile(r'class="receipt-number">([0-9A-F-]{19})<')
DRAWN = re.compile(r'<path d="[^"]*"/>')


def read_addresses(town: Town, receipt: str, hash_: str, size: int) -> Iterator[str]:
    """Every address of the application that is read, filled in as this voter could."""
    names = {
        "language": ["fi"],
        "municipality": ["koe"],
        "round": ["kierros"],
        "election": [str(town.election.id)],
        "file": ["ballots.pb", "result.json"],
        "picture": [PICTURE],
        "entry": [receipt, hash_],
        "proposal": [str(town.election.id)],
        "version": ["0"],
        "name": ["keys.json", "checkpoint", f"tile/entries/000.p/{size}", f"tile/0/000.p/{size}"],
    }
    for route in all_routes():
        assert isinstance(route, Route)
        if "GET" in (route.methods or ()):
            wanted = re.findall(r"{(\w+)(?::\w+)?}", route.path)
            ways: list[dict[str, str]] = [{}]
            for name in wanted:
                ways = [way | {name: value} for way in ways for value in names[name]]
            pattern = re.sub(r":\w+}", "}", route.path)
            yield from (pattern.format(**way) for way in ways)


def named_in(page: str) -> set[str]:
    """Give the numbers of projects that a page names."""
    return set(re.findall(rf"{MARKER}-\d+", page))


def tells(page: str, usual: set[str] = EVERY_PROJECT) -> bool:
    """Tell whether a page names other projects than it usually does, or shows marks."""
    chosen = re.search(r"<input[^>]* checked|<input[^>]*type=\"hidden\"[^>]*name=\"project\"", page)
    return named_in(page) not in (set(), usual) or chosen is not None


async def test_t8_as_the_voter_after_casting_no_page_or_answer_tells_of_the_choice(
    sealed_town: Town,
) -> None:
    town, visitor = sealed_town, sealed_town.visitor()
    key = await board_started(town)
    # A round's page names the projects that have no picture, and did so before anybody voted.
    usual = {ROUND: named_in((await visitor.get(ROUND)).text)}
    await visitor.cast(await visitor.signed_in(town.codes[0]), [number(2), number(5)])
    found = RECEIPT.search((await visitor.get(f"{ROUND}/recorded")).text)
    assert found
    async with town.desk.writing() as session:
        entries = [entry async for entry in all_entries(session, town.election.id)]
        await cast_others(session, town.election.id, 12)
        last = await published(session, town.election.id, at=AT, signer=key)
    assert last is not None
    answers = {
        path: await visitor.get(path)
        for path in read_addresses(town, found[1], entries[0].hash.hex(), last.size)
    }
    assert len(answers) > 30
    seen = {path.rpartition("/")[2] for path, answer in answers.items() if answer.status_code < 300}
    assert seen >= {"recorded", "ballot", found[1], entries[0].hash.hex(), "checkpoint"}
    told = [
        path
        for path, answer in answers.items()
        if tells(answer.text, usual.get(path, EVERY_PROJECT))
    ]
    assert (len(told), told) == (0, [])


async def test_t8_the_same_crawl_notices_a_page_that_shows_the_choice(sealed_town: Town) -> None:
    """The control: the review before casting shows what was chosen, as it must."""
    visitor = sealed_town.visitor()
    opened = await visitor.signed_in(sealed_town.codes[0])
    review = await visitor.send(f"{ROUND}/review", opened.choosing(number(2), number(5)))
    assert review.status_code == 200
    assert tells(review.text)
    assert not tells(opened.html), "the ballot itself names every project, and no choice"


async def test_t8_no_answer_shows_a_choice_after_casting_and_all_receipts_have_one_form(
    sealed_town: Town,
) -> None:
    town, crawls, lengths, forms = sealed_town, [], set(), set()
    for code, chosen in zip(town.codes, CHOICES, strict=True):
        visitor = town.visitor()
        await visitor.cast(await visitor.signed_in(code), [number(at) for at in chosen])
        receipt = (await visitor.get(f"{ROUND}/recorded")).text
        found = RECEIPT.search(receipt)
        assert found
        answer = await visitor.get(f"/fi/receipt/{town.election.id}/{found[1]}")
        assert answer.status_code == 200
        assert MARKER not in receipt + answer.text
        lengths.add((len(receipt), len(answer.text)))
        forms.add(DRAWN.sub("", without_secrets(receipt)) + without_secrets(answer.text))
        pages = await crawled(visitor, town)
        crawls.append({path: DRAWN.sub("", without_secrets(pages[path])) for path in pages})
    # Whatever one chose, every page answers the same: it cannot show what it does not depend on.
    for crawl in crawls[1:]:
        for path, page in crawl.items():
            if not path.endswith("/ballot"):
                assert page == crawls[0][path], path
    for crawl in crawls:
        for path, page in crawl.items():
            assert not re.search(r"<input[^>]* checked", page), path
    assert len(lengths) == len(forms) == 1


async def test_what_is_stored_is_sealed_and_of_one_length(sealed_town: Town) -> None:
    town = sealed_town
    for code, chosen in zip(town.codes, CHOICES, strict=True):
        visitor = town.visitor()
        await visitor.cast(await visitor.signed_in(code), [number(at) for at in chosen])
    async with town.desk.writing() as session:
        entries = [entry async for entry in all_entries(session, town.election.id)]
    assert len({len(entry.what) for entry in entries}) == 1
    assert len({parts_of(entry.what).number for entry in entries}) == len(CHOICES)
