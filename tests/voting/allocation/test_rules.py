"""Known elections, worked out by hand."""

from fractions import Fraction

import pytest

from talkoot.voting.allocation import Fate, FateKind, NoSuchRule, Phase, allocated
from talkoot.voting.ballot import AllocationRule, Completion, Endowment, Rule, Stop, TieRule
from tests.voting.allocation.elections import EQUAL_SHARES, OTHERS, approvals, problem

BOTH = {approvals(0): 3, approvals(1): 2, approvals(0, 1): 1}


def kinds(fates: tuple[Fate, ...]) -> list[FateKind]:
    return [fate.kind for fate in fates]


def test_greedy_passes_over_what_no_longer_fits_and_says_how_much_was_missing() -> None:
    ballots = {approvals(0): 5, approvals(1): 4, approvals(2): 3}
    outcome = allocated(problem([60, 50, 40], 100, ballots), AllocationRule(rule=Rule.GREEDY))
    assert outcome.winners == ("p0", "p2")
    assert outcome.fates[1].kind is FateKind.NOT_AFFORDABLE_LEFT
    assert outcome.fates[1].missing == 10
    assert [one.left for one in outcome.rounds] == [40, 0]


def test_greedy_per_cost_takes_the_cheap_project_first() -> None:
    ballots = {approvals(0): 5, approvals(1): 4}
    outcome = allocated(problem([100, 10], 100, ballots), AllocationRule(rule=Rule.GREEDY_PER_COST))
    assert outcome.winners == ("p1",)
    assert outcome.rounds[0].measure == Fraction(4, 10)


@pytest.mark.parametrize("rule", [*EQUAL_SHARES, *OTHERS])
def test_a_project_that_costs_the_whole_budget_and_has_everyone_wins(rule: Rule) -> None:
    for voters in (3, 7, 49, 1_000_003):
        outcome = allocated(
            problem([10_000_001], 10_000_001, {approvals(0): voters}), AllocationRule(rule=rule)
        )
        assert outcome.winners == ("p0",)


@pytest.mark.parametrize("rule", EQUAL_SHARES)
def test_a_project_without_cost_is_free_where_somebody_supports_it(rule: Rule) -> None:
    outcome = allocated(problem([0, 0, 5], 5, {approvals(0): 1}), AllocationRule(rule=rule))
    assert outcome.winners == ("p0",)
    assert outcome.rounds[0].phase is Phase.FREE
    assert kinds(outcome.fates) == [FateKind.FUNDED, FateKind.NO_SUPPORT, FateKind.NO_SUPPORT]


def test_equal_shares_lets_a_minority_pay_for_its_own_project() -> None:
    ballots = {approvals(0, 1): 60, approvals(2): 40}
    shares = allocated(problem([50, 50, 40], 100, ballots), AllocationRule(rule=Rule.MES_COST))
    greedy = allocated(problem([50, 50, 40], 100, ballots), AllocationRule(rule=Rule.GREEDY))
    assert set(shares.winners) == {"p0", "p2"}
    assert set(greedy.winners) == {"p0", "p1"}


def test_equal_shares_says_what_supporters_held_and_what_they_lacked() -> None:
    outcome = allocated(
        problem([60, 50], 100, {approvals(0): 5, approvals(1): 4}),
        AllocationRule(rule=Rule.MES_COST, tie=TieRule.LISTED),
    )
    assert outcome.winners == ()
    assert outcome.fates[0].money_behind == Fraction(500, 9)
    assert outcome.fates[0].missing == 60 - Fraction(500, 9)
    assert kinds(outcome.fates) == [FateKind.TOO_LITTLE_SUPPORT] * 2


def test_payers_who_cannot_pay_the_full_share_are_counted_as_short() -> None:
    ballots = {approvals(0, 1): 5, approvals(0): 5, approvals(1): 5}
    outcome = allocated(problem([30, 20], 60, ballots), AllocationRule(rule=Rule.MES_COST))
    first, second = outcome.rounds
    assert (first.winner, first.payers, first.short, first.measure) == (
        "p0",
        10,
        0,
        Fraction(1, 10),
    )
    # Of the ten supporters of p1 five have only 1 left; the others pay 3 of their 4.
    assert (second.winner, second.payers, second.short) == ("p1", 10, 5)
    assert second.measure == Fraction(3, 20)


def test_a_tie_follows_the_published_rule_and_is_named() -> None:
    ballots = {approvals(0): 4, approvals(1): 4, approvals(2): 4}
    election = problem([30, 20, 20], 35, ballots)
    listed = allocated(election, AllocationRule(rule=Rule.GREEDY, tie=TieRule.LISTED))
    cheaper = allocated(election, AllocationRule(rule=Rule.GREEDY, tie=TieRule.CHEAPER))
    assert listed.winners == ("p0",)
    assert cheaper.winners == ("p1",)
    assert listed.ties_broken == cheaper.ties_broken == 1
    assert listed.rounds[0].tied_with == ("p1", "p2")
    assert cheaper.rounds[0].tied_with == ("p0", "p2")


def test_more_votes_decide_between_equal_measures_where_the_rule_says_popular() -> None:
    ballots = {approvals(0): 2, approvals(1): 4}
    election = problem([10, 20], 25, ballots)
    per_cost = AllocationRule(rule=Rule.GREEDY_PER_COST, tie=TieRule.POPULAR)
    assert allocated(election, per_cost).winners == ("p1",)


def test_two_projects_alike_in_cost_and_supporters_stay_tied_through_add1() -> None:
    ballots = {approvals(0, 1): 3, approvals(2): 4}
    outcome = allocated(
        problem([100, 100, 150], 250, ballots),
        AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1),
    )
    assert [one.winner for one in outcome.rounds if one.tied_with] == ["p0"]
    assert outcome.ties_broken == 1


def test_add1_until_infeasible_stops_when_all_supported_projects_fit() -> None:
    rule = AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1, stop=Stop.INFEASIBLE)
    outcome = allocated(problem([60, 40, 7], 100, BOTH), rule)
    assert set(outcome.winners) == {"p0", "p1"}
    assert outcome.steps > 0


def test_add1_jumps_over_millions_of_steps_that_change_nothing() -> None:
    ballots = {approvals(0): 1, approvals(1): 1}
    costs, budget = [40_000_000, 70_000_000], 100_000_000
    rule = AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1, stop=Stop.INFEASIBLE)
    outcome = allocated(problem(costs, budget, ballots), rule)
    assert outcome.winners == ("p0",)
    assert outcome.steps == 20_000_000
    assert outcome.endowment == 69_999_999


def test_the_floor_endowment_is_a_whole_currency_unit() -> None:
    rule = AllocationRule(rule=Rule.MES_COST, endowment=Endowment.FLOOR)
    outcome = allocated(problem([90], 1_000, {approvals(0): 3}, unit=100), rule)
    assert outcome.endowment == 300


def test_greedy_completion_spends_what_equal_shares_left() -> None:
    rule = AllocationRule(rule=Rule.MES_COST, completion=Completion.GREEDY)
    outcome = allocated(problem([60, 40], 100, BOTH), rule)
    assert set(outcome.winners) == {"p0", "p1"}
    assert outcome.rounds[-1].phase is Phase.COMPLETION


def test_phragmen_stops_at_the_first_best_project_that_does_not_fit() -> None:
    ballots = {approvals(0): 10, approvals(1): 6, approvals(2): 1}
    outcome = allocated(problem([50, 60, 20], 100, ballots), AllocationRule(rule=Rule.PHRAGMEN))
    assert outcome.winners == ("p0",)
    assert kinds(outcome.fates)[1:] == [FateKind.NOT_AFFORDABLE_LEFT, FateKind.STOPPED_BEFORE]
    assert outcome.rounds[0].measure == 5


def test_a_poll_counts_and_funds_nothing() -> None:
    outcome = allocated(problem([0, 0], 0, BOTH), AllocationRule(rule=Rule.COUNT_ONLY))
    assert outcome.winners == ()
    assert kinds(outcome.fates) == [FateKind.COUNTED_ONLY] * 2


@pytest.mark.parametrize("rule", OTHERS)
def test_add1_is_refused_where_voters_have_no_money(rule: Rule) -> None:
    with pytest.raises(NoSuchRule):
        allocated(
            problem([1], 1, {approvals(0): 1}),
            AllocationRule(rule=rule, completion=Completion.ADD1),
        )


@pytest.mark.parametrize("rule", [*EQUAL_SHARES, *OTHERS])
def test_an_election_without_ballots_breaks_nothing(rule: Rule) -> None:
    assert allocated(problem([5, 200], 100, {}), AllocationRule(rule=rule)).total_cost <= 100


def test_a_project_dearer_than_the_budget_is_told_so() -> None:
    outcome = allocated(problem([150], 100, {approvals(0): 9}), AllocationRule(rule=Rule.MES_COST))
    assert outcome.fates[0].kind is FateKind.DEARER_THAN_BUDGET
    assert outcome.fates[0].missing == 50


def test_points_count_as_utilities() -> None:
    ballots = {((0, 3), (1, 1)): 2, ((1, 4),): 1}
    outcome = allocated(problem([6, 6], 12, ballots), AllocationRule(rule=Rule.MES_VALUES))
    assert outcome.winners == ("p0", "p1")
    assert outcome.rounds[0].measure == 1
    alike = allocated(problem([6, 6], 12, ballots), AllocationRule(rule=Rule.MES_CARDINALITY))
    assert alike.winners == ("p1",)
    assert alike.rounds[0].measure == 2
