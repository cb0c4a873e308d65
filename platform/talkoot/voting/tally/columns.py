"""The counts per project straight from columns of ballots, by area or channel where asked."""

from dataclasses import dataclass

import numpy as np

from talkoot.base.engine import Engine
from talkoot.voting.dedup import U8
from talkoot.voting.tally.choices import I64, Choices, Rows


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
    """Count ballots (those of ``rows``, each once; by default all) by project and key.

    ``keys``: uint8 (n,), one a ballot of ``choices``; without it all have key 0. The answer has as
    many keys as the greatest one plus one.
    """
    del engine
    picked = choices if rows is None else choices.rows(rows)
    some = np.zeros(len(choices), np.uint8) if keys is None else keys
    key = (some if rows is None else some[rows]).astype(np.int64)
    number = int(some.max()) + 1 if len(some) else 1
    votes, score = np.zeros((number, projects), np.int64), np.zeros((number, projects), np.int64)
    marks = np.repeat(key, np.diff(picked.indptr))
    np.add.at(votes, (marks, picked.items), 1)
    np.add.at(score, (marks, picked.items), 1 if picked.values is None else picked.values)
    return KeyCounts(votes=votes, score=score, ballots=np.bincount(key, minlength=number))
