"""Ten real elections under seven rules: the same winners, in order, as exact programs found."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from talkoot.voting.allocation import Allocation, AllocationProblem, allocated
from talkoot.voting.ballot import AllocationRule, Completion, Endowment, Rule, Stop, TieRule
from talkoot.voting.pabulib import PbElection, problem_from
from talkoot.voting.tally import Choice, profile_from_counts
from tests.shared_data import real_election

EXPECTED = json.loads(Path(__file__).with_name("expected_winners.json").read_text("utf-8"))


@dataclass(frozen=True, kw_only=True)
class Case:
    """One election under one rule, and what must come out."""

    election: str
    words: str
    winners: tuple[str, ...]
    steps: int

    @property
    def rule(self) -> AllocationRule:
        """The rule in our words."""
        rule, _, completion = self.words.partition("+")
        return AllocationRule(rule=Rule(rule), completion=Completion(completion or "none"))

    def __str__(self) -> str:
        """A name for the list of tests."""
        return f"{self.election}-{self.words}"


CASES = [
    Case(
        election=one["name"],
        words=words,
        winners=tuple(winners),
        steps=one["add1_steps"] if words.endswith("add1") else 0,
    )
    for one in EXPECTED["elections"]
    for words, winners in one["winners"].items()
]


def by_number(problem: AllocationProblem) -> AllocationProblem:
    """The same election with its projects listed by their number as text."""
    ids = problem.profile.projects
    order = sorted(range(len(ids)), key=ids.__getitem__)
    new = {old: at for at, old in enumerate(order)}
    counts: dict[Choice, int] = {
        tuple(sorted((new[place], value) for place, value in choice)): number
        for choice, number in problem.profile.counts().items()
    }
    return AllocationProblem(
        profile=profile_from_counts(counts, tuple(ids[old] for old in order)),
        costs=tuple(problem.costs[old] for old in order),
        budget=problem.budget,
        unit=problem.unit,
    )


@cache
def election(name: str) -> PbElection:
    return real_election(name)


@cache
def listed(name: str) -> AllocationProblem:
    return by_number(problem_from(election(name)))


def comes_out(case: Case) -> None:
    outcome = allocated(listed(case.election), case.rule)
    ordered = case.rule.rule is not Rule.PHRAGMEN
    assert (outcome.winners if ordered else tuple(sorted(outcome.winners))) == case.winners
    assert outcome.steps == case.steps


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_real_election_comes_out_as_exact_programs_found(case: Case) -> None:
    comes_out(case)


def officially_selected(pb: PbElection) -> set[str]:
    return {project.id for project in pb.projects if project.columns["selected"] == "1"}


def as_towns_do(pb: PbElection) -> Allocation:
    """Equal shares as the towns ran it: whole currency units, until the first infeasible step."""
    rule = AllocationRule(
        rule=Rule.MES_COST,
        completion=Completion.ADD1,
        stop=Stop.INFEASIBLE,
        endowment=Endowment.FLOOR,
        tie=TieRule.CHEAPER,
    )
    return allocated(problem_from(pb), rule)


@pytest.mark.parametrize(
    "name",
    ["Poland_Wieliczka_2023_Green_Budget", "Poland_Swiecie_2023", "Netherlands_Assen_2024"],
)
def test_the_towns_own_winners_come_out(name: str) -> None:
    """Swiecie bars a project whose share of votes is below a third of its share of the budget; it
    bars one that loses in any case. Wieliczka's comparison with greedy did not change its outcome.
    """
    pb = election(name)
    assert set(as_towns_do(pb).winners) == officially_selected(pb)


def test_the_winners_of_wieliczka_need_the_stop_rule_that_the_town_used() -> None:
    pb = election("Poland_Wieliczka_2023_Green_Budget")
    rule = AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1, stop=Stop.EXHAUSTIVE)
    outcome = set(allocated(problem_from(pb), rule).winners)
    assert len(officially_selected(pb) ^ outcome) == 3
