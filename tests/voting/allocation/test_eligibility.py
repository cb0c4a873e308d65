"""Who takes part: the rule of Świecie, worked out by hand and by its definition."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.voting.allocation import AllocationProblem, FateKind, allocated
from talkoot.voting.ballot import AllocationRule, Completion, Rule
from tests.voting.allocation.elections import (
    EQUAL_SHARES,
    OTHERS,
    approvals,
    problem,
    problems,
)

# A third of a share of 60 in 100 are 20 in 100 voters, that is 4 in 20.
ELECTION = problem([60, 60, 60], 100, {approvals(0): 4, approvals(1): 3, approvals(): 13})


@pytest.mark.parametrize("rule", [*EQUAL_SHARES, *OTHERS])
def test_a_project_takes_part_with_exactly_a_third_of_its_share(rule: Rule) -> None:
    outcome = allocated(ELECTION, AllocationRule(rule=rule, support_for_cost=3))
    (_, one, nobody) = outcome.fates
    assert (one.kind, one.missing_votes) == (FateKind.NOT_ELIGIBLE, 1)
    assert (nobody.kind, nobody.missing_votes) == (FateKind.NO_SUPPORT, 4)
    assert outcome.fates[0].kind is not FateKind.NOT_ELIGIBLE


def test_the_smaller_the_divisor_the_more_support_is_asked_for() -> None:
    kinds = [
        [
            fate.kind is FateKind.NOT_ELIGIBLE
            for fate in allocated(
                ELECTION, AllocationRule(rule=Rule.GREEDY, support_for_cost=divisor)
            ).fates[:2]
        ]
        for divisor in (0, 1, 2, 3, 4)
    ]
    assert kinds == [
        [False, False],
        [True, True],
        [True, True],
        [False, True],
        [False, False],
    ]


def test_what_takes_no_part_is_not_funded_by_a_completion_either() -> None:
    ballots = {approvals(0): 6, approvals(1): 4}
    election = problem([60, 40], 100, ballots)
    for completion in Completion:
        rule = AllocationRule(rule=Rule.MES_COST, completion=completion, min_support=5)
        assert allocated(election, rule).winners == ("p0",)


def test_money_is_asked_for_in_proportion_to_what_the_budget_pays() -> None:
    pledged = replace(ELECTION, costs=(60, 45, 60), worths=(60, 60, 60))
    outcome = allocated(pledged, AllocationRule(rule=Rule.GREEDY, support_for_cost=3))
    assert outcome.fates[1].kind is FateKind.NOT_AFFORDABLE_LEFT


def test_without_a_budget_only_what_costs_nothing_takes_part() -> None:
    election = problem([0, 5], 0, {approvals(0, 1): 3})
    outcome = allocated(election, AllocationRule(rule=Rule.GREEDY, support_for_cost=3))
    assert outcome.winners == ("p0",)
    assert outcome.fates[1].kind is FateKind.DEARER_THAN_BUDGET


@given(problems(), st.integers(1, 5), st.integers(0, 4), st.sampled_from([*EQUAL_SHARES, *OTHERS]))
@settings(max_examples=100, deadline=None)
def test_every_winner_has_the_support_that_was_asked_for(
    election: AllocationProblem, divisor: int, least: int, rule: Rule
) -> None:
    asked = AllocationRule(rule=rule, support_for_cost=divisor, min_support=least)
    outcome = allocated(election, asked)
    voters = election.profile.ballots
    for place, project in enumerate(election.profile.projects):
        if project not in outcome.winners:
            continue
        votes = election.tally.votes[place]
        assert votes >= least
        if voters and election.budget:
            share = Fraction(election.costs[place], election.budget * divisor)
            assert Fraction(votes, voters) >= share
