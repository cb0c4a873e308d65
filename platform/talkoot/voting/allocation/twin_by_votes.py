"""The slow twin of greedy, its comparison with another outcome, and the votes that were missed."""

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cmp_to_key

from talkoot.voting.allocation.outcome import Compared, FateKind, Phase
from talkoot.voting.allocation.twin import State, Twin
from talkoot.voting.ballot import Comparison, Completion, Fit, Rule


@dataclass(slots=True)
class Walk:
    """Down the list once: what was funded, each with the money left before it; where it ended."""

    funded: list[int]
    lefts: list[int]
    missing: dict[int, int]
    ended_at: int | None = None
    not_reached: tuple[int, ...] = ()


def greedy(twin: Twin, state: State, phase: Phase, *, per_cost: bool = False) -> Walk:
    """Fund down the list what fits, after what another rule has funded."""
    listed = _list(twin, state, per_cost=per_cost)
    walk = Walk([], [], {})
    for at, place in enumerate(listed):
        left = twin.left(state)
        if twin.excluded(place, state):
            continue
        if twin.costs[place] > left:
            walk.missing[place] = twin.costs[place] - left
            if twin.rule.fit is Fit.STOP:
                walk.ended_at, walk.not_reached = place, tuple(listed[at + 1 :])
                return walk
            continue
        tied = [
            p
            for p in listed[at:]
            if _compare(twin, p, place, per_cost=per_cost) == 0
            and not twin.excluded(p, state)
            and (twin.costs[p] <= left or twin.rule.fit is Fit.STOP)
        ]
        measure = _measure(twin, place, per_cost=per_cost)
        twin.bought(state, tied, phase=phase, measure=measure, payers=twin.votes[place])
        walk.funded.append(place)
        walk.lefts.append(left)
    return walk


def _list(twin: Twin, state: State, *, per_cost: bool) -> list[int]:
    def before(one: int, other: int) -> int:
        found = _compare(twin, one, other, per_cost=per_cost)
        return found or (-1 if twin.first([one, other])[0] == one else 1)

    waiting = [p for p in twin.taking_part if p not in state.winners]
    return sorted(waiting, key=cmp_to_key(before))


def _compare(twin: Twin, one: int, other: int, *, per_cost: bool) -> int:
    """-1 if the one has more votes (for its cost), 1 if fewer, 0 if exactly as many."""
    a = _measure(twin, one, per_cost=per_cost)
    b = _measure(twin, other, per_cost=per_cost)
    if a is None or b is None:
        return (a is not None) - (b is not None)
    return (a < b) - (a > b)


def _measure(twin: Twin, place: int, *, per_cost: bool) -> Fraction | None:
    """Votes (for the cost); ``None`` is infinitely many."""
    if not per_cost:
        return Fraction(twin.score[place])
    if twin.costs[place]:
        return Fraction(twin.score[place], twin.costs[place])
    return None if twin.score[place] > 0 else Fraction(0)


def with_reasons(twin: Twin, state: State, walk: Walk) -> None:
    """Say of everything on the list why it was not funded."""
    for place, missing in walk.missing.items():
        old = state.fates.get(place, twin.fate(place, FateKind.NOT_AFFORDABLE_LEFT))
        state.fates[place] = replace(
            old, kind=FateKind.NOT_AFFORDABLE_LEFT, missing=Fraction(missing)
        )
    for place in walk.not_reached:
        old = state.fates.get(place, twin.fate(place, FateKind.STOPPED_BEFORE))
        stop = None if walk.ended_at is None else twin.ids[walk.ended_at]
        state.fates[place] = replace(
            old, kind=FateKind.STOPPED_BEFORE, missing=Fraction(0), blocked_by=stop
        )


def with_missed_votes(twin: Twin, state: State, walk: Walk, *, per_cost: bool) -> None:
    """Try: with how many votes more would it have been funded?"""
    if twin.rule.completion is not Completion.NONE:
        return
    if twin.rule.comparison is not Comparison.NONE and twin.rule.rule is not Rule.GREEDY:
        return
    for place in twin.taking_part:
        if place in state.winners:
            continue
        votes = _votes_missed(twin, place, per_cost=per_cost)
        fate = state.fates.get(place, twin.fate(place, FateKind.EXCLUDED))
        if votes is not None:
            by = fate.blocked_by or twin.ids[_passed(twin, walk, place)]
            fate = replace(fate, missing_votes=votes, blocked_by=by)
        state.fates[place] = fate


def _passed(twin: Twin, walk: Walk, place: int) -> int:
    """The last project on the way that still left enough, the one that excludes it included."""
    group, last = twin.problem.exclusive[place], None
    for funded, left in zip(walk.funded, walk.lefts, strict=True):
        if left >= twin.costs[place]:
            last = funded
        if group >= 0 and twin.problem.exclusive[funded] == group:
            break
    else:
        end = walk.ended_at
        left = twin.budget - sum(twin.costs[p] for p in walk.funded)
        if end is not None and left >= twin.costs[place]:
            last = end
    if last is None:
        raise AssertionError("votes help only where something was affordable")
    return last


def _votes_missed(twin: Twin, place: int, *, per_cost: bool) -> int | None:
    score, votes = twin.score[place], twin.votes[place]
    approvals = twin.score == twin.votes

    def funded(more: int) -> bool:
        twin.score[place] = score + more
        twin.votes[place] = votes + more if approvals else votes
        walk = greedy(twin, State(), Phase.RULE, per_cost=per_cost)
        twin.score[place], twin.votes[place] = score, votes
        return place in walk.funded

    most = next((1 << at for at in range(300) if funded(1 << at)), None)
    if most is None:
        return None
    least = most // 2
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (least, middle) if funded(middle) else (middle, most)
    return most


def compared(twin: Twin, state: State) -> State:
    """The state that stands after the comparison with greedy by votes."""
    other = State()
    walk = greedy(twin, other, Phase.COMPARISON)
    with_reasons(twin, other, walk)
    for_greedy = for_rule = 0
    for ballot, number in twin.groups:
        mine = sum(ballot.get(p, 0) > 0 for p in other.winners)
        theirs = sum(ballot.get(p, 0) > 0 for p in state.winners)
        for_greedy += number * (mine > theirs)
        for_rule += number * (mine < theirs)
    stands, falls = (other, state) if for_greedy > for_rule else (state, other)
    stands.steps = state.steps
    stands.compared = Compared(
        greedy=for_greedy, rule=for_rule, rejected=tuple(twin.ids[p] for p in falls.winners)
    )
    return stands


def by_votes(twin: Twin) -> State:
    """The whole rule: greedy by votes or by votes per cost."""
    state, per_cost = State(), twin.rule.rule is Rule.GREEDY_PER_COST
    walk = greedy(twin, state, Phase.RULE, per_cost=per_cost)
    with_reasons(twin, state, walk)
    with_missed_votes(twin, state, walk, per_cost=per_cost)
    return state
