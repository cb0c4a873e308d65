"""Counting and grouping columns agree with the slow twins, in any order and number of parts."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.engine import Engine
from talkoot.base.ids import ProjectId
from talkoot.voting.tally import (
    Choice,
    Choices,
    KeyCounts,
    Profile,
    choices_from,
    merged,
    profile_from_choices,
    profile_from_counts,
    tally_columns,
    tally_of,
)
from tests.voting.tally.made_up_choices import PROJECTS, ballots, choices

IDS = tuple(ProjectId(f"p{place}") for place in range(PROJECTS))


def same(one: KeyCounts, other: KeyCounts) -> None:
    assert one.votes.tolist() == other.votes.tolist()
    assert one.score.tolist() == other.score.tolist()
    assert one.ballots.tolist() == other.ballots.tolist()


def ballots_of(some: Choices) -> list[Choice]:
    profile = [profile_from_choices(some, IDS, rows=np.array([row])) for row in range(len(some))]
    return [next(iter(one.counts())) for one in profile]


def both(some: Choices, rows: list[int] | None = None) -> Profile:
    given_rows = None if rows is None else np.array(rows, np.int64)
    found = profile_from_choices(some, IDS, rows=given_rows)
    assert found == profile_from_choices(some, IDS, rows=given_rows, engine=Engine.TWINS)
    return found


@given(choices())
def test_grouping_agrees_with_the_slow_twin(some: Choices) -> None:
    profile = both(some)
    assert profile.ballots == len(some)
    assert profile == profile_from_counts(profile.counts(), IDS)


@given(choices(), st.data())
def test_rows_may_be_some_and_count_as_often_as_they_are_named(
    some: Choices, data: st.DataObject
) -> None:
    number = len(some)
    rows = data.draw(st.lists(st.integers(0, number - 1), max_size=60)) if number else []
    profile = both(some, rows)
    assert profile == profile_from_choices(some.rows(np.array(rows, np.int64)), IDS)
    keys = np.array(data.draw(st.lists(st.integers(0, 3), min_size=number, max_size=number)))
    key, row = keys.astype(np.uint8), np.array(rows, np.int64)
    found = tally_columns(some, PROJECTS, rows=row, keys=key)
    same(found, tally_columns(some, PROJECTS, rows=row, keys=key, engine=Engine.TWINS))
    assert found.votes.sum(axis=0).tolist() == list(tally_of(profile).votes)
    assert found.score.sum(axis=0).tolist() == list(tally_of(profile).score)
    assert found.ballots.sum() == len(rows)


@given(choices(), st.data())
def test_times_say_the_same_as_rows(some: Choices, data: st.DataObject) -> None:
    number = len(some)
    times = np.array(
        data.draw(st.lists(st.integers(0, 5), min_size=number, max_size=number)), np.uint8
    )
    rows = np.repeat(np.arange(number), times)
    expected = tally_columns(some, PROJECTS, rows=rows)
    for engine in Engine:
        same(tally_columns(some, PROJECTS, times=times, engine=engine), expected)


def test_ballots_are_counted_alike_in_runs_and_row_by_row() -> None:
    """More rows than are counted in one run: all web, then a run of both, then all kiosk."""
    random = np.random.default_rng(7)
    lengths = random.integers(0, 4, 13_000)
    some = choices_from(
        [
            tuple((int(place), 1) for place in sorted(random.permutation(9)[:length]))
            for length in lengths
        ],
        projects=9,
    )
    keys = np.repeat(np.array([0, 1], np.uint8), [6_500, 6_500])
    times = random.integers(0, 3, 13_000).astype(np.uint8)
    found = tally_columns(some, 9, times=times, keys=keys)
    same(found, tally_columns(some, 9, times=times, keys=keys, engine=Engine.TWINS))


@pytest.mark.parametrize("row", [0, 4_095, 4_096, 8_191, 8_192, 9_999])
def test_a_row_that_is_not_sound_is_named_in_every_run(row: int) -> None:
    indptr = np.arange(0, 20_001, 2)
    items = np.tile(np.array([0, 1], np.uint16), 10_000)
    items[2 * row] = 1
    some = Choices(indptr=indptr, items=items)
    with pytest.raises(ValueError, match=f"row {row}: project 1 comes after project 1"):
        tally_columns(some, 2)
    without = np.ones(10_000, np.uint8)
    without[row] = 0
    assert tally_columns(some, 2, times=without).votes.tolist() == [[9_999, 9_999]]


@pytest.mark.parametrize("engine", Engine)
def test_times_are_one_a_ballot_and_not_beside_rows(engine: Engine) -> None:
    some = choices_from([(), ()], projects=3)
    with pytest.raises(ValueError, match="1 times of uint8 for 2 ballots"):
        tally_columns(some, 3, times=np.ones(1, np.uint8), engine=engine)
    rows, times = np.zeros(1, np.int64), np.ones(2, np.uint8)
    with pytest.raises(ValueError, match="or rows too"):
        tally_columns(some, 3, rows=rows, times=times, engine=engine)


@given(choices(), st.randoms(use_true_random=False))
def test_neither_the_order_of_ballots_nor_of_rows_matters(some: Choices, random: Random) -> None:
    order = random.sample(range(len(some)), len(some))
    shuffled = some.rows(np.array(order, np.int64))
    assert both(shuffled) == both(some) == both(some, order)
    same(tally_columns(shuffled, PROJECTS), tally_columns(some, PROJECTS))


@given(choices(), st.integers(1, 5))
def test_profiles_of_parts_add_up(some: Choices, parts: int) -> None:
    pieces = [
        profile_from_choices(some, IDS, rows=np.arange(part, len(some), parts))
        for part in range(parts)
    ]
    assert merged(pieces) == both(some)
    assert merged(pieces, engine=Engine.TWINS) == both(some)


@given(ballots(), st.integers(2**31, 2**62))
def test_profiles_with_values_over_32_bits_add_up(some: list[Choice], great: int) -> None:
    large = [tuple((place, value * (great >> 32)) for place, value in one) for one in some]
    profiles = [profile_from_counts({one: 1}, IDS) for one in large]
    if profiles:
        assert merged(profiles) == merged(profiles, engine=Engine.TWINS)


@given(ballots())
def test_columns_hold_what_was_put_in(some: list[Choice]) -> None:
    assert ballots_of(choices_from(some, projects=PROJECTS)) == some
    wide = choices_from(some, projects=2**16 + 1)
    assert wide.items.dtype == np.uint32
    assert both(wide) == both(choices_from(some, projects=PROJECTS))
    same(tally_columns(wide, PROJECTS), tally_columns(wide, PROJECTS, engine=Engine.TWINS))


def test_many_groups_outgrow_their_first_table() -> None:
    some = choices_from(
        [((place, 1), (second, 1)) for place in range(70) for second in range(place + 1, 70)] * 3,
        projects=PROJECTS,
    )
    random = np.random.default_rng(1)
    bits = random.integers(0, 2, (20_000, PROJECTS)).astype(np.bool_)
    rows, places = np.nonzero(bits)
    indptr = np.concatenate(([0], np.cumsum(bits.sum(axis=1)))).astype(np.int64)
    wide = Choices(indptr=indptr, items=places.astype(np.uint16))
    assert both(some).weights.tolist() == [3] * (70 * 69 // 2)
    assert both(wide).groups == 20_000
    assert len(rows) == indptr[-1]


def test_a_long_run_of_ballots_that_differ_only_at_their_ends_is_sorted() -> None:
    """Twenty projects in common fill the sort key many times over."""
    head = tuple((place, 1) for place in range(20))
    some = [(*head, (20 + n % 40, n // 40 + 1)) for n in range(400)]
    Random(1).shuffle(some)
    profile = both(choices_from(some, projects=PROJECTS))
    assert list(profile.counts()) == sorted(some)


def test_values_of_any_sign_and_size_sort_as_numbers() -> None:
    values = [-(2**31), -1, 0, 1, 2**31 - 1]
    some = choices_from([((0, value),) for value in reversed(values)], projects=2**16 + 1)
    assert both(some).values.tolist() == values


def test_no_ballots_one_ballot_and_only_empty_ballots() -> None:
    none = choices_from([], projects=3)
    assert both(none).groups == 0
    assert tally_columns(none, 3).ballots.tolist() == [0]
    assert both(choices_from([((2, 1),)], projects=3)).items.tolist() == [2]
    empty = both(choices_from([(), ()], projects=3))
    assert (empty.weights.tolist(), empty.indptr.tolist()) == ([2], [0, 0])


def test_a_million_equal_ballots_are_one_group() -> None:
    one = choices_from([((0, 2), (3, 1))], projects=4)
    rows = np.zeros(1_000_000, np.int64)
    assert profile_from_choices(one, IDS[:4], rows=rows).weights.tolist() == [1_000_000]
    many = one.rows(rows)
    profile = profile_from_choices(many, IDS[:4])
    assert profile.counts() == {((0, 2), (3, 1)): 1_000_000}
    assert tally_columns(one, 4, rows=rows).score.tolist() == [[2_000_000, 0, 0, 1_000_000]]


BAD = [
    ([0, 2, 1, 3], [0, 1, 2], None, "row 1: indptr goes from 2 to 1 of 3 marks"),
    ([0, 9, 3], [0, 1, 2], None, "row 0: indptr goes from 0 to 9 of 3 marks"),
    ([0, -4, 3], [0, 1, 2], [1], "row 1: indptr goes from -4 to 3 of 3 marks"),
    ([0, 1, 3], [0, 1, 3], None, "row 1: project 3 is not one of 3"),
    ([0, 0, 3], [1, 1, 2], None, "row 1: project 1 comes after project 1"),
    ([0, 3], [0, 2, 1], None, "row 0: project 1 comes after project 2"),
]


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize(("indptr", "items", "rows", "words"), BAD)
def test_a_row_that_is_not_sound_is_named(
    indptr: list[int], items: list[int], rows: list[int] | None, words: str, engine: Engine
) -> None:
    some = Choices(indptr=np.array(indptr), items=np.array(items, np.uint16))
    named = None if rows is None else np.array(rows)
    with pytest.raises(ValueError, match=words):
        tally_columns(some, 3, rows=named, engine=engine)
    with pytest.raises(ValueError, match=words):
        profile_from_choices(some, IDS[:3], rows=named, engine=engine)


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("row", [-1, 2])
def test_a_row_that_is_not_there_is_named(row: int, engine: Engine) -> None:
    some, rows = choices_from([(), ()], projects=3), np.array([0, row])
    with pytest.raises(IndexError, match=f"row {row} is not one of 2 ballots"):
        tally_columns(some, 3, rows=rows, engine=engine)
    with pytest.raises(IndexError, match=f"row {row} is not one of 2 ballots"):
        profile_from_choices(some, IDS[:3], rows=rows, engine=engine)


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1])
def test_points_over_32_bits_are_refused_by_row_and_project(value: int) -> None:
    with pytest.raises(ValueError, match=f"row 1: value {value} of project 2 needs over 32 bits"):
        choices_from([(), ((2, value),)], projects=3)


@pytest.mark.parametrize("place", [3, -1])
def test_a_project_out_of_range_is_refused_by_row(place: int) -> None:
    with pytest.raises(ValueError, match=f"row 1: project {place} is not one of 3"):
        choices_from([(), ((place, 1),)], projects=3)


def test_the_greatest_points_add_up_beyond_32_bits() -> None:
    some = choices_from([((0, 2**31 - 1), (1, -(2**31)))] * 5, projects=2)
    assert tally_columns(some, 2).score.tolist() == [[5 * (2**31 - 1), -5 * 2**31]]


def test_a_score_over_63_bits_is_refused_by_project() -> None:
    profile = profile_from_counts({((0, 1), (2, 2**61)): 4}, IDS[:3])
    with pytest.raises(ValueError, match=f"project p2: a score of {2**63} needs over 63 bits"):
        tally_of(profile)
    fits = profile_from_counts({((0, 1),): 3, ((2, 2**61),): 3}, IDS[:3])
    assert tally_of(fits).score == (3, 0, 3 * 2**61)


def test_more_ballots_than_63_bits_count_are_refused() -> None:
    half = profile_from_counts({(): 2**62}, IDS)
    assert merged([half]).ballots == 2**62
    with pytest.raises(ValueError, match=f"{2**63} ballots in all need over 63 bits"):
        merged([half, half])


def test_rows_and_keys_may_lie_apart_in_memory() -> None:
    some = choices_from([((0, 1),), ((1, 1),), ((2, 1),)], projects=3)
    rows, keys = np.arange(6)[::2] // 2, np.arange(6, dtype=np.uint8)[::2]
    found = tally_columns(some, 3, rows=rows, keys=keys)
    assert found.ballots.tolist() == [1, 0, 1, 0, 1]
    assert profile_from_choices(some, IDS[:3], rows=rows).groups == 3


def test_keys_are_one_a_ballot() -> None:
    some = choices_from([(), ()], projects=3)
    with pytest.raises(ValueError, match="1 keys of uint8 for 2 ballots"):
        tally_columns(some, 3, keys=np.zeros(1, np.uint8))


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"indptr": np.zeros(0, np.int64)}, "begins with 0"),
        ({"indptr": np.array([0, 1], np.int32)}, "indptr is int32 .*, not int64"),
        ({"indptr": np.array([1, 2])}, "from 1 to 2, not from 0 to the 2 items"),
        ({"items": np.array([1, 2])}, "items is int64 .*, not uint16 or uint32"),
        ({"items": np.zeros(4, np.uint16)[::2]}, "in one run"),
        ({"values": np.ones(2)}, "values is float64 .*, not int32"),
        ({"values": np.ones(1, np.int32)}, "1 values for 2 items"),
    ],
)
def test_columns_of_another_kind_are_refused_by_name(
    arrays: dict[str, np.ndarray], words: str
) -> None:
    good = {"indptr": np.array([0, 2]), "items": np.zeros(2, np.uint16)}
    with pytest.raises(ValueError, match=words):
        Choices(**(good | arrays))


def test_columns_that_cannot_be_written_are_counted_as_they_are() -> None:
    some = choices_from([((0, 2),), ((0, 2), (1, 3))], projects=3)
    assert some.values is not None
    for column in (some.indptr, some.items, some.values):
        column.flags.writeable = False
    assert both(some).groups == 2
    assert tally_columns(some, 3).score.tolist() == [[4, 3, 0]]
