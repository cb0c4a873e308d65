"""VOTES as columns: kernels find rows, voters, ballots and marks.

A complaint is made of the one row at fault, by the functions that the slow twin uses.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from talkoot.base.errors import BadFile
from talkoot.voting.pabulib.election import PbProject, PbVoteType, Places, Remark
from talkoot.voting.pabulib.head import within
from talkoot.voting.pabulib.mark_kernels import (
    ADDED_POINTS,
    FIRST_POINTS,
    ONE,
    RANK,
    different,
    marks_read,
    projects_placed,
    voter_at_fault,
)
from talkoot.voting.pabulib.marks import Parsed, parsed
from talkoot.voting.pabulib.row_kernels import (
    AT,
    AT_LINE,
    CELLS,
    FULL,
    LINE,
    POINTS,
    POINTS_END,
    ROW_COLUMNS,
    STATE,
    STOPPED,
    VOTE,
    VOTE_END,
    VOTER,
    VOTER_END,
    WIDE_AT,
    WIDE_ROW,
    rows_read,
)
from talkoot.voting.pabulib.sections import (
    Head,
    Lines,
    Row,
    Section,
    opened,
    rows_of,
    title_of,
)
from talkoot.voting.pabulib.votes import I32, I64, U8, VoteColumns, cell_of

BLOCK = 1 << 17
"""Rows of one call of the kernel."""

_TITLES = np.frombuffer(
    bytearray("".join(f"{section}\n" for section in Section), "ascii"), np.uint8
)

_VALUE = {
    PbVoteType.APPROVAL: ONE,
    PbVoteType.CHOOSE_1: ONE,
    PbVoteType.ORDINAL: RANK,
    PbVoteType.CUMULATIVE: ADDED_POINTS,
    PbVoteType.SCORING: FIRST_POINTS,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scan:
    """The rows of VOTES found: ``text`` and ``spans`` as in :class:`VoteColumns`.

    ``wide`` is the first row with cells beyond the header, and ``wide_at`` its place in the file;
    -1 where there is none.
    """

    raw: bytes
    head: Head
    text: U8
    spans: I32
    wide: int
    wide_at: int

    def votes(
        self, places: Places, vote_type: PbVoteType, projects: tuple[PbProject, ...]
    ) -> tuple[VoteColumns, Iterator[Remark]]:
        """Read the ballots, and what is odd about some of them.

        Raises :class:`BadFile` naming the first row that is no ballot of a new voter, and after
        that the first ballot that cannot be read.
        """
        _whole_rows(self, max(places))
        if places.points < 0:
            self.spans[:, POINTS : POINTS_END + 1] = 0
        kinds, first = _different(self.text, self.spans)
        marks = _marks(self.text, self.spans, first, vote_type, projects)
        ballots = _Ballots(self, vote_type, projects)
        if marks.at_fault >= 0:
            ballots.complain(int(first[marks.at_fault]))
        votes = VoteColumns(
            header=self.head.found[Section.VOTES].header,
            raw=self.raw,
            place=self.head.place,
            line=self.head.line,
            text=self.text,
            spans=self.spans,
            kinds=kinds,
            first=first,
            indptr=marks.indptr,
            items=marks.items,
            values=marks.values,
        )
        return votes, ballots.remarks(np.flatnonzero(marks.repeats[kinds]))


def scanned(raw: bytes, head: Head) -> Scan:
    """Find the rows. Raises :class:`BadFile` where cells blend or another section begins."""
    text = np.frombuffer(bytearray(raw), np.uint8)
    header = head.found[Section.VOTES].header if Section.VOTES in head.found else ()
    named = (
        header.index(name) if name in header else -1 for name in ("voter_id", "vote", "points")
    )
    told = np.array((*named, len(header), csv.field_size_limit()), np.int64)
    stand = np.array((head.place, head.line, FULL, 0, -1, -1), np.int64)
    blocks = [np.empty((0, ROW_COLUMNS), np.int32)]
    while stand[STATE] == FULL:
        block = np.empty((BLOCK, ROW_COLUMNS), np.int32)
        blocks.append(block[: rows_read(text, stand, told, _TITLES, block)])
    if stand[STATE] == STOPPED:
        _unreadable(raw, head, int(stand[AT]), int(stand[AT_LINE]))
    return Scan(
        raw=raw,
        head=head,
        text=text,
        spans=np.concatenate(blocks),
        wide=int(stand[WIDE_ROW]),
        wide_at=int(stand[WIDE_AT]),
    )


def _unreadable(raw: bytes, head: Head, place: int, line: int) -> None:
    """Complain about the row at ``place``."""
    row = _row_at(raw, place, line)
    title = title_of(row)
    if title is None:
        raise AssertionError(f"line {line}: the kernel refused a row that can be read")
    opened(head.found, title, line)


def _row_at(raw: bytes, place: int, line: int) -> Row:
    return next(row for _, row in rows_of(Lines(raw, place, line)))


class _Ballots:
    """Single ballots again, for whatever must be said of them in words."""

    def __init__(self, scan: Scan, vote_type: PbVoteType, projects: tuple[PbProject, ...]) -> None:
        self._scan, self._type, self._projects = scan, vote_type, projects
        self._places = {str(project.id): place for place, project in enumerate(projects)}

    def _parsed(self, row: int) -> Parsed:
        cell = cell_of(self._scan.text, self._scan.spans[row])
        return parsed(cell, self._type, self._places)

    def complain(self, row: int) -> None:
        """Say why the ballot of this row cannot be read."""
        try:
            self._parsed(row)
        except ValueError as err:
            raise BadFile(str(err), line=int(self._scan.spans[row, LINE])) from err
        raise AssertionError(f"row {row}: the kernel refused a ballot that can be read")

    def remarks(self, rows: I64) -> Iterator[Remark]:
        """Say what is odd about the ballots of these rows."""
        for row in rows.tolist():
            words = self._parsed(row).words(self._projects)
            yield Remark(line=int(self._scan.spans[row, LINE]), words=words)


def _whole_rows(scan: Scan, last: int) -> None:
    """Complain about the first row that is too long, too short or of no new voter."""
    short = np.flatnonzero(scan.spans[:, CELLS] <= last)
    end = int(short[0]) if len(short) else len(scan.spans)
    end = min(end, scan.wide) if scan.wide >= 0 else end
    row = voter_at_fault(scan.text, scan.spans[:end], _table(end))
    if row >= 0:
        begin, stop = scan.spans[row, VOTER : VOTER_END + 1].tolist()
        name = scan.text[begin:stop].tobytes().decode()
        what = f"voter {name} is there twice" if name else "a voter has no number"
        raise BadFile(what, line=int(scan.spans[row, LINE]))
    if end == len(scan.spans):
        return
    line = int(scan.spans[end, LINE])
    if end == scan.wide:
        within(_row_at(scan.raw, scan.wide_at, line), scan.head.found[Section.VOTES], line)
    raise BadFile("the row is cut off before its vote", line=line)


def _different(text: U8, spans: I32) -> tuple[I32, I32]:
    """Give each row's ballot, and the first row of each."""
    kinds = np.empty(len(spans), np.int32)
    first = np.empty(len(spans), np.int32)
    number = different(text, spans, _table(len(spans)), kinds, first)
    return kinds, first[:number].copy()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Marks:
    """As in :class:`VoteColumns`, with the first ballot at fault (or -1) and which ones repeat."""

    at_fault: int
    indptr: I64
    items: I32
    values: I64
    repeats: U8


def _marks(
    text: U8, spans: I32, first: I32, vote_type: PbVoteType, projects: tuple[PbProject, ...]
) -> _Marks:
    """Read each different ballot."""
    ids = [project.id.encode() for project in projects]
    bounds = np.cumsum([0, *map(len, ids)], dtype=np.int32)
    numbers = np.frombuffer(bytearray(b"".join(ids)), np.uint8)
    table = _table(len(ids))
    projects_placed(numbers, bounds, table)
    most = 1 if vote_type is PbVoteType.CHOOSE_1 else len(ids)
    told = np.array((_VALUE[vote_type], most), np.int64)
    # A mark has a letter at least, and a comma before the next.
    room = int(((spans[first, VOTE_END] - spans[first, VOTE] + 1) // 2).sum(dtype=np.int64))
    indptr = np.empty(len(first) + 1, np.int64)
    items, values = np.empty(room, np.int32), np.empty(room, np.int64)
    repeats = np.empty(len(first), np.uint8)
    at_fault = marks_read(
        text, spans, first, numbers, bounds, table, told, indptr, items, values, repeats
    )
    marks = int(indptr[-1]) if at_fault < 0 else 0
    return _Marks(
        at_fault=at_fault,
        indptr=indptr,
        items=items[:marks].copy(),
        values=values[:marks].copy(),
        repeats=repeats,
    )


def _table(entries: int) -> I32:
    """An empty hash table, at most half full with so many entries."""
    return np.full(1 << max(2 * entries, 2).bit_length(), -1, np.int32)
