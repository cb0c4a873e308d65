"""The slow twin of all rules: fractions, one group of ballots after another, nothing clever.

Written from the definitions, apart from the fast rules, so that the two can disagree.
"""

from dataclasses import dataclass
from fractions import Fraction

from talkoot.base.ids import ProjectId
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.ballot import AllocationRule, Completion, Endowment, Rule, Stop, TieRule

Group = tuple[dict[int, int], int]
"""One ballot as project -> value, and how many ballots look like that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the twin answers: the fields of an allocation that the two must agree on."""

    winners: tuple[ProjectId, ...]
    measures: tuple[Fraction | None, ...]
    total_cost: int
    steps: int
    ties_broken: int


@dataclass(slots=True)
class _State:
    winners: list[int]
    measures: list[Fraction | None]
    ties: int = 0


class Twin:
    """An election taken apart for slow counting."""

    def __init__(self, problem: AllocationProblem, rule: AllocationRule) -> None:
        """Take ballots out of the profile as plain dictionaries."""
        self.problem, self.rule = problem, rule
        self.groups: list[Group] = [
            (dict(choice), number) for choice, number in problem.profile.counts().items()
        ]
        self.places = range(len(problem.costs))
        self.votes = [sum(n for ballot, n in self.groups if p in ballot) for p in self.places]
        self.score = [sum(n * ballot.get(p, 0) for ballot, n in self.groups) for p in self.places]
        self.voters = sum(number for _, number in self.groups)

    def first(self, tied: list[int]) -> int:
        """The one of equal projects that the tie rule names."""
        costs, votes = self.problem.costs, self.votes
        if self.rule.tie is TieRule.CHEAPER:
            return min(tied, key=lambda p: (costs[p], -votes[p], p))
        if self.rule.tie is TieRule.POPULAR:
            return min(tied, key=lambda p: (-votes[p], costs[p], p))
        return min(tied)

    def supporters(self, place: int) -> list[int]:
        """The groups that give the project a positive value."""
        return [g for g, (ballot, _) in enumerate(self.groups) if ballot.get(place, 0) > 0]

    def left(self, state: _State) -> int:
        """What remains of the budget."""
        return self.problem.budget - sum(self.problem.costs[p] for p in state.winners)


def reference(problem: AllocationProblem, rule: AllocationRule) -> Outcome:
    """Decide slowly."""
    twin = Twin(problem, rule)
    steps, state = 0, _State([], [])
    if rule.rule is Rule.GREEDY:
        _greedy(twin, state, per_cost=False)
    elif rule.rule is Rule.GREEDY_PER_COST:
        _greedy(twin, state, per_cost=True)
    elif rule.rule is Rule.PHRAGMEN:
        _phragmen(twin, state)
    elif rule.rule is not Rule.COUNT_ONLY:
        steps, state = _equal_shares_completed(twin)
    if rule.completion in (Completion.GREEDY, Completion.ADD1U):
        _greedy(twin, state, per_cost=False)
    return Outcome(
        winners=tuple(problem.profile.projects[p] for p in state.winners),
        measures=tuple(state.measures),
        total_cost=sum(problem.costs[p] for p in state.winners),
        steps=steps,
        ties_broken=state.ties,
    )


def _greedy(twin: Twin, state: _State, *, per_cost: bool) -> None:
    """Again and again the best of all that still fit: the same as going down the list."""
    costs = twin.problem.costs

    def key(p: int) -> tuple[bool, Fraction]:
        if per_cost and costs[p] == 0:
            return (twin.score[p] > 0, Fraction(0))
        return (False, Fraction(twin.score[p], costs[p] if per_cost else 1))

    passed: set[int] = set()
    while True:
        open_ = [p for p in twin.places if p not in state.winners and p not in passed]
        passed |= {p for p in open_ if costs[p] > twin.left(state)}
        fitting = [p for p in open_ if p not in passed]
        if not fitting:
            return
        best = max(key(p) for p in fitting)
        tied = [p for p in fitting if key(p) == best]
        state.ties += len(tied) > 1
        state.winners.append(twin.first(tied))
        state.measures.append(None if best[0] else best[1])


def _phragmen(twin: Twin, state: _State) -> None:
    costs, loads = twin.problem.costs, [Fraction(0) for _ in twin.groups]
    open_ = [p for p in twin.places if costs[p] <= twin.problem.budget]
    while open_:
        new = {p: _new_load(twin, p, loads) for p in open_}
        finite = [load for load in new.values() if load is not None]
        best = min(finite) if finite else None
        tied = [p for p in open_ if new[p] == best]
        if any(costs[p] > twin.left(state) for p in tied):
            return
        state.ties += len(tied) > 1
        winner = twin.first(tied)
        for g in twin.supporters(winner):
            loads[g] = best or Fraction(0)
        open_.remove(winner)
        state.winners.append(winner)
        state.measures.append(best)


def _new_load(twin: Twin, place: int, loads: list[Fraction]) -> Fraction | None:
    some = twin.supporters(place)
    heads = sum(twin.groups[g][1] for g in some)
    if not heads:
        return None
    carried = sum((loads[g] * twin.groups[g][1] for g in some), start=Fraction(0))
    return (twin.problem.costs[place] + carried) / heads


def _equal_shares_completed(twin: Twin) -> tuple[int, _State]:
    rule, budget = twin.rule, twin.problem.budget
    start = Fraction(budget, twin.voters) if twin.voters else Fraction(0)
    if rule.endowment is Endowment.FLOOR:
        start = Fraction(start // twin.problem.unit * twin.problem.unit)
    steps, state = 0, _equal_shares(twin, start)
    while rule.completion in (Completion.ADD1, Completion.ADD1U):
        others = [p for p in twin.places if twin.supporters(p) and p not in state.winners]
        fitting = [p for p in others if twin.problem.costs[p] <= twin.left(state)]
        if not (others if rule.stop is Stop.INFEASIBLE else fitting):
            break
        steps += 1
        following = _equal_shares(twin, start + steps * twin.problem.unit)
        if twin.left(following) < 0:
            break
        state = following
    return steps, state


def _equal_shares(twin: Twin, start: Fraction) -> _State:
    money = [start for _ in twin.groups]
    supported = [p for p in twin.places if twin.supporters(p)]
    free = [p for p in supported if twin.problem.costs[p] == 0]
    state = _State([], [])
    while free:
        state.winners.append(twin.first(free))
        state.measures.append(None)
        free.remove(state.winners[-1])
    while True:
        keys = {p: _key(twin, p, money) for p in supported if p not in state.winners}
        payable = {p: key for p, key in keys.items() if key is not None}
        if not payable:
            return state
        best = min(payable.values())
        tied = [p for p, key in payable.items() if key == best]
        state.ties += len(tied) > 1
        winner = twin.first(tied)
        for g in twin.supporters(winner):
            money[g] -= min(money[g], best * _utility(twin, g, winner))
        state.winners.append(winner)
        state.measures.append(best)


def _utility(twin: Twin, group: int, place: int) -> int:
    value = twin.groups[group][0][place]
    return value * twin.problem.costs[place] if twin.rule.rule is Rule.MES_COST else value


def _key(twin: Twin, place: int, money: list[Fraction]) -> Fraction | None:
    """rho: sort the supporters by what would exhaust them, and let them drop out one by one."""
    some = sorted(twin.supporters(place), key=lambda g: money[g] / _utility(twin, g, place))
    cost = Fraction(twin.problem.costs[place])
    rest = sum(_utility(twin, g, place) * twin.groups[g][1] for g in some)
    for g in some:
        rho = cost / rest
        if money[g] >= rho * _utility(twin, g, place):
            return rho
        cost -= money[g] * twin.groups[g][1]
        rest -= _utility(twin, g, place) * twin.groups[g][1]
    return None
