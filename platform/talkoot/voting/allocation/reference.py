"""The slow twin of all rules: fractions, one group of ballots after another, nothing clever.

Written from the definitions, apart from the fast rules, so that the two can disagree. It answers
all that the fast rules answer: a count on the twins alone publishes the same bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from talkoot.base.ids import ProjectId
from talkoot.voting.allocation.outcome import Allocation, Fate, FateKind, Phase, PotOutcome
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.allocation.twin import State, Twin
from talkoot.voting.allocation.twin_by_votes import by_votes, compared, greedy, with_reasons
from talkoot.voting.allocation.twin_shares import equal_shares, phragmen
from talkoot.voting.ballot import AllocationRule, Comparison, Completion, Leftover, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome in short: what matters first when two programs are compared."""

    winners: tuple[ProjectId, ...]
    measures: tuple[Fraction | None, ...]
    total_cost: int
    steps: int
    ties_broken: int


def reference(problem: AllocationProblem, rule: AllocationRule) -> Outcome:
    """Decide slowly, and answer in short."""
    allocation = slowly_allocated(problem, rule)
    return Outcome(
        winners=allocation.winners,
        measures=tuple(one.measure for one in allocation.rounds),
        total_cost=allocation.total_cost,
        steps=allocation.steps,
        ties_broken=allocation.ties_broken,
    )


def slowly_allocated(problem: AllocationProblem, rule: AllocationRule) -> Allocation:
    """Decide slowly, pot by pot, and explain."""
    decided = list(_pots(problem, rule))
    rounds = tuple(one for _, state, _ in decided for one in state.rounds)
    fates = {p: fate for twin, state, _ in decided for p, fate in _fates(twin, state)}
    return Allocation(
        winners=tuple(one.winner for one in rounds),
        rounds=rounds,
        total_cost=sum(outcome.spent for _, _, outcome in decided),
        steps=sum(outcome.steps for _, _, outcome in decided),
        ties_broken=sum(bool(r.tied_with) for r in rounds if r.phase is not Phase.FREE),
        endowment=decided[0][1].endowment if len(decided) == 1 else None,
        fates=tuple(fates[p] for p in range(len(problem.costs))),
        pots=tuple(outcome for _, _, outcome in decided),
    )


def _pots(
    problem: AllocationProblem, rule: AllocationRule
) -> Iterator[tuple[Twin, State, PotOutcome]]:
    """Decide every area, then the whole town, or everything at once where there are no pots."""
    areas = [at for at, pot in enumerate(problem.pots) if pot.area is not None]
    town = [at for at, pot in enumerate(problem.pots) if pot.area is None]
    not_spent = 0
    homes: list[int | None] = [*areas, *town]
    for home in homes or [None]:
        area = None if home is None else problem.pots[home].area
        own = problem.budget if home is None else problem.pots[home].budget
        brought = not_spent if area is None and rule.leftover is Leftover.CITY else 0
        twin = Twin(problem, rule, budget=own + brought, home=home, area=area)
        state = _decided(twin)
        spent = own + brought - twin.left(state)
        not_spent += own - spent
        yield (
            twin,
            state,
            PotOutcome(
                area=area,
                budget=own,
                brought=brought,
                spent=spent,
                ballots=twin.voters,
                steps=state.steps,
                endowment=state.endowment,
                compared=state.compared,
            ),
        )


def _decided(twin: Twin) -> State:
    rule = twin.rule
    match rule.rule:
        case Rule.COUNT_ONLY:
            return State()
        case Rule.GREEDY | Rule.GREEDY_PER_COST:
            state = by_votes(twin)
        case Rule.PHRAGMEN:
            state = phragmen(twin)
        case _:
            state = equal_shares(twin)
    if rule.completion in (Completion.GREEDY, Completion.ADD1U):
        with_reasons(twin, state, greedy(twin, state, Phase.COMPLETION))
    if rule.comparison is Comparison.GREEDY and rule.rule is not Rule.GREEDY:
        return compared(twin, state)
    return state


def _fates(twin: Twin, state: State) -> Iterator[tuple[int, Fate]]:
    for p in twin.places:
        yield p, _fate(twin, state, p)


def _fate(twin: Twin, state: State, p: int) -> Fate:
    """The first reason that holds, with all the numbers that are known."""
    if p in state.winners:
        return twin.fate(p, FateKind.FUNDED)
    if twin.rule.rule is Rule.COUNT_ONLY:
        return twin.fate(p, FateKind.COUNTED_ONLY)
    fate = twin.barred.get(p) or state.fates.get(p) or twin.fate(p, FateKind.EXCLUDED)
    if p not in twin.barred and twin.excluded(p, state):
        group = twin.problem.exclusive
        by = next(w for w in state.winners if group[w] == group[p])
        fate = replace(fate, kind=FateKind.EXCLUDED, missing=Fraction(0), blocked_by=twin.ids[by])
    over = twin.costs[p] - twin.budget
    if over > 0:
        kind = FateKind.DEARER_THAN_BUDGET
        return replace(fate, kind=kind, missing=Fraction(over), missing_votes=None, blocked_by=None)
    if not twin.supporters(p):
        return replace(fate, kind=FateKind.NO_SUPPORT, missing=Fraction(0))
    return fate
