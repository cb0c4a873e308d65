"""The allocation rules, one door: a problem and a published rule in, an explained outcome out."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from talkoot.base.engine import Engine
from talkoot.base.errors import TalkootError
from talkoot.base.ids import AreaCode
from talkoot.voting.allocation.comparison import voters_better_off
from talkoot.voting.allocation.eligibility import barred, without
from talkoot.voting.allocation.explained import (
    Decided,
    fates_of,
    with_greedy,
    with_missing_votes,
    with_tie_reasons,
)
from talkoot.voting.allocation.greedy import Order, by_score, by_score_per_cost, greedy
from talkoot.voting.allocation.outcome import (
    Allocation,
    Compared,
    Fate,
    FateKind,
    Phase,
    PotOutcome,
    Round,
)
from talkoot.voting.allocation.pots import parted
from talkoot.voting.allocation.problem import AllocationProblem, TooLarge, as_approvals
from talkoot.voting.allocation.reference import slowly_allocated
from talkoot.voting.allocation.ties import tie_ranks
from talkoot.voting.ballot import AllocationRule, Comparison, Completion, Leftover, Rule

EQUAL_SHARES = (Rule.MES_COST, Rule.MES_CARDINALITY, Rule.MES_VALUES)
BY_VOTES = (Completion.GREEDY, Completion.ADD1U)


class NoSuchRule(TalkootError):
    """A combination of rule and completion that nobody has defined."""


def allocated(
    problem: AllocationProblem, rule: AllocationRule, *, engine: Engine = Engine.KERNELS
) -> Allocation:
    """Decide which projects are funded. Every comparison is exact.

    Where there are pots, each is decided by the same rule, the whole town's last. Raises
    :class:`NoSuchRule` for Add1 with a rule that gives voters no money to add to.
    """
    if rule.rule not in EQUAL_SHARES and rule.completion in (Completion.ADD1, Completion.ADD1U):
        raise NoSuchRule(f"completion {rule.completion} belongs to the Method of Equal Shares")
    match engine:
        case Engine.TWINS:
            return slowly_allocated(problem, rule)
        case Engine.KERNELS:
            try:
                return _allocated(problem, rule)
            except TooLarge:
                # Amounts beyond 64 bits: nothing but whole numbers of any size can decide.
                return slowly_allocated(problem, rule)
        case _:
            assert_never(engine)


def _allocated(problem: AllocationProblem, rule: AllocationRule) -> Allocation:
    pots: list[_Pot] = []
    left = 0
    for part in parted(problem):
        brought = left if part.area is None and rule.leftover is Leftover.CITY else 0
        pots.append(_pot(part.with_more(brought), rule, part.area, brought))
        left += pots[-1].outcome.budget - pots[-1].outcome.spent
    return _together(problem, pots)


class _Pot:
    """A pot after it was decided."""

    def __init__(self, outcome: PotOutcome, rounds: tuple[Round, ...], fates: list[Fate]) -> None:
        self.outcome, self.rounds, self.fates = outcome, rounds, fates


def _pot(
    problem: AllocationProblem, rule: AllocationRule, area: AreaCode | None, brought: int
) -> _Pot:
    out = barred(problem, rule)
    decided = _decided(without(problem, out), rule)
    rounds = with_tie_reasons(problem, rule, decided.rounds)
    fates = list(fates_of(problem, decided, out))
    if area is not None:
        rounds = tuple(replace(one, pot=area) for one in rounds)
        fates = [replace(fate, pot=area) for fate in fates]
    outcome = PotOutcome(
        area=area,
        budget=problem.budget - brought,
        brought=brought,
        spent=sum(problem.costs[place] for place in decided.funded),
        ballots=problem.profile.ballots,
        steps=decided.steps,
        endowment=decided.endowment,
        compared=decided.compared,
    )
    return _Pot(outcome, rounds, fates)


def _together(problem: AllocationProblem, pots: Sequence[_Pot]) -> Allocation:
    rounds = tuple(one for pot in pots for one in pot.rounds)
    fates = {fate.project: fate for pot in pots for fate in pot.fates}
    return Allocation(
        winners=tuple(one.winner for one in rounds),
        rounds=rounds,
        total_cost=sum(pot.outcome.spent for pot in pots),
        steps=sum(pot.outcome.steps for pot in pots),
        ties_broken=sum(bool(one.tied_with) for one in rounds if one.phase is not Phase.FREE),
        endowment=pots[0].outcome.endowment if len(pots) == 1 else None,
        fates=tuple(fates[project] for project in problem.profile.projects),
        pots=tuple(pot.outcome for pot in pots),
    )


def _decided(problem: AllocationProblem, rule: AllocationRule) -> Decided:
    ranks = tie_ranks(problem, rule)
    decided = _by_rule(problem, rule, ranks)
    if rule.rule is Rule.COUNT_ONLY:
        return decided
    by_votes = by_score(problem, ranks)
    if rule.completion in BY_VOTES:
        run = greedy(problem, by_votes, fit=rule.fit, funded=decided.funded)
        decided = with_greedy(problem, decided, by_votes, run, Phase.COMPLETION)
    if rule.comparison is Comparison.GREEDY and rule.rule is not Rule.GREEDY:
        return _compared(problem, rule, decided, by_votes)
    return decided


def _by_rule(problem: AllocationProblem, rule: AllocationRule, ranks: list[int]) -> Decided:
    match rule.rule:
        case Rule.GREEDY:
            return _greedily(problem, rule, by_score(problem, ranks))
        case Rule.GREEDY_PER_COST:
            return _greedily(problem, rule, by_score_per_cost(problem, ranks))
        case Rule.MES_COST | Rule.MES_VALUES:
            return _shares(problem, rule, ranks)
        case Rule.MES_CARDINALITY:
            return _shares(as_approvals(problem), rule, ranks)
        case Rule.PHRAGMEN:
            return _phragmen(problem, ranks)
        case Rule.COUNT_ONLY:
            return Decided(unfunded=_all_alike(problem, FateKind.COUNTED_ONLY))
        case _:
            assert_never(rule.rule)


def _shares(problem: AllocationProblem, rule: AllocationRule, ranks: list[int]) -> Decided:
    # Whoever only reads results, as pages do, must not load the compiler.
    from talkoot.voting.allocation.ground import Utilities
    from talkoot.voting.allocation.shares import shares_decided

    by = Utilities.COST if rule.rule is Rule.MES_COST else Utilities.CARDINALITY
    return shares_decided(problem, rule, by, ranks)


def _greedily(problem: AllocationProblem, rule: AllocationRule, order: Order) -> Decided:
    run = greedy(problem, order, fit=rule.fit)
    decided = with_greedy(problem, Decided(), order, run, Phase.RULE)
    return with_missing_votes(problem, rule, order, run, decided)


def _compared(
    problem: AllocationProblem, rule: AllocationRule, decided: Decided, by_votes: Order
) -> Decided:
    """Let greedy's outcome stand if strictly more voters have more of their choices under it."""
    run = greedy(problem, by_votes, fit=rule.fit)
    under_greedy, under_rule = voters_better_off(problem, run.funded, decided.funded)
    ids = problem.profile.projects
    stands = under_greedy > under_rule
    compared = Compared(
        greedy=under_greedy,
        rule=under_rule,
        rejected=tuple(ids[place] for place in (decided.funded if stands else run.funded)),
    )
    if not stands:
        return replace(decided, compared=compared)
    chosen = with_greedy(problem, Decided(), by_votes, run, Phase.COMPARISON)
    return replace(chosen, compared=compared, steps=decided.steps)


def _phragmen(problem: AllocationProblem, ranks: list[int]) -> Decided:
    from talkoot.voting.allocation.phragmen import phragmen, rounds_of

    run = phragmen(problem, ranks)
    left = problem.budget - sum(problem.costs[place] for place in run.funded)
    ids, fates = problem.profile.projects, _all_alike(problem, FateKind.STOPPED_BEFORE)
    too_dear = [place for place in run.stopped_at if problem.costs[place] > left]
    for place, fate in fates.items():
        if place in too_dear:
            missing = Fraction(problem.costs[place] - left)
            fates[place] = replace(fate, kind=FateKind.NOT_AFFORDABLE_LEFT, missing=missing)
        elif too_dear:
            fates[place] = replace(fate, blocked_by=ids[min(too_dear)])
    return Decided(funded=run.funded, rounds=rounds_of(problem, run), unfunded=fates)


def _all_alike(problem: AllocationProblem, kind: FateKind) -> dict[int, Fate]:
    return {
        place: Fate(project=project, kind=kind)
        for place, project in enumerate(problem.profile.projects)
    }
