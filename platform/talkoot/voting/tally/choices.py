"""Ballots as columns: which projects each names, and with what value."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]
Items = npt.NDArray[np.uint16] | npt.NDArray[np.uint32]
Rows = npt.NDArray[np.int64]

Choice = tuple[tuple[int, int], ...]
"""One ballot as numbers: (place of the project in the listed order, value), by rising place.

The value is 1 for an approval, the points or score given, and in a ranking of l projects
l for the first place down to 1 for the last (Borda), which is how the cities' own score columns
count.
"""

SHORT_ITEMS = 1 << 16
"""Up to so many projects, a place takes two bytes."""
MOST_OF_64_BITS = (1 << 63) - 1
LEAST_VALUE, GREATEST_VALUE = -(1 << 31), (1 << 31) - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choices:
    """One row per ballot, in compressed rows.

    Ballot ``i`` holds ``indptr[i]:indptr[i+1]`` of ``items`` and ``values``. ``indptr``: int64
    (n+1,), from 0, never falling; ``items``: uint16 or uint32 (marks,), places of projects in the
    listed order, rising within a ballot; ``values``: int32 (marks,), or ``None`` where every value
    is 1 (approvals). An empty ballot is a row without marks.
    """

    indptr: I64
    items: Items
    values: I32 | None = None

    def __post_init__(self) -> None:
        """Raise ``ValueError`` naming the array whose type or length does not fit.

        What the arrays hold is checked where it is counted.
        """
        marks = len(self.items)
        _fits("indptr", self.indptr, ("int64",))
        _fits("items", self.items, ("uint16", "uint32"))
        if len(self.indptr) == 0:
            raise ValueError("choices: indptr is empty, it begins with 0 even without ballots")
        if self.values is not None:
            _fits("values", self.values, ("int32",))
            if len(self.values) != marks:
                raise ValueError(f"choices: {len(self.values)} values for {marks} items")
        if int(self.indptr[0]) != 0 or int(self.indptr[-1]) != marks:
            ends = f"from {self.indptr[0]} to {self.indptr[-1]}"
            raise ValueError(f"choices: indptr goes {ends}, not from 0 to the {marks} items")

    def __len__(self) -> int:
        """The number of ballots, empty ones included."""
        return len(self.indptr) - 1

    def rows(self, rows: Rows) -> "Choices":
        """Give some of the ballots, in the order asked for.

        Raises ``IndexError`` for a row that is not there, ``ValueError`` for a falling ``indptr``.
        """
        lengths = np.diff(self.indptr)
        if len(lengths) and int(lengths.min()) < 0:
            raise ValueError(f"row {int(lengths.argmin())}: indptr falls")
        picked = lengths[rows]
        indptr = np.concatenate((np.zeros(1, np.int64), np.cumsum(picked, dtype=np.int64)))
        marks = np.arange(indptr[-1]) + np.repeat(self.indptr[rows] - indptr[:-1], picked)
        values = None if self.values is None else self.values[marks]
        return Choices(indptr=indptr, items=self.items[marks], values=values)


def choices_from(ballots: Sequence[Choice], *, projects: int) -> Choices:
    """Lay ballots out as columns: of the narrowest kind that ``projects`` projects need.

    Raises ``ValueError`` naming row and project for a value that does not fit 32 bits and for a
    project that is not one of ``projects``.
    """
    for row, ballot in enumerate(ballots):
        for place, value in ballot:
            if not 0 <= place < projects:
                raise ValueError(f"row {row}: project {place} is not one of {projects}")
            if not LEAST_VALUE <= value <= GREATEST_VALUE:
                raise ValueError(f"row {row}: value {value} of project {place} needs over 32 bits")
    lengths = np.fromiter((len(ballot) for ballot in ballots), np.int64, len(ballots))
    marks = int(lengths.sum())
    cells = np.fromiter(
        chain.from_iterable(chain.from_iterable(ballots)), np.int64, 2 * marks
    ).reshape(-1, 2)
    places, values = cells[:, 0], cells[:, 1]
    return Choices(
        indptr=np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64))),
        items=places.astype(np.uint16) if projects <= SHORT_ITEMS else places.astype(np.uint32),
        values=None if bool(np.all(values == 1)) else values.astype(np.int32),
    )


def fault_of(choices: Choices, row: int, projects: int) -> ValueError:
    """Say what is wrong with a row that is not sound."""
    start, end = int(choices.indptr[row]), int(choices.indptr[row + 1])
    if not 0 <= start <= end <= len(choices.items):
        marks = len(choices.items)
        return ValueError(f"row {row}: indptr goes from {start} to {end} of {marks} marks")
    before = -1
    for place in choices.items[start:end].tolist():
        if place >= projects:
            return ValueError(f"row {row}: project {place} is not one of {projects}")
        if place <= before:
            return ValueError(f"row {row}: project {place} comes after project {before}")
        before = place
    raise AssertionError(f"row {row} is sound")


def _fits(name: str, column: I64 | I32 | Items, dtypes: tuple[str, ...]) -> None:
    if column.ndim != 1 or column.dtype not in dtypes or not column.flags.c_contiguous:
        found = f"{column.dtype} {column.shape}"
        raise ValueError(f"choices: {name} is {found}, not {' or '.join(dtypes)} in one run")
