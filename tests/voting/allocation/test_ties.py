"""Ties: each rule's order, the lot that anybody can draw again, and what is said of a tie."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.ids import ProjectId
from talkoot.voting.allocation import AllocationProblem, TieBy, allocated
from talkoot.voting.ballot import AllocationRule, Rule, TieRule
from talkoot.voting.tally import profile_from_counts
from tests.voting.allocation.elections import approvals, problem

EQUAL = problem([20, 20, 10, 10], 100, {approvals(0): 3, approvals(1): 3, approvals(2, 3): 3})
BY_POINTS = problem([20, 20, 10, 10], 100, {((0, 3), (1, 1)): 1, ((1, 2), (2, 3), (3, 3)): 1})


def decided(
    tie: TieRule, seed: str = "", election: AllocationProblem = EQUAL
) -> list[tuple[str, TieBy | None]]:
    rule = AllocationRule(rule=Rule.GREEDY, tie=tie, lot_seed=seed)
    return [(one.winner, one.tie_by) for one in allocated(election, rule).rounds]


def test_the_listed_order_decides_where_nothing_else_is_agreed() -> None:
    assert decided(TieRule.LISTED) == [
        ("p0", TieBy.LISTED),
        ("p1", TieBy.LISTED),
        ("p2", TieBy.LISTED),
        ("p3", None),
    ]


def test_the_cheaper_one_comes_first_and_what_told_it_apart_is_said() -> None:
    assert decided(TieRule.CHEAPER) == [
        ("p2", TieBy.LISTED),
        ("p3", TieBy.CHEAPER),
        ("p0", TieBy.LISTED),
        ("p1", None),
    ]


def test_more_votes_come_first_where_points_are_equal() -> None:
    assert decided(TieRule.POPULAR, election=BY_POINTS) == [
        ("p1", TieBy.VOTES),
        ("p2", TieBy.LISTED),
        ("p3", TieBy.CHEAPER),
        ("p0", None),
    ]


def lot(seed: str, project: str) -> str:
    return hashlib.sha256(f"{seed}{project}".encode()).hexdigest()


@pytest.mark.parametrize("seed", ["spring 2031", "ääni", "7"])
def test_the_lot_is_the_hash_of_seed_and_number_smallest_first(seed: str) -> None:
    order = sorted(EQUAL.profile.projects, key=lambda project: lot(seed, project))
    found = decided(TieRule.LOT, seed)
    assert [winner for winner, _ in found] == order
    assert [by for _, by in found] == [TieBy.LOT, TieBy.LOT, TieBy.LOT, None]


def test_a_lot_may_come_last_after_cost_and_votes() -> None:
    order = sorted(["p2", "p3"], key=lambda project: lot("s", project))
    order += sorted(["p0", "p1"], key=lambda project: lot("s", project))
    assert decided(TieRule.CHEAPER, "s") == [
        (order[0], TieBy.LOT),
        (order[1], TieBy.CHEAPER),
        (order[2], TieBy.LOT),
        (order[3], None),
    ]


def test_a_seed_written_in_either_unicode_form_draws_the_same_lot() -> None:
    """Both give one definition hash, so both must give one outcome."""
    assert decided(TieRule.LOT, "\u00e4") == decided(TieRule.LOT, "a\u0308")


@given(st.permutations(range(4)), st.sampled_from(list(Rule)))
def test_a_lot_does_not_depend_on_the_order_in_which_projects_are_listed(
    order: list[int], rule: Rule
) -> None:
    ids = tuple(ProjectId(f"p{place}") for place in order)
    ballots = {approvals(*range(4)): 2}
    listed = replace(problem([10] * 4, 20, ballots), profile=profile_from_counts(ballots, ids))
    asked = AllocationRule(rule=rule, tie=TieRule.LOT, lot_seed="spring")
    usual = allocated(problem([10] * 4, 20, ballots), asked)
    assert allocated(listed, asked).winners == usual.winners


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"tie": TieRule.LOT}, "needs a published seed"),
        ({"lot_seed": "spring"}, "decides nothing"),
        ({"min_support": -1}, "cannot be negative"),
        ({"support_for_cost": -1}, "cannot be negative"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(words: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        AllocationRule(rule=Rule.GREEDY, **words)  # type: ignore[arg-type]  # each fits its field
