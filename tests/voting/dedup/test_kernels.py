"""The table settles as the slow twin does, whatever keys, parts, batches and repeats come."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.engine import Engine
from talkoot.voting.dedup import (
    EntryColumns,
    Settlement,
    Settler,
    Standing,
    joined,
    kernels,
    settle,
    settled,
)
from talkoot.voting.dedup.columns import U64
from talkoot.voting.dedup.sorting import settled_by_sorting
from tests.voting.dedup.made_up_columns import alike_columns, columns, picked, spread_columns


def same(one: Settlement, other: Settlement) -> None:
    assert one.standing.tolist() == other.standing.tolist()
    assert one.fates.tolist() == other.fates.tolist()
    assert one.superseded_by.tolist() == other.superseded_by.tolist()


def what_stands(entries: EntryColumns, settlement: Settlement) -> list[tuple[bytes, bytes]]:
    rows = settlement.standing
    voters = entries.voter[rows].astype(">u8")
    return [
        (voter.tobytes(), entry.tobytes())
        for voter, entry in zip(voters, entries.entry_hash[rows], strict=True)
    ]


@given(alike_columns())
def test_table_sort_and_twin_agree(entries: EntryColumns) -> None:
    twin = settled(entries, engine=Engine.TWINS)
    same(settled(entries), twin)
    same(settled_by_sorting(entries), twin)


@settings(max_examples=20)
@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(0, 2**32))
def test_many_small_parts_settle_as_the_twin_does(number: int, voters: int, seed: int) -> None:
    entries = spread_columns(number, voters=voters, seed=seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settle, "_ROWS_OF_A_PART", 2)
        found = settled(entries)
    same(found, settled(entries, engine=Engine.TWINS))


def test_the_parts_of_a_large_log_settle_as_the_sort_does() -> None:
    entries = spread_columns(200_000, voters=120_000, seed=1)
    found = settled(entries)
    same(found, settled_by_sorting(entries))
    keys = entries.voter[found.standing].tolist()
    assert keys == sorted(keys)


@given(alike_columns(), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_that_stands(
    entries: EntryColumns, random: Random
) -> None:
    rows = list(range(len(entries)))
    again = rows + random.sample(rows, random.randint(0, len(rows)))
    random.shuffle(again)
    shuffled = picked(entries, np.array(again, np.int64))
    assert what_stands(shuffled, settled(shuffled)) == what_stands(entries, settled(entries))


@given(alike_columns(), st.lists(st.integers(0, 60), max_size=4))
def test_batches_settle_as_one(entries: EntryColumns, cuts: list[int]) -> None:
    settler = Settler()
    bounds = [0, *sorted(min(cut, len(entries)) for cut in cuts), len(entries)]
    for start, end in pairwise(bounds):
        settler.add(picked(entries, np.arange(start, end)))
        settler.settled()
    same(settler.settled(), settled(entries))


@given(alike_columns())
def test_a_batch_that_comes_again_changes_nothing_that_stands(entries: EntryColumns) -> None:
    settler = Settler()
    for _ in range(3):
        settler.add(entries)
    found = settler.settled()
    assert what_stands(joined([entries] * 3), found) == what_stands(entries, settled(entries))
    assert found.number(Standing.STANDS) == settled(entries).number(Standing.STANDS)
    assert found.number(Standing.SUPERSEDED) == settled(entries).number(Standing.SUPERSEDED)


@given(alike_columns(), st.integers(1, 4))
def test_a_log_may_be_cut_by_voter_into_any_number_of_parts(
    entries: EntryColumns, parts: int
) -> None:
    part_of = ((entries.voter[:, 0] ^ entries.voter[:, 1]) % np.uint64(parts)).astype(np.int64)
    found = []
    for part in range(parts):
        piece = picked(entries, np.flatnonzero(part_of == part))
        found += what_stands(piece, settled(piece))
    assert sorted(found) == what_stands(entries, settled(entries))


def test_no_batch_settles_to_nothing_and_one_entry_stands() -> None:
    for engine in Engine:
        none = Settler(engine=engine).settled()
        assert (none.standing.tolist(), none.fates.tolist()) == ([], [])
        one = settled(spread_columns(1, voters=1, seed=1), engine=engine)
        assert (one.standing.tolist(), one.superseded_by.tolist()) == ([0], [-1])


def test_equal_first_halves_of_the_hash_are_decided_by_the_whole_hash() -> None:
    """Two inputs with the same first 64 bits of SHA-256 can be found; they are two entries."""
    hashes = np.zeros((4, 32), np.uint8)
    hashes[:, 31] = [1, 3, 2, 3]
    entries = columns(np.ones((4, 2), np.uint64), np.zeros(4, np.uint64), hashes)
    found = settled(entries)
    assert found.standing.tolist() == [1]
    assert found.fates.tolist() == [
        Standing.SUPERSEDED,
        Standing.STANDS,
        Standing.SUPERSEDED,
        Standing.DUPLICATE,
    ]
    assert found.superseded_by.tolist() == [1, -1, 1, 1]


def test_a_repeat_of_a_superseded_entry_names_the_row_that_it_repeats() -> None:
    hashes = np.zeros((5, 32), np.uint8)
    hashes[:, 0] = [1, 9, 1, 5, 5]
    found = settled(columns(np.ones((5, 2), np.uint64), np.zeros(5, np.uint64), hashes))
    assert found.superseded_by.tolist() == [1, -1, 0, 1, 3]
    assert found.number(Standing.SUPERSEDED) == 2


@pytest.mark.parametrize("rising", [1, -1])
def test_a_million_ballots_of_one_voter_leave_one(rising: int) -> None:
    number = 1_000_000
    hashes = np.zeros((number, 32), np.uint8)
    hashes[:, 4:8] = np.arange(number, dtype=">u4").view(np.uint8).reshape(-1, 4)
    entries = columns(
        np.full((number, 2), 7, np.uint64), np.ones(number, np.uint64), hashes[::rising].copy()
    )
    found = settled(entries)
    best = number - 1 if rising == 1 else 0
    assert found.standing.tolist() == [best]
    assert found.number(Standing.SUPERSEDED) == number - 1
    assert set(np.unique(found.superseded_by).tolist()) == {-1, best}


def test_a_million_times_the_same_ballot_is_one_entry() -> None:
    hashes = np.zeros((1_000_000, 32), np.uint8)
    hashes[0] = 1
    number = len(hashes)
    found = settled(columns(np.ones((number, 2), np.uint64), np.zeros(number, np.uint64), hashes))
    assert found.standing.tolist() == [0]
    assert found.number(Standing.SUPERSEDED) == 1
    assert found.number(Standing.DUPLICATE) == number - 2
    assert found.superseded_by[:3].tolist() == [-1, 0, 1]


def test_keys_that_are_no_hash_are_settled_by_sorting() -> None:
    number = 20_000
    keys = np.zeros((number, 2), np.uint64)
    keys[:, 1] = np.arange(number)[::-1]
    entries = columns(keys, np.zeros(number, np.uint64), np.zeros((number, 32), np.uint8))
    assert settled(entries).standing.tolist() == list(range(number))[::-1]


def voters_with_one_tag(number: int) -> U64:
    keys = np.zeros((number, 2), np.uint64)
    keys[:, 1] = np.arange(number)
    return keys


def voters_at_one_place(number: int) -> U64:
    """Their tags fall, and all are so small that counting puts them in the same place."""
    keys = np.zeros((number, 2), np.uint64)
    keys[:, 0] = np.arange(number, dtype=np.uint64)[::-1] << np.uint64(32)
    return keys


@pytest.mark.parametrize("crowd", [voters_with_one_tag, voters_at_one_place])
def test_the_kernel_says_where_keys_crowd(crowd: Callable[[int], U64]) -> None:
    number = 2000
    keys = crowd(number)
    entries = columns(keys, np.zeros(number, np.uint64), np.zeros((number, 32), np.uint8))
    ends, cells = settle._spread(entries)
    count = kernels.settled_parts(
        entries.voter,
        entries.precedence,
        entries.entry_hash,
        ends,
        cells,
        np.empty(number + 1, np.uint64),
        np.empty(number + 1, np.uint32),
        np.empty(number + 1, np.uint64),
        np.empty(number + 1, np.uint64),
        np.full(number, -1),
        np.zeros(number, np.uint8),
        np.empty(number, np.int64),
    )
    assert count == kernels.CROWDED
    same(settled(entries), settled(entries, engine=Engine.TWINS))


def test_columns_that_cannot_be_written_are_settled_as_they_are() -> None:
    entries = spread_columns(100, voters=90, seed=3)
    for column in (entries.voter, entries.precedence, entries.entry_hash):
        column.flags.writeable = False
    same(settled(entries), settled(entries, engine=Engine.TWINS))


def test_more_entries_than_a_cell_has_bits_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "MOST_ENTRIES", 9)
    with pytest.raises(ValueError, match="10 entries are more than the 9 of one count"):
        settled(spread_columns(10, voters=5, seed=1))


@pytest.mark.parametrize("fault", ["type", "length", "order"])
def test_a_column_of_another_kind_is_refused_by_name(fault: str) -> None:
    good = spread_columns(4, voters=4, seed=1)
    voter = {
        "type": good.voter.astype(np.int64),
        "length": good.voter[:, :1],
        "order": np.asfortranarray(good.voter),
    }[fault]
    with pytest.raises(ValueError, match=r"voter is .* not uint64"):
        EntryColumns(
            voter=voter,  # type: ignore[arg-type] # the point of the test
            precedence=good.precedence,
            entry_hash=good.entry_hash,
        )
