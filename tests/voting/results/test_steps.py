"""Steps, satisfaction and what other rules would have done, against their slow twins."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.ids import ProjectId
from talkoot.voting.allocation import allocated, problem_of
from talkoot.voting.ballot import Completion, Rule
from talkoot.voting.results.satisfied import compared, satisfied_by
from talkoot.voting.results.steps import blank_of, exactly, nearest, steps_of, supporters_of
from talkoot.voting.tally import profile_from_counts
from tests.voting.results.made_up import COSTS, RULES, a_definition

IDS = tuple(ProjectId(str(number)) for number in range(1, len(COSTS) + 1))
Counts = dict[tuple[tuple[int, int], ...], int]


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    """Some different ballots, values from 0 to 3, each so many times."""
    marks = st.dictionaries(st.integers(0, len(IDS) - 1), st.integers(0, 3))
    some = draw(st.lists(marks, max_size=12))
    return {tuple(sorted(one.items())): draw(st.integers(1, 9)) for one in some}


@given(counts(), st.sets(st.sampled_from(IDS)))
def test_satisfaction_agrees_with_counting_ballot_by_ballot(
    some: Counts, winners: set[ProjectId]
) -> None:
    profile = profile_from_counts(some, IDS)
    slow: dict[int, int] = {}
    for marks, number in some.items():
        many = sum(value > 0 and IDS[at] in winners for at, value in marks)
        slow[many] = slow.get(many, 0) + number
    found = satisfied_by(profile, sorted(winners))
    assert {many: number for many, number in enumerate(found) if number} == slow


@given(counts())
def test_supporters_and_blank_ballots_agree_with_counting_ballot_by_ballot(some: Counts) -> None:
    problem = problem_of(profile_from_counts(some, IDS), a_definition())
    assert supporters_of(problem) == tuple(
        sum(number for marks, number in some.items() if dict(marks).get(at, 0) > 0)
        for at in range(len(IDS))
    )
    assert blank_of(problem) == some.get((), 0)


@given(counts(), st.sampled_from(RULES))
@settings(max_examples=150, deadline=None)
def test_supporters_pay_each_step_together(some: Counts, rule: object) -> None:
    named = next(one for one in RULES if one == rule)
    definition = a_definition(rule=named)
    approvals: Counts = {}
    for marks, number in some.items():
        alike = tuple((at, 1) for at, _ in marks)
        approvals[alike] = approvals.get(alike, 0) + number
    problem = problem_of(profile_from_counts(approvals, IDS), definition)
    for step in steps_of(problem, named, allocated(problem, named)):
        if step.phase != "rule" or not step.payers or named.rule is Rule.PHRAGMEN:
            continue
        assert step.price is not None
        assert step.votes is not None
        price, votes = Fraction(step.price), Fraction(step.votes)
        assert price * votes == step.cost
        assert price * (step.payers - step.short) <= step.cost <= price * step.payers
        assert (step.short == 0) == (price * step.payers == step.cost)
        assert step.price_cents == nearest(price)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_the_published_rule_is_one_of_two_compared_or_neither(rule: object) -> None:
    named = next(one for one in RULES if one == rule)
    definition = a_definition(rule=named)
    some: Counts = {((0, 1), (1, 1)): 5, ((2, 1),): 4, ((0, 1), (3, 1)): 2, (): 1}
    problem = problem_of(profile_from_counts(some, IDS), definition)
    allocation = allocated(problem, named)
    found = compared(problem, named, allocation)
    if named.rule is Rule.COUNT_ONLY:
        assert found == ()
        return
    assert [(one.rule, one.completion) for one in found] == [
        ("greedy", "none"),
        ("mes-cost", "add1u"),
    ]
    for one in found:
        assert sum(one.satisfied) == 12
        if (one.rule, one.completion) == (named.rule, named.completion):
            assert one.winners == allocation.winners
            assert one.spent == allocation.total_cost


def test_a_completion_by_votes_pays_no_price() -> None:
    named = next(one for one in RULES if one.completion is Completion.GREEDY)
    definition = a_definition(rule=named)
    some: Counts = {((0, 1),): 5, ((1, 1),): 4, ((2, 1),): 2}
    problem = problem_of(profile_from_counts(some, IDS), definition)
    steps = list(steps_of(problem, named, allocated(problem, named)))
    by_votes = [step for step in steps if step.phase == "completion"]
    assert by_votes
    assert {(step.payers, step.short) for step in by_votes} == {(0, 0)}


@given(st.fractions(min_value=0, max_value=10**9))
def test_amounts_are_rounded_to_the_nearest(amount: Fraction) -> None:
    assert -Fraction(1, 2) < nearest(amount) - amount <= Fraction(1, 2)
    assert Fraction(exactly(amount)) == amount


@pytest.mark.parametrize("digits", [31, 5_000])
def test_a_fraction_that_is_too_long_is_not_written_out(digits: int) -> None:
    assert exactly(Fraction(10**digits + 1, 3 * 10**digits)) == ""
    assert exactly(Fraction(10**25 + 1, 3 * 10**25)) != ""
