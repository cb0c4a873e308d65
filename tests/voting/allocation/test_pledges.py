"""Pledges: others pay a part, the budget pays the rest, and voters still get the whole project."""

from dataclasses import replace
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.ids import ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.allocation import FateKind, allocated, problem_of
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    BallotDefinition,
    Limits,
    ProjectOnBallot,
    Recast,
    Rule,
    VoteType,
)
from tests.voting.allocation.elections import approvals, problem

TWO = {approvals(0): 3, approvals(1): 3}


def test_the_budget_pays_only_what_others_have_not_pledged() -> None:
    """100 together buy both, though they cost 140."""
    election = problem([60, 40], 100, TWO)
    dear = problem([60, 80], 100, TWO)
    pledged = replace(election, worths=(60, 80))
    for rule in (Rule.GREEDY, Rule.GREEDY_PER_COST, Rule.PHRAGMEN):
        assert len(allocated(dear, AllocationRule(rule=rule)).winners) == 1
        assert set(allocated(pledged, AllocationRule(rule=rule)).winners) == {"p0", "p1"}
        assert allocated(pledged, AllocationRule(rule=rule)).total_cost == 100


def test_by_votes_per_cost_a_pledge_brings_a_project_forward() -> None:
    election = problem([50, 60], 100, TWO)
    rule = AllocationRule(rule=Rule.GREEDY_PER_COST)
    assert allocated(election, rule).winners == ("p0",)
    pledged = replace(election, costs=(50, 45), worths=(50, 60))
    outcome = allocated(pledged, rule)
    assert outcome.winners == ("p1", "p0")
    assert outcome.rounds[0].measure == Fraction(3, 45)


def test_by_equal_shares_supporters_buy_the_whole_worth_for_the_rest_of_the_price() -> None:
    """Six supporters pay 30 for what is worth 60: together half a cent for every cent's worth."""
    election = replace(problem([60, 30], 120, {approvals(0, 1): 6}), worths=(60, 60))
    outcome = allocated(election, AllocationRule(rule=Rule.MES_COST))
    assert outcome.winners == ("p1", "p0")
    first, second = outcome.rounds
    assert (first.measure, second.measure) == (Fraction(30, 6 * 60), Fraction(60, 6 * 60))
    assert (first.price, first.effective_votes) == (Fraction(5), Fraction(6))
    alike = allocated(election, AllocationRule(rule=Rule.MES_CARDINALITY))
    assert alike.winners == ("p1", "p0")


@pytest.mark.parametrize("rule", [Rule.MES_COST, Rule.MES_CARDINALITY, Rule.MES_VALUES])
def test_what_is_pledged_in_full_is_free_for_whoever_supports_it(rule: Rule) -> None:
    election = replace(problem([0, 50], 50, {approvals(1): 2}), worths=(40, 50))
    assert allocated(election, AllocationRule(rule=rule)).winners == ("p1",)
    chosen = replace(problem([0, 50], 50, {approvals(0): 1, approvals(1): 2}), worths=(40, 50))
    assert allocated(chosen, AllocationRule(rule=rule)).winners[0] == "p0"


def definition(pledged: int) -> BallotDefinition:
    costs = (60, 90)
    return BallotDefinition(
        election_id=ElectionId(UUID(int=4)),
        title={"en": "Made up"},
        vote_type=VoteType.APPROVAL,
        limits=Limits(),
        projects=tuple(
            ProjectOnBallot(
                id=ProjectId(f"p{place}"),
                name={"en": str(place)},
                cost=Cents(cost),
                pledged=Cents(pledged if place else 0),
                exclusive="one site",
            )
            for place, cost in enumerate(costs)
        ),
        areas=(),
        budget=Cents(80),
        currency="EUR",
        allocation=AllocationRule(rule=Rule.GREEDY),
        recast=Recast.LAST_COUNTS,
        ranks=DEFAULT_RANKS,
    )


def test_a_definition_poses_prices_worths_and_groups() -> None:
    posed = problem_of(problem([0, 0], 0, TWO).profile, definition(20))
    assert (posed.costs, posed.worths, posed.exclusive) == ((60, 70), (60, 90), (0, 0))
    outcome = allocated(posed, AllocationRule(rule=Rule.GREEDY))
    assert outcome.winners == ("p0",)
    assert outcome.fates[1].kind is FateKind.EXCLUDED


def test_a_project_too_dear_for_the_budget_fits_with_a_pledge() -> None:
    rule = AllocationRule(rule=Rule.MES_COST)
    ballots = {approvals(1): 2}
    without = problem_of(problem([0, 0], 0, ballots).profile, definition(0))
    assert allocated(without, rule).fates[1].kind is FateKind.DEARER_THAN_BUDGET
    helped = problem_of(problem([0, 0], 0, ballots).profile, definition(10))
    assert allocated(helped, rule).winners == ("p1",)


@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 5), st.sampled_from(list(Rule)))
@settings(max_examples=100, deadline=None)
def test_a_pledge_never_makes_the_only_project_lose(
    cost: int, pledged: int, voters: int, rule: Rule
) -> None:
    pledged = min(pledged, cost)
    alone = problem([cost], 60, {approvals(0): voters})
    helped = replace(alone, costs=(cost - pledged,), worths=(cost,))
    outcome = allocated(helped, AllocationRule(rule=rule))
    assert (outcome.winners == ("p0",)) == (rule is not Rule.COUNT_ONLY)
