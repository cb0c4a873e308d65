"""The hashing kernel gives what ``hashlib`` gives, for every length and in every lane."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.compiled import kernel
from talkoot.base.sha256 import HASH_BYTES, LANES, SCRATCH, U8, hashed, padded, room_for

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@kernel("void(u1[:, ::1], const(i8[::1]), u1[:, ::1])")
def hashes(messages: U8, lengths: np.typing.NDArray[np.int64], out: U8) -> None:
    """Hash sixteen messages; a length below 0: there is none in that lane."""
    blocks = np.zeros(LANES, dtype=np.int64)
    scratch = np.empty(SCRATCH, dtype=np.uint32)
    for lane in range(LANES):
        if lengths[lane] >= 0:
            blocks[lane] = padded(messages, lane, lengths[lane])
    hashed(messages, blocks, scratch, out)


def by_kernel(some: list[bytes]) -> list[bytes]:
    messages = np.full((LANES, room_for(max(map(len, some)))), 0xAA, dtype=np.uint8)
    lengths = np.full(LANES, -1, dtype=np.int64)
    for lane, message in enumerate(some):
        messages[lane, : len(message)] = np.frombuffer(message, dtype=np.uint8)
        lengths[lane] = len(message)
    out = np.empty((LANES, HASH_BYTES), dtype=np.uint8)
    hashes(messages, lengths, out)
    return [out[lane].tobytes() for lane in range(len(some))]


def test_the_standards_own_examples_come_out() -> None:
    assert [one.hex() for one in by_kernel([b"", b"abc"])] == [EMPTY, ABC]


@pytest.mark.parametrize("first", range(0, 208, LANES))
def test_every_length_around_the_blocks_is_padded_right(first: int) -> None:
    some = [bytes(range(256))[:length] for length in range(first, first + LANES)]
    assert by_kernel(some) == [hashlib.sha256(one).digest() for one in some]


@given(st.lists(st.binary(max_size=400), min_size=1, max_size=LANES))
@settings(max_examples=200, deadline=None)
def test_any_messages_hash_as_in_the_library(some: list[bytes]) -> None:
    assert by_kernel(some) == [hashlib.sha256(one).digest() for one in some]
