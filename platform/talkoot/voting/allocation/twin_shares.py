"""The slow twins of the Method of Equal Shares and of Phragmen: one fraction a group of ballots."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from talkoot.voting.allocation.outcome import FateKind, Phase
from talkoot.voting.allocation.twin import State, Twin
from talkoot.voting.ballot import Completion, Endowment, Rule, Stop


def phragmen(twin: Twin) -> State:
    """Buy what brings the smallest load, until something that is best does not fit."""
    state, loads = State(), [Fraction(0) for _ in twin.groups]
    while True:
        open_ = [
            p
            for p in twin.taking_part
            if twin.costs[p] <= twin.budget
            and p not in state.winners
            and not twin.excluded(p, state)
        ]
        new = {p: _new_load(twin, p, loads) for p in open_}
        finite = [load for load in new.values() if load is not None]
        best = min(finite) if finite else None
        tied = [p for p in open_ if new[p] == best]
        too_dear = [p for p in tied if twin.costs[p] > twin.left(state)]
        if too_dear or not tied:
            return _phragmen_ended(twin, state, too_dear)
        payers = sum(twin.groups[g][1] for g in twin.supporters(twin.first(tied)[0]))
        winner = twin.bought(state, tied, phase=Phase.RULE, measure=best, payers=payers)
        for g in twin.supporters(winner):
            loads[g] = best or Fraction(0)


def _new_load(twin: Twin, place: int, loads: list[Fraction]) -> Fraction | None:
    some = twin.supporters(place)
    heads = sum(twin.groups[g][1] for g in some)
    if not heads:
        return None
    carried = sum((loads[g] * twin.groups[g][1] for g in some), start=Fraction(0))
    return (twin.costs[place] + carried) / heads


def _phragmen_ended(twin: Twin, state: State, too_dear: list[int]) -> State:
    for p in twin.taking_part:
        if p in too_dear:
            missing = twin.costs[p] - twin.left(state)
            state.fates[p] = twin.fate(p, FateKind.NOT_AFFORDABLE_LEFT, missing=missing)
        else:
            stop = min(too_dear) if too_dear else None
            state.fates[p] = twin.fate(p, FateKind.STOPPED_BEFORE, blocked_by=stop)
    return state


@dataclass(slots=True)
class _Run(State):
    """A run of equal shares; ``histories``: what each group has before and after every round."""

    histories: list[list[Fraction]] = field(default_factory=list)


def equal_shares(twin: Twin) -> State:
    """The Method of Equal Shares, with Add1 where the rule says so."""
    rule, unit = twin.rule, twin.problem.unit
    start = Fraction(twin.budget, twin.voters) if twin.voters else Fraction(0)
    if rule.endowment is Endowment.FLOOR:
        start = Fraction(start // unit * unit)
    steps, state, share = 0, _one_run(twin, start), start
    while rule.completion in (Completion.ADD1, Completion.ADD1U):
        others = [
            p
            for p in twin.taking_part
            if twin.supporters(p) and p not in state.winners and not twin.excluded(p, state)
        ]
        fitting = [p for p in others if twin.costs[p] <= twin.left(state)]
        if not (others if rule.stop is Stop.INFEASIBLE else fitting):
            break
        steps += 1
        following = _one_run(twin, start + steps * unit)
        if twin.left(following) < 0:
            break
        state, share = following, start + steps * unit
    state.steps, state.endowment = steps, share
    _shares_ended(twin, state)
    return state


def _one_run(twin: Twin, start: Fraction) -> _Run:
    state = _Run(histories=[[start for _ in twin.groups]])
    while True:
        supported = [
            p
            for p in twin.taking_part
            if twin.supporters(p) and p not in state.winners and not twin.excluded(p, state)
        ]
        free = [p for p in supported if twin.costs[p] == 0]
        if free:
            twin.bought(state, [twin.first(free)[0]], phase=Phase.FREE, measure=None)
            state.histories.append(state.histories[-1])
            continue
        rhos = {p: _rho(twin, p, state.histories[-1]) for p in supported}
        payable = {p: rho for p, rho in rhos.items() if rho is not None}
        if not payable:
            return state
        best = min(payable.values())
        _pay(twin, state, [p for p, rho in payable.items() if rho == best], best)


def _pay(twin: Twin, state: _Run, tied: list[int], rho: Fraction) -> None:
    money, winner = list(state.histories[-1]), twin.first(tied)[0]
    payers = short = 0
    for g in twin.supporters(winner):
        due = rho * _utility(twin, g, winner)
        payers += twin.groups[g][1] * (money[g] > 0)
        short += twin.groups[g][1] * (0 < money[g] < due)
        money[g] -= min(money[g], due)
    worth = twin.problem.worths[winner] if twin.rule.rule is Rule.MES_COST else 1
    twin.bought(
        state,
        tied,
        phase=Phase.RULE,
        measure=rho,
        payers=payers,
        short=short,
        price=rho * worth,
    )
    state.histories.append(money)


def _utility(twin: Twin, group: int, place: int) -> int:
    value = twin.groups[group][0][place]
    match twin.rule.rule:
        case Rule.MES_COST:
            return value * twin.problem.worths[place]
        case Rule.MES_VALUES:
            return value
        case _:
            return 1


def _rho(twin: Twin, place: int, money: list[Fraction]) -> Fraction | None:
    """Sort the supporters by what would exhaust them, and let them drop out one by one."""
    some = sorted(twin.supporters(place), key=lambda g: money[g] / _utility(twin, g, place))
    cost = Fraction(twin.costs[place])
    rest = sum(_utility(twin, g, place) * twin.groups[g][1] for g in some)
    for g in some:
        rho = cost / rest
        if money[g] >= rho * _utility(twin, g, place):
            return rho
        cost -= money[g] * twin.groups[g][1]
        rest -= _utility(twin, g, place) * twin.groups[g][1]
    return None


def _shares_ended(twin: Twin, state: _Run) -> None:
    """Say of all others what their supporters had at the end, and when it was no longer enough."""
    for p in twin.taking_part:
        if p in state.winners:
            continue
        behind = [_behind(twin, p, money) for money in state.histories]
        out = next((at for at, held in enumerate(behind) if held < twin.costs[p]), None)
        excluded = twin.excluded(p, state)
        state.fates[p] = replace(
            twin.fate(p, FateKind.TOO_LITTLE_SUPPORT, missing=twin.costs[p] - behind[-1]),
            money_behind=behind[-1],
            out_after=None if excluded else out,
            behind_then=None if excluded or out is None else behind[out],
        )


def _behind(twin: Twin, place: int, money: list[Fraction]) -> Fraction:
    return sum((money[g] * twin.groups[g][1] for g in twin.supporters(place)), start=Fraction(0))
