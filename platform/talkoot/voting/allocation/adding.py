"""Add1: equal shares again and again, every voter with one currency unit more. A kernel.

Most steps change nothing. Where it is certain that all steps up to a greater one buy the same, they
are jumped over. Each jump is twice as far as the last, and half as far where that was too bold.
"""

import numpy as np

from talkoot.base.compiled import inlined, kernel
from talkoot.voting.allocation.choosing import (
    EQUAL,
    contenders,
    flat_compared,
    forget,
    moved,
    twins,
)
from talkoot.voting.allocation.field import CLUB, COST, I32, I64, RANK, U8, Field
from talkoot.voting.allocation.filling import (
    CAN,
    CANNOT,
    GAP,
    HEAD,
    LEAST,
    LOOKED,
    TAIL,
    State,
    quoted,
)
from talkoot.voting.allocation.guiding import (
    EQUALS,
    ROUNDS,
    WINNER,
    Record,
    empty_record,
    look_up,
    note_lack,
)
from talkoot.voting.allocation.running import begun, buy, empty_state, ran

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

NEVER = 1 << 62
"""A step that is not reached."""

MAX_TOTAL = 1 << 61
"""All money together stays below this."""


@inlined
def followed(field: Field, state: State, here: Record, far: Record, found: I64) -> bool:
    """Run from a greater start, just begun, if it and every start in between certainly buy what the
    record ``here`` says.

    Why it can be certain without trying them: with the order of purchases fixed, a greater start
    leaves every voter at least as much money after each purchase, so every rho is at most as great
    and what can be paid can still be paid. Hence if in each round the winner's rho at the smaller
    start lies below every rival's rho at the greater start, the winner is best at all starts
    between; and if at the greater start nothing more can be paid at the end, nothing can at any
    smaller one.
    """
    far.rounds[len(far.rounds) - 1, WINNER] = 0
    for round_ in range(here.rounds[len(here.rounds) - 1, WINNER]):
        look_up(field, state, here)
        if not _ahead(field, state, here, round_):
            return False
        buy(field, state, far, here, here.rounds[round_, WINNER], here.rounds[round_, EQUALS])
    if contenders(field, state, found) > 0:
        return False
    note_lack(state, far)
    return True


@inlined
def _ahead(field: Field, state: State, here: Record, round_: int) -> bool:
    """Whether the winner can certainly be paid, and no rival now is as good as it was with the
    smaller start. All are quoted by one call, because each call takes long to compile.
    """
    place, limit = here.rounds[round_, WINNER], here.most[round_]
    other, at = place, state.counts[HEAD]
    while True:
        if state.plan[other, LOOKED] != round_:
            said = quoted(field, state, other, round_)
            if other == place:
                if said != CAN:
                    return False
            elif said == CANNOT:
                forget(state, at)
                at += 1
            else:
                moved(state, at)
        elif other == place or _no_better(field, place, other, here.flat[round_]):
            at += 1
        else:
            return False
        if at >= state.counts[TAIL] or state.keys[state.waiting[at], LEAST] > limit:
            return True
        other = state.waiting[at]


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
def alike(here: Record, far: Record) -> bool:
    """Whether two runs bought the same in the same order."""
    last = len(here.rounds) - 1
    if here.rounds[last, WINNER] != far.rounds[last, WINNER]:
        return False
    for round_ in range(here.rounds[last, WINNER]):
        if here.rounds[round_, WINNER] != far.rounds[round_, WINNER]:
            return False
    return True


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
def paced(steps: int, jump: int, fails: int, same: int) -> tuple[int, int]:
    """How far to jump next from a step that was reached, and the nearest step known to be too far.

    Twice as far as the last time, but half-way to where it fails; one step after a change.
    """
    if steps >= fails:
        fails = NEVER
    if not same:
        return 1, fails
    return max(1, min(2 * jump, (fails - steps) // 2)), fails


@inlined
def _guide(state: State, here: Record, gap: int) -> None:
    """Let a run just begun be guided by one that started with so much less."""
    if here.rounds[len(here.rounds) - 1, WINNER] > 0:
        state.scale[GAP] = float(gap)


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
    gone = np.empty(projects, np.uint8)
    steps, jump, fails = news[STEPS], 1, NEVER
    news[OUTCOME], news[TIES_KNOWN] = steps, 1
    begun(field, state, start + steps * more, ballots, sum_bits)
    news[CONTENDERS] = ran(field, state, here, script, barred, far, found, vectors)
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
        _guide(state, here, jump * more if unit else -1)
        if jump > 1:
            if not followed(field, state, here, far, found):
                fails = steps + jump
                jump //= 2
                continue
            news[TIES_KNOWN], same = 0, 1
        else:
            news[STEPS] = steps + 1
            news[CONTENDERS] = ran(field, state, far, script[:0], nothing, here, found, vectors)
            if news[CONTENDERS] >= 0:
                told(far, rounds)
                return OPEN_ROUND
            if cost_of(field, far) > budget:
                break
            news[TIES_KNOWN], same = 1, int(alike(here, far))
        here, far = far, here
        steps += jump
        news[STEPS] = news[OUTCOME] = steps
        jump, fails = paced(steps, jump, fails, same)
    told(here, rounds)
    return FOUND
