"""The count of sealed ballots: entries, which of them stand, names dropped, shuffled, opened.

What opens a ballot is given from outside, as is what shuffles. Only ballots that stand are opened,
after nothing says any more whose they are; a ballot that was replaced stays sealed for ever.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from talkoot.base.byte_rows import taken
from talkoot.base.engine import Engine
from talkoot.voting.ballot import BallotDefinition, padded_length
from talkoot.voting.dedup import U8, EntryColumns, Settlement, Standing, settled
from talkoot.voting.log import LogColumns
from talkoot.voting.results.digest import UNSALTED, set_digest
from talkoot.voting.results.gather import joined_choices
from talkoot.voting.results.partition import PartCount, every_channel, turned
from talkoot.voting.sealing import WHAT_OVERHEAD, Opener, SealedEpoch
from talkoot.voting.tally import Choices, opened, profile_from_choices, tally_columns

I64 = npt.NDArray[np.int64]
OPENED_AT_ONCE = 1 << 15
"""So many ballots are open and not yet grouped at any time."""

Shuffle = Callable[[I64], None]
"""Puts numbers, int64 (n,), into a random order, in place: drawn by the system, at the edge."""


class Spoiled(IntEnum):
    """Why a ballot that stands counts for nothing; 0 for one that counts."""

    COUNTS = 0
    WRONG_LENGTH = 1
    """It has not the one length of the election's ballots."""
    UNKNOWN_EPOCH = 2
    """No epoch of this election has its id."""
    WRONG_PLACE = 3
    """Its epoch claims another place than that where it was heard of."""
    CLOSED_EPOCH = 4
    """Its epoch's key does not open."""
    NOT_AUTHENTIC = 5
    """Its seal does not open: copied from elsewhere, or altered."""
    NOT_A_BALLOT = 6
    """Opened, it is not a ballot that the definition allows."""

    @property
    def word(self) -> str:
        """As the transcript says it."""
        return self.name.lower().replace("_", "-")


Open = Callable[[U8], tuple[U8, U8]]
"""Opens sealed ballots: uint8 (n, sealed length) to their bytes, uint8 (n, padded length), and what
became of each, uint8 (n,), a :class:`Spoiled`."""


def open_with(opener: Opener, epochs: Iterable[SealedEpoch]) -> Open:
    """Give what opens ballots by the trustees' key at work, in epochs that were stored."""
    by_name = {epoch.id: epoch for epoch in epochs}

    def opened_by_it(what: U8) -> tuple[U8, U8]:
        whats = np.ascontiguousarray(what).reshape(-1)
        found = opener.opened_whats(whats.data, what.shape[1], by_name)
        became = np.zeros(len(what), dtype=np.uint8)
        for failure in found.failures:
            became[failure.index] = Spoiled[failure.fault.name]
        plain = np.frombuffer(found.ballots, dtype=np.uint8)
        return plain.reshape(len(what), found.ballot_length), became

    return opened_by_it


def sealed_length(definition: BallotDefinition) -> int:
    """The length in bytes of every sealed ballot of this election."""
    return WHAT_OVERHEAD + padded_length(definition)


class SealedGathering:
    """Batches of the log, their ballots kept as they are: sealed.

    ``expected`` is how many entries there will be; more or fewer are right as well, only slower.
    """

    def __init__(self, definition: BallotDefinition, expected: int) -> None:
        self.rows = 0
        self._length = sealed_length(definition)
        self._voter = np.empty((expected, 2), dtype=np.uint64)
        self._precedence = np.empty((expected, 2), dtype=np.uint64)
        self._entry_hash = np.empty((expected, 32), dtype=np.uint8)
        self._channel = np.empty(expected, dtype=np.uint8)
        self._what = np.empty((expected, self._length), dtype=np.uint8)
        self._fits = np.empty(expected, dtype=np.bool_)

    def add(self, batch: LogColumns) -> None:
        """Keep a batch's columns, and its ballots in one run."""
        after = self.rows + len(batch)
        if after > len(self._channel):
            self._grow(max(after, 2 * len(self._channel)))
        some = slice(self.rows, after)
        self._voter[some] = batch.voter
        self._precedence[some] = batch.precedence
        self._entry_hash[some] = batch.entry_hash
        self._channel[some] = batch.channel
        self._fits[some] = batch.what_length == self._length
        at = np.where(self._fits[some], batch.what_at, 0)
        if len(batch.raw) >= self._length:
            self._what[some] = taken(batch.raw, at, self._length)
        self.rows = after

    def _grow(self, rows: int) -> None:
        more = rows - len(self._channel)
        self._voter = np.pad(self._voter, ((0, more), (0, 0)))
        self._precedence = np.pad(self._precedence, ((0, more), (0, 0)))
        self._entry_hash = np.pad(self._entry_hash, ((0, more), (0, 0)))
        self._channel = np.pad(self._channel, (0, more))
        self._what = np.pad(self._what, ((0, more), (0, 0)))
        self._fits = np.pad(self._fits, (0, more))

    def entries(self) -> "SealedEntries":
        """Give all that was added."""
        rows = self.rows
        return SealedEntries(
            entries=EntryColumns(
                voter=self._voter[:rows],
                precedence=self._precedence[:rows],
                entry_hash=self._entry_hash[:rows],
            ),
            channel=self._channel[:rows],
            what=self._what[:rows],
            fits=self._fits[:rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SealedEntries:
    """Entries with their sealed ballots, one row each, in any order.

    ``channel``: uint8 (n,); ``what``: uint8 (n, sealed length); ``fits``: bool (n,), whether the
    ballot has that length: where not, its row of ``what`` means nothing.
    """

    entries: EntryColumns
    channel: U8
    what: U8
    fits: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SealedCount:
    """What sealed entries come to. ``spoiled``: how many for which reason, those above zero;
    ``standing``: the hashes of the entries that stand, uint8 (m, 32), sorted.
    """

    part: PartCount
    spoiled: Mapping[Spoiled, int]
    standing: U8


def sealed_counted(
    sealed: SealedEntries,
    definition: BallotDefinition,
    *,
    open_: Open,
    shuffle: Shuffle,
    salt: bytes = UNSALTED,
    engine: Engine = Engine.KERNELS,
) -> SealedCount:
    """Settle which entries stand, drop voters' keys, shuffle, open, and group and count.

    What it comes to depends on the set of entries alone, whatever the shuffle. ``salt`` as for
    :func:`partition_counted`.
    """
    entries = sealed.entries
    settlement = settled(turned(entries), engine=engine)
    rows = settlement.standing.astype(np.int64)  # a copy, which is put into another order
    shuffle(rows)
    choices, state = _opened(sealed, rows, definition, open_, engine)
    valid = np.flatnonzero(state == Spoiled.COUNTS)
    projects = tuple(project.id for project in definition.projects)
    counts = tally_columns(
        choices, len(projects), rows=valid, keys=sealed.channel[rows], engine=engine
    )
    part = PartCount(
        profile=profile_from_choices(choices, projects, rows=valid, engine=engine),
        entries=len(entries) - settlement.number(Standing.DUPLICATE),
        counted=len(valid),
        superseded=settlement.number(Standing.SUPERSEDED),
        spoiled=len(rows) - len(valid),
        channels=every_channel(counts),
        standing=set_digest(
            entries.voter, entries.entry_hash, settlement.standing, salt, engine=engine
        ),
    )
    return SealedCount(
        part=part, spoiled=_by_reason(state), standing=_sorted_hashes(entries, settlement)
    )


def _opened(
    sealed: SealedEntries,
    rows: I64,
    definition: BallotDefinition,
    open_: Open,
    engine: Engine,
) -> tuple[Choices, U8]:
    """Open these rows' ballots, a few at a time, in their order; what became of each, uint8."""
    length = padded_length(definition)
    state = np.empty(len(rows), dtype=np.uint8)
    parts: list[Choices] = []
    for first in range(0, len(rows), OPENED_AT_ONCE):
        some = rows[first : first + OPENED_AT_ONCE]
        plain, became = open_(sealed.what[some])
        became = np.where(sealed.fits[some], became, np.uint8(Spoiled.WRONG_LENGTH))
        at = np.arange(len(some), dtype=np.int64) * length
        lengths = np.full(len(some), length, dtype=np.int64)
        found = opened(plain.reshape(-1), at, lengths, definition, engine=engine)
        spoiled = (became == Spoiled.COUNTS) & (found.spoiled != 0)
        state[first : first + len(some)] = np.where(spoiled, np.uint8(Spoiled.NOT_A_BALLOT), became)
        parts.append(found.choices)
    return joined_choices(parts, definition), state


def _by_reason(state: U8) -> dict[Spoiled, int]:
    counts = np.bincount(state, minlength=len(Spoiled)).tolist()
    return {reason: counts[reason] for reason in Spoiled if reason and counts[reason]}


def _sorted_hashes(entries: EntryColumns, settlement: Settlement) -> U8:
    hashes = np.ascontiguousarray(entries.entry_hash[settlement.standing])
    order = np.argsort(hashes.view("S32").reshape(-1), kind="stable")
    return hashes[order]
