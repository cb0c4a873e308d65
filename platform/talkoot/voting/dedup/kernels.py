"""Which entry of each voter stands, as compiled loops.

Voter keys are output of a keyed hash, so their own bits say where they go. First the rows are
spread by the top bits of their keys into parts so small that what follows stays in the cache. Each
part is then sorted by the next 32 bits: counted into as many places as it has rows, which nearly
sorts it, and put right by insertion (Isaac and Singleton, *Sorting by address calculation*, 1956).

A cell is ``tag << 32 | row``: the 32 bits of the voter key that follow those of the part, and the
entry's row. Most keys never meet their own tag again, so their columns are not looked at a second
time; those that do lie next to each other, in the order of their rows. ``reference.py`` is the slow
twin.
"""

import numpy as np
import numpy.typing as npt

from talkoot.base.compiled import inlined, kernel
from talkoot.voting.dedup.columns import I64, U8, U64
from talkoot.voting.dedup.settlement import Standing

Cell = np.uint64
U32 = npt.NDArray[np.uint32]
Place = np.int64

EMPTY = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
"""In place of a cell that does not stand; no cell has this value."""
TAG = np.uint64(0xFFFF_FFFF_0000_0000)
ROW = np.uint64(0x0000_0000_FFFF_FFFF)
HALF = np.uint64(32)
NOTHING, ONE = np.uint64(0), np.uint64(1)

MOST_ALIKE = 512
"""How many voters may share the bits that sort them. Of keys of a hash hardly ever two do; beyond
this bound the keys are not a hash's."""
MOST_MOVES = 64
"""By how many places insertion may move a cell on average: expected is less than one."""
CROWDED = -1
"""The answer where keys are not a hash's, and another way must be taken."""

MAY_REPEAT = 3
"""A fate for the time being: superseded, as another entry of this voter is, perhaps the same."""
_STANDS, _SUPERSEDED, _DUPLICATE = (int(fate) for fate in Standing)
_ONE_LOST = -2
"""What a row that stands holds for the time being, where one entry lost to it."""


@inlined
def _home(cell: Cell, places: Cell) -> Cell:
    """The place where a cell about belongs, from 0 to ``places`` - 1; it rises with the tag."""
    return ((cell >> HALF) * places) >> HALF


@kernel("void(const(u8[:, ::1]), u8, i8[::1], u8[::1])")
def spread(voter: U64, bits: Cell, ends: I64, cells: U64) -> None:
    """Spread rows by the top ``bits`` bits of their keys, each part's rows in their order.

    ``voter``: uint64 (n, 2); ``ends``: int64 (2^bits,), zeros, gets where each part ends;
    ``cells``: uint64 (n,), gets the cells, part after part.
    """
    rest = np.uint64(64) - bits
    if bits == NOTHING:
        for row in range(len(voter)):
            cells[row] = (voter[row, 0] & TAG) | np.uint64(row)
        ends[0] = len(voter)
        return
    for row in range(len(voter)):
        ends[np.int64(voter[row, 0] >> rest)] += 1
    total = 0
    for part in range(len(ends)):
        size = ends[part]
        ends[part] = total
        total += size
    for row in range(len(voter)):
        key = voter[row, 0]
        top = np.int64(key >> rest)
        cells[ends[top]] = ((key << bits) & TAG) | np.uint64(row)
        ends[top] += 1


@inlined
def _counted_in(cells: U64, part: U64, counts: U32) -> None:
    """Copy the cells, nearly sorted, each to where about it belongs."""
    places = np.uint64(len(cells))
    for place in range(places):
        counts[place] = np.uint32(0)
    for cell in cells:
        counts[_home(cell, places)] += np.uint32(1)
    total = np.uint32(0)
    for place in range(places):
        here = counts[place]
        counts[place] = total
        total += here
    for cell in cells:
        home = _home(cell, places)
        part[np.uint64(counts[home])] = cell
        counts[home] += np.uint32(1)


@inlined
def _put_right(part: U64) -> int:
    """Sort what is nearly sorted; ``CROWDED`` where it is not."""
    moves = np.uint64(0)
    most = np.uint64(MOST_MOVES) * np.uint64(len(part))
    for place in range(ONE, np.uint64(len(part))):
        cell, at = part[place], np.uint64(place)
        while at > NOTHING and part[at - ONE] > cell:
            part[at] = part[at - ONE]
            at -= ONE
        part[at] = cell
        moves += place - at
        if moves > most:
            return CROWDED
    return 0


@inlined
def _meeting(part: U64, met: U64) -> int:
    """The places whose cell has the tag of the cell before; gives how many there are."""
    again = np.uint64(0)
    for place in range(ONE, np.uint64(len(part))):
        met[again] = place
        again += np.uint64((part[place] ^ part[place - ONE]) & TAG == NOTHING)
    return int(again)


@inlined
def _fetched(  # noqa: PLR0917 - a kernel takes its arrays by place
    voter: U64, precedence: U64, part: U64, met: U64, again: int, by: I64
) -> Cell:
    """Touch all that the decisions will look at.

    Nothing here waits for anything else, so the memory answers many questions at once; the answer
    means nothing, but must be used, or the compiler leaves the loop out.
    """
    mixed = NOTHING
    for i in range(again):
        row, other = np.int64(part[met[i]] & ROW), np.int64(part[met[i] - ONE] & ROW)
        mixed ^= voter[row, 1] ^ voter[other, 1] ^ precedence[row, 0] ^ precedence[other, 0]
        mixed ^= np.uint64(by[row]) ^ np.uint64(by[other])
    return mixed


@inlined
def _compared(precedence: U64, entry_hash: U8, row: Place, other: Place) -> int:
    """1 where the row goes before the other, -1 where the other does, 0 where they are the same."""
    for word in range(2):
        if precedence[row, word] != precedence[other, word]:
            return 1 if precedence[row, word] > precedence[other, word] else -1
    for byte in range(entry_hash.shape[1]):
        if entry_hash[row, byte] != entry_hash[other, byte]:
            return 1 if entry_hash[row, byte] > entry_hash[other, byte] else -1
    return 0


@inlined
def _same(voter: U64, precedence: U64, entry_hash: U8, row: Place, other: Place) -> bool:
    if voter[row, 0] != voter[other, 0] or voter[row, 1] != voter[other, 1]:
        return False
    return bool(_compared(precedence, entry_hash, row, other) == 0)


@inlined
def _same_voter(voter: U64, cell: Cell, other: Cell) -> bool:
    row, before = np.int64(cell & ROW), np.int64(other & ROW)
    return bool(voter[row, 0] == voter[before, 0] and voter[row, 1] == voter[before, 1])


@inlined
def _place_of(voter: U64, part: U64, at: Cell, after: Cell, cell: Cell) -> Cell:
    """The place, from ``at`` on, of a cell of this cell's voter; ``after`` where there is none."""
    while at < after and not _same_voter(voter, cell, part[at]):
        at += ONE
    return at


@inlined
def _decided(  # noqa: PLR0917 - as above
    voter: U64,
    precedence: U64,
    entry_hash: U8,
    part: U64,
    met: U64,
    again: int,
    lost_rows: U64,
    by: I64,
    fates: U8,
) -> int:
    """Decide, tag by tag, which cell of each voter stands; the others become ``EMPTY``.

    Gives how many entries were superseded: ``lost_rows`` gets their rows. Each points by ``by`` to
    what it lost to; what stands holds there -1 less the number of entries that lost.
    """
    lost, i = np.int64(0), np.int64(0)
    while i < again:
        first = met[i] - ONE
        after = first + ONE
        while i < again and (part[met[i]] ^ part[first]) & TAG == NOTHING:
            cell = part[met[i]]
            part[met[i]] = EMPTY
            i += 1
            at = _place_of(voter, part, first, after, cell)
            if at == after:
                if after - first == np.uint64(MOST_ALIKE):
                    return CROWDED
                part[at] = cell
                after += ONE
                continue
            row, other = np.int64(cell & ROW), np.int64(part[at] & ROW)
            order = _compared(precedence, entry_hash, row, other)
            if order > 0:
                by[row] = by[other] - 1
                by[other] = row
                part[at] = cell
                lost_rows[lost] = np.uint64(other)
                lost += 1
            elif order < 0:
                by[row] = other
                by[other] -= 1
                lost_rows[lost] = np.uint64(row)
                lost += 1
            else:
                by[row] = other
                fates[row] = _DUPLICATE
        if after - first > ONE:
            _by_whole_key(voter, part[first:after])
    return int(lost)


@inlined
def _led_home(lost_rows: U64, lost: int, by: I64, fates: U8) -> None:
    """Let every superseded row point at the row that stands; note who may be a repeat."""
    for i in range(lost):
        row = np.int64(lost_rows[i])
        stands = row
        while by[stands] >= 0:
            stands = by[stands]
        at = row
        while at != stands:  # the whole way is shortened, so no way is long twice
            after = by[at]
            by[at] = stands
            at = after
        fates[row] = _SUPERSEDED if by[stands] == _ONE_LOST else MAY_REPEAT
    for i in range(lost):
        by[by[np.int64(lost_rows[i])]] = -1


@inlined
def _after(voter: U64, cell: Cell, other: Cell) -> bool:
    """Whether a cell's voter comes after that of another cell with the same tag."""
    row, before = np.int64(cell & ROW), np.int64(other & ROW)
    if voter[row, 0] != voter[before, 0]:
        return bool(voter[row, 0] > voter[before, 0])
    return bool(voter[row, 1] > voter[before, 1])


@inlined
def _by_whole_key(voter: U64, cells: U64) -> None:
    """Sort a few cells with the same tag by their whole keys."""
    for place in range(ONE, np.uint64(len(cells))):
        cell, at = cells[place], np.uint64(place)
        while at > NOTHING and not _after(voter, cell, cells[at - ONE]):
            cells[at] = cells[at - ONE]
            at -= ONE
        cells[at] = cell


@inlined
def _read_out(part: U64, standing: I64) -> Place:
    """Write the rows that stand to ``standing`` and give how many there are."""
    count = np.int64(0)
    for cell in part:
        standing[count] = np.int64(cell & ROW)
        count += np.int64(cell != EMPTY)
    return count


@kernel(
    "i8(const(u8[:, ::1]), const(u8[:, ::1]), const(u1[:, ::1]), const(i8[::1]), u8[::1],"
    " u8[::1], u4[::1], u8[::1], u8[::1], i8[::1], u1[::1], i8[::1])"
)
def settled_parts(  # noqa: PLR0917 - as above
    voter: U64,
    precedence: U64,
    entry_hash: U8,
    ends: I64,
    cells: U64,
    sorting: U64,
    counts: U32,
    met: U64,
    lost_rows: U64,
    by: I64,
    fates: U8,
    standing: I64,
) -> Place:
    """Settle part after part; gives how many entries stand, or ``CROWDED``.

    ``voter``, ``precedence``: uint64 (n, 2); ``entry_hash``: uint8 (n, 32); ``ends``, ``cells``: as
    :func:`spread` wrote them. Scratch for the rows of the largest part and one more: ``sorting``,
    ``met`` and ``lost_rows``, uint64, and ``counts``, uint32. Written: ``by``: int64 (n,), at first
    -1, then the standing row for what is superseded, the row repeated for a duplicate, -1 for what
    stands; ``fates``: uint8 (n,), at first 0, then a ``Standing``, or ``MAY_REPEAT``; ``standing``:
    int64 (n,), rows by voter key. It may be the memory of ``cells``, as a part is written only
    after its cells were read, and never beyond them.
    """
    count, start = np.int64(0), np.int64(0)
    mixed = NOTHING
    for end in ends:
        part = sorting[: end - start]
        _counted_in(cells[start:end], part, counts)
        if _put_right(part) == CROWDED:
            return np.int64(CROWDED)
        again = _meeting(part, met)
        mixed ^= _fetched(voter, precedence, part, met, again, by)
        lost = _decided(voter, precedence, entry_hash, part, met, again, lost_rows, by, fates)
        if lost == CROWDED:
            return np.int64(CROWDED)
        _led_home(lost_rows, lost, by, fates)
        count += _read_out(part, standing[count:])
        start = end
    met[0] = mixed
    return count


@kernel("void(const(u8[:, ::1]), const(u8[:, ::1]), const(u1[:, ::1]), i8[::1], i8[::1], u1[::1])")
def repeats_marked(  # noqa: PLR0917 - as above
    voter: U64, precedence: U64, entry_hash: U8, rows: I64, by: I64, fates: U8
) -> None:
    """Tell repeats among superseded entries from entries of their own.

    ``rows``: int64, the rows to look at, equal first words of the hash next to each other and there
    in rising order; it is used up. ``by`` and ``fates`` as in :func:`settled_parts`, written.
    """
    first, own = 0, 0
    for i in range(len(rows)):
        row = rows[i]
        if precedence[row, 1] != precedence[rows[first], 1]:
            first, own = i, i
        same = -1
        for j in range(first, own):
            if _same(voter, precedence, entry_hash, row, rows[j]):
                same = rows[j]
                break
        if same == -1:
            rows[own] = row
            own += 1
            fates[row] = _SUPERSEDED
        else:
            by[row] = same
            fates[row] = _DUPLICATE
