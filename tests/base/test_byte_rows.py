"""Pieces of bytes are those that slices give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.byte_rows import taken


@given(st.binary(min_size=1, max_size=60), st.data())
def test_each_piece_is_the_slice(raw: bytes, data: st.DataObject) -> None:
    width = data.draw(st.integers(1, len(raw)))
    at = data.draw(st.lists(st.integers(0, len(raw) - width), max_size=20))
    found = taken(np.frombuffer(raw, np.uint8), np.array(at, np.int64), width)
    assert [row.tobytes() for row in found] == [raw[one : one + width] for one in at]


def test_a_piece_beyond_the_end_is_refused() -> None:
    for width in (4, 5):
        with pytest.raises(IndexError):
            taken(np.zeros(4, np.uint8), np.array([1]), width)
