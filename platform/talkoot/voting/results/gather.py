"""From entries, as columns of the log or one by one, to a partition with its ballots opened."""

from collections.abc import Sequence

import numpy as np

from talkoot.base.engine import Engine
from talkoot.base.errors import BrokenLog
from talkoot.voting.ballot import BallotDefinition, Entry
from talkoot.voting.dedup import EntryColumns, columns_from
from talkoot.voting.log import CHANNELS, LogColumns
from talkoot.voting.results.partition import Partition
from talkoot.voting.tally import Choices, Opened, opened


def partition_from(
    entries: Sequence[Entry], definition: BallotDefinition, *, engine: Engine = Engine.KERNELS
) -> Partition:
    """Give entries as a partition, row by row.

    Raises :class:`BrokenLog` where an entry belongs to another definition.
    """
    for entry in entries:
        if entry.definition_hash != definition.hash:
            raise BrokenLog(f"entry {entry.hash.hex()} was cast under another ballot definition")
    length = np.array([len(entry.what) for entry in entries], dtype=np.int64)
    raw = np.frombuffer(b"".join(entry.what for entry in entries), dtype=np.uint8)
    at = np.cumsum(length, dtype=np.int64) - length
    found = opened(raw, at, length, definition, engine=engine)
    return Partition(
        entries=columns_from(entries),
        choices=found.choices,
        faulty=found.spoiled,
        channel=np.array([CHANNELS.index(entry.channel) for entry in entries], dtype=np.uint8),
    )


class Gathering:
    """Batches of the log, their ballots opened as they come, so that their bytes need not be kept.

    ``expected`` is how many entries there will be; more or fewer are right as well, only slower.
    """

    def __init__(
        self, definition: BallotDefinition, expected: int, *, engine: Engine = Engine.KERNELS
    ) -> None:
        self.rows = 0
        self._definition = definition
        self._engine = engine
        self._voter = np.empty((expected, 2), dtype=np.uint64)
        self._precedence = np.empty((expected, 2), dtype=np.uint64)
        self._entry_hash = np.empty((expected, 32), dtype=np.uint8)
        self._channel = np.empty(expected, dtype=np.uint8)
        self._opened: list[Opened] = []

    def add(self, batch: LogColumns) -> None:
        """Open a batch's ballots and keep its columns."""
        after = self.rows + len(batch)
        if after > len(self._channel):
            self._grow(max(after, 2 * len(self._channel)))
        some = slice(self.rows, after)
        self._voter[some] = batch.voter
        self._precedence[some] = batch.precedence
        self._entry_hash[some] = batch.entry_hash
        self._channel[some] = batch.channel
        self._opened.append(
            opened(
                batch.raw, batch.what_at, batch.what_length, self._definition, engine=self._engine
            )
        )
        self.rows = after

    def _grow(self, rows: int) -> None:
        more = rows - len(self._channel)
        self._voter = np.pad(self._voter, ((0, more), (0, 0)))
        self._precedence = np.pad(self._precedence, ((0, more), (0, 0)))
        self._entry_hash = np.pad(self._entry_hash, ((0, more), (0, 0)))
        self._channel = np.pad(self._channel, (0, more))

    def partition(self) -> Partition:
        """Give all that was added as one partition."""
        rows = self.rows
        return Partition(
            entries=EntryColumns(
                voter=self._voter[:rows],
                precedence=self._precedence[:rows],
                entry_hash=self._entry_hash[:rows],
            ),
            choices=joined_choices([one.choices for one in self._opened], self._definition),
            faulty=np.concatenate([np.empty(0, np.uint8), *(one.spoiled for one in self._opened)]),
            channel=self._channel[:rows],
        )


def joined_choices(parts: Sequence[Choices], definition: BallotDefinition) -> Choices:
    """Choices of one definition below each other."""
    if not parts:
        nothing = np.empty(0, dtype=np.int64)
        return opened(np.empty(0, np.uint8), nothing, nothing, definition).choices
    bounds = np.cumsum([0, *(len(part.items) for part in parts)], dtype=np.int64)
    values = [part.values for part in parts if part.values is not None]
    return Choices(
        indptr=np.concatenate(
            [bounds[:1], *(p.indptr[1:] + start for p, start in zip(parts, bounds, strict=False))]
        ),
        items=np.concatenate([part.items for part in parts]),
        values=np.concatenate(values) if values else None,
    )
