"""Equal ballots become one group with its number, sorted by what they say."""

from dataclasses import dataclass

import numpy as np

from talkoot.voting.dedup import U8
from talkoot.voting.tally.choices import I32, I64, Choices, Items, Rows, fault_of

_FIRST_SLOTS = 1 << 12
_GROWTH = 4
_BLOCK = 256
_WORD_BITS = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """Different ballots by rising content, as in a profile, and how many there are of each."""

    indptr: I64
    items: I32
    values: I64
    weights: I64


def times_of(number: int, rows: Rows | None) -> U8 | I64:
    """How often each of ``number`` ballots counts: as often as ``rows`` names it, or once.

    Raises ``IndexError`` naming a row that is not there.
    """
    from talkoot.voting.tally import kernels

    if rows is None:
        return np.ones(number, np.uint8)
    rows = np.ascontiguousarray(rows, np.int64)
    times = np.zeros(number, np.uint8)
    if kernels.times_marked(rows, times) == kernels.DONE:
        return times
    for row in (int(rows.min()), int(rows.max())):
        if not 0 <= row < number:
            raise IndexError(f"row {row} is not one of {number} ballots")
    return np.bincount(rows, minlength=number)


def grouped_choices(choices: Choices, projects: int, rows: Rows | None) -> Groups:
    """Group ballots; a row named twice counts twice.

    Raises ``ValueError`` naming the row and project of a ballot that is not sound, ``IndexError``
    for a row that is not there.
    """
    values: I32 | I64 = np.zeros(0, np.int32) if choices.values is None else choices.values
    if choices.items.dtype != np.uint16:
        values = values.astype(np.int64)
    weights = times_of(len(choices), rows).astype(np.int64)
    first, total, fault = _grouped(choices.indptr, choices.items, values, weights, projects)
    if fault is not None:
        raise fault_of(choices, fault, projects)
    return _sorted(_picked(choices.indptr, choices.items, values, first, total))


def grouped_groups(groups: Groups, projects: int) -> Groups:
    """Group what is grouped already, in several parts one after the other.

    Raises ``ValueError`` naming a row that is not sound.
    """
    items = groups.items.view(np.uint32)
    first, total, fault = _grouped(groups.indptr, items, groups.values, groups.weights, projects)
    if fault is not None:
        raise fault_of(Choices(indptr=groups.indptr, items=items), fault, projects)
    return _sorted(_picked(groups.indptr, items, groups.values, first, total))


def _grouped(
    indptr: I64, items: Items, values: I32 | I64, weights: I64, projects: int
) -> tuple[I64, I64, int | None]:
    """For each group its first row and its weight; and the row that is not sound, if there is one.

    The table grows as groups turn up: where few ballots differ, it stays in the cache.
    """
    from talkoot.voting.tally import kernels

    table = np.full(_FIRST_SLOTS, kernels.EMPTY, np.uint64)
    first, total = np.empty(len(weights), np.int64), np.empty(len(weights), np.int64)
    tags, state = np.zeros(_BLOCK, np.uint64), np.zeros(2, np.int64)
    row = 0
    while True:
        row = int(
            kernels.grouped(
                indptr, items, values, weights, projects, row, table, first, total, tags, state
            )
        )
        if state[kernels.FAULT]:
            return first, total, row
        if row == kernels.DONE:
            number = int(state[kernels.GROUPS])
            return first[:number], total[:number], None
        larger = np.full(len(table) * _GROWTH, kernels.EMPTY, np.uint64)
        kernels.rehoused(table, larger)
        table = larger


def _sorted(groups: Groups) -> Groups:
    from talkoot.voting.tally import order_kernels

    columns = (groups.indptr, groups.items, groups.values)
    keys = np.empty(len(groups.weights), np.uint64)
    order_kernels.sort_keys(*columns, *_key_bits(groups), keys)
    order = np.argsort(keys)
    order_kernels.ties_sorted(*columns, keys, order, np.empty_like(order))
    items = groups.items.view(np.uint32)
    return _picked(groups.indptr, items, groups.values, order, groups.weights[order])


def _key_bits(groups: Groups) -> tuple[int, int, int, int, int]:
    """How a mark goes into a sort key: marks, bits of the place and the value, dropped, least."""
    if not len(groups.items):
        return 0, 0, 0, 0, 0
    least, most = int(groups.values.min()), int(groups.values.max())
    item_bits = (int(groups.items.max()) + 1).bit_length()
    wanted = (most - least).bit_length()
    value_bits = min(wanted, _WORD_BITS - item_bits)
    marks = _WORD_BITS // (item_bits + value_bits)
    return marks, item_bits, value_bits, wanted - value_bits, least


def _picked(indptr: I64, items: Items, values: I32 | I64, rows: Rows, weights: I64) -> Groups:
    """These rows, in this order, as groups of these weights."""
    from talkoot.voting.tally import kernels

    starts = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(indptr[rows + 1] - indptr[rows], out=starts[1:])
    marks = int(starts[-1])
    groups = Groups(
        indptr=starts,
        items=np.empty(marks, np.int32),
        values=np.empty(marks, np.int64),
        weights=weights,
    )
    kernels.rows_copied(indptr, items, values, rows, starts[:-1], groups.items, groups.values)
    return groups
