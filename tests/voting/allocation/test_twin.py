"""Every rule against its slow twin, also with bounds so coarse that they never decide."""

from random import Random

import pytest
from hypothesis import given, settings

from talkoot.voting.allocation import Allocation, AllocationProblem, allocated, ground
from talkoot.voting.allocation.reference import Outcome, reference
from talkoot.voting.ballot import AllocationRule
from tests.voting.allocation.elections import problems, random_problem, random_rule, rules


def seen(allocation: Allocation) -> Outcome:
    return Outcome(
        winners=allocation.winners,
        measures=tuple(one.measure for one in allocation.rounds),
        total_cost=allocation.total_cost,
        steps=allocation.steps,
        ties_broken=allocation.ties_broken,
    )


def agree(seeds: range) -> int:
    """Compare on random elections; gives how many ties were broken, to show that there are any."""
    ties = 0
    for seed in seeds:
        random = Random(seed)
        problem, rule = random_problem(random), random_rule(random)
        slow = reference(problem, rule)
        assert seen(allocated(problem, rule)) == slow, (seed, rule)
        ties += slow.ties_broken
    return ties


def test_three_hundred_random_elections_full_of_ties_come_out_as_the_slow_twin_says() -> None:
    assert agree(range(300)) > 60


@pytest.mark.full
def test_ten_thousand_random_elections_full_of_ties_come_out_as_the_slow_twin_says() -> None:
    assert agree(range(10_000, 20_000)) > 2_000


@pytest.mark.parametrize("bits", [8, 14, 24])
def test_bounds_too_coarse_to_decide_anything_change_no_outcome(
    bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ground, "SUM_BITS", bits)
    assert agree(range(1_000, 1_100)) > 10


@given(problems(), rules())
@settings(max_examples=60, deadline=None)
def test_any_small_election_comes_out_as_the_slow_twin_says(
    problem: AllocationProblem, rule: AllocationRule
) -> None:
    assert seen(allocated(problem, rule)) == reference(problem, rule)


@given(problems(), rules())
@settings(max_examples=60, deadline=None)
def test_no_outcome_costs_more_than_the_budget_or_funds_anything_twice(
    problem: AllocationProblem, rule: AllocationRule
) -> None:
    outcome = allocated(problem, rule)
    assert outcome.total_cost <= problem.budget
    assert len(set(outcome.winners)) == len(outcome.winners)
    assert [fate.project for fate in outcome.fates] == list(problem.profile.projects)
