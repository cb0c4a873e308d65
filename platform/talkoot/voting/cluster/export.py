"""From the log to a folder of shards, in one pass and in bounded memory."""

import asyncio
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from talkoot.base.db import ReadSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.rounds import municipality_of, round_of
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.cluster.manifest import MANIFEST, Manifest, Shard, manifest_written
from talkoot.voting.cluster.shard import FILE_MODE, shard_read, shard_written
from talkoot.voting.cluster.shard_columns import Place
from talkoot.voting.dedup import EntryColumns
from talkoot.voting.log import ElectionState, LogColumns, election_of, key_ranges, read_entries
from talkoot.voting.results import Gathering, Partition, head_of
from talkoot.voting.tally import Choices

FOLDER_MODE = 0o700
HELD_ROWS = 4_000_000
"""How many entries are held before they are written out: about 500 MB."""
PART_ROWS = 1_000_000
LEAST_PARTS = 8
_RUNS = "unfinished"

Rows = npt.NDArray[np.int64]


def parts_for(rows: int) -> int:
    """How many parts we cut an election of so many entries into: a million each, eight at least."""
    return max(LEAST_PARTS, -(-rows // PART_ROWS))


async def exported(
    session: ReadSession,
    election_id: ElectionId,
    folder: Path,
    *,
    parts: int,
    held_rows: int = HELD_ROWS,
) -> Manifest:
    """Write a closed election's entries into a new folder, ``parts`` shards and their list.

    What is written is as confidential as the log: voter keys beside choices. The list comes last:
    a folder without one is unfinished, and is removed where this fails. Raises :class:`NotAllowed`
    before the election is closed or where the folder holds something, and :class:`BrokenLog` for an
    entry that is not what it was recorded as.
    """
    election = await election_of(session, election_id)
    if election.state not in {ElectionState.CLOSED, ElectionState.COUNTED}:
        raise NotAllowed(f"the election is {election.state}; nothing is shown before it closes")
    round_ = await round_of(session, election.round_id)
    municipality = await municipality_of(session, round_.municipality_id)
    _made(folder)
    try:
        spool = _Spool(folder, election.definition, parts=parts, held_rows=held_rows)
        await read_entries(session, election_id, election.definition.hash, spool.add)
        shards = await asyncio.to_thread(spool.shards)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    manifest = Manifest(
        folder=folder,
        definition=election.definition,
        head=head_of(election, municipality),
        shards=shards,
    )
    list_kept(manifest)
    return manifest


def list_kept(manifest: Manifest) -> None:
    """Write the list into its folder, whole or not at all."""
    half = manifest.folder / f".{secrets.token_hex(8)}"
    half.touch(FILE_MODE)
    half.write_bytes(manifest_written(manifest))
    half.rename(manifest.folder / MANIFEST)


def _made(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotAllowed(f"{folder} is there already: shards need a folder of their own")
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)


class _Spool:
    """Entries by part; written out as sorted runs whenever too many are held."""

    def __init__(
        self, folder: Path, definition: BallotDefinition, *, parts: int, held_rows: int
    ) -> None:
        bounds = [int.from_bytes(keys.first[:8], "big") for keys in key_ranges(parts)]
        self._folder = folder
        self._runs_folder = folder / _RUNS
        self._definition = definition
        self._bounds = np.array(bounds, dtype=np.uint64)
        self._held_rows = held_rows
        self._held = 0
        self._gathered = [Gathering(definition, 0) for _ in bounds]
        self._runs: list[list[Shard]] = [[] for _ in bounds]

    def add(self, batch: LogColumns) -> None:
        """Keep a batch's entries, each with its part."""
        part = np.searchsorted(self._bounds, batch.voter[:, 0], side="right") - 1
        for at in np.unique(part).tolist():
            self._gathered[at].add(_picked(batch, np.flatnonzero(part == at)))
        self._held += len(batch)
        if self._held >= self._held_rows:
            self._written_out()

    def _written_out(self) -> None:
        self._runs_folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        for part, gathered in enumerate(self._gathered):
            file = self._runs_folder / f"{part}-{len(self._runs[part])}.npz"
            place = self._place(part)
            run = shard_written(file, gathered.partition(), self._definition, place)
            self._runs[part].append(run)
            self._gathered[part] = Gathering(self._definition, 0)
        self._held = 0

    def shards(self) -> tuple[Shard, ...]:
        """Write every part's file."""
        width = len(str(len(self._gathered) - 1))
        shards = tuple(
            shard_written(
                self._folder / f"part-{part:0{width}}.npz",
                self._whole(part),
                self._definition,
                self._place(part),
            )
            for part in range(len(self._gathered))
        )
        shutil.rmtree(self._runs_folder, ignore_errors=True)
        return shards

    def _whole(self, part: int) -> Partition:
        place = self._place(part)
        runs = [
            shard_read(self._runs_folder, run, self._definition, place) for run in self._runs[part]
        ]
        held = self._gathered[part].partition()
        self._gathered[part] = Gathering(self._definition, 0)
        return _joined([*runs, held])

    def _place(self, part: int) -> Place:
        return Place(part=part, parts=len(self._gathered))


def _picked(batch: LogColumns, rows: Rows) -> LogColumns:
    return LogColumns(
        voter=batch.voter[rows],
        precedence=batch.precedence[rows],
        entry_hash=batch.entry_hash[rows],
        channel=batch.channel[rows],
        raw=batch.raw,
        what_at=batch.what_at[rows],
        what_length=batch.what_length[rows],
    )


def _joined(parts: Sequence[Partition]) -> Partition:
    """The entries of partitions below each other."""
    if len(parts) == 1:
        return parts[0]
    choices = [part.choices for part in parts]
    bounds = np.cumsum([0, *(len(one.items) for one in choices)], dtype=np.int64)
    values = [one.values for one in choices if one.values is not None]
    starts = zip(choices, bounds, strict=False)
    return Partition(
        entries=EntryColumns(
            voter=np.concatenate([part.entries.voter for part in parts]),
            precedence=np.concatenate([part.entries.precedence for part in parts]),
            entry_hash=np.concatenate([part.entries.entry_hash for part in parts]),
        ),
        choices=Choices(
            indptr=np.concatenate([bounds[:1], *(one.indptr[1:] + at for one, at in starts)]),
            items=np.concatenate([one.items for one in choices]),
            values=np.concatenate(values) if values else None,
        ),
        faulty=np.concatenate([part.faulty for part in parts]),
        channel=np.concatenate([part.channel for part in parts]),
    )
