"""A whole run of equal shares. Parts of kernels.

A run that meets a decision which is not certain stops there and says so; whoever called it decides
that round exactly and runs again with a *script*: the rounds that are known.
"""

from typing import NamedTuple

import numpy as np

from talkoot.base.compiled import inlined
from talkoot.voting.allocation.choosing import (
    NOBODY,
    NOT_DECIDED,
    chosen,
    contenders,
    leave_out_club,
)
from talkoot.voting.allocation.field import COST, ENTRY, F64, FLAT, I64, U8, Field, flat_key
from talkoot.voting.allocation.filling import (
    BOUGHT,
    BUFFER,
    COST_HIGH,
    COST_LOW,
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
    SPARE,
    SPENT,
    UPPER,
    UPTO,
    VALUE,
    WAITING,
    State,
    paid,
    priced,
    quoted,
)

WINNER, EQUALS, FIRST_RIVAL, ROUNDS = range(4)
"""Columns of a record's rounds."""

PRICE_LOW, PRICE_HIGH, PRICE_VALUE, SCRIPT = range(2, 6)
"""Columns of a script after WINNER and EQUALS: a quote known exactly, PRICE_VALUE 0 where it is to
be found."""


class Record(NamedTuple):
    """What a run did. ``rounds``: int64 (p + 1, 3): what was bought, how many others were exactly
    as good, and where the round's rivals begin; the last row holds the number of rounds in its
    first column. ``most``: float64 (p,): upper bound of each winner's key; ``flat``: uint8 (p,):
    whether certainly all its supporters paid in full. ``rival`` (int64), ``key`` (float64): the
    others looked at and the lower bounds of their keys, empty where nobody asks for them.
    ``lack``: float64 (p,), as in ``keys``.
    """

    rounds: I64
    most: F64
    flat: U8
    rival: I64
    key: F64
    lack: F64


@inlined
def empty_state(field: Field, groups: int) -> State:
    """Room for a run."""
    projects = len(field.terms)
    longest = 1
    for place in range(projects):
        longest = max(longest, field.bounds[place + 1] - field.bounds[place])
    return State(
        np.empty((groups, 2), np.int64),
        np.empty((len(field.entries), ENTRY), np.int32),
        np.empty((projects, PLAN), np.int64),
        np.empty((projects, 3), np.float64),
        np.empty((longest, BUFFER), np.int64),
        np.empty(projects, np.int64),
        np.empty(3, np.int64),
        np.empty(1, np.float64),
    )


@inlined
def empty_record(projects: int, rivals: int) -> Record:
    """Room for what a run does; ``rivals`` is 0 where nobody asks for them."""
    return Record(
        np.zeros((projects + 1, ROUNDS), np.int64),
        np.empty(projects, np.float64),
        np.empty(projects, np.uint8),
        np.empty(rivals, np.int64),
        np.empty(rivals, np.float64),
        np.empty(projects, np.float64),
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
    state.key_unit[0] = 2.0 ** float(-shift)
    low, high = shifted(start, shift)
    state.money[:, LOWER] = low
    state.money[:, UPPER] = high
    state.counts[SPENT], state.counts[BOUGHT], state.counts[WAITING] = 0, 0, 0
    state.plan[:, ROUND] = -1
    for place in field.order:
        plan, cost = state.plan[place], field.terms[place, COST]
        state.keys[place, LACK] = float(cost)
        if cost <= total:
            state.waiting[state.counts[WAITING]] = place
            state.counts[WAITING] += 1
            plan[COST_LOW], plan[COST_HIGH] = shifted(cost, shift)
        plan[UPTO], plan[POWER], plan[SPARE] = -1, field.terms[place, FLAT], low
        plan[LOW], plan[VALUE], plan[LOOKED] = 0, 1, -1
        state.keys[place, LEAST] = flat_key(field.terms, place) * (1.0 - OUTWARD)


@inlined
def buy(field: Field, state: State, record: Record, place: int, equals: int) -> None:
    """Note the round, let the supporters pay, and take out what can no longer be bought."""
    round_ = state.counts[BOUGHT]
    rounds = record.rounds
    rounds[round_, WINNER], rounds[round_, EQUALS] = place, equals
    record.most[round_] = state.keys[place, MOST]
    record.flat[round_] = state.plan[place, NOBODY_POOR]
    to = rounds[round_, FIRST_RIVAL]
    if len(record.rival):
        for at in range(state.counts[WAITING]):
            other = state.waiting[at]
            if other != place and state.plan[other, LOOKED] == round_:
                record.rival[to], record.key[to] = other, state.keys[other, LEAST]
                to += 1
    rounds[round_ + 1, FIRST_RIVAL] = to
    paid(field, state, place)
    state.plan[place, ROUND] = round_
    state.counts[BOUGHT] = rounds[len(rounds) - 1, WINNER] = round_ + 1
    leave_out_club(field, state, place)


@inlined
def _quote_scripted(field: Field, state: State, row: I64, round_: int) -> None:
    place = row[WINNER]
    if row[PRICE_VALUE] == 0:
        quoted(field, state, place, round_)
    else:
        state.plan[place, LOOKED] = round_
        priced(field, state, place, row[PRICE_LOW], row[PRICE_HIGH], row[PRICE_VALUE], 0)


@inlined
def _bar(state: State, barred: U8) -> None:
    to = 0
    for at in range(state.counts[WAITING]):
        if not barred[state.waiting[at]]:
            state.waiting[to] = state.waiting[at]
            to += 1
    state.counts[WAITING] = to


@inlined
def note_lack(state: State, record: Record) -> None:
    """Copy what was missing for the projects that cannot be paid."""
    for place in range(len(record.lack)):
        record.lack[place] = state.keys[place, LACK]


@inlined
def ran(  # noqa: PLR0917 - a kernel takes its arrays by place
    field: Field,
    state: State,
    record: Record,
    script: I64,
    barred: U8,
    found: I64,
    vectors: I64,
) -> int:
    """Run to the end from a state just begun. Gives -1, or the number of contenders (in ``found``)
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
            number = contenders(field, state, found)
            place, equals = chosen(field, state, found, number, vectors)
            if place == NOT_DECIDED:
                return number
            if place == NOBODY:
                note_lack(state, record)
                return -1
        buy(field, state, record, place, equals)
