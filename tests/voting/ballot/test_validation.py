"""A ballot that cannot be cast says everything that is wrong with it."""

from dataclasses import replace

import pytest

from talkoot.voting.ballot import Ballot, Fault, FaultKind, Mark, VoteType, checked
from tests.voting.ballot.made_up import definition, marks

ALL_FOUR = marks(("10", 1), ("2", 1), ("S/3", 1), ("yö", 1))

WRONG = [
    (VoteType.APPROVAL, [], {FaultKind.EMPTY}),
    (VoteType.RANKING, marks(("10", 1)), {FaultKind.TOO_FEW}),
    (VoteType.APPROVAL, ALL_FOUR[:3], {FaultKind.TOO_MANY}),
    (VoteType.APPROVAL, marks(("11", 1)), {FaultKind.UNKNOWN_PROJECT}),
    (VoteType.APPROVAL, marks(("2", 1), ("2", 1)), {FaultKind.REPEATED_PROJECT}),
    (VoteType.KNAPSACK, ALL_FOUR[1:3] + ALL_FOUR[:1], {FaultKind.OVER_BUDGET}),
    (VoteType.APPROVAL, marks(("2", 0)), {FaultKind.VALUE_TOO_LOW}),
    (VoteType.APPROVAL, marks(("2", 2)), {FaultKind.VALUE_TOO_HIGH}),
    (VoteType.ONE, ALL_FOUR[:2], {FaultKind.TOO_MANY}),
    (VoteType.POINTS, marks(("2", 0), ("10", 2)), {FaultKind.VALUE_TOO_LOW}),
    (VoteType.POINTS, marks(("2", 5)), {FaultKind.VALUE_TOO_HIGH}),
    (VoteType.POINTS, marks(("2", 1)), {FaultKind.SUM_TOO_LOW}),
    (VoteType.POINTS, marks(("2", 4), ("10", 4)), {FaultKind.SUM_TOO_HIGH}),
    (VoteType.SCORES, marks(("2", 6)), {FaultKind.VALUE_TOO_HIGH}),
    (VoteType.SCORES, marks(("2", -1)), {FaultKind.VALUE_TOO_LOW}),
    (VoteType.RANKING, marks(("2", 1), ("10", 3)), {FaultKind.RANKING_HAS_GAPS}),
    (VoteType.RANKING, marks(("2", 1), ("10", 1)), {FaultKind.RANKING_HAS_GAPS}),
    (
        VoteType.APPROVAL,
        [*ALL_FOUR, *marks(("11", 1), ("2", 7))],
        {
            FaultKind.UNKNOWN_PROJECT,
            FaultKind.REPEATED_PROJECT,
            FaultKind.TOO_MANY,
            FaultKind.VALUE_TOO_HIGH,
        },
    ),
]

RIGHT = [
    (VoteType.APPROVAL, ALL_FOUR[:2]),
    (VoteType.KNAPSACK, marks(("S/3", 1), ("2", 1))),
    (VoteType.ONE, ALL_FOUR[3:]),
    (VoteType.POINTS, marks(("yö", 2), ("10", 4))),
    (VoteType.SCORES, marks(("yö", 0), ("2", 5))),
    (VoteType.RANKING, marks(("yö", 2), ("2", 1))),
]


@pytest.mark.parametrize(("vote_type", "some", "kinds"), WRONG)
def test_every_fault_is_named_at_once(
    vote_type: VoteType, some: list[Mark], kinds: set[FaultKind]
) -> None:
    found = checked(some, definition(vote_type))
    assert not isinstance(found, Ballot)
    assert {fault.kind for fault in found} == kinds


@pytest.mark.parametrize(("vote_type", "some"), RIGHT)
def test_a_good_ballot_comes_back_in_canonical_order(vote_type: VoteType, some: list[Mark]) -> None:
    rules = definition(vote_type)
    found = checked(some, rules)
    assert isinstance(found, Ballot)
    assert sorted(found.marks, key=str) == sorted(some, key=str)
    if vote_type is VoteType.RANKING:
        assert [mark.value for mark in found.marks] == [1, 2]
    else:
        places = [rules.index[project] for project in found.projects]
        assert places == sorted(places)


@pytest.mark.parametrize("vote_type", list(VoteType))
def test_an_empty_ballot_is_good_where_the_limits_allow_it(vote_type: VoteType) -> None:
    rules = definition(vote_type)
    lenient = replace(rules, limits=replace(rules.limits, min_choices=0))
    assert checked([], lenient) == Ballot(marks=())
    assert checked([], replace(lenient, limits=replace(lenient.limits, min_choices=1))) == (
        Fault(kind=FaultKind.EMPTY, allowed=1),
    )


def test_every_kind_of_fault_has_words_with_its_numbers() -> None:
    (fault,) = checked(marks(("10", 1), ("2", 1), ("S/3", 1)), definition(VoteType.APPROVAL))  # type: ignore[misc]  # one fault, as asserted below
    assert fault.words == "3 chosen: choose at most 2."
    (money,) = checked(ALL_FOUR[:3], definition(VoteType.KNAPSACK))  # type: ignore[misc]  # as above
    assert money.words == "The chosen projects cost 6.00 together; 5.00 fit."


def test_no_value_is_cast_that_no_count_could_hold() -> None:
    unbounded = definition(VoteType.SCORES)
    unbounded = replace(unbounded, limits=replace(unbounded.limits, max_value=None))
    assert isinstance(checked(marks(("2", 2**31 - 1)), unbounded), Ballot)
    faults = checked(marks(("2", 2**31)), unbounded)
    assert not isinstance(faults, Ballot)
    assert [(one.kind, one.allowed) for one in faults] == [(FaultKind.VALUE_TOO_HIGH, 2**31 - 1)]


@pytest.mark.parametrize("rank", [-1, 256])
def test_a_rank_that_entries_could_not_be_settled_by_cannot_be_frozen(rank: int) -> None:
    some = definition(VoteType.APPROVAL)
    with pytest.raises(ValueError, match="from 0 to 255"):
        replace(some, ranks=(replace(some.ranks[0], rank=rank),))
    replace(some, ranks=(replace(some.ranks[0], rank=255),))
