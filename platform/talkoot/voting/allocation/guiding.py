"""What a run did, and what that says about a run from a greater start. Parts of kernels."""

from typing import NamedTuple

import numpy as np

from talkoot.base.compiled import inlined
from talkoot.voting.allocation.choosing import moved
from talkoot.voting.allocation.field import F64, FLAT, I64, U8, WORTH, Field
from talkoot.voting.allocation.filling import (
    BOUGHT,
    GAP,
    HEAD,
    KEY_UNIT,
    LACK,
    LEAST,
    LOOKED,
    LOW,
    OUTWARD,
    SEEN,
    TAIL,
    VALUE,
    State,
)

WINNER, EQUALS, FIRST_RIVAL, ROUNDS = range(4)
"""Columns of a record's rounds."""

KEY, AT_LEAST, RICH, BOUND = range(4)
"""What is known of a rival in a round: a lower bound of its key; and one of what it cost more than
its poor have, in scaled money, where the value of the others is RICH."""


class Record(NamedTuple):
    """What a run did. ``rounds``: int64 (p + 1, 3): what was bought, how many others were exactly
    as good, and where the round's rivals begin; the last row holds the number of rounds in its
    first column. ``most``: float64 (p,): upper bound of each winner's key; ``flat``: uint8 (p,):
    whether certainly all its supporters paid in full. ``rival`` (int64), ``bound`` (float64 (.,
    3)): the others of each round and what is known of them, empty where nobody asks for it.
    ``lack``: float64 (p,), as in ``keys``.
    """

    rounds: I64
    most: F64
    flat: U8
    rival: I64
    bound: F64
    lack: F64


@inlined
def empty_record(projects: int, rivals: int) -> Record:
    """Room for what a run does; ``rivals`` is 0 where nobody asks for them."""
    return Record(
        np.zeros((projects + 1, ROUNDS), np.int64),
        np.empty(projects, np.float64),
        np.empty(projects, np.uint8),
        np.empty(rivals, np.int64),
        np.empty((rivals, BOUND), np.float64),
        np.empty(projects, np.float64),
    )


@inlined
def look_up(field: Field, state: State, guide: Record) -> None:
    """Raise the lower bounds of keys to what the guide's round implies.

    The guide is a run from a smaller start that has bought the same so far. Then every voter has
    now at most GAP more than there: at first what the starts differ by, and after a purchase what
    its rho has fallen by more, as it falls where people have more. With S the poor there and what
    they had, rho now is at least (cost - money of S - GAP * ballots of S) / value of the others.
    This is looked up where all values are 1: then those ballots are all supporters but the others.
    """
    gap, round_ = state.scale[GAP], state.counts[BOUGHT]
    if gap < 0.0:
        return
    for at in range(guide.rounds[round_, FIRST_RIVAL], guide.rounds[round_ + 1, FIRST_RIVAL]):
        place = guide.rival[at]
        key = _at_least(field, guide, at, gap) / (
            guide.bound[at, RICH] * float(field.terms[place, WORTH])
        )
        if key * (1.0 - OUTWARD) > state.keys[place, LEAST]:
            state.keys[place, LEAST] = key * (1.0 - OUTWARD)
            for where in range(state.counts[HEAD], state.counts[TAIL]):
                if state.waiting[where] == place:
                    moved(state, where)
                    break


@inlined
def _at_least(field: Field, guide: Record, at: int, gap: float) -> float:
    """What a rival costs more than its poor can have now, rounded down."""
    poor = float(field.terms[guide.rival[at], FLAT]) - guide.bound[at, RICH]
    rest = guide.bound[at, AT_LEAST] - gap * poor * (1.0 + OUTWARD)
    return float(max(rest - abs(rest) * OUTWARD, 0.0))


@inlined
def noted(field: Field, state: State, record: Record, guide: Record, winner: int) -> int:
    """Note the rivals of a round: those looked at, and what the guide's imply. Gives their end."""
    round_ = state.counts[BOUGHT]
    to = record.rounds[round_, FIRST_RIVAL]
    for at in range(state.counts[SEEN]):
        place = state.seen[at]
        if place != winner:
            record.rival[to] = place
            record.bound[to, KEY] = state.keys[place, LEAST]
            low = float(state.plan[place, LOW]) * state.scale[KEY_UNIT]
            record.bound[to, AT_LEAST] = low * (1.0 - OUTWARD)
            record.bound[to, RICH] = float(state.plan[place, VALUE])
            to += 1
    gap = state.scale[GAP]
    if gap < 0.0:
        return int(to)
    for at in range(guide.rounds[round_, FIRST_RIVAL], guide.rounds[round_ + 1, FIRST_RIVAL]):
        place = guide.rival[at]
        if place != winner and state.plan[place, LOOKED] != round_:
            record.rival[to] = place
            record.bound[to, KEY] = state.keys[place, LEAST]
            record.bound[to, AT_LEAST] = _at_least(field, guide, at, gap)
            record.bound[to, RICH] = guide.bound[at, RICH]
            to += 1
    return int(to)


@inlined
def widen(field: Field, state: State, guide: Record, winner: int) -> None:
    """Say by how much any voter can be richer after this round than there; stop being guided where
    the guide bought something else.
    """
    round_ = state.counts[BOUGHT]
    if state.scale[GAP] < 0.0:
        return
    if guide.rounds[round_, WINNER] != winner or (
        round_ + 1 >= guide.rounds[len(guide.rounds) - 1, WINNER]
    ):
        state.scale[GAP] = -1.0
        return
    fallen = guide.most[round_] - state.keys[winner, LEAST]
    fallen = max(fallen, 0.0) * float(field.terms[winner, WORTH])
    state.scale[GAP] = (state.scale[GAP] + fallen) * (1.0 + OUTWARD)


@inlined
def note_lack(state: State, record: Record) -> None:
    """Copy what was missing for the projects that cannot be paid."""
    for place in range(len(record.lack)):
        record.lack[place] = state.keys[place, LACK]
