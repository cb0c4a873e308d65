"""Opening ballots: the kernel says of any bytes what the ballot room says of them."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.bytes import u32, u64
from talkoot.base.engine import Engine
from talkoot.base.ids import ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    BallotDefinition,
    Limits,
    ProjectOnBallot,
    Recast,
    Rule,
    VoteType,
    padded_length,
)
from talkoot.voting.tally import Opened, opened

VALUES = (0, 1, 2, 3, 4, 5, 2**31 - 1, 2**31, 2**32, 2**32 + 1, 2**63, 2**64 - 1)
Cells = list[tuple[int, int]]


def a_definition(
    vote_type: VoteType,
    limits: Limits,
    costs: Sequence[int] = (1_00, 2_00, 3_00, 4_00),
    budget: int = 5_00,
) -> BallotDefinition:
    return BallotDefinition(
        election_id=ElectionId(UUID(int=9)),
        title={"en": "Made up"},
        vote_type=vote_type,
        limits=limits,
        projects=tuple(
            ProjectOnBallot(id=ProjectId(str(at)), name={"en": str(at)}, cost=Cents(cost))
            for at, cost in enumerate(costs)
        ),
        areas=(),
        budget=Cents(budget),
        currency="EUR",
        allocation=AllocationRule(rule=Rule.GREEDY),
        recast=Recast.LAST_COUNTS,
        ranks=DEFAULT_RANKS,
    )


def what_of(definition: BallotDefinition, *cells: tuple[int, int]) -> bytes:
    """Bytes that say these places and values, in this order, whether a ballot may or not."""
    marks = b"".join(u32(place) + u64(value) for place, value in cells)
    return (u32(len(cells)) + marks).ljust(padded_length(definition), b"\0")


def opened_from(
    whats: Sequence[bytes], definition: BallotDefinition, engine: Engine = Engine.KERNELS
) -> Opened:
    """Open ballots that lie in one run of bytes, with a byte of dirt before each."""
    raw = np.frombuffer(b"".join(b"\xee" + what for what in whats), dtype=np.uint8)
    length = np.array([len(what) for what in whats], dtype=np.int64)
    return opened(raw, np.cumsum(length + 1) - length, length, definition, engine=engine)


def rows_of(found: Opened) -> list[Cells | None]:
    """Each ballot's places and values; ``None``: spoiled."""
    choices = found.choices
    values = np.ones(len(choices.items), int) if choices.values is None else choices.values
    cells = list(zip(choices.items.tolist(), values.tolist(), strict=True))
    bounds = choices.indptr.tolist()
    return [
        None if spoiled else cells[bounds[row] : bounds[row + 1]]
        for row, spoiled in enumerate(found.spoiled.tolist())
    ]


@st.composite
def definitions(draw: st.DrawFn) -> BallotDefinition:
    """Any vote type with any limits, some of them absurd."""
    bound = st.none() | st.integers(0, 6)
    limits = Limits(
        min_choices=draw(st.integers(0, 3)),
        max_choices=draw(bound),
        max_cost=draw(st.none() | st.builds(Cents, st.integers(0, 12_00))),
        min_value=draw(st.integers(0, 2)),
        max_value=draw(bound | st.just(2**40)),
        min_sum=draw(st.integers(0, 4)),
        max_sum=draw(bound | st.just(2**70)),
    )
    cost = st.integers(0, 5_00) | st.sampled_from([2**62 - 1, 2**62, 2**63])
    budget = st.integers(0, 9_00) | st.sampled_from([2**62 - 2, 2**62, 2**63 + 5])
    return a_definition(
        draw(st.sampled_from(list(VoteType))),
        limits,
        draw(st.lists(cost, min_size=1, max_size=5)),
        draw(budget),
    )


@st.composite
def whats(draw: st.DrawFn, definition: BallotDefinition) -> bytes:
    """Mostly ballots, orderly or not; some of them damaged, and some any bytes at all."""
    size = padded_length(definition)
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.binary(max_size=size + 14))
    places = st.integers(0, len(definition.projects)) if kind == 1 else _places(definition)
    some = draw(st.lists(places, max_size=definition.capacity + (kind == 2), unique=kind > 3))
    if definition.vote_type is VoteType.RANKING and kind > 3:
        what = what_of(definition, *((place, at) for at, place in enumerate(some, 1)))
    else:
        value = st.sampled_from(VALUES) if kind < 6 else st.integers(1, 2)
        only = {VoteType.APPROVAL, VoteType.KNAPSACK, VoteType.ONE}
        value = st.just(1) if definition.vote_type in only and kind > 4 else value
        cells = [(place, draw(value)) for place in (sorted(some) if kind > 2 else some)]
        what = what_of(definition, *cells)
    if kind == 3 and what:
        at = draw(st.integers(0, len(what) - 1))
        what = what[:at] + bytes([draw(st.integers(0, 255))]) + what[at + 1 :]
    return what


def _places(definition: BallotDefinition) -> st.SearchStrategy[int]:
    return st.integers(0, len(definition.projects) - 1)


@given(definitions().flatmap(lambda d: st.tuples(st.just(d), st.lists(whats(d), max_size=12))))
@settings(max_examples=600, deadline=None)
def test_the_kernel_opens_as_its_slow_twin(election: tuple[BallotDefinition, list[bytes]]) -> None:
    definition, some = election
    fast, slow = opened_from(some, definition), opened_from(some, definition, Engine.TWINS)
    assert fast.spoiled.tolist() == slow.spoiled.tolist()
    assert fast.choices.indptr.tolist() == slow.choices.indptr.tolist()
    assert fast.choices.items.dtype == slow.choices.items.dtype
    assert fast.choices.items.tolist() == slow.choices.items.tolist()
    assert (fast.choices.values is None) == (slow.choices.values is None)
    assert rows_of(fast) == rows_of(slow)


LIMITS = {
    "approval": (VoteType.APPROVAL, Limits(min_choices=1, max_choices=2)),
    "blank": (VoteType.APPROVAL, Limits(min_choices=0, max_choices=2)),
    "knapsack": (VoteType.KNAPSACK, Limits()),
    "own purse": (VoteType.KNAPSACK, Limits(max_cost=Cents(3_00))),
    "one": (VoteType.ONE, Limits(max_choices=1)),
    "points": (VoteType.POINTS, Limits(min_value=1, max_value=5, min_sum=3, max_sum=6)),
    "scores": (VoteType.SCORES, Limits(min_value=0, max_value=4)),
    "no top": (VoteType.SCORES, Limits(min_value=0)),
    "ranking": (VoteType.RANKING, Limits(max_choices=3)),
}
EXAMPLES: list[tuple[str, Cells, Cells | None]] = [
    ("approval", [(0, 1), (3, 1)], [(0, 1), (3, 1)]),
    ("approval", [], None),
    ("approval", [(3, 1), (0, 1)], None),
    ("approval", [(0, 1), (0, 1)], None),
    ("approval", [(4, 1)], None),
    ("approval", [(0, 2)], None),
    ("approval", [(0, 0)], None),
    ("approval", [(0, 2**32 + 1)], None),
    ("blank", [], []),
    ("knapsack", [(0, 1), (3, 1)], [(0, 1), (3, 1)]),
    ("knapsack", [(1, 1), (3, 1)], None),
    ("own purse", [(0, 1), (1, 1)], [(0, 1), (1, 1)]),
    ("own purse", [(0, 1), (2, 1)], None),
    ("one", [(2, 1)], [(2, 1)]),
    ("points", [(0, 1), (1, 5)], [(0, 1), (1, 5)]),
    ("points", [(0, 2), (1, 5)], None),
    ("points", [(0, 2)], None),
    ("points", [(0, 6)], None),
    ("points", [(0, 0), (1, 5)], None),
    ("scores", [(0, 0), (1, 4)], [(0, 0), (1, 4)]),
    ("scores", [(1, 5)], None),
    ("no top", [(1, 2**31 - 1)], [(1, 2**31 - 1)]),
    ("no top", [(1, 2**31)], None),
    ("no top", [(1, 2**64 - 1)], None),
    ("ranking", [(3, 1), (0, 2), (2, 3)], [(0, 2), (2, 1), (3, 3)]),
    ("ranking", [(3, 1), (0, 3)], None),
    ("ranking", [(0, 2), (3, 1)], None),
    ("ranking", [(3, 1), (3, 2)], None),
]


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize(("kind", "cells", "expected"), EXAMPLES)
def test_a_known_ballot_is_opened_or_spoiled(
    kind: str, cells: Cells, expected: Cells | None, engine: Engine
) -> None:
    definition = a_definition(*LIMITS[kind])
    assert rows_of(opened_from([what_of(definition, *cells)], definition, engine)) == [expected]


@pytest.mark.parametrize("engine", list(Engine))
def test_bytes_of_another_length_or_behind_the_end_spoil_a_ballot(engine: Engine) -> None:
    definition = a_definition(*LIMITS["approval"])
    good = what_of(definition, (1, 1))
    some = [good, good + b"\0", good[:-1], b"", good[:-1] + b"\1", b"\xff" * len(good)]
    found = opened_from(some, definition, engine)
    assert found.spoiled.tolist() == [0, 1, 1, 1, 1, 1]
    assert len(found.choices) == len(some)


def test_no_ballots_are_no_rows() -> None:
    found = opened_from([], a_definition(*LIMITS["scores"]))
    assert (len(found.choices), len(found.spoiled)) == (0, 0)


@pytest.mark.parametrize(
    ("at", "length", "words"),
    [([0], [5], "outside"), ([-1], [2], "fit together"), ([0], [1, 1], "fit together")],
)
def test_a_ballot_outside_of_the_bytes_is_refused(
    at: list[int], length: list[int], words: str
) -> None:
    raw = np.zeros(4, dtype=np.uint8)
    places, sizes = np.array(at, dtype=np.int64), np.array(length, dtype=np.int64)
    with pytest.raises(ValueError, match=words):
        opened(raw, places, sizes, a_definition(*LIMITS["one"]))
