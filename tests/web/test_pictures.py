"""Pictures hold the numbers of the result: parts make up wholes, and words say what is drawn."""

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.i18n import Language
from talkoot.voting.ballot import VoteType
from talkoot.voting.results import Result
from talkoot.web.pages.results_more import ResultsMore, Shown
from talkoot.web.pictures import (
    Figure,
    pairs_of,
    satisfaction_figure,
    side_by_side_figure,
    spending_figure,
    support_figure,
)
from talkoot.web.pictures.shapes import (
    Breadth,
    Drawing,
    Path,
    Rect,
    Words,
    fitted,
    spread,
    width_of,
)
from talkoot.web.voice import Voice
from tests.web.counted import POTS, RULES, VOTERS, counted_result

ENGLISH = Voice(language=Language.ENGLISH)
FUNDING = [named for named in RULES if named != "poll"]
PAID = [named for named in FUNDING if not named.startswith("votes")]


def figures(result: Result) -> list[Figure]:
    found = (
        spending_figure(ENGLISH, result),
        support_figure(ENGLISH, result, result.projects),
        satisfaction_figure(ENGLISH, result),
        side_by_side_figure(ENGLISH, result),
    )
    return [figure for figure in found if figure is not None]


def rects(drawing: Drawing, look: str) -> list[Rect]:
    return [one for one in drawing.shapes if isinstance(one, Rect) and look in one.look.split()]


def lines_of(drawing: Drawing) -> list[str]:
    return [one.words for one in drawing.shapes if isinstance(one, Words)]


@pytest.mark.parametrize("named", FUNDING)
def test_every_picture_is_drawn_for_both_breadths_and_lies_within_its_frame(named: str) -> None:
    for figure in figures(counted_result(named)):
        assert [drawing.breadth for drawing in figure.drawings] == list(Breadth)
        for drawing in figure.drawings:
            for shape in drawing.shapes:
                if isinstance(shape, Rect):
                    assert 0 <= shape.x <= shape.x + shape.width <= drawing.width
                    assert 0 <= shape.y <= shape.y + shape.height <= drawing.height + 1
                elif isinstance(shape, Words):
                    assert 0 < shape.y < drawing.height
                    room = drawing.width - shape.x if shape.anchor == "start" else shape.x
                    assert width_of(shape.words) <= room, shape.words


@pytest.mark.parametrize("named", PAID)
def test_a_flow_takes_as_much_on_the_right_as_it_gives_on_the_left(named: str) -> None:
    figure = spending_figure(ENGLISH, counted_result(named))
    assert figure is not None
    for drawing in figure.drawings:
        nodes = rects(drawing, "node")
        left = min(node.x for node in nodes)
        given_, taken = (
            [n.height for n in nodes if (n.x == left) is side] for side in (True, False)
        )
        assert abs(sum(given_) - sum(taken)) <= len(taken)  # a sliver is drawn one unit high
        bands = [_ends(one) for one in drawing.shapes if isinstance(one, Path)]
        assert len(bands) == len(taken)
        assert sum(start for start, _ in bands) == sum(end for _, end in bands)


def _ends(band: Path) -> tuple[int, int]:
    """The heights of a band at both ends."""
    numbers = [int(number) for number in re.findall(r"\d+", band.d)]
    top, top_end, bottom_end, bottom = numbers[1], numbers[7], numbers[8], numbers[14]
    return bottom - top, bottom_end - top_end


@pytest.mark.parametrize("named", ["votes", "votes per cost"])
def test_the_stairs_lead_from_nothing_to_the_whole_budget(named: str) -> None:
    result = counted_result(named)
    figure = spending_figure(ENGLISH, result)
    assert figure is not None
    for drawing in figure.drawings:
        tracks, steps = rects(drawing, "track"), rects(drawing, "taken") + rects(drawing, "left")
        assert len(steps) == len(tracks) == len(result.rounds) + 1
        assert steps[0].x == tracks[0].x
        for before, after in pairwise(steps):
            assert before.x + before.width == after.x
        assert steps[-1].x + steps[-1].width == tracks[-1].x + tracks[-1].width


@pytest.mark.parametrize("pledged", [0, 3_000_00])
@pytest.mark.parametrize("named", FUNDING)
def test_the_money_named_in_a_picture_makes_up_the_budget(named: str, pledged: int) -> None:
    result = counted_result(named, pledged=pledged)
    figure = spending_figure(ENGLISH, result)
    assert figure is not None
    found = [
        int(n.replace(",", "")) * 100 for n in re.findall(r": €([\d,]+)\.", figure.description)
    ]
    projects = found[: len(result.rounds)]
    assert sum(projects) == result.spent
    assert found[-1] == result.budget - result.spent


@pytest.mark.parametrize("rule", ["greedy", "mes-cost"])
def test_many_projects_are_drawn_as_one_and_still_make_up_the_budget(rule: str) -> None:
    few = counted_result("votes")
    numbers = [str(at) for at in range(60)]
    one, step = few.projects[0], few.rounds[0]
    result = msgspec.structs.replace(
        few,
        rule=rule,
        budget=60_00,
        spent=60_00,
        projects=tuple(msgspec.structs.replace(one, number=number) for number in numbers),
        rounds=tuple(msgspec.structs.replace(step, number=n, cost=1_00) for n in numbers),
    )
    figure = spending_figure(ENGLISH, result)
    assert figure is not None
    assert "37 more projects: €37." in figure.description
    found = [int(n) for n in re.findall(r": €(\d+)\.", figure.description)]
    assert sum(found[:24]) == 60


@pytest.mark.parametrize("named", FUNDING)
def test_the_histogram_holds_every_voter_once(named: str) -> None:
    result = counted_result(named)
    assert sum(result.satisfied) == VOTERS
    figure = satisfaction_figure(ENGLISH, result)
    assert figure is not None
    people = [int(n) for n in re.findall(r": (\d+) \(", figure.description)]
    assert people == list(result.satisfied)
    bars = rects(figure.drawings[0], "taken") + rects(figure.drawings[0], "short")
    assert len(bars) == len([number for number in result.satisfied if number])


@pytest.mark.parametrize("named", FUNDING)
def test_a_project_has_a_bar_on_each_side_that_would_fund_it(named: str) -> None:
    result = counted_result(named, pledged=3_000_00)
    greedy, shares = result.alternatives
    pairs = pairs_of(ENGLISH, result)
    costs = {project.number: project.price for project in result.projects}
    assert sum(pair.cost for pair in pairs if pair.left) == greedy.spent
    assert sum(pair.cost for pair in pairs if pair.right) == shares.spent
    assert greedy.spent == sum(costs[number] for number in greedy.winners)
    figure = side_by_side_figure(ENGLISH, result)
    assert figure is not None
    for drawing in figure.drawings:
        assert len(rects(drawing, "both")) == 2 * sum(pair.left and pair.right for pair in pairs)
        assert len(rects(drawing, "single")) == sum(pair.left != pair.right for pair in pairs)


@pytest.mark.parametrize("named", ["votes", "shares"])
def test_whoever_lost_reaches_less_far_than_the_mark_of_what_was_needed(named: str) -> None:
    result = counted_result(named)
    figure = support_figure(ENGLISH, result, result.projects)
    assert figure is not None
    lost = [project for project in result.projects if project.turn is None]
    for drawing in figure.drawings:
        short, marks = rects(drawing, "short"), rects(drawing, "need")
        assert len(short) == len(marks) == len(lost)
        for bar, mark in zip(short, marks, strict=True):
            assert bar.x + bar.width <= mark.x + mark.width // 2 + 1


def parts(result: Result, voice: Voice = ENGLISH) -> tuple[Shown, ...]:
    return ResultsMore.of(voice, result, result.projects, {"north": {"en": "North"}}).parts


def texts_of(part: Shown) -> Iterator[str]:
    """All words of a part outside its picture."""
    yield from part.sentences
    for source in part.sources:
        yield source.words
    for table in part.tables:
        yield table.caption
        yield from (column.words for column in table.columns)
        for row in table.rows:
            yield from (str(getattr(cell, "words", cell)) for cell in row)


@pytest.mark.parametrize("named", FUNDING)
@pytest.mark.parametrize("vote_type", [VoteType.APPROVAL, VoteType.POINTS])
def test_no_number_stands_in_a_picture_alone(named: str, vote_type: VoteType) -> None:
    for part in parts(counted_result(named, vote_type)):
        if part.figure is None:
            continue
        assert part.figure.title
        assert part.figure.description
        outside = " | ".join(texts_of(part))
        for drawing in part.figure.drawings:
            for words in lines_of(drawing):
                for number in re.findall(r"[€\d][\d.,%]*", words):
                    assert number in outside, (part.id, words)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("named", RULES)
def test_every_part_speaks_every_language(language: Language, named: str) -> None:
    for part in parts(counted_result(named), Voice(language=language)):
        for words in (part.heading, *texts_of(part)):
            assert words
            assert "%(" not in words


def test_pots_are_told_one_by_one() -> None:
    result = counted_result("shares, add1u", pots=POTS)
    spending = parts(result)[0]
    assert [words.partition(":")[0] for words in spending.sentences] == [
        "North",
        "Whole municipality",
    ]
    assert sum(pot.spent for pot in result.pots) == result.spent


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("votes", "€50,000 was shared out by the ballots of 400 people."),
        ("shares", "The share of each came to €125."),
        ("shares, add1u", "The share of each was raised to €197, because not every share is used"),
    ],
)
def test_each_persons_share_is_told(named: str, words: str) -> None:
    assert words in parts(counted_result(named))[0].sentences[0]


def test_a_comparison_is_told_with_both_numbers() -> None:
    spending = parts(counted_result("shares, compared"))[0]
    assert spending.sentences[-1] == (
        "38 people would get more of their choices if the projects were taken by votes, and 180 "
        "get more by equal shares. So equal shares stand."
    )


def test_a_poll_has_no_pictures_of_money() -> None:
    assert [part.id for part in parts(counted_result("poll"))] == ["channels"]


@given(st.lists(st.integers(0, 10**12), max_size=30), st.integers(1, 1000), st.integers(0, 10**12))
def test_parts_laid_end_to_end_end_where_their_sum_does(
    amounts: list[int], length: int, rest: int
) -> None:
    whole = sum(amounts) + rest
    ends = spread([*amounts, rest], whole, length)
    assert ends == sorted(ends)
    assert ends[-1] == (length if whole else 0)


@given(st.text(max_size=80), st.integers(20, 1000))
def test_words_are_cut_to_their_room(words: str, width: int) -> None:
    cut = fitted(words, width)
    assert cut == words or (cut.endswith("…") and width_of(cut) <= width)
