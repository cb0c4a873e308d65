"""Elections at the edge: nothing to spend, nothing to fund, nobody, one ballot, all alike."""

import pytest

from talkoot.base.engine import Engine
from talkoot.voting.allocation import FateKind, Phase, allocated
from talkoot.voting.ballot import AllocationRule, Comparison, Completion, Rule
from tests.voting.allocation.elections import EQUAL_SHARES, OTHERS, approvals, problem

RULES = [
    *(AllocationRule(rule=rule) for rule in OTHERS),
    *(
        AllocationRule(rule=rule, completion=completion, comparison=Comparison.GREEDY)
        for rule in EQUAL_SHARES
        for completion in Completion
    ),
]
ENGINES = list(Engine)


def name(rule: AllocationRule) -> str:
    return f"{rule.rule}-{rule.completion}"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", RULES, ids=name)
def test_without_a_budget_only_what_costs_nothing_is_funded(
    rule: AllocationRule, engine: Engine
) -> None:
    election = problem([0, 5], 0, {approvals(0, 1): 3})
    outcome = allocated(election, rule, engine=engine)
    assert outcome.winners == ("p0",)
    assert (outcome.fates[1].kind, outcome.fates[1].missing == 5) == (
        FateKind.DEARER_THAN_BUDGET,
        True,
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", RULES, ids=name)
def test_where_nothing_costs_anything_all_that_was_chosen_is_funded(
    rule: AllocationRule, engine: Engine
) -> None:
    outcome = allocated(problem([0, 0], 100, {approvals(0, 1): 3}), rule, engine=engine)
    assert set(outcome.winners) == {"p0", "p1"}
    assert outcome.total_cost == 0
    free = rule.rule in EQUAL_SHARES
    assert all((one.phase is Phase.FREE) == free for one in outcome.rounds)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", RULES, ids=name)
def test_without_ballots_nobody_pays_and_a_minimum_support_bars_everything(
    rule: AllocationRule, engine: Engine
) -> None:
    election = problem([5, 200], 100, {})
    outcome = allocated(election, rule, engine=engine)
    by_votes = rule.rule in OTHERS or rule.completion in (Completion.GREEDY, Completion.ADD1U)
    assert outcome.winners == (("p0",) if by_votes else ())
    assert outcome.fates[1].kind is FateKind.DEARER_THAN_BUDGET
    asked = AllocationRule(rule=rule.rule, completion=rule.completion, min_support=1)
    assert allocated(election, asked, engine=engine).winners == ()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", RULES, ids=name)
def test_a_single_ballot_decides_alone(rule: AllocationRule, engine: Engine) -> None:
    outcome = allocated(problem([60, 40, 10], 100, {approvals(0, 1): 1}), rule, engine=engine)
    assert set(outcome.winners) == {"p0", "p1"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", RULES, ids=name)
def test_blank_ballots_alone_support_nothing(rule: AllocationRule, engine: Engine) -> None:
    outcome = allocated(problem([60, 50], 100, {(): 7}), rule, engine=engine)
    assert outcome.pots[0].ballots == 7
    assert FateKind.TOO_LITTLE_SUPPORT not in {fate.kind for fate in outcome.fates}
    if rule.rule in EQUAL_SHARES:
        assert all(one.phase is not Phase.RULE for one in outcome.rounds)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", RULES, ids=name)
def test_where_every_ballot_is_equal_they_count_as_one(
    rule: AllocationRule, engine: Engine
) -> None:
    costs, budget = [60, 40, 30], 100
    one = allocated(problem(costs, budget, {approvals(0, 1, 2): 1}), rule, engine=engine)
    million = problem(costs, budget, {approvals(0, 1, 2): 1_000_000}, unit=1)
    assert set(allocated(million, rule, engine=engine).winners) == set(one.winners)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", RULES, ids=name)
def test_a_project_dearer_than_the_budget_is_told_so_also_where_nobody_chose_it(
    rule: AllocationRule, engine: Engine
) -> None:
    outcome = allocated(problem([150, 160], 100, {approvals(0): 9}), rule, engine=engine)
    assert outcome.winners == ()
    assert [fate.kind for fate in outcome.fates] == [FateKind.DEARER_THAN_BUDGET] * 2
    assert [fate.missing == over for fate, over in zip(outcome.fates, (50, 60), strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_money_cannot_be_negative(engine: Engine) -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        allocated(problem([-1], 5, {}), AllocationRule(rule=Rule.GREEDY), engine=engine)
    with pytest.raises(ValueError, match="cannot be negative"):
        allocated(problem([1], -5, {}), AllocationRule(rule=Rule.GREEDY), engine=engine)
