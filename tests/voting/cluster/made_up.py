"""Made-up folders of shards: of a few entries, or of many random ones made by NumPy at once."""

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from talkoot.base.i18n import text_from
from talkoot.base.ids import ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    BallotDefinition,
    Entry,
    Limits,
    ProjectOnBallot,
    Recast,
    Rule,
    VoteType,
)
from talkoot.voting.cluster import Manifest, Place, Shard, list_kept, shard_written
from talkoot.voting.dedup import EntryColumns, precedence_of
from talkoot.voting.log import key_ranges
from talkoot.voting.pabulib import PbHead
from talkoot.voting.results import Partition, partition_from
from talkoot.voting.tally import Choices
from tests.voting.results.made_up import a_definition, an_entry, what_of

HEAD = PbHead(
    country="Finland",
    unit="Satamala",
    instance="2026",
    begin=date(2026, 3, 1),
    end=date(2026, 3, 15),
)
SEED = 20261124


def a_key(voter: int) -> int:
    """A voter key as a number, spread over all parts as real ones are."""
    return int.from_bytes(hashlib.sha256(f"voter {voter}".encode()).digest()[:16], "big")


def entries_of_some(definition: BallotDefinition, voters: int) -> list[Entry]:
    """Every voter votes, every third again, every seventh spoils the ballot, and one is repeated.

    Marks are read off SHA-256.
    """
    found = []
    for voter in range(voters):
        for turn in (1, 2) if voter % 3 == 0 else (1,):
            dice = hashlib.sha256(f"{voter} {turn}".encode()).digest()
            marks = [(project.id, 1) for project in definition.projects if dice[0] % 3 == 0]
            value = 9 if voter % 7 == 0 else 1
            one = definition.projects[dice[1] % len(definition.projects)].id
            what = what_of(definition, *(marks[:2] or [(one, value)]))
            found.append(
                an_entry(
                    definition,
                    what,
                    voter=a_key(voter),
                    submission=2 * voter + turn,
                    round_=turn,
                )
            )
    return [*found, found[0]]


def a_folder(
    folder: Path, definition: BallotDefinition, entries: Sequence[Entry], *, parts: int
) -> Manifest:
    """Write entries as shards, by the slow way: one after another to its part."""
    folder.mkdir()
    shards = []
    for part, keys in enumerate(key_ranges(parts)):
        some = [entry for entry in entries if keys.holds(entry.voter_key)]
        partition = partition_from(some, definition)
        file, place = folder / f"part-{part}.npz", Place(part=part, parts=parts)
        shards.append(shard_written(file, partition, definition, place))
    return _listed(folder, definition, shards)


def a_small_folder(folder: Path, *, parts: int = 3) -> Manifest:
    definition = a_definition()
    return a_folder(folder, definition, entries_of_some(definition, 40), parts=parts)


def _listed(folder: Path, definition: BallotDefinition, shards: list[Shard]) -> Manifest:
    manifest = Manifest(folder=folder, definition=definition, head=HEAD, shards=tuple(shards))
    list_kept(manifest)
    return manifest


def a_large_definition(projects: int = 50) -> BallotDefinition:
    """Fifty projects, of which a ballot names up to eight."""
    return BallotDefinition(
        election_id=ElectionId(a_definition().election_id),
        title=text_from("Satama"),
        vote_type=VoteType.APPROVAL,
        limits=Limits(min_choices=0, max_choices=8),
        projects=tuple(
            ProjectOnBallot(
                id=ProjectId(str(n)), name=text_from(f"No {n}"), cost=Cents(10_000_00 + 997_00 * n)
            )
            for n in range(1, projects + 1)
        ),
        areas=(),
        budget=Cents(300_000_00),
        currency="EUR",
        allocation=AllocationRule(rule=Rule.MES_COST),
        recast=Recast.LAST_COUNTS,
        ranks=DEFAULT_RANKS,
    )


def a_large_folder(folder: Path, *, rows: int, parts: int, seed: int = SEED) -> Manifest:
    """Write ``rows`` random entries, one in twenty of them a voter's second, straight as shards."""
    definition = a_large_definition()
    folder.mkdir()
    shards = []
    for part in range(parts):
        random = np.random.default_rng([seed, part])
        number = rows * (part + 1) // parts - rows * part // parts
        place = Place(part=part, parts=parts)
        partition = random_partition(random, number, place, len(definition.projects))
        shards.append(shard_written(folder / f"part-{part}.npz", partition, definition, place))
    return _listed(folder, definition, shards)


def random_partition(
    random: np.random.Generator, rows: int, place: Place, projects: int
) -> Partition:
    """Entries of one part's voters: a twentieth vote twice; two to eight of ``projects`` named."""
    keys = key_ranges(place.parts)[place.part]
    low = int.from_bytes(keys.first[:8], "big")
    high = 1 << 64 if keys.after is None else int.from_bytes(keys.after[:8], "big")
    voter = np.stack(
        (
            random.integers(low, high, rows, dtype=np.uint64),
            random.integers(0, 1 << 64, rows, dtype=np.uint64),
        ),
        axis=1,
    )
    again = random.permutation(rows)[: rows // 20 * 2].reshape(2, -1)
    voter[again[1]] = voter[again[0]]
    order = np.full(rows, 1 << 56 | 1 << 32, dtype=np.uint64)
    order[again[1]] = 1 << 56 | 2 << 32
    entry_hash = np.frombuffer(random.bytes(32 * rows), dtype=np.uint8).reshape(rows, 32)
    return Partition(
        entries=EntryColumns(
            voter=voter, precedence=precedence_of(order, entry_hash), entry_hash=entry_hash
        ),
        choices=_random_choices(random, rows, projects),
        faulty=np.zeros(rows, dtype=np.uint8),
        channel=random.integers(0, 3, rows, dtype=np.uint8),
    )


def _random_choices(random: np.random.Generator, rows: int, projects: int) -> Choices:
    """Steps between the projects of a ballot are random, so that they rise by themselves."""
    most, step = 8, projects // 8
    places: npt.NDArray[np.int64] = (
        np.cumsum(random.integers(1, step + 1, (rows, most)), axis=1) - 1
    )
    length = random.integers(2, most + 1, rows)
    named = np.arange(most) < length[:, None]
    return Choices(
        indptr=np.concatenate((np.zeros(1, np.int64), np.cumsum(length, dtype=np.int64))),
        items=places[named].astype(np.uint16),
    )
