"""The table that settles entries, as compiled loops.

Voter keys are output of a keyed hash, so their own bits say where they go. First the rows are
spread by the top bits of their keys into parts so small that what follows stays in the cache. Each
part then fills an open-addressing table with linear probing, whose home slot rises with the key and
whose cells are kept in the order of their keys (Amble and Knuth, *Ordered hash tables*, 1974;
Gonnet and Munro, *The analysis of linear probing sort*, 1984): read from one end to the other, it
gives the part sorted by voter key.

A cell of the table is ``tag << 32 | row``: the 32 bits of the voter key that follow those of the
part, and the entry's row. Most keys never meet their own tag again, so their columns are not
looked at a second time. ``reference.py`` is the slow twin.
"""

import numpy as np

from talkoot.base.compiled import inlined, kernel
from talkoot.voting.dedup.columns import I64, U8, U64
from talkoot.voting.dedup.settlement import Standing

Cell = np.uint64
Place = np.int64

EMPTY = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
"""A cell without an entry; greater than every cell with one."""
TAG = np.uint64(0xFFFF_FFFF_0000_0000)
ROW = np.uint64(0x0000_0000_FFFF_FFFF)
HALF = np.uint64(32)
NOTHING = np.uint64(0)

FARTHEST = 512
"""How many cells from its home an entry may lie. With keys of a hash and a table filled to 0.6 the
farthest of 10^9 is expected below 200; beyond this bound the keys are not a hash's."""
SPARE = 2 * FARTHEST
"""Cells behind the last home slot, so that no cluster has to go round."""
CROWDED = -1
"""The answer where an entry would lie too far from its home."""

MAY_REPEAT = 3
"""A fate for the time being: superseded, as another entry of this voter is, perhaps the same."""
_STANDS, _SUPERSEDED, _DUPLICATE = (int(fate) for fate in Standing)
_ONE_LOST = -2
"""What a row that stands holds for the time being, where one entry lost to it."""


def slots_for(rows: int) -> int:
    """How many home slots a table for so many rows has: it is filled to 0.6 at the most."""
    return rows * 5 // 3 + 1


_slots_for = inlined(slots_for)


@inlined
def _home(cell: Cell, slots: Cell) -> Place:
    """The slot where a cell belongs, from 0 to ``slots`` - 1; it rises with the tag."""
    return np.int64(((cell >> HALF) * slots) >> HALF)


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
def _pushed_in(table: U64, at: Place, cell: Cell) -> int:
    """Put a cell where it belongs and move those behind it on; ``CROWDED`` where none is free."""
    while cell != EMPTY:
        if at == len(table) - 1:
            return CROWDED
        before = table[at]
        table[at] = cell
        cell = before
        at += 1
    return 0


@inlined
def _filled(cells: U64, table: U64, slots: Cell, seen: U64, met: U64) -> int:
    """Fill the table with each tag's first cell.

    Gives how many cells met their tag already: these are in ``seen``, what they met in ``met``.
    """
    again = 0
    for cell in cells:
        at = _home(cell, slots)
        end = at + FARTHEST
        while table[at] < cell and (table[at] ^ cell) & TAG != NOTHING:
            at += 1
            if at == end:
                return CROWDED
        other = table[at]
        if other != EMPTY and (other ^ cell) & TAG == NOTHING:
            seen[again] = cell
            met[again] = other
            again += 1
        elif _pushed_in(table, at, cell) == CROWDED:
            return CROWDED
    return again


@inlined
def _fetched(  # noqa: PLR0917 - a kernel takes its arrays by place
    voter: U64, precedence: U64, seen: U64, met: U64, again: int, by: I64
) -> Cell:
    """Touch all that the decisions will look at.

    Nothing here waits for anything else, so the memory answers many questions at once; the answer
    means nothing, but must be used, or the compiler leaves the loop out.
    """
    mixed = NOTHING
    for i in range(again):
        row, other = np.int64(seen[i] & ROW), np.int64(met[i] & ROW)
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
def _holds_voter(voter: U64, table: U64, at: Place, cell: Cell) -> bool:
    """Whether the slot holds an entry of this cell's voter."""
    if table[at] == EMPTY or (table[at] ^ cell) & TAG != NOTHING:
        return False
    row, other = np.int64(cell & ROW), np.int64(table[at] & ROW)
    return bool(voter[row, 0] == voter[other, 0] and voter[row, 1] == voter[other, 1])


@inlined
def _place_of(voter: U64, table: U64, slots: Cell, cell: Cell) -> Place:
    """The slot of this cell's voter; where there is none, the slot behind its tag's last cell."""
    at = _home(cell, slots)
    end = at + FARTHEST
    while table[at] != EMPTY and (table[at] & TAG) < (cell & TAG):
        at += 1
    while table[at] != EMPTY and (table[at] ^ cell) & TAG == NOTHING:
        if _holds_voter(voter, table, at, cell):
            break
        at += 1
        if at == end:
            return np.int64(CROWDED)
    return at


@inlined
def _decided(  # noqa: PLR0917 - as above
    voter: U64,
    precedence: U64,
    entry_hash: U8,
    table: U64,
    slots: Cell,
    seen: U64,
    again: int,
    by: I64,
    fates: U8,
) -> int:
    """Decide about cells that met their tag, in the order of their rows.

    Gives how many entries were superseded: ``seen`` gets their rows. Each points by ``by`` to what
    it lost to; what stands holds there -1 less the number of entries that lost.
    """
    lost = 0
    for i in range(again):
        cell = seen[i]
        at = _place_of(voter, table, slots, cell)
        if at == CROWDED:
            return CROWDED
        if not _holds_voter(voter, table, at, cell):
            if _pushed_in(table, at, cell) == CROWDED:
                return CROWDED
            continue
        row, other = np.int64(cell & ROW), np.int64(table[at] & ROW)
        order = _compared(precedence, entry_hash, row, other)
        if order > 0:
            by[row] = by[other] - 1
            by[other] = row
            table[at] = cell
            seen[lost] = np.uint64(other)
            lost += 1
        elif order < 0:
            by[row] = other
            by[other] -= 1
            seen[lost] = np.uint64(row)
            lost += 1
        else:
            by[row] = other
            fates[row] = _DUPLICATE
    return lost


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
def _read_out(voter: U64, table: U64, run: U64, standing: I64) -> Place:
    """Write the table's rows to ``standing``, sorted by voter key, and give how many there are."""
    count = np.int64(0)
    for cell in table:
        run[count] = cell
        count += np.int64(cell != EMPTY)
    for i in range(1, count):
        at = i
        cell = run[i]
        while at > 0 and (run[at - 1] ^ cell) & TAG == NOTHING:
            if _after(voter, cell, run[at - 1]):
                break
            run[at] = run[at - 1]
            at -= 1
        run[at] = cell
    for i in range(count):
        standing[i] = np.int64(run[i] & ROW)
    return count


@kernel(
    "i8(const(u8[:, ::1]), const(u8[:, ::1]), const(u1[:, ::1]), const(i8[::1]), u8[::1],"
    " u8[::1], u8[::1], u8[::1], i8[::1], u1[::1], i8[::1])"
)
def settled_parts(  # noqa: PLR0917 - as above
    voter: U64,
    precedence: U64,
    entry_hash: U8,
    ends: I64,
    cells: U64,
    table: U64,
    seen: U64,
    met: U64,
    by: I64,
    fates: U8,
    standing: I64,
) -> Place:
    """Settle part after part; gives how many entries stand, or ``CROWDED``.

    ``voter``, ``precedence``: uint64 (n, 2); ``entry_hash``: uint8 (n, 32); ``ends``, ``cells``: as
    :func:`spread` wrote them. Scratch, all uint64: ``table`` for the largest part's
    ``slots_for(size) + SPARE``, ``seen`` and ``met`` for its rows and one more. Written: ``by``:
    int64 (n,), at first -1, then the standing row for what is superseded, the row repeated for a
    duplicate, -1 for what stands; ``fates``: uint8 (n,), at first 0, then a ``Standing``, or
    ``MAY_REPEAT``; ``standing``: int64 (n,), rows by voter key; it may be the
    memory of ``cells``, as a part is written only after its cells were read, and never beyond them.
    """
    count = np.int64(0)
    mixed = NOTHING
    start = 0
    for end in ends:
        slots = _slots_for(end - start)
        part = table[: slots + SPARE]
        for at in range(len(part)):
            part[at] = EMPTY
        again = _filled(cells[start:end], part, np.uint64(slots), seen, met)
        if again == CROWDED:
            return np.int64(CROWDED)
        mixed ^= _fetched(voter, precedence, seen, met, again, by)
        lost = _decided(
            voter, precedence, entry_hash, part, np.uint64(slots), seen, again, by, fates
        )
        if lost == CROWDED:
            return np.int64(CROWDED)
        _led_home(seen, lost, by, fates)
        count += _read_out(voter, part, seen, standing[count:])
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
