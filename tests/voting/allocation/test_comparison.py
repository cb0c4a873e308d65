"""The comparison with greedy: which outcome stands, and that both counts are told."""

from dataclasses import replace

import pytest

from talkoot.voting.allocation import FateKind, Phase, allocated
from talkoot.voting.ballot import AllocationRule, Comparison, Completion, Fit, Rule
from talkoot.voting.tally import Choice
from tests.voting.allocation.elections import approvals, problem

COMPARED = AllocationRule(rule=Rule.MES_COST, comparison=Comparison.GREEDY)
# By votes 60 people get p0 and 40 get nothing; by equal shares nobody can pay for p0.
FOR_GREEDY = problem([100, 30], 100, {approvals(0): 60, approvals(1): 40})


def test_greedy_stands_where_strictly_more_voters_have_more_of_what_they_chose() -> None:
    outcome = allocated(FOR_GREEDY, COMPARED)
    assert outcome.winners == ("p0",)
    (pot,) = outcome.pots
    assert pot.compared is not None
    assert (pot.compared.greedy, pot.compared.rule) == (60, 40)
    assert pot.compared.greedy_stands
    assert pot.compared.rejected == ("p1",)
    assert outcome.rounds[0].phase is Phase.COMPARISON
    assert outcome.fates[1].kind is FateKind.NOT_AFFORDABLE_LEFT
    assert outcome.fates[1].missing == 30
    assert outcome.endowment is None


def test_without_the_comparison_the_rules_own_outcome_stands() -> None:
    outcome = allocated(FOR_GREEDY, replace(COMPARED, comparison=Comparison.NONE))
    assert outcome.winners == ("p1",)
    assert outcome.pots[0].compared is None


def test_with_as_many_on_either_side_the_rules_own_outcome_stands() -> None:
    even = problem([100, 30], 100, {approvals(0): 50, approvals(1): 50})

    tied = replace(even, costs=(100, 30))
    outcome = allocated(tied, replace(COMPARED, rule=Rule.MES_COST))
    compared = outcome.pots[0].compared
    assert compared is not None
    assert (compared.greedy, compared.rule, compared.greedy_stands) == (50, 50, False)
    assert outcome.winners == ("p1",)
    assert compared.rejected == ("p0",)


def test_a_value_of_zero_is_no_choice_in_the_comparison() -> None:
    ballots: dict[Choice, int] = {((0, 2), (1, 0)): 6, ((0, 0), (1, 2)): 4}
    outcome = allocated(problem([100, 30], 100, ballots), replace(COMPARED, rule=Rule.MES_VALUES))
    compared = outcome.pots[0].compared
    assert compared is not None
    assert (compared.greedy, compared.rule) == (6, 4)


def test_the_comparison_is_with_the_whole_outcome_completion_included() -> None:
    completed = replace(COMPARED, completion=Completion.GREEDY)
    outcome = allocated(problem([60, 40], 100, {approvals(0): 6, approvals(1): 4}), completed)
    compared = outcome.pots[0].compared
    assert compared is not None
    assert (compared.greedy, compared.rule) == (0, 0)
    assert set(outcome.winners) == {"p0", "p1"}


@pytest.mark.parametrize("rule", [Rule.GREEDY, Rule.COUNT_ONLY])
def test_greedy_is_not_compared_with_itself_nor_a_poll_with_anything(rule: Rule) -> None:
    outcome = allocated(FOR_GREEDY, replace(COMPARED, rule=rule))
    assert outcome.pots[0].compared is None


def test_greedy_is_compared_with_the_fit_that_was_agreed() -> None:
    election = problem([60, 50, 30], 100, {approvals(0): 9, approvals(1): 8, approvals(2): 7})
    stopping = allocated(election, replace(COMPARED, fit=Fit.STOP)).pots[0].compared
    skipping = allocated(election, COMPARED).pots[0].compared
    assert stopping is not None
    assert skipping is not None
    assert (stopping.greedy, skipping.greedy) == (9, 16)
    assert (stopping.rule, skipping.rule) == (0, 0)
