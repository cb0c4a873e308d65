"""The counts per project straight from columns of ballots, by area or channel where asked."""

from dataclasses import dataclass
from typing import assert_never

import numpy as np

from talkoot.base.engine import Engine
from talkoot.voting.dedup import U8
from talkoot.voting.tally import reference
from talkoot.voting.tally.choices import I64, Choices, Rows, fault_of
from talkoot.voting.tally.grouping import times_of

MOST_BALLOTS = 1 << 32
"""Of one count: with values of 32 bits no sum then passes 64."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyCounts:
    """Counts for each key (an area, a channel) and project.

    ``votes``: int64 (k, p), ballots of that key naming the project; ``score``: int64 (k, p), the
    sum of their values; ``ballots``: int64 (k,), all ballots of that key, empty ones included.
    """

    votes: I64
    score: I64
    ballots: I64


def tally_columns(
    choices: Choices,
    projects: int,
    *,
    rows: Rows | None = None,
    keys: U8 | None = None,
    engine: Engine = Engine.KERNELS,
) -> KeyCounts:
    """Count ballots by project and key: all, or those of ``rows``, as often as each is named.

    ``keys``: uint8 (n,), one a ballot of ``choices``; without it all have key 0. The answer has as
    many keys as the greatest one plus one. The order of ``rows`` costs nothing: ballots are read in
    the order in which they lie in memory.

    Raises ``ValueError`` naming the row and project of a ballot that is not sound, or where keys
    and ballots differ in number; ``IndexError`` for a row that is not there.
    """
    number = len(choices)
    key = np.zeros(number, np.uint8) if keys is None else np.ascontiguousarray(keys)
    if len(key) != number or key.dtype != np.uint8:
        raise ValueError(f"{len(key)} keys of {key.dtype} for {number} ballots, one uint8 each")
    named = number if rows is None else len(rows)
    if named > MOST_BALLOTS:
        raise ValueError(f"{named} ballots are more than the {MOST_BALLOTS} of one count")
    shape = (int(key.max()) + 1 if number else 1, projects)
    counts = KeyCounts(
        votes=np.zeros(shape, np.int64),
        score=np.zeros(shape, np.int64),
        ballots=np.zeros(shape[0], np.int64),
    )
    match engine:
        case Engine.KERNELS:
            return _by_kernel(choices, rows, key, counts)
        case Engine.TWINS:
            arrays = (counts.votes, counts.score, counts.ballots)
            reference.add_ballots(choices, rows, key, *arrays)
            return counts
        case _:
            assert_never(engine)


def _by_kernel(choices: Choices, rows: Rows | None, key: U8, counts: KeyCounts) -> KeyCounts:
    from talkoot.voting.tally.kernels import DONE, counted_by_key

    items, times = choices.items, times_of(len(choices), rows)
    if items.dtype != np.uint16 or times.dtype != np.uint8:
        items, times = items.astype(np.uint32), times.astype(np.int64)
    values = np.zeros(0, np.int32) if choices.values is None else choices.values
    arrays = (counts.votes, counts.score, counts.ballots)
    row = int(counted_by_key(choices.indptr, items, values, times, key, *arrays))
    if row != DONE:
        raise fault_of(choices, row, counts.votes.shape[1])
    if choices.values is None:
        return KeyCounts(votes=counts.votes, score=counts.votes.copy(), ballots=counts.ballots)
    return counts
