"""A part of an election, whole voters only: what PostgreSQL, a shard file or a worker holds.

Parts are counted one by one and added; how many there are and who is in which changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from talkoot.base.engine import Engine
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.dedup import U8, EntryColumns, Standing, settled
from talkoot.voting.log import CHANNELS
from talkoot.voting.results.digest import UNSALTED, set_digest, together
from talkoot.voting.tally import (
    Choices,
    KeyCounts,
    Profile,
    merged,
    profile_from_choices,
    tally_columns,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Partition:
    """Entries with their opened ballots, one row each, in any order.

    ``faulty``: uint8 (n,), 1 for a spoiled ballot, whose row of ``choices`` is empty; ``channel``:
    uint8 (n,), the place in :data:`CHANNELS`. All entries of a voter are in one partition.
    """

    entries: EntryColumns
    choices: Choices
    faulty: U8
    channel: U8

    def __post_init__(self) -> None:
        """Raise ``ValueError`` unless all columns have the same length."""
        rows = (len(self.entries), len(self.choices), len(self.faulty), len(self.channel))
        if len(set(rows)) != 1:
            raise ValueError(f"columns of a partition do not fit together: {rows} rows")

    def __len__(self) -> int:
        """The number of entries, repeats included."""
        return len(self.entries)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartCount:
    """What a partition comes to. Sums over partitions are the election's.

    ``entries`` is without repeats. ``channels``: the counted ballots by the place where they were
    cast, a row for each of :data:`CHANNELS`; small numbers there may tell what one person chose, so
    only what publishes them decides what is shown. ``standing``: the digest of the set of standing
    (voter key, entry hash) pairs, which does not depend on their order.
    """

    profile: Profile
    entries: int
    counted: int
    superseded: int
    spoiled: int
    channels: KeyCounts
    standing: bytes


def partition_counted(
    partition: Partition,
    definition: BallotDefinition,
    *,
    engine: Engine = Engine.KERNELS,
    salt: bytes = UNSALTED,
) -> PartCount:
    """Settle which entries stand, drop their voters' keys, and group and count their ballots.

    ``salt``, 16 bytes, enters the digest of what stands: parts can be added if theirs is the same.
    """
    entries, choices = partition.entries, partition.choices
    settlement = settled(turned(entries), engine=engine)
    standing = settlement.standing
    valid = standing[partition.faulty[standing] == 0]
    times = settlement.stands & (partition.faulty == 0)
    projects = tuple(project.id for project in definition.projects)
    return PartCount(
        profile=profile_from_choices(choices, projects, rows=valid, engine=engine),
        entries=len(partition) - settlement.number(Standing.DUPLICATE),
        counted=len(valid),
        superseded=settlement.number(Standing.SUPERSEDED),
        spoiled=len(standing) - len(valid),
        channels=every_channel(
            tally_columns(
                choices, len(projects), times=times, keys=partition.channel, engine=engine
            )
        ),
        standing=set_digest(entries.voter, entries.entry_hash, standing, salt, engine=engine),
    )


def turned(entries: EntryColumns) -> EntryColumns:
    """Entries with the halves of their voter keys changed over: the same voters in the same rows.

    A partition may be one range of keys, whose first halves are alike; the second never are, and
    settling is quick where what comes first is spread evenly.
    """
    return EntryColumns(
        voter=np.ascontiguousarray(entries.voter[:, ::-1]),
        precedence=entries.precedence,
        entry_hash=entries.entry_hash,
    )


def every_channel(counts: KeyCounts) -> KeyCounts:
    """The counts with a row for every channel, also those that no entry came by."""
    missing = len(CHANNELS) - len(counts.ballots)
    return KeyCounts(
        votes=np.pad(counts.votes, ((0, missing), (0, 0))),
        score=np.pad(counts.score, ((0, missing), (0, 0))),
        ballots=np.pad(counts.ballots, (0, missing)),
    )


def added(parts: Sequence[PartCount]) -> PartCount:
    """Add what partitions of one election came to, in whatever number and order.

    Raises ``ValueError`` for no part at all, or parts with different projects.
    """
    return PartCount(
        profile=merged([part.profile for part in parts]),
        entries=sum(part.entries for part in parts),
        counted=sum(part.counted for part in parts),
        superseded=sum(part.superseded for part in parts),
        spoiled=sum(part.spoiled for part in parts),
        channels=KeyCounts(
            votes=np.sum([part.channels.votes for part in parts], axis=0),
            score=np.sum([part.channels.score for part in parts], axis=0),
            ballots=np.sum([part.channels.ballots for part in parts], axis=0),
        ),
        standing=together([part.standing for part in parts]),
    )
