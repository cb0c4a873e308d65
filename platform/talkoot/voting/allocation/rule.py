"""The allocation rules, one door: a problem and a published rule in, an explained outcome out."""

from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

from talkoot.base.errors import TalkootError
from talkoot.voting.allocation.explained import Decided, explained, with_greedy
from talkoot.voting.allocation.greedy import Key, by_score, by_score_per_cost, greedy
from talkoot.voting.allocation.ground import Utilities
from talkoot.voting.allocation.outcome import Allocation, Fate, FateKind, Phase
from talkoot.voting.allocation.phragmen import phragmen
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.allocation.shares import shares_decided
from talkoot.voting.allocation.ties import tie_ranks
from talkoot.voting.ballot import AllocationRule, Completion, Rule

EQUAL_SHARES = (Rule.MES_COST, Rule.MES_CARDINALITY, Rule.MES_VALUES)


class NoSuchRule(TalkootError):
    """A combination of rule and completion that nobody has defined."""


def allocated(problem: AllocationProblem, rule: AllocationRule) -> Allocation:
    """Decide which projects are funded. Every comparison is exact.

    Raises :class:`NoSuchRule` for Add1 with a rule that gives voters no money to add to.
    """
    if rule.rule not in EQUAL_SHARES and rule.completion in (Completion.ADD1, Completion.ADD1U):
        raise NoSuchRule(f"completion {rule.completion} belongs to the Method of Equal Shares")
    ranks = tie_ranks(problem, rule)
    decided = _decided(problem, rule, ranks)
    if rule.rule is not Rule.COUNT_ONLY and rule.completion in (
        Completion.GREEDY,
        Completion.ADD1U,
    ):
        decided = _greedily(problem, decided, by_score(problem), ranks, Phase.COMPLETION)
    return explained(problem, decided)


def _decided(problem: AllocationProblem, rule: AllocationRule, ranks: list[int]) -> Decided:
    match rule.rule:
        case Rule.GREEDY:
            return _greedily(problem, Decided(), by_score(problem), ranks, Phase.RULE)
        case Rule.GREEDY_PER_COST:
            return _greedily(problem, Decided(), by_score_per_cost(problem), ranks, Phase.RULE)
        case Rule.MES_COST:
            return shares_decided(problem, rule, Utilities.COST, ranks)
        case Rule.MES_CARDINALITY:
            return shares_decided(problem, rule, Utilities.CARDINALITY, ranks)
        case Rule.MES_VALUES:
            return shares_decided(problem, rule, Utilities.CARDINALITY, ranks)
        case Rule.PHRAGMEN:
            return _phragmen(problem, ranks)
        case Rule.COUNT_ONLY:
            return Decided(unfunded=_all_alike(problem, FateKind.COUNTED_ONLY))
        case _:
            assert_never(rule.rule)


def _greedily(
    problem: AllocationProblem,
    before: Decided,
    keys: Sequence[Key],
    ranks: Sequence[int],
    phase: Phase,
) -> Decided:
    run = greedy(problem, keys=keys, ranks=ranks, funded=before.funded, phase=phase)
    return with_greedy(problem, before, run)


def _phragmen(problem: AllocationProblem, ranks: list[int]) -> Decided:
    run = phragmen(problem, ranks)
    left = problem.budget - sum(problem.costs[place] for place in run.funded)
    fates = _all_alike(problem, FateKind.STOPPED_BEFORE)
    for place in run.stopped_at:
        if problem.costs[place] > left:
            fates[place] = Fate(
                project=problem.profile.projects[place],
                kind=FateKind.NOT_AFFORDABLE_LEFT,
                missing=Fraction(problem.costs[place] - left),
            )
    return Decided(funded=run.funded, rounds=run.rounds, unfunded=fates)


def _all_alike(problem: AllocationProblem, kind: FateKind) -> dict[int, Fate]:
    return {
        place: Fate(project=project, kind=kind)
        for place, project in enumerate(problem.profile.projects)
    }
