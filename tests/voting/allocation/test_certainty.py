"""What certifies a decision: bounds, equalities that need no arithmetic, and exact arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import NoReturn

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.voting.allocation import (
    AllocationProblem,
    allocated,
    choosing,
    decided,
    equal_shares,
    filling,
    phragmen,
)
from talkoot.voting.allocation.equal_shares import Run
from talkoot.voting.allocation.ground import Ground, Utilities, ground_of
from talkoot.voting.allocation.ledger import Ledger
from talkoot.voting.allocation.reference import slowly_allocated
from talkoot.voting.ballot import AllocationRule, Completion, Rule, Stop
from talkoot.voting.pabulib import problem_from
from tests.shared_data import real_election
from tests.voting.allocation.elections import approvals, problem, random_problem, random_rule

WHOLE = st.integers(0, 2**62)


@given(WHOLE, WHOLE)
@settings(deadline=None)
def test_the_product_of_two_halves_is_the_product(one: int, other: int) -> None:
    high, low = choosing.product(one, other)
    assert (int(high) << 64) + int(low) == one * other


@given(WHOLE, st.integers(1, 1000), st.integers(0, 2**40), st.integers(1, 2**20))
@settings(deadline=None)
def test_money_is_less_than_what_is_due_just_where_it_is(
    money: int, value: int, rest: int, divisor: int
) -> None:
    whole, part = divmod(rest, divisor)
    less = filling.less_than_due(money, value, whole, part, divisor)
    assert less == (money < Fraction(rest, divisor) * value)
    assert filling.due(rest, divisor, value, 0) == rest * value // divisor
    assert filling.due(rest, divisor, value, 1) == -(-rest * value // divisor)


def ground(costs: list[int], budget: int, ballots: dict[tuple[int, ...], int]) -> Ground:
    choices = {approvals(*places): number for places, number in ballots.items()}
    return ground_of(problem(costs, budget, choices), Utilities.COST, range(len(costs)))


def no_help(*_: object, **__: object) -> NoReturn:
    pytest.fail("exact arithmetic was asked for help")


def test_projects_with_the_same_supporters_and_cost_need_no_arithmetic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Voter 1 of 3 cannot pay in full, so that thirds of what others have decide the price."""
    monkeypatch.setattr(equal_shares, "Ledger", no_help)
    same = ground([70, 30, 30], 100, {(0, 1, 2): 1, (0,): 1, (1, 2): 5})
    run = equal_shares.equal_shares(same, same.purse)
    assert run == Run(start=same.purse, places=(1, 2), equals=(1, 0))


def test_projects_whose_poor_paid_for_the_same_need_no_arithmetic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Different voters, but as many and with the same past: equal in every step of Add1."""
    monkeypatch.setattr(equal_shares, "Ledger", no_help)
    ballots = {(0, 1): 3, (0, 2): 3, (1,): 7, (2,): 7, (0,): 2}
    even = ground([97, 151, 151], 400, ballots)
    run = equal_shares.equal_shares(even, even.purse)
    assert run.equals[run.places.index(1)] == 1
    added = equal_shares.add1(even, start=even.purse // 3, stop=Stop.INFEASIBLE)
    assert added.steps > 1


def test_equal_prices_with_different_pasts_are_told_apart_exactly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two thirds of a unit left here, a third each there: equal, but not by the same numbers."""
    opened: list[int] = []

    class Watched(Ledger):
        def __init__(self, ground: Ground, *, start: int, sum_bits: int) -> None:
            opened.append(start)
            super().__init__(ground, start=start, sum_bits=sum_bits)

    monkeypatch.setattr(equal_shares, "Ledger", Watched)
    for seed in (625, 734, 1_081, 1_477):
        made, rule = random_problem(Random(seed)), AllocationRule(rule=Rule.MES_COST)
        opened.clear()
        bare = decided(made, rule)
        assert opened, seed
        slow = slowly_allocated(made, rule)
        assert tuple(made.profile.projects[place] for place in bare.funded) == slow.winners
        assert bare.ties_broken == slow.ties_broken


def test_loads_too_coarse_to_decide_change_no_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phragmen, "SUM_BITS", 4)
    rule = AllocationRule(rule=Rule.PHRAGMEN)
    for seed in range(150):
        made = random_problem(Random(seed))
        assert allocated(made, rule) == slowly_allocated(made, rule), seed


def test_kernels_say_the_same_compiled_and_not() -> None:
    """Their parts can be read and run as plain Python: the way to look into one."""
    plain = choosing.product.py_func  # type: ignore[attr-defined] # Numba's functions carry it
    assert plain(3, 5) == choosing.product(3, 5)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of Add1, run by itself: nothing jumped over, nothing guided by another run."""

    run: Run
    cost: int
    fits: bool


def one_by_one(election: Ground) -> Iterator[Step]:
    costs = election.problem.costs
    start = election.purse
    while True:
        run = equal_shares.equal_shares(election, start)
        cost = sum(costs[place] for place in run.places)
        others = [int(place) for place in election.field.order if place not in run.places]
        fits = any(costs[place] <= election.problem.budget - cost for place in others)
        yield Step(run=run, cost=cost, fits=fits)
        start += election.unit


def slow_add1(election: Ground) -> tuple[Run, int]:
    before: Run | None = None
    for number, step in enumerate(one_by_one(election)):
        if step.cost > election.problem.budget and before is not None:
            return before, number
        if not step.fits:
            return step.run, number
        before = step.run
    raise AssertionError("Add1 always ends")


@pytest.mark.parametrize(
    "name",
    [
        "Netherlands_Assen_2024",
        "Poland_Swiecie_2023",
        "Poland_Wieliczka_2023_Green_Budget",
        "Poland_Gdynia_2024",
        "Poland_Lodz_2022",
        "Poland_Wroclaw_2015_150_-_500",
    ],
)
@pytest.mark.parametrize("utilities", list(Utilities))
def test_jumps_and_guides_find_what_every_step_by_itself_does(
    name: str, utilities: Utilities
) -> None:
    election = ground_of(
        (posed := problem_from(real_election(name))), utilities, range(len(posed.costs))
    )
    run, steps = slow_add1(election)
    added = equal_shares.add1(election, start=election.purse, stop=Stop.EXHAUSTIVE)
    assert (added.run, added.steps) == (run, steps)


def test_every_round_of_a_run_is_told_with_its_exact_price() -> None:
    """Each winner's price, paid by those who can and what the others have, is its cost."""
    made = problem([30, 40], 90, {approvals(0, 1): 1, approvals(0): 1, approvals(1): 1})
    first, second = allocated(made, AllocationRule(rule=Rule.MES_COST)).rounds
    assert first.winner == "p0"
    assert (first.price, first.effective_votes) == (Fraction(15), Fraction(2))
    assert (second.price, second.effective_votes) == (Fraction(25), Fraction(40, 25))
    assert (second.payers, second.short) == (2, 1)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_price_times_effective_votes_is_the_cost(seed: int) -> None:
    random = Random(seed)
    made, rule = random_problem(random), random_rule(random)
    costs = dict(zip(made.profile.projects, made.costs, strict=True))
    for one in allocated(made, rule).rounds:
        if one.price is not None and one.effective_votes is not None:
            assert one.price * one.effective_votes == costs[one.winner]


def best_of(made: AllocationProblem, completion: Completion) -> tuple[int, ...]:
    rule = AllocationRule(rule=Rule.MES_COST, completion=completion)
    funded = allocated(made, rule).winners
    return tuple(made.profile.projects.index(winner) for winner in funded)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_nothing_fits_any_more_after_a_completion_by_votes(seed: int) -> None:
    made = random_problem(Random(seed))
    for completion in (Completion.GREEDY, Completion.ADD1U):
        funded = best_of(made, completion)
        left = made.budget - sum(made.costs[place] for place in funded)
        others = [place for place in range(len(made.costs)) if place not in funded]
        assert all(made.costs[place] > left for place in others)


def test_an_empty_election_is_decided() -> None:
    nobody = problem([5], 10, {})
    assert allocated(nobody, AllocationRule(rule=Rule.MES_COST)).winners == ()
    assert np.array_equal(ground_of(nobody, Utilities.COST, [0]).field.order, [])
