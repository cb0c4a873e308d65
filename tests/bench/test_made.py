"""Made elections are what they are said to be, and C counts them as the kernels do."""

import numpy as np
import pytest

from talkoot.voting.dedup import Standing, settled
from tests.bench.arrays import numpy_way
from tests.bench.dedup_race import must_be_ours, ours
from tests.bench.in_c import compiled
from tests.bench.made import LONGEST, PROJECTS, SHORTEST, made

N = 20_000


def test_one_row_in_twenty_is_a_repeat_and_most_of_these_are_second_ballots() -> None:
    settlement = settled(made(N).entries)
    assert settlement.number(Standing.STANDS) == N * 95 // 100
    assert settlement.number(Standing.SUPERSEDED) == N * 4 // 100
    assert settlement.number(Standing.DUPLICATE) == N // 100


def test_ballots_name_three_to_seven_of_fifty_projects_each_once() -> None:
    choices = made(N).choices
    lengths = np.diff(choices.indptr)
    assert (lengths.min(), lengths.max()) == (SHORTEST, LONGEST)
    assert set(np.unique(choices.items)) == set(range(PROJECTS))
    first = np.zeros(len(choices.items), np.bool_)
    first[choices.indptr[:-1]] = True
    rises = choices.items[1:] > choices.items[:-1]
    assert np.all(rises | first[1:])


def test_the_same_size_gives_the_same_arrays() -> None:
    assert np.array_equal(made(N).entries.entry_hash, made(N).entries.entry_hash)


def test_numpy_counts_what_the_kernels_count() -> None:
    election = made(N)
    assert numpy_way(election)() == ours(election)


def test_the_loop_in_c_gives_the_very_arrays_of_the_kernels() -> None:
    election = made(N)
    with compiled() as loop:
        if loop is None:
            pytest.skip("no C compiler here")
        must_be_ours(election, loop.settled(election), "C")
        assert loop.tallied(election, loop.settled(election)) == ours(election)
