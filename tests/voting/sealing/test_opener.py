"""Opening many at once: the same as one at a time, and what does not open is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.voting.sealing import (
    CannotOpen,
    Failure,
    Opener,
    OpeningFault,
    SealedEpoch,
    new_private_key,
    sealed_box,
)
from tests.voting.sealing.made import PLACE, cast, epoch_at, made

SEALED = made(2, 3)
EPOCHS = [epoch_at(SEALED) for _ in range(3)]
STORED = {epoch.id: epoch.sealed for epoch in EPOCHS}
SIZE = 12
BALLOTS = [number.to_bytes(SIZE, "big") for number in range(30)]
WHATS = [
    what for e, part in zip(EPOCHS, range(3), strict=True) for what in cast(e, BALLOTS[part::3])
]
PLAIN = [ballot for part in range(3) for ballot in BALLOTS[part::3]]
LENGTH = len(WHATS[0])


@given(st.permutations(range(30)), st.integers(0, 30))
def test_a_stream_opens_in_any_order_and_in_parts(order: list[int], cut: int) -> None:
    opener = SEALED.opener()
    parts = [order[:cut], order[cut:]]
    streams = [b"".join(WHATS[number] for number in part) for part in parts]
    opened = [opener.opened_whats(stream, LENGTH, STORED) for stream in streams]
    assert b"".join(part.ballots for part in opened) == b"".join(PLAIN[n] for n in order)
    assert [part.failures for part in opened] == [(), ()]


@given(st.sets(st.integers(0, 29)))
def test_those_that_fail_are_named_and_the_others_open(spoiled: set[int]) -> None:
    stream = b"".join(
        what[:-1] + bytes([what[-1] ^ 1]) if number in spoiled else what
        for number, what in enumerate(WHATS)
    )
    opened = SEALED.opener().opened_whats(stream, LENGTH, STORED)
    assert [failure.index for failure in opened.failures] == sorted(spoiled)
    assert {failure.fault for failure in opened.failures} <= {OpeningFault.NOT_AUTHENTIC}
    for number, ballot in enumerate(PLAIN):
        expected = b"\xff" * SIZE if number in spoiled else ballot
        assert opened.ballots[number * SIZE : (number + 1) * SIZE] == expected


def test_an_epoch_that_nobody_stored_is_named() -> None:
    opened = SEALED.opener().opened_whats(WHATS[0], LENGTH, {})
    assert opened.failures == (Failure(index=0, fault=OpeningFault.UNKNOWN_EPOCH),)


def test_an_epoch_that_arrives_with_a_later_part_opens_then() -> None:
    opener = SEALED.opener()
    assert opener.opened_whats(WHATS[0], LENGTH, {}).failures
    assert not opener.opened_whats(WHATS[0], LENGTH, STORED).failures


def test_an_altered_epoch_is_not_taken_for_the_one_it_replaces() -> None:
    true = EPOCHS[0].sealed
    altered = SealedEpoch(position=PLACE, sealed_key=EPOCHS[1].sealed_key)
    opened = SEALED.opener().opened_whats(WHATS[0], LENGTH, {true.id: altered})
    assert opened.failures == (Failure(index=0, fault=OpeningFault.UNKNOWN_EPOCH),)


def test_with_another_key_no_epoch_opens() -> None:
    opened = Opener(new_private_key()).opened_whats(b"".join(WHATS), LENGTH, STORED)
    assert {failure.fault for failure in opened.failures} == {OpeningFault.CLOSED_EPOCH}
    assert len(opened.failures) == len(WHATS)


def test_an_epoch_key_of_another_length_is_refused() -> None:
    box = sealed_box(SEALED.setup.tally_public, b"short", PLACE.info)
    with pytest.raises(CannotOpen, match="32 bytes"):
        SEALED.opener().epoch_key(SealedEpoch(position=PLACE, sealed_key=box))


def test_nothing_opens_to_nothing() -> None:
    opened = SEALED.opener().opened_whats(b"", LENGTH, {})
    assert (bytes(opened.ballots), opened.ballot_length, opened.failures) == (b"", SIZE, ())
