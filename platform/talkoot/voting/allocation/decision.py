"""The bare decision: which projects, in which order. Exact, like the whole answer, but untold."""

from dataclasses import dataclass
from typing import assert_never

from talkoot.voting.allocation.comparison import voters_better_off
from talkoot.voting.allocation.eligibility import barred, without
from talkoot.voting.allocation.greedy import by_score, by_score_per_cost, greedy
from talkoot.voting.allocation.pots import parted
from talkoot.voting.allocation.problem import AllocationProblem, TooLarge, as_approvals
from talkoot.voting.allocation.reference import slowly_allocated
from talkoot.voting.allocation.ties import tie_ranks
from talkoot.voting.ballot import AllocationRule, Comparison, Completion, Leftover, Rule

BY_VOTES = (Completion.GREEDY, Completion.ADD1U)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided. ``funded``: places in listed order of the problem, in order of selection;
    ``steps`` and ``ties_broken`` as in an allocation.
    """

    funded: tuple[int, ...]
    steps: int
    ties_broken: int


def decided(problem: AllocationProblem, rule: AllocationRule) -> Decision:
    """Decide which projects are funded, and no more: the same as the whole answer, in less time."""
    try:
        return _by_pots(problem, rule)
    except TooLarge:
        # Nothing but whole numbers of any size can decide.
        slow = slowly_allocated(problem, rule)
        places = {project: place for place, project in enumerate(problem.profile.projects)}
        return Decision(
            funded=tuple(places[winner] for winner in slow.winners),
            steps=slow.steps,
            ties_broken=slow.ties_broken,
        )


def _by_pots(problem: AllocationProblem, rule: AllocationRule) -> Decision:
    if not problem.pots:
        return _of_pot(without(problem, barred(problem, rule)), rule)
    funded: list[int] = []
    steps = ties = left = 0
    places = {project: place for place, project in enumerate(problem.profile.projects)}
    for part in parted(problem):
        brought = left if part.area is None and rule.leftover is Leftover.CITY else 0
        pot = part.with_more(brought)
        decision = _of_pot(without(pot, barred(pot, rule)), rule)
        ids = pot.profile.projects
        funded += [places[ids[place]] for place in decision.funded]
        steps, ties = steps + decision.steps, ties + decision.ties_broken
        left += pot.budget - brought - sum(pot.costs[place] for place in decision.funded)
    return Decision(funded=tuple(funded), steps=steps, ties_broken=ties)


def _of_pot(problem: AllocationProblem, rule: AllocationRule) -> Decision:
    ranks = tie_ranks(problem, rule)
    decision = _by_rule(problem, rule, ranks)
    if rule.completion in BY_VOTES and rule.rule is not Rule.COUNT_ONLY:
        decision = _greedily(problem, rule, ranks, decision)
    if rule.comparison is Comparison.NONE or rule.rule in (Rule.GREEDY, Rule.COUNT_ONLY):
        return decision
    nothing = Decision(funded=(), steps=decision.steps, ties_broken=0)
    other = _greedily(problem, rule, ranks, nothing)
    under_greedy, under_rule = voters_better_off(problem, other.funded, decision.funded)
    return other if under_greedy > under_rule else decision


def _greedily(
    problem: AllocationProblem, rule: AllocationRule, ranks: list[int], before: Decision
) -> Decision:
    run = greedy(problem, by_score(problem, ranks), fit=rule.fit, funded=before.funded)
    return Decision(
        funded=before.funded + run.funded,
        steps=before.steps,
        ties_broken=before.ties_broken + sum(map(bool, run.ties)),
    )


def _by_rule(problem: AllocationProblem, rule: AllocationRule, ranks: list[int]) -> Decision:
    match rule.rule:
        case Rule.GREEDY:
            return _greedily(problem, rule, ranks, NOTHING)
        case Rule.GREEDY_PER_COST:
            run = greedy(problem, by_score_per_cost(problem, ranks), fit=rule.fit)
            return Decision(funded=run.funded, steps=0, ties_broken=sum(map(bool, run.ties)))
        case Rule.MES_COST | Rule.MES_VALUES:
            return _shares(problem, rule, ranks)
        case Rule.MES_CARDINALITY:
            return _shares(as_approvals(problem), rule, ranks)
        case Rule.PHRAGMEN:
            return _phragmen(problem, ranks)
        case Rule.COUNT_ONLY:
            return NOTHING
        case _:
            assert_never(rule.rule)


def _shares(problem: AllocationProblem, rule: AllocationRule, ranks: list[int]) -> Decision:
    # Whoever only reads results, as pages do, must not load the compiler.
    from talkoot.voting.allocation.ground import Utilities, ground_of
    from talkoot.voting.allocation.shares import shares_run

    by = Utilities.COST if rule.rule is Rule.MES_COST else Utilities.CARDINALITY
    ground = ground_of(problem, by, ranks)
    added = shares_run(ground, rule)
    return Decision(
        funded=(*ground.free, *added.run.places),
        steps=added.steps,
        ties_broken=sum(map(bool, added.run.equals)),
    )


def _phragmen(problem: AllocationProblem, ranks: list[int]) -> Decision:
    from talkoot.voting.allocation.phragmen import phragmen

    run = phragmen(problem, ranks)
    return Decision(funded=run.funded, steps=0, ties_broken=sum(map(bool, run.ties)))


NOTHING = Decision(funded=(), steps=0, ties_broken=0)
