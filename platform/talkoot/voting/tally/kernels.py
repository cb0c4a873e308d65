"""Counting and grouping ballots, as compiled loops. ``reference.py`` is the slow twin.

Throughout, ballots are compressed rows as in :class:`~talkoot.voting.tally.choices.Choices`, and an
array of values without elements says that every value is 1. Each kernel is compiled for the arrays
of most elections, and once more for the widest, which hold all others. A kernel that meets a row
that is not sound stops there; Python then says what is wrong with it.
"""

import numpy as np

from talkoot.base.compiled import inlined, kernel
from talkoot.voting.dedup import U8
from talkoot.voting.tally.choices import I32, I64, U64, Items

Place = int | np.int64
Word = np.uint64

EMPTY = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
TAG = np.uint64(0xFFFF_FFFF_0000_0000)
GROUP = np.uint64(0x0000_0000_FFFF_FFFF)
HALF = np.uint64(32)
NOTHING = np.uint64(0)

MIX = np.uint64(0x9E37_79B9_7F4A_7C15)
"""2^64 divided by the golden ratio, made odd (Knuth, TAOCP 3, 6.4)."""
_TURN, _REST = np.uint64(23), np.uint64(41)
_FOLD = np.uint64(29)

DONE = -1
"""No row stopped the kernel."""
GROUPS, FAULT = 0, 1
"""Places in the state of :func:`grouped`: how many groups there are; whether a row is not sound."""


@inlined
def _sound(indptr: I64, items: Items, row: Place, projects: Place) -> bool:
    """Whether a row lies within the items, and its places rise and are of the projects."""
    start, end = indptr[row], indptr[row + 1]
    if start < 0 or end < start or end > len(items):
        return False
    before = np.int64(-1)
    for at in range(start, end):
        place = np.int64(items[at])
        if place <= before or place >= projects:
            return False
        before = place
    return True


@kernel("i8(const(i8[::1]), u1[::1])")
def times_marked(rows: I64, times: U8) -> np.int64:
    """Count how often each row is named; gives the first place of ``rows`` that cannot be counted.

    ``times``: uint8 (n,), zeros. It cannot be counted: a row that is not there, or the 256th time.
    """
    for at in range(len(rows)):
        row = rows[at]
        if row < 0 or row >= len(times) or times[row] == 255:  # noqa: PLR2004 - the most of 8 bits
            return np.int64(at)
        times[row] += np.uint8(1)
    return np.int64(DONE)


@kernel(
    "i8(const(i8[::1]), const(u2[::1]), const(i4[::1]), const(u1[::1]), const(u1[::1]),"
    " i8[:, ::1], i8[:, ::1], i8[::1])",
    "i8(const(i8[::1]), const(u4[::1]), const(i4[::1]), const(i8[::1]), const(u1[::1]),"
    " i8[:, ::1], i8[:, ::1], i8[::1])",
)
def counted_by_key(  # noqa: PLR0917 - a kernel takes its arrays by place
    indptr: I64,
    items: Items,
    values: I32,
    times: U8 | I64,
    keys: U8,
    votes: I64,
    score: I64,
    ballots: I64,
) -> np.int64:
    """Add ballots up by key and project; gives the first row that is not sound, or ``DONE``.

    ``times``: uint8 or int64 (n,), how often a ballot counts; ``keys``: uint8 (n,); ``votes``,
    ``score``: int64 (k, p) and ``ballots``: int64 (k,), added to. Without values ``score`` stays.
    """
    projects, marks = np.int64(votes.shape[1]), np.int64(len(items))
    valued = len(values) > 0
    for row in range(len(times)):
        often = np.int64(times[row])
        if often == 0:
            continue
        start, end = indptr[row], indptr[row + 1]
        if start < 0 or end < start or end > marks:
            return np.int64(row)
        key = keys[row]
        ballots[key] += often
        line = votes[key]
        before, falling = np.int64(-1), np.int64(0)
        # Unsigned places spare the compiler the question whether one is counted from the end.
        for at in range(np.uint64(start), np.uint64(end)):
            place = np.int64(items[at])
            if place >= projects:
                return np.int64(row)
            falling |= np.int64(place <= before)
            before = place
            line[np.uint64(place)] += often
        if falling != 0:
            return np.int64(row)
        if valued:
            for at in range(np.uint64(start), np.uint64(end)):
                score[key, items[at]] += often * np.int64(values[at])
    return np.int64(DONE)


@inlined
def _block_sound(indptr: I64, items: Items, begin: Place, end: Place, projects: Place) -> bool:
    """Whether all rows of a block are sound; what it loops over lies in one run.

    Places may stand still or fall only where a row begins, so it is enough to count where they do:
    among all marks, and among the first marks of rows.
    """
    start, stop = indptr[begin], indptr[end]
    back = np.int32(0)
    for row in range(np.uint64(begin), np.uint64(end)):
        back |= np.int32(indptr[row + np.uint64(1)] < indptr[row])
    if back != 0 or start < 0 or stop > len(items):
        return False
    beyond = np.int32(0)
    for at in range(np.uint64(start), np.uint64(stop)):
        beyond |= np.int32(np.int64(items[at]) >= projects)
    falls = np.int32(0)
    for at in range(np.uint64(start + 1), np.uint64(stop)):
        falls += np.int32(items[at] <= items[at - np.uint64(1)])
    between = np.int32(0)
    for row in range(np.uint64(begin), np.uint64(end)):
        first = indptr[row]
        if first > start and first < indptr[row + np.uint64(1)]:
            between += np.int32(items[np.uint64(first)] <= items[np.uint64(first - 1)])
    return bool(beyond == 0 and falls == between)


@kernel(
    "i8(const(i8[::1]), const(u2[::1]), const(u1[::1]), const(u1[::1]), i8, i8, i8[:, :, ::1],"
    " i8[::1])"
)
def counted_in_runs(  # noqa: PLR0917 - as above
    indptr: I64, items: Items, times: U8, keys: U8, block: int, start: int, votes: I64, ballots: I64
) -> np.int64:
    """Add blocks of rows up from row ``start`` on, where most ballots count once.

    All marks of a block are counted in one run, as if every ballot counted once; then what counts
    otherwise is put right. Gives the first row of a block whose rows are not sound or have several
    keys, which nothing was added of, or ``DONE``.

    ``times``, ``keys``: uint8 (n,), as in :func:`counted_by_key`; ``votes``: int64 (k, 4, p), four
    sums to be added together, so that the count of one mark need not wait for that of the mark
    before; ``ballots``: int64 (k,).
    """
    four = np.uint64(4)
    for begin in range(start, len(times), block):
        end = min(begin + block, len(times))
        key = keys[begin]
        several, counted = np.int32(0), np.int64(0)
        for row in range(np.uint64(begin), np.uint64(end)):
            several |= np.int32(keys[row] != key)
            counted += np.int64(times[row])
        if several != 0 or not _block_sound(indptr, items, begin, end, votes.shape[2]):
            return np.int64(begin)
        ballots[key] += counted
        sums = votes[key]
        at, stop = np.uint64(indptr[begin]), np.uint64(indptr[end])
        while at + four <= stop:
            sums[0, np.uint64(items[at])] += 1
            sums[1, np.uint64(items[at + np.uint64(1)])] += 1
            sums[2, np.uint64(items[at + np.uint64(2)])] += 1
            sums[3, np.uint64(items[at + np.uint64(3)])] += 1
            at += four
        while at < stop:
            sums[0, np.uint64(items[at])] += 1
            at += np.uint64(1)
        for row in range(np.uint64(begin), np.uint64(end)):
            if times[row] != 1:
                more = np.int64(times[row]) - 1
                for mark in range(np.uint64(indptr[row]), np.uint64(indptr[row + np.uint64(1)])):
                    sums[0, np.uint64(items[mark])] += more
    return np.int64(DONE)


@inlined
def _mixed(hashed: Word, number: Word) -> Word:
    """Take one more number into a hash: rotate, add in, multiply."""
    turned = (hashed << _TURN) | (hashed >> _REST)
    return (turned ^ number) * MIX


@inlined
def _hashed(indptr: I64, items: Items, values: I32 | I64, row: Place) -> Word:
    """A hash of what a ballot says.

    It spreads ballots evenly, no more: who wrote many ballots to share one could make this slower,
    by a step for each pair of them, and never wrong, for equal hashes are always looked at.
    """
    hashed = np.uint64(indptr[row + 1] - indptr[row]) * MIX
    for at in range(indptr[row], indptr[row + 1]):
        hashed = _mixed(hashed, np.uint64(items[at]))
    if len(values) > 0:
        for at in range(indptr[row], indptr[row + 1]):
            hashed = _mixed(hashed, np.uint64(np.int64(values[at])))
    return (hashed ^ (hashed >> _FOLD)) * MIX


@inlined
def _equal(indptr: I64, items: Items, values: I32 | I64, row: Place, other: Place) -> bool:
    """Whether two ballots say the same."""
    start, before = indptr[row], indptr[other]
    length = indptr[row + 1] - start
    if indptr[other + 1] - before != length:
        return False
    for at in range(length):
        if items[start + at] != items[before + at]:
            return False
    if len(values) > 0:
        for at in range(length):
            if values[start + at] != values[before + at]:
                return False
    return True


@inlined
def _home(tag: Word, slots: Word) -> np.int64:
    """The slot where a tag's first cell belongs; it rises with the tag."""
    return np.int64(((tag >> HALF) * slots) >> HALF)


@inlined
def _fetched(  # noqa: PLR0917 - as above
    indptr: I64, items: Items, table: U64, first: I64, tags: U64, number: Place
) -> Word:
    """Touch what these tags will be compared with.

    Nothing here waits for anything else, so the memory answers many questions at once; the answer
    means nothing, but must be used, or the compiler leaves the loop out.
    """
    slots = np.uint64(len(table))
    mixed = NOTHING
    for i in range(number):
        mixed ^= table[_home(tags[i], slots)]
    for i in range(number):
        cell = table[_home(tags[i], slots)]
        if cell != EMPTY and (cell ^ tags[i]) & TAG == NOTHING:
            start = indptr[first[np.int64(cell & GROUP)]]
            if start < len(items):
                mixed ^= np.uint64(items[start])
    return mixed


@inlined
def _group_of(  # noqa: PLR0917 - as above
    indptr: I64, items: Items, values: I32 | I64, row: Place, tag: Word, table: U64, first: I64
) -> np.int64:
    """The slot of the group that a ballot belongs to, or the empty one where it begins a group."""
    at = _home(tag, np.uint64(len(table)))
    while table[at] != EMPTY:
        cell = table[at]
        if (cell ^ tag) & TAG == NOTHING:
            other = first[np.int64(cell & GROUP)]
            if _equal(indptr, items, values, row, other):
                break
        at += 1
        if at == len(table):
            at = np.int64(0)
    return at


@kernel(
    "i8(const(i8[::1]), const(u2[::1]), const(i4[::1]), const(i8[::1]), i8, i8, u8[::1], i8[::1],"
    " i8[::1], u8[::1], i8[::1])",
    "i8(const(i8[::1]), const(u4[::1]), const(i8[::1]), const(i8[::1]), i8, i8, u8[::1], i8[::1],"
    " i8[::1], u8[::1], i8[::1])",
)
def grouped(  # noqa: PLR0917 - as above
    indptr: I64,
    items: Items,
    values: I32 | I64,
    weights: I64,
    projects: int,
    start: int,
    table: U64,
    first: I64,
    total: I64,
    tags: U64,
    state: I64,
) -> np.int64:
    """Group equal ballots from row ``start`` on, a block of rows at a time.

    ``weights``: int64 (n,), how often a ballot counts, none or more; ``table``: uint64, cells
    ``tag << 32 | group``, ``EMPTY`` at first; ``first``, ``total``: int64, for each group its first
    row and its weight, written; ``tags``: uint64, scratch of a block's length; ``state``: int64
    (2,), see ``GROUPS`` and ``FAULT``, written.

    Gives the row where it stopped, because the table would be half full or because the row is not
    sound, or ``DONE``.
    """
    mixed = NOTHING
    groups = state[GROUPS]
    for begin in range(start, len(weights), len(tags)):
        end = min(begin + len(tags), len(weights))
        if 2 * (groups + len(tags)) > len(table):
            return np.int64(begin)
        for row in range(begin, end):
            if weights[row] == 0:
                continue
            if not _sound(indptr, items, row, projects):
                state[FAULT] = 1
                return np.int64(row)
            tags[row - begin] = _hashed(indptr, items, values, row) & TAG
        mixed ^= _fetched(indptr, items, table, first, tags, end - begin)
        for row in range(begin, end):
            if weights[row] == 0:
                continue
            tag = tags[row - begin]
            at = _group_of(indptr, items, values, row, tag, table, first)
            if table[at] == EMPTY:
                table[at] = tag | np.uint64(groups)
                first[groups] = row
                total[groups] = 0
                groups += 1
            total[np.int64(table[at] & GROUP)] += weights[row]
        state[GROUPS] = groups
    tags[0] = mixed
    return np.int64(DONE)


@kernel("void(const(u8[::1]), u8[::1])")
def rehoused(table: U64, larger: U64) -> None:
    """Put the cells of a table into a larger one. Both uint64; the larger one ``EMPTY``."""
    slots = np.uint64(len(larger))
    for cell in table:
        if cell != EMPTY:
            at = _home(cell, slots)
            while larger[at] != EMPTY:
                at += 1
                if at == len(larger):
                    at = np.int64(0)
            larger[at] = cell


@kernel(
    "void(const(i8[::1]), const(u2[::1]), const(i4[::1]), const(i8[::1]), const(i8[::1]),"
    " i4[::1], i8[::1])",
    "void(const(i8[::1]), const(u4[::1]), const(i8[::1]), const(i8[::1]), const(i8[::1]),"
    " i4[::1], i8[::1])",
)
def rows_copied(  # noqa: PLR0917 - as above
    indptr: I64,
    items: Items,
    values: I32 | I64,
    rows: I64,
    starts: I64,
    to_items: I32,
    to_values: I64,
) -> None:
    """Copy the marks of rows that are sound, the first row's to ``starts[0]`` and so on.

    ``rows``, ``starts``: int64 (g,); ``to_items``: int32 and ``to_values``: int64, written.
    """
    valued = len(values) > 0
    for i in range(len(rows)):
        to = starts[i]
        for at in range(indptr[rows[i]], indptr[rows[i] + 1]):
            to_items[to] = items[at]
            to_values[to] = values[at] if valued else 1
            to += 1
