"""Where pabutools answers otherwise than we do: each difference on a small election of its own.

What pabutools answers is on file (``tests/data/exact_winners.json``); ``docs/peers_differ.md``
explains the differences.
"""

from pathlib import Path

import pytest

from talkoot.voting.allocation import AllocationProblem, allocated
from talkoot.voting.ballot import AllocationRule, Completion, Rule, Stop
from talkoot.voting.pabulib import problem_from, read_pb
from tests.bench.facts import facts
from tests.voting.allocation.listed import listed_by_number

FOLDER = Path(__file__).resolve().parents[2] / "data" / "peers"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "peers_differ.md"
ADD1 = AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1)
ADD1_TO_THE_END = AllocationRule(
    rule=Rule.MES_COST, completion=Completion.ADD1, stop=Stop.INFEASIBLE
)


def problem(name: str) -> AllocationProblem:
    return problem_from(read_pb((FOLDER / f"{name}.pb").read_bytes()))


def ours(name: str, rule: AllocationRule) -> tuple[str, ...]:
    return allocated(problem(name), rule).winners


def theirs(name: str, words: str) -> tuple[str, ...]:
    return facts().differing[name].winners(words)


def test_phragmen_is_told_in_the_order_of_buying_and_by_pabutools_sorted_by_number() -> None:
    found = ours("order", AllocationRule(rule=Rule.PHRAGMEN))
    assert found == ("b", "a")
    assert theirs("order", "phragmen") == ("a", "b")


def test_add1_may_go_on_past_the_first_exhaustive_outcome_where_pabutools_stops() -> None:
    assert ours("stop", ADD1) == theirs("stop", "mes-cost+add1/exhaustive") == ("b", "c")
    assert ours("stop", ADD1_TO_THE_END) == ("a", "b")
    # Its own rule for one endowment, run until the money does not do, says the same as we.
    assert theirs("stop", "mes-cost+add1/infeasible") == ("a", "b")


def test_add1_adds_a_currency_unit_and_pabutools_by_default_a_percent_of_the_budget() -> None:
    assert ours("percent", ADD1) == ("b", "a")
    assert theirs("percent", "mes-cost+percent") == ("b",)
    assert theirs("percent", "mes-cost+add1/exhaustive") == ("b", "a")


def test_points_given_twice_to_a_project_are_added_and_pabutools_keeps_the_last() -> None:
    assert ours("repeat", AllocationRule(rule=Rule.GREEDY)) == ("b",)
    assert theirs("repeat", "greedy") == ("a",)


def test_equal_projects_follow_the_published_rule_and_in_pabutools_their_number_as_text() -> None:
    rule = AllocationRule(rule=Rule.GREEDY)
    assert ours("ties", rule) == ("2",)
    assert theirs("ties", "greedy") == ("10",)
    assert allocated(listed_by_number(problem("ties")), rule).winners == ("10",)


@pytest.mark.parametrize("rule", [Rule.MES_COST, Rule.GREEDY])
def test_what_costs_nothing_is_funded_for_its_votes_and_in_pabutools_measures_nothing(
    rule: Rule,
) -> None:
    found = ours("free", AllocationRule(rule=rule))
    assert found[:2] == ("a", "b")
    assert theirs("free", rule)[0] == "c"


def test_free_projects_have_an_order_and_in_pabutools_that_of_a_set() -> None:
    rule = AllocationRule(rule=Rule.MES_CARDINALITY)
    found, other = ours("free", rule), theirs("free", Rule.MES_CARDINALITY)
    assert found == ("a", "b", "d", "c")
    assert set(found) == set(other)


def test_every_difference_is_explained() -> None:
    page = PAGE.read_text("utf-8")
    files = {file.stem for file in FOLDER.glob("*.pb")}
    assert files == set(facts().differing)
    assert all(f"`{name}.pb`" in page for name in files)
