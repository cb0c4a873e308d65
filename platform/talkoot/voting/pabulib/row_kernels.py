"""From the bytes of a section to its rows: where each one's cells begin and end. Kernels.

Cells are told apart as Python's ``csv`` does with semicolons and strict quotes. Where a row cannot
be read, only its place is found; ``csv`` itself then says why (``columns.py``).
"""

from talkoot.base.compiled import inlined, kernel
from talkoot.voting.pabulib.cell_kernels import I32, I64, U8, holds_text, trimmed

# A row as `rows_read` lays it out: the line it begins on, where its voter's number (without blanks
# around), its vote and its points begin and end in the text, and how many cells it has.
LINE, VOTER, VOTER_END, VOTE, VOTE_END, POINTS, POINTS_END, CELLS = range(8)
ROW_COLUMNS = 8

# What `rows_read` is told: the places of voter, vote and points (-1 where there is none), the
# number of columns in the header, and the most characters of a cell.
NAMED, WIDTH, LIMIT = 3, 3, 4

# Where `rows_read` stands: place and line of the next row, how it ended, the rows read so far, and
# number and place of the first row with cells beyond the header (-1 where there is none).
AT, AT_LINE, STATE, ROWS, WIDE_ROW, WIDE_AT = range(6)

# STATE: all is read; the block is full; a row that cannot be read, or a title, is next.
ENDED, FULL, STOPPED = range(3)

# What `_row` found.
NOTHING, HELD, WIDE, UNREADABLE = range(4)

LF, CR, QUOTE, CAPITAL_S, SEMICOLON = 10, 13, 34, 83, 59
LONG_S = (0xC5, 0xBF)
"""Of all letters outside ASCII only this one has a capital in the words of the titles."""
TO_SMALL = 32
FOLLOWING, FOLLOWS = 0xC0, 0x80
"""Bytes of UTF-8 that go on with a character have these two bits so."""


@inlined
def _ends_cell(byte: int) -> bool:
    return byte == SEMICOLON or byte == LF or byte == CR  # noqa: PLR1714 - a tuple is slower here


@inlined
def _quoted(text: U8, at: int) -> tuple[int, int, int]:
    """Read the cell whose quote stands before ``at``; its doubled quotes become single in place.

    Gives the end of its content, the place after the closing quote (-1 where there is none), and
    how many lines ended inside.
    """
    write, lines = at, 0
    while at < len(text):
        byte = text[at]
        if byte == QUOTE:
            at += 1
            if at == len(text) or text[at] != QUOTE:
                return write, at, lines
        elif byte == LF or (byte == CR and (at + 1 == len(text) or text[at + 1] != LF)):
            lines += 1
        text[write] = byte
        write += 1
        at += 1
    return write, -1, lines


@inlined
def _cell(text: U8, at: int, limit: int) -> tuple[int, int, int, int]:
    """Read one cell: where its content begins and ends, what comes next (-1: it is wrong), lines.

    What comes next is a semicolon, the end of a line, or the end of the text.
    """
    begin, lines = at, 0
    if at < len(text) and text[at] == QUOTE:
        begin += 1
        end, at, lines = _quoted(text, begin)
        if at >= 0 and at < len(text) and not _ends_cell(text[at]):
            at = -1
    else:
        while at < len(text) and not _ends_cell(text[at]):
            at += 1
        end = at
    if end - begin > limit:
        characters = 0
        for place in range(begin, end):
            characters += int(text[place] & FOLLOWING != FOLLOWS)
        if characters > limit:
            at = -1
    return begin, end, at, lines


@inlined
def _title(text: U8, at: int, end: int, titles: U8) -> bool:
    """Whether a cell is one of the titles, in any case."""
    at, end = trimmed(text, at, end)
    place, fits = at, True
    for letter in titles:
        if letter == LF:
            if fits and place == end:
                return True
            place, fits = at, True
        elif not fits or place >= end:
            fits = False
        elif text[place] == letter or text[place] == letter + TO_SMALL:
            place += 1
        elif (
            letter == CAPITAL_S
            and place + 1 < end
            and text[place] == LONG_S[0]
            and text[place + 1] == LONG_S[1]
        ):
            place += 2
        else:
            fits = False
    return False


@inlined
def _row(text: U8, at: int, told: I64, titles: U8, row: I32) -> tuple[int, int, int]:
    """Read one row into ``row``; gives where its line ends, the line ends inside, what it is."""
    lines, cells, filled, wide, going = 0, 0, False, False, True
    first, first_end, second = 0, 0, 0
    row[1:] = 0
    while going:
        begin, end, at, more = _cell(text, at, told[LIMIT])
        if at < 0:
            return at, lines, UNREADABLE
        lines += more
        for which in range(NAMED):
            if cells == told[which]:
                row[VOTER + 2 * which], row[VOTER_END + 2 * which] = begin, end
        if cells == 0:
            first, first_end = begin, end
        elif begin < end:
            holds = holds_text(text, begin, end)
            filled = filled or holds
            wide = wide or (holds and cells >= told[WIDTH])
            second = second or cells == 1
        cells += 1
        going = at < len(text) and text[at] == SEMICOLON
        at += int(going)
    row[CELLS] = cells
    row[VOTER], row[VOTER_END] = trimmed(text, row[VOTER], row[VOTER_END])
    if first == first_end and not filled:
        return at, lines, NOTHING
    if not filled and not second and _title(text, first, first_end, titles):
        return at, lines, UNREADABLE
    return at, lines, WIDE if wide else HELD


@kernel("i8(u1[::1], i8[::1], i8[::1], u1[::1], i4[:, ::1])")
def rows_read(text: U8, stand: I64, told: I64, titles: U8, rows: I32) -> int:
    """Read the rows that hold anything into ``rows`` until the text ends or ``rows`` is full.

    ``text``: uint8, the whole file; doubled quotes are made single in place. ``stand``: int64 (6,)
    and ``told``: int64 (5,), as above, the first written. ``titles``: uint8, the words that open a
    section in capitals, each followed by a line feed. ``rows``: int32 (block, 8), written. Gives
    the number of rows read. Where it stops, ``stand`` is at the row that cannot be read.
    """
    found, at, line = 0, stand[AT], stand[AT_LINE]
    stand[STATE] = ENDED
    while at < len(text):
        if found == len(rows):
            stand[STATE] = FULL
            break
        end, lines, what = _row(text, at, told, titles, rows[found])
        if what == UNREADABLE:
            stand[STATE] = STOPPED
            break
        if what != NOTHING:
            rows[found, LINE] = line
            if what == WIDE and stand[WIDE_ROW] < 0:
                stand[WIDE_ROW], stand[WIDE_AT] = stand[ROWS], at
            found += 1
            stand[ROWS] += 1
        line += lines + 1
        at = end
        if at < len(text):
            at += 1 + int(text[at] == CR and at + 1 < len(text) and text[at + 1] == LF)
    stand[AT], stand[AT_LINE] = at, line
    return found
