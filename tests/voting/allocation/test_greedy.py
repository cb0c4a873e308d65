"""Greedy in all its variants: known elections, and by how many votes a project missed."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.voting.allocation import AllocationProblem, FateKind, allocated
from talkoot.voting.ballot import AllocationRule, Completion, Fit, Rule, TieRule
from talkoot.voting.tally import Choice, profile_from_counts
from tests.voting.allocation.elections import approvals, problem, random_problem, random_rule

GREEDY = AllocationRule(rule=Rule.GREEDY)
FOUR = {approvals(0): 9, approvals(1): 7, approvals(2): 5, approvals(3): 3}


def test_without_skipping_the_rule_ends_at_the_first_project_that_does_not_fit() -> None:
    outcome = allocated(problem([60, 50, 30, 10], 100, FOUR), replace(GREEDY, fit=Fit.STOP))
    assert outcome.winners == ("p0",)
    one, two, three = outcome.fates[1:]
    assert (one.kind, one.missing_votes) == (FateKind.NOT_AFFORDABLE_LEFT, 3)
    assert one.missing == 10
    assert (two.kind, two.blocked_by, two.missing_votes) == (FateKind.STOPPED_BEFORE, "p1", 3)
    assert (three.kind, three.blocked_by, three.missing_votes) == (FateKind.STOPPED_BEFORE, "p1", 5)


def test_a_project_passed_over_says_how_many_votes_it_missed_and_whom_it_would_have_passed() -> (
    None
):
    outcome = allocated(problem([60, 50, 30, 10], 100, FOUR), GREEDY)
    assert outcome.winners == ("p0", "p2", "p3")
    assert outcome.fates[1].missing == 10
    # 40 were left after p0: only before p0 is there enough for p1.
    assert (outcome.fates[1].missing_votes, outcome.fates[1].blocked_by) == (3, "p0")


def test_as_many_votes_are_enough_where_the_tie_rule_favours_it() -> None:
    ballots = {approvals(0): 9, approvals(1): 5}
    for tie, missed in ((TieRule.LISTED, 5), (TieRule.CHEAPER, 4), (TieRule.POPULAR, 4)):
        outcome = allocated(problem([60, 50], 100, ballots), replace(GREEDY, tie=tie))
        assert outcome.fates[1].missing_votes == missed


def test_votes_that_no_number_makes_up_for_are_not_told() -> None:
    ballots = {approvals(0): 2, approvals(1): 1}
    outcome = allocated(problem([0, 0], 0, ballots), GREEDY)
    assert outcome.winners == ("p0", "p1")
    alone = problem([0, 3], 3, ballots)
    grouped = replace(alone, exclusive=(4, 4))
    (_, fate) = allocated(grouped, AllocationRule(rule=Rule.GREEDY_PER_COST)).fates
    assert (fate.kind, fate.blocked_by, fate.missing_votes) == (FateKind.EXCLUDED, "p0", None)


def test_points_missed_are_points_and_not_votes() -> None:
    ballots: dict[Choice, int] = {((0, 5), (1, 3)): 2, ((1, 1),): 1}
    outcome = allocated(problem([60, 50], 100, ballots), GREEDY)
    assert outcome.winners == ("p0",)
    assert outcome.fates[1].missing_votes == 10 - 7 + 1


def test_with_a_minimum_support_a_project_takes_part_with_exactly_so_many_votes() -> None:
    election = problem([10, 10, 10, 10], 100, FOUR)
    outcome = allocated(election, replace(GREEDY, min_support=5))
    assert outcome.winners == ("p0", "p1", "p2")
    fate = outcome.fates[3]
    assert (fate.kind, fate.missing_votes) == (FateKind.BELOW_MIN_SUPPORT, 2)


def test_a_minimum_support_counts_points_where_ballots_give_points() -> None:
    ballots: dict[Choice, int] = {((0, 5),): 1, ((1, 1),): 4}
    outcome = allocated(problem([10, 10], 100, ballots), replace(GREEDY, min_support=5))
    assert outcome.winners == ("p0",)
    assert outcome.fates[1].missing_votes == 1


@pytest.mark.parametrize("rule", [Rule.GREEDY, Rule.GREEDY_PER_COST, Rule.PHRAGMEN])
def test_what_nobody_chose_is_funded_if_it_fits_unless_some_support_is_asked_for(
    rule: Rule,
) -> None:
    election = problem([10, 10], 100, {approvals(0): 1})
    assert allocated(election, AllocationRule(rule=rule)).winners == ("p0", "p1")
    asked = allocated(election, AllocationRule(rule=rule, min_support=1))
    assert asked.winners == ("p0",)
    assert (asked.fates[1].kind, asked.fates[1].missing_votes) == (FateKind.NO_SUPPORT, 1)


def test_of_a_group_the_most_voted_is_funded_and_the_others_name_it() -> None:
    election = replace(problem([10, 10, 10, 10], 100, FOUR), exclusive=(-1, 7, 7, 7))
    outcome = allocated(election, GREEDY)
    assert outcome.winners == ("p0", "p1")
    for fate, missed in zip(outcome.fates[2:], (3, 5), strict=True):
        assert (fate.kind, fate.blocked_by, fate.missing_votes) == (
            FateKind.EXCLUDED,
            "p1",
            missed,
        )


def test_a_project_that_is_excluded_does_not_end_the_list_where_others_would() -> None:
    election = replace(problem([60, 90, 40, 10], 100, FOUR), exclusive=(0, 0, -1, -1))
    outcome = allocated(election, replace(GREEDY, fit=Fit.STOP))
    assert outcome.winners == ("p0", "p2")
    assert outcome.fates[1].kind is FateKind.EXCLUDED
    assert outcome.fates[3].kind is FateKind.NOT_AFFORDABLE_LEFT


def test_two_of_a_group_that_are_exactly_equal_are_a_tie() -> None:
    ballots = {approvals(0): 4, approvals(1): 4}
    election = replace(problem([10, 20], 100, ballots), exclusive=(0, 0))
    outcome = allocated(election, GREEDY)
    assert outcome.winners == ("p0",)
    assert outcome.rounds[0].tied_with == ("p1",)


def test_where_the_list_ends_at_what_does_not_fit_its_place_in_a_tie_matters() -> None:
    ballots = {approvals(0): 4, approvals(1): 4}
    election = problem([10, 200], 100, ballots)
    assert allocated(election, GREEDY).ties_broken == 0
    assert allocated(election, replace(GREEDY, fit=Fit.STOP)).ties_broken == 1


def test_a_fraction_of_a_vote_per_cent_tells_two_large_projects_apart() -> None:
    """Both have the same votes per cost up to the twelfth digit."""
    costs = [10**12, 10**12 + 1]
    ballots = {approvals(0, 1): 1_000_000, approvals(1): 1}
    rule = AllocationRule(rule=Rule.GREEDY_PER_COST)
    outcome = allocated(problem(costs, costs[1], ballots), rule)
    assert outcome.winners == ("p1",)
    assert outcome.rounds[0].measure == Fraction(1_000_001, costs[1])
    assert outcome.ties_broken == 0


def with_more(problem: AllocationProblem, place: int, votes: int) -> AllocationProblem:
    """The same election after so many more people chose one project (and were there before)."""
    counts = problem.profile.counts()
    blank: Choice = ()
    counts[blank] = counts.get(blank, 0) - votes
    one: Choice = ((place, 1),)
    counts[one] = counts.get(one, 0) + votes
    return replace(problem, profile=profile_from_counts(counts, problem.profile.projects))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=200, deadline=None)
def test_with_the_votes_that_it_missed_a_project_is_funded_and_with_one_fewer_it_is_not(
    seed: int,
) -> None:
    random = Random(seed)
    plain = random_problem(random)
    if max(plain.profile.values, default=1) > 1:
        return
    counts = plain.profile.counts()
    counts[()] = counts.get((), 0) + 10_000
    election = replace(
        plain,
        profile=profile_from_counts(counts, plain.profile.projects),
        exclusive=tuple(random.choice([-1, 0]) for _ in plain.costs),
    )
    rule = replace(
        random_rule(random),
        rule=random.choice([Rule.GREEDY, Rule.GREEDY_PER_COST]),
        completion=Completion.NONE,
        min_support=0,
        support_for_cost=0,
    )
    for place, fate in enumerate(allocated(election, rule).fates):
        if fate.missing_votes is None:
            continue
        enough = allocated(with_more(election, place, fate.missing_votes), rule)
        fewer = allocated(with_more(election, place, fate.missing_votes - 1), rule)
        assert fate.project in enough.winners
        assert fate.project not in fewer.winners
