"""A count in parts, by voter, comes to the same as in one piece; kernels and slow twins as well."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.engine import Engine
from talkoot.voting.ballot import BallotDefinition, Channel, Entry
from talkoot.voting.dedup import columns_from
from talkoot.voting.log import CHANNELS, LogColumns
from talkoot.voting.results import (
    SALT_BYTES,
    Gathering,
    PartCount,
    Partition,
    added,
    finished,
    partition_counted,
    partition_from,
    set_digest,
)
from talkoot.voting.results.digest import EMPTY_SET, UNSALTED, together
from tests.voting.results.made_up import a_definition, an_entry, elections, what_of

Election = tuple[BallotDefinition, list[Entry]]


@st.composite
def cast_everywhere(draw: st.DrawFn) -> Election:
    """An election whose entries came by every channel."""
    definition, entries = draw(elections())
    channels = st.sampled_from(list(Channel))
    return definition, [replace(entry, channel=draw(channels)) for entry in entries]


def part_of(
    entries: Sequence[Entry],
    definition: BallotDefinition,
    *,
    engine: Engine = Engine.KERNELS,
    salt: bytes = UNSALTED,
) -> PartCount:
    partition = partition_from(entries, definition, engine=engine)
    return partition_counted(partition, definition, engine=engine, salt=salt)


def figures(part: PartCount) -> dict[str, object]:
    """Everything a part says, in a form that can be compared."""
    return {
        "profile": part.profile,
        "numbers": (part.entries, part.counted, part.superseded, part.spoiled),
        "ballots": part.channels.ballots.tolist(),
        "votes": part.channels.votes.tolist(),
        "score": part.channels.score.tolist(),
        "standing": part.standing,
    }


@given(cast_everywhere(), st.integers(1, 5), st.binary(min_size=16, max_size=16))
@settings(max_examples=100, deadline=None)
def test_parts_by_voter_add_up_to_the_whole(election: Election, number: int, salt: bytes) -> None:
    definition, entries = election
    whole = part_of(entries, definition, salt=salt)
    parts = [
        part_of([e for e in entries if e.voter_key[-1] % number == n], definition, salt=salt)
        for n in range(number)
    ]
    for some in (parts, parts[::-1]):
        assert figures(added(some)) == figures(whole)
    results = [
        msgspec.json.encode(finished(one, definition).result) for one in (whole, added(parts))
    ]
    assert results[0] == results[1]


@given(cast_everywhere())
@settings(max_examples=60, deadline=None)
def test_kernels_and_twins_count_alike(election: Election) -> None:
    definition, entries = election
    fast, slow = (part_of(entries, definition, engine=engine) for engine in Engine)
    assert figures(fast) == figures(slow)
    results = [
        finished(part, definition, engine=engine).result
        for part, engine in zip((fast, slow), Engine, strict=True)
    ]
    decided = [
        [(p.number, p.votes, p.score, p.fate, p.turn, p.missing) for p in result.projects]
        for result in results
    ]
    assert decided[0] == decided[1]
    assert results[0].spent == results[1].spent


@given(cast_everywhere())
@settings(max_examples=60, deadline=None)
def test_every_counted_ballot_is_counted_by_its_channel(election: Election) -> None:
    definition, entries = election
    part = part_of(entries, definition)
    best: dict[bytes, Entry] = {}
    for entry in entries:
        other = best.get(entry.voter_key)
        if other is None or entry.sort_key > other.sort_key:
            best[entry.voter_key] = entry
    valid = [e for e in best.values() if part_of([e], definition).counted]
    expected = Counter(entry.channel for entry in valid)
    assert part.channels.ballots.tolist() == [expected[channel] for channel in CHANNELS]


def test_a_part_without_entries_adds_nothing() -> None:
    definition = a_definition()
    some = part_of([an_entry(definition, what_of(definition, ("1", 1)), voter=1)], definition)
    nothing = part_of([], definition)
    assert figures(added([some, nothing])) == figures(some)
    assert nothing.standing == EMPTY_SET
    with pytest.raises(ValueError, match="at least one"):
        added([])


def test_ten_thousand_entries_of_one_voter_are_one_ballot() -> None:
    definition = a_definition()
    first = an_entry(definition, what_of(definition, ("1", 1)), voter=1)
    some = [replace(first, round=turn) for turn in range(10_000)]
    part = part_of(some, definition)
    assert (part.entries, part.counted, part.superseded) == (10_000, 1, 9_999)
    assert part.profile.ballots == 1


# Batches of the log


def batch_of(entries: Sequence[Entry]) -> LogColumns:
    """Entries as the log gives them."""
    columns = columns_from(entries)
    length = np.array([len(entry.what) for entry in entries], dtype=np.int64)
    return LogColumns(
        voter=columns.voter,
        precedence=columns.precedence,
        entry_hash=columns.entry_hash,
        channel=np.array([CHANNELS.index(entry.channel) for entry in entries], dtype=np.uint8),
        raw=np.frombuffer(b"".join(entry.what for entry in entries), dtype=np.uint8),
        what_at=np.cumsum(length) - length,
        what_length=length,
    )


def content(partition: Partition) -> list[object]:
    values = partition.choices.values
    return [
        partition.entries.voter.tolist(),
        partition.entries.precedence.tolist(),
        partition.entries.entry_hash.tolist(),
        partition.choices.indptr.tolist(),
        partition.choices.items.tolist(),
        None if values is None else values.tolist(),
        partition.faulty.tolist(),
        partition.channel.tolist(),
    ]


@given(cast_everywhere(), st.lists(st.integers(1, 6), min_size=1, max_size=6), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_batches_gather_to_the_partition_of_all_entries(
    election: Election, sizes: list[int], expected: int
) -> None:
    definition, entries = election
    gathering, rest, turn = Gathering(definition, expected), list(entries), 0
    while rest:
        size = sizes[turn % len(sizes)]
        gathering.add(batch_of(rest[:size]))
        rest, turn = rest[size:], turn + 1
    assert gathering.rows == len(entries)
    assert content(gathering.partition()) == content(partition_from(entries, definition))


def test_columns_of_different_length_are_no_partition() -> None:
    definition = a_definition()
    good = partition_from(
        [an_entry(definition, what_of(definition, ("1", 1)), voter=1)], definition
    )
    with pytest.raises(ValueError, match="do not fit together"):
        replace(good, faulty=np.zeros(2, dtype=np.uint8))


# The digest of a set

Pairs = tuple[np.typing.NDArray[np.uint64], np.typing.NDArray[np.uint8]]


def pairs(number: int, seed: int) -> Pairs:
    random = np.random.default_rng(seed)
    voter = random.integers(0, 2**64, (number, 2), dtype=np.uint64)
    return voter, random.integers(0, 256, (number, 32), dtype=np.uint8)


@given(st.integers(0, 70), st.integers(0, 2**32), st.binary(min_size=16, max_size=16))
@settings(max_examples=60, deadline=None)
def test_the_digest_agrees_with_its_slow_twin_in_any_order(
    number: int, seed: int, salt: bytes
) -> None:
    voter, entry_hash = pairs(number, seed)
    rows = np.arange(number)
    fast = set_digest(voter, entry_hash, rows, salt)
    assert fast == set_digest(voter, entry_hash, rows, salt, engine=Engine.TWINS)
    assert fast == set_digest(voter, entry_hash, rows[::-1].copy(), salt)
    half = number // 2
    halves = [set_digest(voter, entry_hash, r, salt) for r in (rows[:half], rows[half:])]
    assert together(halves) == fast


def test_another_voter_hash_salt_or_row_gives_another_digest() -> None:
    voter, entry_hash = pairs(3, 1)
    rows = np.arange(3)
    other_voter, other_hash = voter.copy(), entry_hash.copy()
    other_voter[1, 1] ^= np.uint64(1)
    other_hash[2, 31] ^= np.uint8(1)
    found = {
        set_digest(voter, entry_hash, rows, UNSALTED),
        set_digest(other_voter, entry_hash, rows, UNSALTED),
        set_digest(voter, other_hash, rows, UNSALTED),
        set_digest(voter, entry_hash, rows, b"\1" * SALT_BYTES),
        set_digest(voter, entry_hash, rows[:2], UNSALTED),
        set_digest(voter[[1, 0, 2]], entry_hash, rows, UNSALTED),
    }
    assert len(found) == 6


def test_a_salt_has_its_length() -> None:
    voter, entry_hash = pairs(1, 1)
    with pytest.raises(ValueError, match="16 bytes, not 3"):
        set_digest(voter, entry_hash, np.arange(1), b"abc")
