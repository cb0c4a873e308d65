"""Add1: equal shares again and again, every voter with one currency unit more. A kernel.

Most steps change nothing. Where it is certain that all steps up to a greater one buy the same, they
are jumped over. How far to jump is guessed from how fast the closest rivals came nearer, and less
is tried where the guess was too bold.
"""

import numpy as np

from talkoot.base.compiled import inlined, kernel
from talkoot.voting.allocation.choosing import EQUAL, flat_compared, forget, moved, twins
from talkoot.voting.allocation.field import CLUB, COST, F64, I32, I64, RANK, U8, Field
from talkoot.voting.allocation.filling import (
    CAN,
    CANNOT,
    LEAST,
    LOOKED,
    WAITING,
    State,
    quoted,
)
from talkoot.voting.allocation.running import (
    FIRST_RIVAL,
    ROUNDS,
    WINNER,
    Record,
    begun,
    buy,
    empty_record,
    empty_state,
    note_lack,
    ran,
)

EXHAUSTIVE, INFEASIBLE, AT_ONCE = range(3)
"""Where Add1 stops; AT_ONCE is a single run without Add1."""

FOUND, OPEN_ROUND, TOO_LARGE = range(3)
"""What the kernel says: the answer stands; a round of step STEPS is open; money exceeds 64 bits."""

STEPS, OUTCOME, TIES_KNOWN, CONTENDERS, NEWS = range(5)
"""What ``news`` holds: the last step tried; the step whose outcome is returned; whether the rounds
returned are those of that step, with the right numbers of equals; how many contenders there are in
an open round."""

FIELD = (
    "i8[::1], i4[:, ::1], b1, i8[:, ::1], i8[::1], const(i8[::1]), const(i4[::1]), const(i8[::1])"
)
"""The signature of :class:`Field`, one by one."""

MOST_TRUST = 32
"""Sixteenths of a guess that are jumped at the most: guesses are often too careful."""

FARTHEST = 64.0
"""Guesses reach at most so many times as far as what they are taken from."""

MAX_TOTAL = 1 << 61
"""All money together stays below this."""


@inlined
def followed(field: Field, state: State, here: Record, far: Record) -> bool:
    """Run from a greater start, just begun, if it and every start in between certainly buy what the
    record ``here`` says.

    Why it can be certain without trying them: with the order of purchases fixed, a greater start
    leaves every voter at least as much money after each purchase, so every rho is at most as great
    and what can be paid can still be paid. Hence if in each round the winner's rho at the smaller
    start lies below every rival's rho at the greater start, the winner is best at all starts
    between; and if at the greater start nothing more can be paid at the end, nothing can at any
    smaller one.
    """
    number = here.rounds[len(here.rounds) - 1, WINNER]
    far.rounds[len(far.rounds) - 1, WINNER] = 0
    for round_ in range(number):
        place, limit = here.rounds[round_, WINNER], here.most[round_]
        if quoted(field, state, place, round_) != CAN:
            return False
        if not _ahead(field, state, place, limit, round_, here.flat[round_]):
            return False
        buy(field, state, far, place, 0)
    while state.counts[WAITING] > 0:
        if quoted(field, state, state.waiting[0], number) != CANNOT:
            return False
        forget(state, 0)
    note_lack(state, far)
    return True


@inlined
def _ahead(  # noqa: PLR0917 - a kernel takes its arrays by place
    field: Field, state: State, place: int, limit: float, round_: int, paid_flat: int
) -> bool:
    """Whether no rival now is as good as the winner was with the smaller start."""
    at = 0
    while at < state.counts[WAITING]:
        other = state.waiting[at]
        if state.keys[other, LEAST] > limit:
            return True
        if other == place:
            at += 1
        elif state.plan[other, LOOKED] != round_:
            if quoted(field, state, other, round_) == CANNOT:
                forget(state, at)
            else:
                moved(state, at)
        elif _no_better(field, place, other, paid_flat):
            at += 1
        else:
            return False
    return True


@inlined
def _no_better(field: Field, place: int, other: int, paid_flat: int) -> bool:
    """Whether a rival can at best be exactly equal, and then loses by the tie rule.

    Where all supporters of the winner paid in full, they do from every greater start.
    """
    if field.terms[other, RANK] < field.terms[place, RANK]:
        return False
    if twins(field, place, other):
        return True
    return paid_flat == 1 and flat_compared(field, place, other) == EQUAL


@inlined
def reach_of(before: Record, here: Record, width: int, then: F64) -> float:
    """How many steps more will probably change nothing: a guess, from what moved how fast.

    In each round a rival's key falls by what it fell per step since ``before``, ``width`` steps
    ago, and must not reach the winner's; at the end what is missing for any other project must not
    melt away. ``then``: float64 (p,), working space.
    """
    last = len(here.rounds) - 1
    number = here.rounds[last, WINNER]
    if number != before.rounds[last, WINNER]:
        return 0.0
    steps = float(width)
    reach = FARTHEST * steps
    then[:] = np.nan
    for round_ in range(number):
        if before.rounds[round_, WINNER] != here.rounds[round_, WINNER]:
            return 0.0
        begin, end = before.rounds[round_, FIRST_RIVAL], before.rounds[round_ + 1, FIRST_RIVAL]
        for at in range(begin, end):
            then[before.rival[at]] = before.key[at]
        for at in range(here.rounds[round_, FIRST_RIVAL], here.rounds[round_ + 1, FIRST_RIVAL]):
            fallen = then[here.rival[at]] - here.key[at]
            if fallen > 0.0:
                reach = min(reach, (here.key[at] - here.most[round_]) * steps / fallen)
        for at in range(begin, end):
            then[before.rival[at]] = np.nan
    for place in range(last):
        melted = before.lack[place] - here.lack[place]
        if melted > 0.0:
            reach = min(reach, here.lack[place] * steps / melted)
    return max(reach, 0.0)


@inlined
def final(field: Field, record: Record, budget: int, stop: int, gone: U8) -> bool:
    """Whether the stop rule says that a feasible outcome stands. ``gone``: uint8 (p,), space."""
    terms, left = field.terms, budget
    gone[:] = 0
    for round_ in range(record.rounds[len(record.rounds) - 1, WINNER]):
        place = record.rounds[round_, WINNER]
        left -= terms[place, COST]
        gone[place] = 1
        if terms[place, CLUB] >= 0:
            for other in range(len(terms)):
                if terms[other, CLUB] == terms[place, CLUB]:
                    gone[other] = 1
    for place in field.order:
        if not gone[place] and (stop == INFEASIBLE or terms[place, COST] <= left):
            return False
    return True


@inlined
def told(record: Record, rounds: I64) -> None:
    """Copy a record's rounds, one by one: a copy of whole arrays would take seconds to compile, for
    the sake of an error that cannot happen.
    """
    for round_ in range(len(rounds)):
        for column in range(ROUNDS):
            rounds[round_, column] = record.rounds[round_, column]


@inlined
def cost_of(field: Field, record: Record) -> int:
    """What a run bought for."""
    total = 0
    for round_ in range(record.rounds[len(record.rounds) - 1, WINNER]):
        total += field.terms[record.rounds[round_, WINNER], COST]
    return total


@kernel(
    f"i8({FIELD}, i8[:, ::1], u1[::1], i8, i8, i8, i8, i8, i8, i8, i8[::1], i8[:, ::1], i8[::1])"
)
def added(  # noqa: PLR0917 - as above
    bounds: I64,
    entries: I32,
    unit: bool,  # noqa: FBT001 - as it stands in the field
    terms: I64,
    order: I64,
    indptr: I64,
    items: I32,
    values: I64,
    script: I64,
    barred: U8,
    groups: int,
    ballots: int,
    start: int,
    sum_bits: int,
    more: int,
    budget: int,
    stop: int,
    news: I64,
    rounds: I64,
    found: I64,
) -> int:
    """Run equal shares, and raise every voter's start by ``more`` until the stop rule says.

    An outcome is infeasible if it costs more than the budget, exhaustive if no project outside it
    that could be bought fits what it leaves. *Exhaustive* stops at the first exhaustive outcome or
    before the first infeasible one; *infeasible* stops only before the first infeasible one, or
    when all that can be bought is, since nothing changes after that.

    The first arguments are those of :class:`Field`. ``script``: int64 (r, 5), the known rounds of
    the first run, that of step ``news[STEPS]``; ``barred``: uint8 (p,): 1 for what can no longer be
    paid after them. ``start``, ``more`` and ``budget`` (that of all voters together) are scaled
    money. ``news``: int64 (4,), read and written; ``rounds``: int64 (p + 1, 3), written, as in
    :class:`Record`, the outcome's or those before the open round; ``found``: int64 (p,), written:
    the contenders of an open round. Gives FOUND, OPEN_ROUND or TOO_LARGE.
    """
    field = Field(bounds, entries, unit, terms, order, indptr, items, values)
    projects = len(terms)
    state = empty_state(field, groups)
    rivals = 0 if stop == AT_ONCE else projects * projects
    here, far = empty_record(projects, rivals), empty_record(projects, rivals)
    vectors, nothing = np.empty((2, projects), np.int64), np.zeros(projects, np.uint8)
    then, gone = np.empty(projects, np.float64), np.empty(projects, np.uint8)
    steps, jump, trust = news[STEPS], 1, 16
    news[OUTCOME], news[TIES_KNOWN] = steps, 1
    begun(field, state, start + steps * more, ballots, sum_bits)
    news[CONTENDERS] = ran(field, state, here, script, barred, found, vectors)
    if news[CONTENDERS] >= 0 or stop == AT_ONCE:
        told(here, rounds)
        return FOUND if news[CONTENDERS] < 0 else OPEN_ROUND
    if cost_of(field, here) > budget:
        news[OUTCOME], news[TIES_KNOWN] = steps - 1, 0
        return FOUND
    while not final(field, here, budget, stop, gone):
        following = start + (steps + jump) * more
        if following > MAX_TOTAL // ballots:
            return TOO_LARGE
        begun(field, state, following, ballots, sum_bits)
        if jump > 1:
            if not followed(field, state, here, far):
                jump, trust = jump // 2, max(trust // 2, 1)
                continue
            news[TIES_KNOWN] = 0
        else:
            news[STEPS] = steps + 1
            news[CONTENDERS] = ran(field, state, far, script[:0], nothing, found, vectors)
            if news[CONTENDERS] >= 0:
                told(far, rounds)
                return OPEN_ROUND
            if cost_of(field, far) > budget:
                break
            news[TIES_KNOWN] = 1
        here, far = far, here
        steps += jump
        news[STEPS] = news[OUTCOME] = steps
        reach = reach_of(far, here, jump, then)
        if reach > 0.0:
            trust = min(trust + trust // 4 + 1, MOST_TRUST)
        jump = max(1, min(int(min(reach, 1e15)) * trust // 16, 8 * jump))
    told(here, rounds)
    return FOUND
