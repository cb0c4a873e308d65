"""The results page says every fate, the accounting and ties; its table holds the same numbers."""

import csv
import hashlib
import re
from io import StringIO

import msgspec
import pytest

from talkoot.base.i18n import Language, Text
from talkoot.rounds import Kind
from talkoot.voting.ballot import Limits, Rule, VoteType
from talkoot.voting.results import (
    Accounting,
    AreaTable,
    AreaTurnout,
    Fate,
    ProjectResult,
    Result,
)
from talkoot.web.pages.fates import accounting_in_words, headline_of
from talkoot.web.pages.results import plain
from talkoot.web.pages.results_more import ResultsMore
from talkoot.web.voice import Voice
from tests.web.conftest import TownWith
from tests.web.town import ROUND, Town, number, rules

ENGLISH = Voice(language=Language.ENGLISH)

RESULT = Result(
    election_id="0",
    definition_hash="00",
    title={"en": "Round"},
    vote_type="approval",
    rule="greedy",
    completion="none",
    stop="exhaustive",
    endowment="exact",
    tie="listed",
    currency="EUR",
    budget=100_000_00,
    spent=98_400_00,
    steps=0,
    ties_broken=0,
    accounting=Accounting(entries=1_900, counted=1_812, superseded=85, spoiled=3),
    projects=(
        ProjectResult(
            number="1",
            name={"en": "Dock"},
            area=None,
            cost=98_400_00,
            votes=900,
            score=900,
            fate=Fate.FUNDED,
            turn=1,
            tied_with=("2",),
        ),
        ProjectResult(
            number="2",
            name={"en": "Path"},
            area=None,
            cost=5_000_00,
            votes=900,
            score=900,
            fate=Fate.NOT_ENOUGH_LEFT,
            missing=3_400_00,
        ),
    ),
)


def test_the_headline_is_the_result_in_a_sentence() -> None:
    assert headline_of(ENGLISH, RESULT) == (
        "1 of 2 projects is carried out, for €98,400 of €100,000. 1,812 people voted."
    )


def test_the_accounting_identity_is_said() -> None:
    (words,) = accounting_in_words(ENGLISH, RESULT)
    assert [n.replace(",", "") for n in re.findall(r"[\d,]*\d", words)] == [
        "1900",
        "1812",
        "85",
        "3",
    ]


def test_a_result_stored_by_an_earlier_version_still_has_a_page() -> None:
    old = {name: value for name, value in msgspec.to_builtins(RESULT).items() if name in OF_OLD}
    old["projects"] = [{k: v for k, v in p.items() if k in OF_OLD} for p in old["projects"]]
    result = msgspec.convert(old, Result)
    assert result == RESULT
    assert ResultsMore.of(ENGLISH, result, result.projects, {}).parts == ()


OF_OLD = frozenset(Accounting.__struct_fields__) | {
    *("election_id", "definition_hash", "title", "vote_type", "rule", "completion", "stop"),
    *("endowment", "tie", "currency", "budget", "spent", "steps", "ties_broken", "accounting"),
    *("projects", "number", "name", "area", "cost", "votes", "score", "fate", "turn", "missing"),
    "tied_with",
}
"""The fields of a result before it held its steps."""


def test_blank_ballots_are_told() -> None:
    _, blank = accounting_in_words(ENGLISH, msgspec.structs.replace(RESULT, blank=12))
    assert blank == "12 of the counted ballots were blank."


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_takes_no_text_for_a_formula(start: str) -> None:
    assert plain(f"{start}1+1") == f"'{start}1+1"
    assert plain(f"1{start}") == f"1{start}"


async def voted(town: Town, *ballots: tuple[int, ...]) -> None:
    for code, chosen in zip(town.codes, ballots, strict=True):
        visitor = town.visitor()
        opened = await visitor.signed_in(code)
        answer = await visitor.cast(opened, [number(at) for at in chosen])
        assert answer.status_code == 303


async def test_page_table_and_files_hold_the_same_numbers(town_with: TownWith) -> None:
    town = await town_with(rules(rule=Rule.GREEDY))
    await voted(town, (1, 2), (1, 5), (1, 2))
    visitor = town.visitor()
    assert (await visitor.get(f"{ROUND}/results")).status_code == 404
    assert (await visitor.get(f"{ROUND}/results/table.csv")).status_code == 404
    await town.counted()
    page = (await visitor.get("/en/koe/kierros/results")).text
    table = await visitor.get(f"{ROUND}/results/table.csv")
    assert table.headers["content-disposition"] == 'attachment; filename="table.csv"'
    rows = list(csv.DictReader(StringIO(table.content.decode("utf-8-sig"))))
    assert [(row["number"], int(row["votes"])) for row in rows] == [
        (number(1), 3),
        (number(2), 2),
        (number(3), 0),
        (number(4), 0),
        (number(5), 1),
        (number(6), 0),
    ]
    numbers = page[page.index('id="numbers"') :]
    body = numbers[numbers.index("<tbody>") : numbers.index("</tbody>")]
    shown = [re.findall(r'<td class="num">([^<]*)</td>', row) for row in body.split("</tr>")[:-1]]
    assert [(cells[0], cells[2]) for cells in shown] == [
        (row["number"], row["votes"]) for row in rows
    ]
    named = re.findall(
        r'href="([^"]+)" download>[^<]*</a>[^/]*/span><br><code[^>]*>SHA-256 (\w{64})', page
    )
    assert len(named) >= 2
    for link, sha256 in named:
        answer = await visitor.get(link)
        assert answer.status_code == 200, link
        assert hashlib.sha256(answer.content).hexdigest() == sha256, link
    assert (await visitor.get(f"{ROUND}/results/nothing.json")).status_code == 404


async def test_funded_projects_are_in_the_picture_with_a_description(town: Town) -> None:
    await voted(town, (1, 2), (1, 5), (1, 2))
    await town.counted()
    page = (await town.visitor().get("/en/koe/kierros/results")).text
    funded = re.findall(r'<li class="result result-funded">', page)
    assert len(funded) == len(re.findall(r'class="segment segment-\d"', page)) > 0
    assert "<title" in page
    assert "<desc" in page
    lengths = [int(x) for x in re.findall(r'class="bar-\w+" x="0" y="0" width="(\d+)"', page)]
    assert max(lengths) == 1000


async def test_a_poll_shows_counts_and_funds_nothing(town_with: TownWith) -> None:
    town = await town_with(rules(rule=Rule.COUNT_ONLY), kind=Kind.POLL)
    await voted(town, (1, 2), (1, 5), (1, 2))
    await town.counted()
    page = (await town.visitor().get("/en/koe/kierros/results")).text
    votes = re.findall(r'result-votes">([^<]+)<', page)
    assert votes == ["3 votes", "2 votes", "1 vote", "0 votes", "0 votes", "0 votes"]
    assert "carried out" not in page
    assert "€" not in page


async def test_a_poll_speaks_of_options(town_with: TownWith) -> None:
    town = await town_with(rules(rule=Rule.COUNT_ONLY), kind=Kind.POLL)
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    assert "Valitse enintään 3 vaihtoehtoa." in opened.html
    assert "hanketta" not in opened.html


async def test_points_are_shown_where_points_were_given(town_with: TownWith) -> None:
    town = await town_with(rules(VoteType.POINTS, limits=Limits(max_sum=10), rule=Rule.GREEDY))
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    given = [(f"value.{number(1)}", "7"), (f"value.{number(3)}", "3")]
    assert (await visitor.send(f"{ROUND}/cast", [*opened.fields, *given])).status_code == 303
    await town.counted()
    page = (await visitor.get("/en/koe/kierros/results")).text
    assert re.findall(r'result-votes">([^<]+)<', page)[:2] == ["7 points", "3 points"]


def test_t10_the_page_shows_turnout_by_area_with_what_is_left_out() -> None:
    areas = AreaTable(
        least=10,
        on_roll=127,
        voters=54,
        areas=(AreaTurnout(area="isle"), AreaTurnout(area="south", on_roll=60, voters=24)),
    )
    result = msgspec.structs.replace(RESULT, areas=areas)
    names: dict[str, Text] = {"south": {"en": "South"}}
    parts = ResultsMore.of(ENGLISH, result, result.projects, names).parts
    (table,) = next(part.tables for part in parts if part.id == "areas")
    rows = [tuple(getattr(cell, "words", cell) for cell in row) for row in table.rows]
    assert rows == [
        ("Whole municipality", "127", "54", "42.5%"),
        ("isle", "–", "–", "–"),
        ("South", "60", "24", "40%"),
    ]
    assert not [
        part
        for part in ResultsMore.of(ENGLISH, RESULT, RESULT.projects, names).parts
        if part.id == "areas"
    ]
