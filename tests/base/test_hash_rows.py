"""Rows of arrays hash as ``hashlib`` hashes them, and trees over them have the roots of the RFC."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.engine import Engine
from talkoot.base.hash_rows import hashed_rows, paired, root_over
from tests.voting.board import twin


@given(
    prefix=st.binary(max_size=70),
    rows=st.integers(0, 40),
    width=st.integers(1, 140),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)  # the first call may compile
def test_each_row_hashes_as_by_itself(prefix: bytes, rows: int, width: int, seed: int) -> None:
    some = np.random.default_rng(seed).integers(0, 256, (rows, width), dtype=np.uint8)
    right = [hashlib.sha256(prefix + row.tobytes()).digest() for row in some]
    for engine in Engine:
        assert [row.tobytes() for row in hashed_rows(prefix, some, engine=engine)] == right


@pytest.mark.parametrize("engine", list(Engine))
def test_the_root_over_rows_is_that_of_the_tree_cut_from_the_top(engine: Engine) -> None:
    some = np.random.default_rng(5).integers(0, 256, (70, 32), dtype=np.uint8)
    for size in range(71):
        leaves = [row.tobytes() for row in some[:size]]
        assert root_over(some[:size], engine=engine) == twin.root(leaves)


def test_an_odd_last_hash_moves_up_as_it_is() -> None:
    some = np.random.default_rng(6).integers(0, 256, (5, 32), dtype=np.uint8)
    assert np.array_equal(paired(some)[-1], some[-1])
