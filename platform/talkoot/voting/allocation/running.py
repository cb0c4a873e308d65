"""A whole run of equal shares. Parts of kernels.

A run that meets a decision which is not certain stops there and says so; whoever called it decides
that round exactly and runs again with a *script*: the rounds that are known.
"""

import numpy as np

from talkoot.base.compiled import inlined
from talkoot.voting.allocation.choosing import (
    NOBODY,
    NOT_DECIDED,
    chosen,
    contenders,
    forget,
    leave_out_club,
)
from talkoot.voting.allocation.field import (
    COST,
    ENTRY,
    FLAT,
    I64,
    U8,
    Field,
    flat_key,
)
from talkoot.voting.allocation.filling import (
    BOUGHT,
    BUFFER,
    COST_HIGH,
    COST_LOW,
    COUNTS,
    GAP,
    HEAD,
    KEY_UNIT,
    LACK,
    LEAST,
    LOOKED,
    LOW,
    LOWER,
    MOST,
    NOBODY_POOR,
    OUTWARD,
    PLAN,
    POWER,
    ROUND,
    SEEN,
    SPARE,
    TAIL,
    UPPER,
    UPTO,
    VALUE,
    WIDTH,
    State,
    paid,
    priced,
    refine,
)
from talkoot.voting.allocation.guiding import (
    EQUALS,
    FIRST_RIVAL,
    WINNER,
    Record,
    look_up,
    note_lack,
    noted,
    widen,
)

PRICE_LOW, PRICE_HIGH, PRICE_VALUE, SCRIPT = range(2, 6)
"""Columns of a script after WINNER and EQUALS: a quote known exactly."""


@inlined
def empty_state(field: Field, groups: int) -> State:
    """Room for a run."""
    projects = len(field.terms)
    longest = 1
    for place in range(projects):
        longest = max(longest, field.bounds[place + 1] - field.bounds[place])
    return State(
        np.empty((2, groups), np.int64),
        np.empty((len(field.entries), ENTRY), np.int32),
        np.empty((projects, PLAN), np.int64),
        np.empty((projects, 3), np.float64),
        np.empty((BUFFER, longest), np.int64),
        np.empty(projects, np.int64),
        np.empty(projects, np.int64),
        np.empty(COUNTS, np.int64),
        np.empty(2, np.float64),
    )


@inlined
def shifted(amount: int, by: int) -> tuple[int, int]:
    """Give ``amount * 2^by`` rounded down and up."""
    if by >= 0:
        return amount << by, amount << by
    return amount >> -by, -(-amount >> -by)


@inlined
def begun(field: Field, state: State, start: int, ballots: int, sum_bits: int) -> None:
    """Give every voter the same start. Money is shifted so that all of it has ``sum_bits`` bits."""
    total, bits = start * ballots, 1
    while total >> bits > 0:
        bits += 1
    shift = sum_bits - bits
    state.scale[KEY_UNIT] = 2.0 ** float(-shift)
    low, high = shifted(start, shift)
    state.scale[GAP] = -1.0
    state.money[LOWER, :] = low
    state.money[UPPER, :] = high
    state.counts[:] = 0
    state.counts[WIDTH] = high - low
    state.plan[:, ROUND] = -1
    for place in field.order:
        plan, cost = state.plan[place], field.terms[place, COST]
        state.keys[place, LACK] = float(cost)
        if cost <= (start * field.terms[place, FLAT] if field.unit else total):
            state.waiting[state.counts[TAIL]] = place
            state.counts[TAIL] += 1
            plan[COST_LOW], plan[COST_HIGH] = shifted(cost, shift)
        plan[UPTO], plan[POWER], plan[SPARE] = -1, field.terms[place, FLAT], low
        plan[LOW], plan[VALUE], plan[LOOKED], plan[NOBODY_POOR] = 0, 1, -1, 0
        state.keys[place, LEAST] = flat_key(field.terms, place) * (1.0 - OUTWARD)


@inlined
def buy(  # noqa: PLR0917 - a kernel takes its arrays by place
    field: Field, state: State, record: Record, guide: Record, place: int, equals: int
) -> None:
    """Note the round, let the supporters pay, and take out what can no longer be bought."""
    refine(field, state, place)
    round_ = state.counts[BOUGHT]
    rounds = record.rounds
    rounds[round_, WINNER], rounds[round_, EQUALS] = place, equals
    record.most[round_] = state.keys[place, MOST]
    record.flat[round_] = state.plan[place, NOBODY_POOR]
    if len(record.rival):
        rounds[round_ + 1, FIRST_RIVAL] = noted(field, state, record, guide, place)
        widen(field, state, guide, place)
    paid(field, state, place)
    state.plan[place, ROUND] = round_
    state.counts[BOUGHT] = rounds[len(rounds) - 1, WINNER] = round_ + 1
    state.counts[SEEN] = 0
    leave_out_club(field, state, place)


@inlined
def _quote_scripted(field: Field, state: State, row: I64, round_: int) -> None:
    place, nobody_poor = row[WINNER], state.plan[row[WINNER], NOBODY_POOR]
    state.plan[place, LOOKED] = round_
    priced(field, state, place, row[PRICE_LOW], row[PRICE_HIGH], row[PRICE_VALUE], nobody_poor)


@inlined
def _bar(state: State, barred: U8) -> None:
    for at in range(state.counts[HEAD], state.counts[TAIL]):
        if barred[state.waiting[at]]:
            forget(state, at)


@inlined
def ran(  # noqa: PLR0917 - a kernel takes its arrays by place
    field: Field,
    state: State,
    record: Record,
    script: I64,
    barred: U8,
    guide: Record,
    found: I64,
    vectors: I64,
) -> int:
    """Run to the end from a state just begun, guided by an earlier run where the state's GAP says
    so. Gives -1, or the number of contenders (in ``found``)
    of the next round, where that is not decided.
    """
    record.rounds[len(record.rounds) - 1, WINNER] = 0
    while True:
        round_ = state.counts[BOUGHT]
        if round_ < len(script):
            place, equals = script[round_, WINNER], script[round_, EQUALS]
            _quote_scripted(field, state, script[round_], round_)
        else:
            if round_ == len(script):
                _bar(state, barred)
            look_up(field, state, guide)
            number = contenders(field, state, found)
            place, equals = chosen(field, state, found, number, vectors)
            if place == NOT_DECIDED:
                return number
            if place == NOBODY:
                note_lack(state, record)
                return -1
        buy(field, state, record, guide, place, equals)
