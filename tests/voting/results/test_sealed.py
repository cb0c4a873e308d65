"""The count of sealed ballots: what a count of readable ones gives, whatever the order."""

import random

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.engine import Engine
from talkoot.voting.ballot import BallotDefinition, Entry, VoteType, padded_length
from talkoot.voting.dedup import U8, columns_from
from talkoot.voting.results import (
    Spoiled,
    counted,
    finished,
    partition_from,
    sealed_counted,
)
from talkoot.voting.results.sealed import SealedEntries, sealed_length
from tests.voting.results.made_up import a_definition, an_entry, whats

MASK = 0x5A


def masked(what: bytes) -> bytes:
    """A ballot under a cipher that needs no key: enough where what opens is given."""
    return bytes(40) + bytes(byte ^ MASK for byte in what) + bytes(16)


def unmasked(what: U8) -> tuple[U8, U8]:
    """Open such ballots; the first byte says where one does not open."""
    plain = np.ascontiguousarray(what[:, 40:-16]) ^ np.uint8(MASK)
    plain[what[:, 0] != 0] = 0
    return plain, np.ascontiguousarray(what[:, 0])


def sealed_from(entries: list[Entry], definition: BallotDefinition) -> SealedEntries:
    length = sealed_length(definition)
    whats_ = [entry.what[:length].ljust(length, b"\0") for entry in entries]
    return SealedEntries(
        entries=columns_from(entries),
        channel=np.zeros(len(entries), np.uint8),
        what=np.frombuffer(b"".join(whats_), np.uint8).reshape(-1, length),
        fits=np.array([len(entry.what) == length for entry in entries], np.bool_),
    )


def unshuffled(_order: npt.NDArray[np.int64]) -> None:
    """Leave the order as it is."""


@st.composite
def logs(draw: st.DrawFn) -> tuple[BallotDefinition, list[Entry]]:
    definition = a_definition(draw(st.sampled_from(VoteType)))
    cast = st.tuples(st.integers(1, 6), whats(definition))
    casts = draw(st.lists(cast, max_size=12))
    entries = [
        an_entry(definition, what, voter=voter, submission=at, round_=at)
        for at, (voter, what) in enumerate(casts, 1)
    ]
    return definition, entries


def sealed_entry(entry: Entry) -> Entry:
    changed = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
    return Entry(**{**changed, "what": masked(entry.what)})


@settings(deadline=None)
@given(logs(), st.integers(0, 2**32))
def test_sealed_ballots_come_to_the_bytes_that_readable_ones_come_to(
    log: tuple[BallotDefinition, list[Entry]], seed: int
) -> None:
    definition, entries = log
    plain = counted(partition_from(entries, definition), definition)
    sealed = sealed_from([sealed_entry(entry) for entry in entries], definition)
    for engine in Engine:
        found = sealed_counted(
            sealed,
            definition,
            open_=unmasked,
            shuffle=np.random.default_rng(seed).shuffle,
            engine=engine,
        )
        count = finished(found.part, definition, engine=engine)
        assert msgspec.json.encode(count.result) == msgspec.json.encode(plain.result)
        assert sum(found.spoiled.values()) == count.result.accounting.spoiled


def test_twenty_orders_of_the_same_ballots_give_the_same_count() -> None:
    definition = a_definition()
    rnd = random.Random(7)
    entries = [
        sealed_entry(an_entry(definition, what, voter=voter, submission=voter))
        for voter in range(200)
        for what in [b"\0\0\0\1" + rnd.randrange(5).to_bytes(4, "big") + bytes(7) + b"\1"]
        for what in [what.ljust(padded_length(definition), b"\0")]
    ]
    results = set()
    for seed in range(20):
        rnd.shuffle(entries)
        found = sealed_counted(
            sealed_from(entries, definition),
            definition,
            open_=unmasked,
            shuffle=np.random.default_rng(seed).shuffle,
        )
        count = finished(found.part, definition)
        results.add((msgspec.json.encode(count.result), found.standing.tobytes()))
    assert len(results) == 1


@pytest.mark.parametrize("reason", [Spoiled.UNKNOWN_EPOCH, Spoiled.NOT_AUTHENTIC])
def test_what_does_not_open_is_spoiled_by_its_reason(reason: Spoiled) -> None:
    definition = a_definition()
    good = sealed_entry(an_entry(definition, bytes(padded_length(definition)), voter=1))
    shut = Entry(
        **{
            **{name: getattr(good, name) for name in Entry.__dataclass_fields__},
            "voter_key": bytes(15) + b"\2",
            "what": bytes([reason]) + good.what[1:],
        }
    )
    short = Entry(
        **{
            **{name: getattr(good, name) for name in Entry.__dataclass_fields__},
            "voter_key": bytes(15) + b"\3",
            "what": good.what[:-1],
        }
    )
    found = sealed_counted(
        sealed_from([good, shut, short], definition),
        definition,
        open_=unmasked,
        shuffle=unshuffled,
    )
    assert found.spoiled == {
        Spoiled.NOT_A_BALLOT: 1,
        reason: 1,
        Spoiled.WRONG_LENGTH: 1,
    }
    assert found.part.counted == 0
