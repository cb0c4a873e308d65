"""The ballots of a file: as columns of numbers, or listed one by one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from talkoot.voting.pabulib.sections import Lines, Row, rows_of

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

Cell = tuple[str, str]
"""The raw ``vote`` and ``points`` cells of a ballot: what is the same there is the same ballot."""

Marks = tuple[tuple[int, int], ...]
"""A ballot as read: (place of the project in the file, value) in the ballot's order.

The value is 1 for an approval, the points or score given, the place from 1 in a ranking.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ListedVotes:
    """The rows of VOTES as they stand, one object each: what the slow twin reads.

    ``rows``: cells by the header's columns; ``lines``: the line that each row begins on; ``cells``:
    each row's ballot; ``marks``: each different ballot, read once; ``counts``: how many they are.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    cells: tuple[Cell, ...]
    marks: Mapping[Cell, Marks]
    counts: Mapping[Cell, int]

    def __len__(self) -> int:
        """The number of ballots, empty ones included."""
        return len(self.rows)

    def column(self, name: str) -> tuple[str, ...]:
        """Give one column, row by row; empty text where a row is shorter.

        Raises ``KeyError`` for a column that the file does not have.
        """
        return _column(self.header, self.rows, name)


@dataclass(frozen=True, kw_only=True, eq=False)
class VoteColumns:
    """The rows of VOTES as numbers; words are made of them only for who asks.

    ``raw``: the file, with the rows from byte ``place`` and line ``line`` on. ``text``: uint8, the
    same with doubled quotes made single, in which the spans of ``row_kernels.py`` lie: ``spans``
    int32 (n, 8). ``kinds``: int32 (n,), which different ballot each row is, ``first``: int32 (d,),
    the first row that holds it. Ballot ``k`` has the marks ``indptr[k]:indptr[k+1]`` (int64) of
    ``items`` (int32, places of projects) and ``values`` (int64), in its own order.
    """

    header: tuple[str, ...]
    raw: bytes
    place: int
    line: int
    text: U8
    spans: I32
    kinds: I32
    first: I32
    indptr: I64
    items: I32
    values: I64

    def __len__(self) -> int:
        """The number of ballots, empty ones included."""
        return len(self.kinds)

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells of every row by the header's columns."""
        return tuple(map(tuple, self._rows()))

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """The line that each row begins on."""
        return tuple(self.spans[:, 0].tolist())

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Each row's ballot."""
        cells = tuple(self.marks)
        return tuple(cells[kind] for kind in self.kinds.tolist())

    @cached_property
    def marks(self) -> Mapping[Cell, Marks]:
        """Each different ballot, read once."""
        marks = list(zip(self.items.tolist(), self.values.tolist(), strict=True))
        bounds = self.indptr.tolist()
        return {
            self.cell(row): tuple(marks[bounds[kind] : bounds[kind + 1]])
            for kind, row in enumerate(self.first.tolist())
        }

    @cached_property
    def counts(self) -> Mapping[Cell, int]:
        """How many ballots there are of each."""
        numbers = np.bincount(self.kinds, minlength=len(self.first)).tolist()
        return dict(zip(self.marks, numbers, strict=True))

    def cell(self, row: int) -> Cell:
        """Give the ballot of one row."""
        return cell_of(self.text, self.spans[row])

    def column(self, name: str) -> tuple[str, ...]:
        """Give one column, row by row; empty text where a row is shorter.

        Raises ``KeyError`` for a column that the file does not have.
        """
        return _column(self.header, self._rows(), name)

    def _rows(self) -> Iterator[Row]:
        for _, row in rows_of(Lines(self.raw, self.place, self.line)):
            yield row


PbVotes = VoteColumns | ListedVotes


def cell_of(text: U8, span: I32) -> Cell:
    """Give the ``vote`` and ``points`` cells whose bounds follow a row's line and voter."""
    vote, vote_end, points, points_end = span[3:7].tolist()
    return text[vote:vote_end].tobytes().decode(), text[points:points_end].tobytes().decode()


def _column(
    header: tuple[str, ...], rows: Iterator[Row] | tuple[tuple[str, ...], ...], name: str
) -> tuple[str, ...]:
    if name not in header:
        raise KeyError(name)
    at = header.index(name)
    return tuple(row[at].strip() if at < len(row) else "" for row in rows)
