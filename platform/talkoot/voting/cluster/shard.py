"""A shard: the entries of one range of voter keys as an ``.npz`` file of plain arrays.

======================  ==========================================================================
``definition``          uint8 (32,): the hash of the ballot definition
``place``               int64 (2,): which part this is, from 0, and of how many
``voter``               uint8 (n, 16): voter keys; rows are sorted by key, then by entry hash
``order``               uint64 (n,): ``rank << 56 | round << 32 | beacon``
``entry_hash``          uint8 (n, 32)
``channel``             uint8 (n,): the place in ``CHANNELS``
``faulty``              uint8 (n,): 1 for a spoiled ballot, which has no marks
``indptr``              int64 (n + 1,): where each ballot's marks begin in ``items`` and ``values``
``items``               uint16 or uint32 (marks,): projects by their place in the listed order
``values``              int32 (marks,): points, scores, Borda points; left out where all are 1
======================  ==========================================================================

The same entries give the same bytes, and their order tells nothing of when they were cast.
"""

import hashlib
import os
import zipfile
from io import BufferedReader
from pathlib import Path

import numpy as np
import numpy.typing as npt

from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.cluster.manifest import BadShard, Shard
from talkoot.voting.cluster.shard_columns import Array, Columns, Place
from talkoot.voting.results import Partition

FILE_MODE = 0o600


def shard_written(
    file: Path, partition: Partition, definition: BallotDefinition, place: Place
) -> Shard:
    """Write a part's entries, sorted, into a new file; give its line of the list.

    Raises ``FileExistsError`` rather than replace a file.
    """
    rows = _sorted_rows(partition)
    choices = partition.choices.rows(rows)
    columns: dict[str, Array] = {
        "definition": np.frombuffer(definition.hash, dtype=np.uint8),
        "place": np.array([place.part, place.parts], dtype=np.int64),
        "voter": partition.entries.voter[rows].astype(">u8").view(np.uint8),
        "order": partition.entries.precedence[rows, 0],
        "entry_hash": partition.entries.entry_hash[rows],
        "channel": partition.channel[rows],
        "faulty": partition.faulty[rows],
        "indptr": choices.indptr,
        "items": choices.items,
    }
    if choices.values is not None:
        columns["values"] = choices.values
    with open(file, "xb", opener=_private) as out:
        np.savez(out, allow_pickle=False, **columns)
    with file.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
        size = written.tell()
    return Shard(name=file.name, part=place.part, rows=len(rows), bytes=size, sha256=digest)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, FILE_MODE)


def _sorted_rows(partition: Partition) -> npt.NDArray[np.int64]:
    """By voter key, then by entry hash; the order given tells nothing any more."""
    words = partition.entries.entry_hash.view(">u8")
    hashes = [words[:, column].astype(np.uint64) for column in (3, 2, 1, 0)]
    voter = partition.entries.voter
    return np.lexsort((*hashes, voter[:, 1], voter[:, 0]))


def shard_read(folder: Path, shard: Shard, definition: BallotDefinition, place: Place) -> Partition:
    """Read a shard and check all that counting it relies on.

    Raises :class:`BadShard` naming the file, and row and field where it is one of them.
    """
    file = folder / shard.name
    try:
        with file.open("rb") as opened:
            _is_the_one_listed(file, opened, shard)
            columns = _loaded(file, opened)
    except OSError as err:
        raise BadShard(f"{file}: {err.strerror or err}") from err
    return Columns(file=file, columns=columns, rows=shard.rows).partition(definition, place)


def _is_the_one_listed(file: Path, opened: BufferedReader, shard: Shard) -> None:
    digest = hashlib.file_digest(opened, "sha256").hexdigest()
    size = opened.tell()
    if size < shard.bytes:
        raise BadShard(f"{file} is cut short: {size} bytes, and {shard.bytes} are listed")
    if digest != shard.sha256:
        raise BadShard(f"{file} is not the one listed: its SHA-256 is {digest}")
    opened.seek(0)


def _loaded(file: Path, opened: BufferedReader) -> dict[str, Array]:
    try:
        with np.load(opened, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (zipfile.BadZipFile, ValueError, EOFError, KeyError, AttributeError) as err:
        raise BadShard(f"{file} is not an .npz file of arrays: {err}") from err
