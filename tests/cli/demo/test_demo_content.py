"""The demonstration municipality is whole: four languages, sums that agree, harmless drawings."""

import csv
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from talkoot.cli.demo.content import (
    FOLDER,
    ProjectFile,
    RoundFile,
    Words,
    municipality_file,
    people_file,
    projects_file,
    rounds_file,
)

REPOSITORY = Path(__file__).parents[3]
POLLS = REPOSITORY.parent / "shared" / "data" / "workshop" / "polls.csv"
LANGUAGES = {"fi", "sv", "en", "se"}

SUMMARY_LIMIT = 140  # characters: what a project's card has room for
DRAWING_LIMIT = 12_000  # bytes: a page of 24 cards stays light on a slow line
EURO = 100  # cents

# Shapes only: what is not named here (script, style, href, foreignObject, on...) may not stand.
SHAPES = {"svg", "g", "path", "rect", "circle", "ellipse", "polygon"}
PLACES = {"viewBox", "width", "height", "x", "y", "rx", "ry", "cx", "cy", "r", "d", "points"}
PAINTS = {"fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "opacity"}
ATTRIBUTES = PLACES | PAINTS | {"transform"}

ROUNDS = rounds_file()
BUDGETS = [one for one in ROUNDS if one.kind == "budget"]
POLL_ROUNDS = [one for one in ROUNDS if one.kind == "poll"]
PROJECTS = {one.slug: projects_file(one.projects) for one in BUDGETS}
EVERY_PROJECT = [project for some in PROJECTS.values() for project in some]
PICTURES = sorted(one.name for one in (FOLDER / "pictures").iterdir())


def texts_of_rounds() -> list[Words]:
    fixed = [text for one in ROUNDS for text in (one.title, one.question, one.intro, *one.rules)]
    options = [option.name for one in ROUNDS for option in one.options]
    return fixed + options + [one.source for one in ROUNDS if one.source is not None]


def texts_of_projects() -> list[Words]:
    return [t for p in EVERY_PROJECT for t in (p.name, p.summary, p.text, p.picture_alt)]


def texts_of_municipality() -> list[Words]:
    it = municipality_file()
    return [it.name, it.intro, it.contact.role, *(area.name for area in it.areas)]


def faults_of_text(text: Words) -> list[str]:
    """Name the languages that are missing, unknown, empty or padded."""
    odd = sorted(LANGUAGES ^ text.keys())
    return odd + sorted(name for name, words in text.items() if not words or words != words.strip())


def faults_of_drawing(source: bytes) -> list[str]:
    """Name what a drawing may not hold; raises ParseError if it is not well-formed XML."""
    root = ET.fromstring(source)  # noqa: S314 - our own files, not a stranger's
    faults: list[str] = []
    for element in root.iter():
        name = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        faults += [] if name in SHAPES else [name]
        faults += sorted(set(element.keys()) - ATTRIBUTES)
        faults += [value for value in element.attrib.values() if "url(" in value]
        faults += [text for text in (element.text, element.tail) if text and text.strip()]
    return faults


@pytest.mark.parametrize("texts", [texts_of_rounds(), texts_of_projects(), texts_of_municipality()])
def test_every_text_stands_in_all_four_languages(texts: list[Words]) -> None:
    assert [text for text in texts if faults_of_text(text)] == []


def test_a_text_with_a_missing_or_an_empty_language_is_noticed() -> None:
    assert faults_of_text({"fi": "laituri", "sv": " ", "en": "dock"}) == ["se", "sv"]


def test_the_parts_of_each_district_add_up_to_its_population() -> None:
    areas = municipality_file().areas
    parts: dict[str, int] = defaultdict(int)
    for area in areas:
        if area.parent is not None:
            parts[area.parent] += area.population
    districts = {area.code: area.population for area in areas if area.parent is None}
    assert parts == districts
    assert len({area.code for area in areas}) == len(areas)


def test_voters_live_in_every_village_and_are_15_to_95_years_old() -> None:
    people = people_file()
    villages = {area.code for area in municipality_file().areas if area.parent is not None}
    assert people.birth_year_weights.keys() == people.first_languages.keys() == villages
    for bands in people.birth_year_weights.values():
        ages = [age for band in bands for age in range(band.age_from, band.age_to + 1)]
        assert ages == list(range(15, 96))
        assert sum(band.weight for band in bands) == 100
    assert {sum(shares.values()) for shares in people.first_languages.values()} == {100}


def test_there_are_two_budget_rounds_and_two_polls_with_their_own_slugs() -> None:
    assert [one.kind for one in ROUNDS] == ["budget", "budget", "poll", "poll"]
    assert len({one.slug for one in ROUNDS}) == len(ROUNDS)
    assert [(one.vote_type, one.rule) for one in BUDGETS] == [
        ("approval", "mes-cost"),
        ("knapsack", "greedy"),
    ]
    assert [len(PROJECTS[one.slug]) for one in BUDGETS] == [24, 12]


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda one: one.slug)
def test_projects_are_numbered_from_one_and_stand_in_known_areas(budget: RoundFile) -> None:
    projects = PROJECTS[budget.slug]
    assert [project.number for project in projects] == list(range(1, len(projects) + 1))
    assert {project.area for project in projects} <= {a.code for a in municipality_file().areas}


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda one: one.slug)
def test_costs_are_whole_euros_and_the_budget_pays_about_a_third(budget: RoundFile) -> None:
    costs = [project.cost_cents for project in PROJECTS[budget.slug]]
    assert [cost for cost in [*costs, budget.budget_cents] if cost % EURO] == []
    assert min(costs) >= 2_000 * EURO
    assert max(costs) <= min(60_000 * EURO, budget.budget_cents)
    assert 30 * sum(costs) <= 100 * budget.budget_cents <= 37 * sum(costs)


def test_summaries_fit_on_a_card() -> None:
    summaries = [words for project in EVERY_PROJECT for words in project.summary.values()]
    assert [words for words in summaries if len(words) > SUMMARY_LIMIT] == []


def test_each_project_has_a_drawing_of_its_own_and_no_drawing_is_left_over() -> None:
    assert sorted(project.picture for project in EVERY_PROJECT) == PICTURES


@pytest.mark.parametrize("name", PICTURES)
def test_a_drawing_is_small_and_holds_nothing_but_shapes(name: str) -> None:
    source = (FOLDER / "pictures" / name).read_bytes()
    assert faults_of_drawing(source) == []
    assert len(source) < DRAWING_LIMIT
    assert b'viewBox="0 0 640 400"' in source


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ("<script>0</script>", "script"),
        ("<style>0</style>", "style"),
        ("<foreignObject/>", "foreignObject"),
        ('<rect onclick="0"/>', "onclick"),
        ('<g href="x"/>', "href"),
        ('<rect fill="url(x)"/>', "url(x)"),
        ("<g>words</g>", "words"),
    ],
)
def test_a_drawing_with_more_than_shapes_is_noticed(inside: str, fault: str) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    assert fault in faults_of_drawing(drawing.encode())


@pytest.mark.parametrize("poll", POLL_ROUNDS, ids=lambda one: one.slug)
def test_a_poll_has_one_count_for_each_numbered_option(poll: RoundFile) -> None:
    assert [option.number for option in poll.options] == list(range(1, len(poll.counts) + 1))
    assert poll.max_choices == len(poll.options)


def test_the_polls_hold_the_counts_of_the_workshop() -> None:
    if not POLLS.exists():
        pytest.skip("the workshop's figures (../shared/data/workshop/polls.csv) are not here")
    counts: dict[str, list[int]] = defaultdict(list)
    with POLLS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            counts[row["poll"]].append(int(row["votes"]))
    assert {poll.slug: list(poll.counts) for poll in POLL_ROUNDS} == counts


def test_no_option_of_a_poll_repeats_the_words_of_its_source() -> None:
    if not POLLS.exists():
        pytest.skip("the workshop's words (../shared/data/workshop/polls.csv) are not here")
    with POLLS.open(encoding="utf-8", newline="") as file:
        source = {row["option_fi"] for row in csv.DictReader(file)}
    ours = {option.name["fi"] for poll in POLL_ROUNDS for option in poll.options}
    assert ours & source == set()


def test_names_in_one_round_differ_in_every_language() -> None:
    def names(projects: list[ProjectFile], language: str) -> list[str]:
        return [project.name[language] for project in projects]

    for projects in PROJECTS.values():
        for language in LANGUAGES:
            assert len(set(names(projects, language))) == len(projects)
