"""Every rule against its slow twin, whole answers; also with bounds too coarse to decide."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.engine import Engine
from talkoot.voting.allocation import Allocation, AllocationProblem, allocated, decided, ground
from talkoot.voting.allocation.reference import Outcome, reference, slowly_allocated
from talkoot.voting.ballot import AllocationRule
from tests.voting.allocation.elections import (
    problems,
    random_problem,
    random_rule,
    rules,
    with_surroundings,
)


def seen(allocation: Allocation) -> Outcome:
    return Outcome(
        winners=allocation.winners,
        measures=tuple(one.measure for one in allocation.rounds),
        total_cost=allocation.total_cost,
        steps=allocation.steps,
        ties_broken=allocation.ties_broken,
    )


def made_up(seed: int) -> tuple[AllocationProblem, AllocationRule]:
    """An election with everything around it, and a rule with any parameters."""
    random = Random(seed)
    return with_surroundings(random, random_problem(random)), random_rule(random)


def agree(seeds: range) -> int:
    """Compare on random elections; gives how many ties were broken, to show that there are any."""
    ties = 0
    for seed in seeds:
        problem, rule = made_up(seed)
        slow = slowly_allocated(problem, rule)
        assert allocated(problem, rule) == slow, (seed, rule)
        bare = decided(problem, rule)
        funded = tuple(problem.profile.projects[place] for place in bare.funded)
        assert (funded, bare.steps) == (slow.winners, slow.steps), (seed, rule)
        assert bare.ties_broken == slow.ties_broken, (seed, rule)
        ties += slow.ties_broken
    return ties


def test_t24_three_hundred_random_elections_full_of_ties_come_out_as_the_slow_twin_says() -> None:
    assert agree(range(300)) > 30


@pytest.mark.full
def test_t24_ten_thousand_random_elections_full_of_ties_come_out_as_the_slow_twin_says() -> None:
    assert agree(range(10_000, 20_000)) > 1_500


def test_a_rival_dearer_than_all_money_there_is_breaks_nothing() -> None:
    """Telling a tie once asked for the price of such a project, which did not fit 64 bits."""
    assert agree(range(18_178, 18_179)) == 2


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
    assert allocated(problem, rule) == slowly_allocated(problem, rule)
    assert seen(allocated(problem, rule)) == reference(problem, rule)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_any_election_with_pots_pledges_and_groups_comes_out_as_the_slow_twin_says(
    seed: int,
) -> None:
    problem, rule = made_up(seed)
    assert allocated(problem, rule) == allocated(problem, rule, engine=Engine.TWINS)


@given(problems(), rules())
@settings(max_examples=60, deadline=None)
def test_no_outcome_costs_more_than_the_budget_or_funds_anything_twice(
    problem: AllocationProblem, rule: AllocationRule
) -> None:
    outcome = allocated(problem, rule)
    assert outcome.total_cost <= problem.budget
    assert len(set(outcome.winners)) == len(outcome.winners)
    assert [fate.project for fate in outcome.fates] == list(problem.profile.projects)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_at_most_one_of_a_group_is_funded_and_nothing_that_takes_no_part(seed: int) -> None:
    problem, rule = made_up(seed)
    outcome = allocated(problem, rule)
    places = {project: place for place, project in enumerate(problem.profile.projects)}
    funded = [places[winner] for winner in outcome.winners]
    groups = [problem.exclusive[place] for place in funded if problem.exclusive[place] >= 0]
    assert len(set(groups)) == len(groups)
    assert all(problem.eligible[place] for place in funded)
    assert all(problem.tally.score[place] >= rule.min_support for place in funded)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_amounts_that_do_not_fit_64_bits_are_counted_all_the_same(seed: int) -> None:
    plain, rule = made_up(seed)
    random = Random(seed)
    costs = tuple(cost * 10**25 + random.randrange(1_000) for cost in plain.costs)
    pots = tuple(replace(pot, budget=pot.budget * 10**25 + 7) for pot in plain.pots)
    problem = replace(
        plain,
        costs=costs,
        worths=tuple(cost + random.randrange(1_000) for cost in costs),
        budget=sum(pot.budget for pot in pots) if pots else plain.budget * 10**25 + 7,
        unit=10**25,
        pots=pots,
    )
    assert allocated(problem, rule) == slowly_allocated(problem, rule)
