"""What a shard's arrays must hold before anything is counted from them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from talkoot.base.bytes import DIGEST_BYTES
from talkoot.base.ids import VOTER_KEY_BYTES
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.cluster.manifest import BadShard
from talkoot.voting.dedup import EntryColumns, precedence_of
from talkoot.voting.log import CHANNELS, key_ranges
from talkoot.voting.results import Partition
from talkoot.voting.tally import Choices

Array = npt.NDArray[np.generic]
Flags = npt.NDArray[np.bool_]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]
Items = npt.NDArray[np.uint16] | npt.NDArray[np.uint32]
Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which part of how many; parts are ranges of voter keys, as :func:`key_ranges` cuts them."""

    part: int
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """The arrays of one file, which has to hold ``rows`` entries. Complaints name the file."""

    file: Path
    columns: dict[str, Array]
    rows: int

    def partition(self, definition: BallotDefinition, place: Place) -> Partition:
        """Give the entries. Raises :class:`BadShard` for whatever cannot be counted."""
        self._belongs(definition, place)
        keys = self._column("voter", np.uint8, (self.rows, VOTER_KEY_BYTES))
        entry_hash = self._column("entry_hash", np.uint8, (self.rows, DIGEST_BYTES))
        order = self._column("order", np.uint64, (self.rows,))
        channel = self._column("channel", np.uint8, (self.rows,))
        faulty = self._column("faulty", np.uint8, (self.rows,))
        self._no_row("channel", channel >= len(CHANNELS), "names an unknown channel")
        self._no_row("faulty", faulty > 1, "is neither 0 nor 1")
        voter = keys.view(">u8").astype(np.uint64)
        self._in_range(voter, place)
        choices = self._choices(len(definition.projects))
        marked = np.diff(choices.indptr) > 0
        self._no_row("faulty", (faulty == 1) & marked, "says spoiled, and the ballot has marks")
        return Partition(
            entries=EntryColumns(
                voter=voter, precedence=precedence_of(order, entry_hash), entry_hash=entry_hash
            ),
            choices=choices,
            faulty=faulty,
            channel=channel,
        )

    def _belongs(self, definition: BallotDefinition, place: Place) -> None:
        found = self._column("definition", np.uint8, (DIGEST_BYTES,)).tobytes()
        if found != definition.hash:
            raise BadShard(
                f"{self.file}, definition: {found.hex()} is another election or version of its"
                f" ballot; {definition.hash.hex()} is counted"
            )
        part, parts = self._column("place", np.int64, (2,)).tolist()
        if (part, parts) != (place.part, place.parts):
            wanted = f"part {place.part} of {place.parts}"
            raise BadShard(f"{self.file}, place: part {part} of {parts}, and {wanted} is wanted")

    def _in_range(self, voter: U64, place: Place) -> None:
        """A voter who is in two parts would count twice."""
        keys = key_ranges(place.parts)[place.part]
        below = voter[:, 0] < np.uint64(int.from_bytes(keys.first[:8], "big"))
        beyond = np.zeros(len(voter), dtype=np.bool_)
        if keys.after is not None:
            beyond = voter[:, 0] >= np.uint64(int.from_bytes(keys.after[:8], "big"))
        self._no_row("voter", below | beyond, f"is a key that part {place.part} must not hold")

    def _choices(self, projects: int) -> Choices:
        """Marks of projects that there are, each once in a ballot, with values to be summed."""
        indptr = self._column("indptr", np.int64, (self.rows + 1,))
        marks = self._marks(indptr)
        items = self._items(marks)
        self._no_mark("items", items >= projects, indptr, f"names a project beyond {projects - 1}")
        again = np.zeros(marks, dtype=np.bool_)
        again[1:] = items[1:] <= items[:-1]
        again[indptr[:-1][np.diff(indptr) > 0]] = False
        self._no_mark("items", again, indptr, "does not rise within the ballot")
        if "values" not in self.columns:
            return Choices(indptr=indptr, items=items)
        values = self._column("values", np.int32, (marks,))
        self._no_mark("values", values < 0, indptr, "is below 0")
        return Choices(indptr=indptr, items=items, values=values)

    def _items(self, marks: int) -> Items:
        found = self.columns.get("items")
        if found is not None and found.dtype == np.dtype(np.uint32):
            return self._column("items", np.uint32, (marks,))
        return self._column("items", np.uint16, (marks,))

    def _marks(self, indptr: I64) -> int:
        """How many marks all ballots hold together."""
        if indptr[0] != 0:
            raise BadShard(f"{self.file}, row 0, indptr: begins with {indptr[0]} and not with 0")
        self._no_row("indptr", np.diff(indptr) < 0, "falls")
        return int(indptr[-1])

    def _column(self, name: str, kind: type[Kind], shape: tuple[int, ...]) -> npt.NDArray[Kind]:
        if name not in self.columns:
            raise BadShard(f"{self.file}, {name}: the column is missing")
        found = self.columns[name]
        wanted = np.dtype(kind)
        if found.dtype != wanted or found.shape != shape:
            raise BadShard(
                f"{self.file}, {name}: {found.dtype} {found.shape}, and {wanted} {shape} is wanted"
            )
        return np.ascontiguousarray(found, dtype=kind)

    def _no_row(self, name: str, bad: Flags, words: str) -> None:
        if bad.any():
            raise BadShard(f"{self.file}, row {int(bad.argmax())}, {name}: {words}")

    def _no_mark(self, name: str, bad: Flags, indptr: I64, words: str) -> None:
        if bad.any():
            row = int(np.searchsorted(indptr, int(bad.argmax()), side="right")) - 1
            raise BadShard(f"{self.file}, row {row}, {name}: {words}")
