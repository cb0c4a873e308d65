"""Different ballots, voters and marks, from the rows of a text. Kernels.

They say only *where* something is wrong. The words for people are made in Python from that one row
by the same functions that the slow twin uses (``marks.py``).
"""

import numpy as np

from talkoot.base.compiled import inlined, kernel
from talkoot.voting.pabulib.cell_kernels import (
    FNV_PRIME,
    I32,
    I64,
    NOTHING_YET,
    U8,
    first_slot,
    hashed,
    same,
    trimmed,
)
from talkoot.voting.pabulib.row_kernels import (
    POINTS,
    POINTS_END,
    VOTE,
    VOTE_END,
    VOTER,
    VOTER_END,
)

# What a mark's value is: 1, the place in the ballot, points (added or not where named again).
ONE, RANK, ADDED_POINTS, FIRST_POINTS = range(4)

PLUS, COMMA, MINUS, DOT, ZERO, NINE = 43, 44, 45, 46, 48, 57
MAX_DIGITS, MAX_ZEROS = 15, 9
BETWEEN = np.uint64(255)
"""Stands between two cells in a hash: a byte that no UTF-8 text holds."""


@kernel("i8(u1[::1], i4[:, ::1], i4[::1], i4[::1], i4[::1])")
def different(text: U8, rows: I32, table: I32, kinds: I32, first: I32) -> int:
    """Number the different ballots by their first row; ballots are the same byte for byte.

    ``table``: int32, -1 everywhere, its length a power of two beyond the rows; ``kinds``: int32
    (rows,), written: each row's ballot; ``first``: int32 (rows,), written: each ballot's first row.
    Gives the number of ballots.
    """
    number = 0
    for row in range(len(rows)):
        vote, vote_end = rows[row, VOTE], rows[row, VOTE_END]
        points, points_end = rows[row, POINTS], rows[row, POINTS_END]
        hash_ = (hashed(text, vote, vote_end, NOTHING_YET) ^ BETWEEN) * FNV_PRIME
        slot = first_slot(hashed(text, points, points_end, hash_), table)
        kind = table[slot]
        while kind >= 0:
            other = first[kind]
            if same(text, vote, vote_end, text, rows[other, VOTE], rows[other, VOTE_END]) and same(
                text, points, points_end, text, rows[other, POINTS], rows[other, POINTS_END]
            ):
                break
            slot = (slot + 1) & (len(table) - 1)
            kind = table[slot]
        if kind < 0:
            kind = number
            table[slot] = kind
            first[kind] = row
            number += 1
        kinds[row] = kind
    return number


@kernel("i8(u1[::1], i4[:, ::1], i4[::1])")
def voter_at_fault(text: U8, rows: I32, table: I32) -> int:
    """The first row whose voter has no number, or that of a row before; -1 where all differ.

    ``table``: int32, -1 everywhere, its length a power of two beyond the rows; written.
    """
    for row in range(len(rows)):
        begin, end = rows[row, VOTER], rows[row, VOTER_END]
        if begin == end:
            return row
        slot = first_slot(hashed(text, begin, end, NOTHING_YET), table)
        while table[slot] >= 0:
            other = table[slot]
            if same(text, begin, end, text, rows[other, VOTER], rows[other, VOTER_END]):
                return row
            slot = (slot + 1) & (len(table) - 1)
        table[slot] = row
    return -1


@inlined
def _comma(text: U8, at: int, end: int) -> int:
    """Where the item that begins here ends."""
    while at < end and text[at] != COMMA:
        at += 1
    return at


@inlined
def _project(  # noqa: PLR0917 - kernels know no names
    text: U8, at: int, end: int, ids: U8, bounds: I32, table: I32
) -> int:
    """The place of the project whose number this is, blanks around it apart; -1 for none."""
    at, end = trimmed(text, at, end)
    slot = first_slot(hashed(text, at, end, NOTHING_YET), table)
    while table[slot] >= 0:
        place = int(table[slot])
        if same(text, at, end, ids, bounds[place], bounds[place + 1]):
            return place
        slot = (slot + 1) & (len(table) - 1)
    return -1


@inlined
def _whole(text: U8, at: int, end: int) -> tuple[int, bool]:
    """A whole number such as ``-5`` or ``5.0``, blanks around it apart, and whether it is one."""
    at, end = trimmed(text, at, end)
    negative = at < end and text[at] == MINUS
    if at < end and (text[at] == PLUS or text[at] == MINUS):
        at += 1
    number, digits = 0, 0
    while at < end and ZERO <= text[at] <= NINE and digits <= MAX_DIGITS:
        number = 10 * number + int(text[at]) - ZERO
        digits += 1
        at += 1
    zeros = -1
    if at < end and text[at] == DOT:
        zeros = 0
        at += 1
        while at < end and text[at] == ZERO:
            zeros += 1
            at += 1
    right = at == end and 1 <= digits <= MAX_DIGITS and zeros != 0 and zeros <= MAX_ZEROS
    return (-number if negative else number), right


@kernel("void(u1[::1], i4[::1], i4[::1])")
def projects_placed(ids: U8, bounds: I32, table: I32) -> None:
    """Lay out the projects' numbers for looking them up.

    ``ids``: uint8, all numbers one after another, ``bounds``: int32 (projects + 1,), where each
    begins; ``table``: int32, -1 everywhere, its length a power of two beyond the projects; written.
    """
    for place in range(len(bounds) - 1):
        slot = first_slot(hashed(ids, bounds[place], bounds[place + 1], NOTHING_YET), table)
        while table[slot] >= 0:
            slot = (slot + 1) & (len(table) - 1)
        table[slot] = place


@inlined
def _marks(  # noqa: PLR0917 - kernels know no names
    text: U8,
    row: I32,
    ids: U8,
    bounds: I32,
    table: I32,
    value: int,
    begin: int,
    stands: I64,
    items: I32,
    values: I64,
) -> tuple[int, bool]:
    """Read one ballot's marks from ``begin`` on; gives their end (-1: wrong) and if any repeats.

    ``stands``: int64 (projects,), the last mark of each, of whichever ballot.
    """
    at, end = trimmed(text, row[VOTE], row[VOTE_END])
    points, points_end = trimmed(text, row[POINTS], row[POINTS_END])
    pointed = value == ADDED_POINTS or value == FIRST_POINTS  # noqa: PLR1714 - as numbers
    mark, repeats = begin, False
    # With nothing in a cell there is no item; otherwise there is one more than commas.
    more, given = at < end, points < points_end
    while more:
        comma = _comma(text, at, end)
        place = _project(text, at, comma, ids, bounds, table)
        more, at = comma < end, comma + 1
        amount, right = 1, True
        if pointed and given:
            comma = _comma(text, points, points_end)
            amount, right = _whole(text, points, comma)
            given, points = comma < points_end, comma + 1
        elif pointed:
            right = False
        if place < 0 or not right:
            return -1, repeats
        if stands[place] >= begin:
            repeats = True
            values[stands[place]] += amount if value == ADDED_POINTS else 0
        else:
            stands[place] = mark
            items[mark] = place
            values[mark] = mark - begin + 1 if value == RANK else amount
            mark += 1
    return -1 if pointed and given else mark, repeats


@kernel(
    "i8(u1[::1], i4[:, ::1], i4[::1], u1[::1], i4[::1], i4[::1], i8[::1],"
    " i8[::1], i4[::1], i8[::1], u1[::1])"
)
def marks_read(  # noqa: PLR0917 - kernels know no names
    text: U8,
    rows: I32,
    first: I32,
    ids: U8,
    bounds: I32,
    table: I32,
    told: I64,
    indptr: I64,
    items: I32,
    values: I64,
    repeats: U8,
) -> int:
    """Read ballots that all differ, each in its own order of projects.

    ``rows``: int32 (rows, 8); ``first``: int32 (ballots,), the row of each; ``ids``, ``bounds``,
    ``table``: the projects as `projects_placed` lays them out; ``told``: int64 (2,), what a mark's
    value is and the most projects of a ballot. Written: ``indptr`` int64 (ballots + 1,), ``items``
    int32 and ``values`` int64 (marks,), ``repeats`` uint8 (ballots,), 1 where a project is named
    again. Gives the first ballot that cannot be read, or -1.
    """
    stands = np.full(len(bounds) - 1, -1, np.int64)
    indptr[0] = 0
    for ballot in range(len(first)):
        row = rows[first[ballot]]
        begin = indptr[ballot]
        end, repeats[ballot] = _marks(
            text, row, ids, bounds, table, told[0], begin, stands, items, values
        )
        if end < 0 or end - begin > told[1]:
            return ballot
        indptr[ballot + 1] = end
    return -1


@kernel("void(i8[::1], i4[::1], i8[::1], i8)")
def put_in_order(indptr: I64, items: I32, values: I64, ranked: int) -> None:
    """Sort each ballot's marks by project, and turn places into Borda points where ``ranked``.

    ``indptr`` int64 (ballots + 1,), ``items`` int32 and ``values`` int64 (marks,), the last two
    written. Of l ranked projects the first gets l and the last 1.
    """
    for ballot in range(len(indptr) - 1):
        begin, end = indptr[ballot], indptr[ballot + 1]
        if ranked:
            for mark in range(begin, end):
                values[mark] = end - begin + 1 - values[mark]
        gap = 1
        while 3 * gap < end - begin:
            gap = 3 * gap + 1
        while gap > 0:  # a Shell sort: by insertion where ballots are short
            for mark in range(begin + gap, end):
                item, amount, at = items[mark], values[mark], mark
                while at >= begin + gap and items[at - gap] > item:
                    items[at], values[at] = items[at - gap], values[at - gap]
                    at -= gap
                items[at], values[at] = item, amount
            gap //= 3
