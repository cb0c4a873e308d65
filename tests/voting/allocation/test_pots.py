"""Pots: every area's money is decided by itself, and what is left may go to the whole town."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.ids import AreaCode
from talkoot.voting.allocation import AllocationProblem, FateKind, PotBudget, allocated
from talkoot.voting.ballot import AllocationRule, Completion, Leftover, Rule, Stop
from talkoot.voting.tally import Choice
from tests.voting.allocation.elections import (
    approvals,
    problem,
    random_problem,
    random_rule,
    with_surroundings,
)

NORTH, SOUTH = AreaCode("north"), AreaCode("south")
GREEDY = AllocationRule(rule=Rule.GREEDY)
BALLOTS: dict[Choice, int] = {
    approvals(0): 5,
    approvals(1, 4): 3,
    approvals(2): 4,
    approvals(3): 2,
    (): 6,
}


def town() -> AllocationProblem:
    """Two projects of the north, two of the south, one of the whole town; listed after it."""
    plain = problem([60, 50, 30, 10, 70], 200, BALLOTS)
    pots = (
        PotBudget(area=None, budget=50),
        PotBudget(area=NORTH, budget=100),
        PotBudget(area=SOUTH, budget=50),
    )
    return replace(plain, pots=pots, pot=(1, 1, 2, 2, 0))


def test_each_area_spends_its_own_money_and_the_whole_towns_pot_comes_last() -> None:
    outcome = allocated(town(), GREEDY)
    assert outcome.winners == ("p0", "p2", "p3")
    assert [one.pot for one in outcome.rounds] == [NORTH, SOUTH, SOUTH]
    assert [one.left for one in outcome.rounds] == [40, 20, 10]
    assert [pot.area for pot in outcome.pots] == [NORTH, SOUTH, None]
    assert [(pot.budget, pot.brought, pot.spent) for pot in outcome.pots] == [
        (100, 0, 60),
        (50, 0, 40),
        (50, 0, 0),
    ]
    assert outcome.total_cost == 100


def test_a_fate_is_told_against_the_money_of_its_own_pot() -> None:
    fates = allocated(town(), GREEDY).fates
    assert (fates[1].kind, fates[1].pot) == (FateKind.NOT_AFFORDABLE_LEFT, NORTH)
    assert fates[1].missing == 10
    assert (fates[4].kind, fates[4].pot) == (FateKind.DEARER_THAN_BUDGET, None)
    assert fates[4].missing == 20


def test_what_areas_leave_reaches_the_whole_towns_pot_where_the_rule_says_so() -> None:
    outcome = allocated(town(), replace(GREEDY, leftover=Leftover.CITY))
    assert outcome.winners == ("p0", "p2", "p3", "p4")
    last = outcome.pots[-1]
    assert (last.area, last.budget, last.brought, last.spent) == (None, 50, 50, 70)
    assert outcome.rounds[-1].left == 30


def test_the_voters_of_a_pot_are_those_who_chose_something_of_it() -> None:
    outcome = allocated(town(), AllocationRule(rule=Rule.MES_COST))
    assert [pot.ballots for pot in outcome.pots] == [8, 6, 3]
    assert [pot.endowment for pot in outcome.pots] == [
        Fraction(100, 8),
        Fraction(50, 6),
        Fraction(50, 3),
    ]
    assert outcome.endowment is None


def test_without_pots_blank_ballots_have_their_share_too() -> None:
    plain = problem([60, 50, 30, 10, 70], 200, BALLOTS)
    outcome = allocated(plain, AllocationRule(rule=Rule.MES_COST))
    assert outcome.endowment == Fraction(200, 20)
    assert [(pot.area, pot.ballots) for pot in outcome.pots] == [(None, 20)]


@pytest.mark.parametrize("rule", list(Rule))
def test_a_pot_in_which_nobody_voted_breaks_nothing(rule: Rule) -> None:
    empty = replace(town(), profile=problem([0] * 5, 0, {approvals(0): 2}).profile)
    outcome = allocated(empty, AllocationRule(rule=rule, min_support=1))
    assert set(outcome.winners) <= {"p0"}
    assert [pot.ballots for pot in outcome.pots] == [2, 0, 0]


def test_add1_steps_are_counted_pot_by_pot() -> None:
    rule = AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1, stop=Stop.INFEASIBLE)
    outcome = allocated(town(), rule)
    assert outcome.steps == sum(pot.steps for pot in outcome.pots) > 0


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_no_pot_spends_more_than_its_own_and_what_was_brought_to_it(seed: int) -> None:
    random = Random(seed)
    election = with_surroundings(random, random_problem(random))
    rule = random_rule(random)
    outcome = allocated(election, rule)
    for pot in outcome.pots:
        assert 0 <= pot.spent <= pot.budget + pot.brought
        assert pot.brought == 0 or (pot.area is None and rule.leftover is Leftover.CITY)
    assert sum(pot.budget for pot in outcome.pots) == election.budget
    assert outcome.total_cost == sum(pot.spent for pot in outcome.pots) <= election.budget


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_a_pot_comes_out_as_an_election_of_its_own(seed: int) -> None:
    """With ballots that name only one pot's projects, cutting the election changes nothing."""
    random = Random(seed)
    plain, rule = random_problem(random), random_rule(random)
    alone = problem(list(plain.costs), plain.budget, _named(plain), unit=plain.unit)
    doubled = replace(
        alone,
        budget=2 * alone.budget,
        pots=(
            PotBudget(area=NORTH, budget=alone.budget),
            PotBudget(area=None, budget=alone.budget),
        ),
    )
    rule = replace(rule, leftover=Leftover.KEPT)
    outcome, expected = allocated(doubled, rule), allocated(alone, rule)
    assert outcome.winners == expected.winners
    assert [replace(one, pot=None) for one in outcome.rounds] == list(expected.rounds)


def _named(plain: AllocationProblem) -> dict[Choice, int]:
    return {choice: number for choice, number in plain.profile.counts().items() if choice}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"pots": (PotBudget(area=None, budget=1),)}, "do not make up the budget"),
        ({"worths": (1, 1, 1, 1, 1)}, "more than it is worth"),
        ({"worths": (1,)}, "5 projects, 1 worths"),
        ({"eligible": (True,)}, "5 projects, 1 eligible"),
        ({"exclusive": (1,)}, "5 projects, 1 exclusive"),
        ({"pot": (0,)}, "5 projects, 1 pot"),
        ({"pot": (0, 1, 2, 3, 0)}, "no such pot"),
    ],
)
def test_a_problem_that_does_not_fit_together_is_refused(
    words: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        replace(town(), **words)  # type: ignore[arg-type]  # each value fits its own field
