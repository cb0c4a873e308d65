"""The counts per project straight from columns of ballots, by area or channel where asked."""

from dataclasses import dataclass
from typing import assert_never

import numpy as np

from talkoot.base.engine import Engine
from talkoot.voting.dedup import U8
from talkoot.voting.tally import reference
from talkoot.voting.tally.choices import I64, Choices, Rows, fault_of
from talkoot.voting.tally.grouping import times_of

_BLOCK = 1 << 12
"""Rows counted in one run: with their marks they stay in the nearest cache but one."""
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
    times: U8 | None = None,
    keys: U8 | None = None,
    engine: Engine = Engine.KERNELS,
) -> KeyCounts:
    """Count ballots by project and key: all, or those of ``rows``, as often as each is named.

    ``times``: uint8 (n,), may say instead of ``rows`` how often each ballot counts. ``keys``: uint8
    (n,), one a ballot of ``choices``; without it all have key 0. The answer has as
    many keys as the greatest one plus one. The order of ``rows`` costs nothing: ballots are read in
    the order in which they lie in memory.

    Raises ``ValueError`` naming the row and project of a ballot that is not sound, or where keys
    or times and ballots differ in number; ``IndexError`` for a row that is not there.
    """
    number = len(choices)
    if times is not None and (rows is not None or len(times) != number or times.dtype != np.uint8):
        raise ValueError(f"{len(times)} times of {times.dtype} for {number} ballots, or rows too")
    key = np.zeros(number, np.uint8) if keys is None else np.ascontiguousarray(keys)
    if len(key) != number or key.dtype != np.uint8:
        raise ValueError(f"{len(key)} keys of {key.dtype} for {number} ballots, one uint8 each")
    if _named(number, rows, times) > MOST_BALLOTS:
        raise ValueError(f"more ballots than the {MOST_BALLOTS} of one count")
    shape = (int(key.max()) + 1 if number else 1, projects)
    counts = KeyCounts(
        votes=np.zeros(shape, np.int64),
        score=np.zeros(shape, np.int64),
        ballots=np.zeros(shape[0], np.int64),
    )
    match engine:
        case Engine.KERNELS:
            often = times_of(number, rows) if times is None else np.ascontiguousarray(times)
            return _by_kernel(choices, often, key, counts)
        case Engine.TWINS:
            arrays = (counts.votes, counts.score, counts.ballots)
            named = rows if times is None else np.repeat(np.arange(number), times)
            reference.add_ballots(choices, named, key, *arrays)
            return counts
        case _:
            assert_never(engine)


def _named(number: int, rows: Rows | None, times: U8 | None) -> int:
    """How many ballots are to be counted."""
    if times is not None:
        return int(times.sum(dtype=np.int64))
    return number if rows is None else len(rows)


def _by_kernel(choices: Choices, times: U8 | I64, key: U8, counts: KeyCounts) -> KeyCounts:
    if choices.values is None and choices.items.dtype == np.uint16 and times.dtype == np.uint8:
        return _in_runs(choices, times.view(np.uint8), key, counts)
    _row_by_row(choices, times, key, counts, slice(0, len(choices)))
    if choices.values is None:
        return KeyCounts(votes=counts.votes, score=counts.votes.copy(), ballots=counts.ballots)
    return counts


def _in_runs(choices: Choices, times: U8, key: U8, counts: KeyCounts) -> KeyCounts:
    """Count approvals block by block, row by row only where a block asks for it."""
    from talkoot.voting.tally.kernels import DONE, counted_in_runs

    keys, projects = counts.votes.shape
    sums = np.zeros((keys, 4, projects), np.int64)
    row = 0
    while row < len(choices):
        row = int(
            counted_in_runs(
                choices.indptr, choices.items, times, key, _BLOCK, row, sums, counts.ballots
            )
        )
        if row == DONE:
            break
        _row_by_row(choices, times, key, counts, slice(row, row + _BLOCK))
        row += _BLOCK
    votes = counts.votes + sums.sum(axis=1)
    return KeyCounts(votes=votes, score=votes.copy(), ballots=counts.ballots)


def _row_by_row(choices: Choices, times: U8 | I64, key: U8, counts: KeyCounts, rows: slice) -> None:
    """Add these rows to the counts. Raises ``ValueError`` naming the row that is not sound."""
    from talkoot.voting.tally.kernels import DONE, counted_by_key

    indptr = choices.indptr[rows.start : rows.stop + 1]
    items, often = choices.items, times[rows]
    if items.dtype != np.uint16 or often.dtype != np.uint8:
        items, often = items.astype(np.uint32), often.astype(np.int64)
    values = np.zeros(0, np.int32) if choices.values is None else choices.values
    arrays = (counts.votes, counts.score, counts.ballots)
    row = int(counted_by_key(indptr, items, values, often, key[rows], *arrays))
    if row != DONE:
        raise fault_of(choices, rows.start + row, counts.votes.shape[1])
