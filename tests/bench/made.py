"""Made-up elections as columns: as many ballots as asked for, 5 % of them repeats.

Four in a hundred rows are a voter's second ballot and one in a hundred is the same entry once more,
all in an order without meaning; a ballot names three to seven of fifty projects, some of which are
much better liked than others. The same size gives the same arrays.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from talkoot.voting.dedup import EntryColumns
from talkoot.voting.tally import Choices

PROJECTS = 50
SHORTEST, LONGEST = 3, 7
CHUNK = 1 << 20

U64 = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An election's input: a row of each for every ballot that was cast."""

    entries: EntryColumns
    choices: Choices

    @property
    def n(self) -> int:
        """The number of rows."""
        return len(self.choices)


def made(n: int) -> Made:
    """Make ``n`` rows."""
    random = np.random.default_rng(n)
    again, repeated = n * 4 // 100, n // 100
    first = n - again - repeated
    voter = random.integers(0, 1 << 64, (first, 2), np.uint64)
    voters = np.concatenate((np.arange(first), random.integers(0, first, again)))
    entry_hash = random.integers(0, 256, (first + again, 32), np.uint8)
    order = _order(random, first + again)
    copies = random.integers(0, first + again, repeated)
    rows = random.permutation(np.concatenate((np.arange(first + again), copies)))
    entry_hash = entry_hash[rows]
    precedence = np.stack((order[rows], entry_hash.view(">u8")[:, 0].astype(np.uint64)), axis=1)
    return Made(
        entries=EntryColumns(
            voter=voter[voters[rows]], precedence=precedence, entry_hash=entry_hash
        ),
        choices=choices(random, first + again).rows(rows),
    )


def _order(random: np.random.Generator, n: int) -> U64:
    """The first word of precedence: rank, round and beacon."""
    rank = random.integers(1, 4, n, np.uint64)
    round_ = random.integers(0, 1 << 20, n, np.uint64)
    beacon = random.integers(0, 1 << 32, n, np.uint64)
    order: U64 = (rank << np.uint64(56)) | (round_ << np.uint64(32)) | beacon
    return order


def choices(random: np.random.Generator, n: int) -> Choices:
    """Approvals without repeats: each ballot draws again until its projects differ."""
    lengths = random.integers(SHORTEST, LONGEST + 1, n)
    indptr = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))
    parts = [_drawn(random, lengths[at : at + CHUNK]) for at in range(0, n, CHUNK)]
    return Choices(indptr=indptr, items=np.concatenate(parts))


def _drawn(random: np.random.Generator, lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.uint16]:
    """The projects of some ballots, rising within each, one ballot after another."""
    beyond = np.arange(LONGEST) >= lengths[:, None]
    drawn = np.empty(beyond.shape, np.uint16)
    wrong = np.arange(len(lengths))
    while len(wrong):
        liked = random.random((len(wrong), LONGEST)) ** 1.5
        some = (liked * PROJECTS).astype(np.uint16)
        some[beyond[wrong]] = PROJECTS + np.broadcast_to(np.arange(LONGEST), some.shape)[
            beyond[wrong]
        ].astype(np.uint16)
        some.sort(axis=1)
        drawn[wrong] = some
        wrong = wrong[np.any(some[:, 1:] == some[:, :-1], axis=1)]
    return drawn[~beyond]
