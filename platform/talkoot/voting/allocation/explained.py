"""From what a rule decided to the whole answer: every project gets its fate."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from talkoot.voting.allocation.greedy import GreedyRun
from talkoot.voting.allocation.outcome import Allocation, Fate, FateKind, Phase, Round
from talkoot.voting.allocation.problem import AllocationProblem


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decided:
    """What a rule decided: places funded in order, their rounds, and why others were not funded."""

    funded: tuple[int, ...] = ()
    rounds: tuple[Round, ...] = ()
    steps: int = 0
    endowment: Fraction | None = None
    unfunded: Mapping[int, Fate] = field(default_factory=dict)


def with_greedy(problem: AllocationProblem, before: Decided, run: GreedyRun) -> Decided:
    """Add what greedy funded after another rule; its reasons speak for those it passed over."""
    ids = problem.profile.projects
    passed = {
        place: Fate(
            project=ids[place],
            kind=FateKind.NOT_AFFORDABLE_LEFT,
            missing=Fraction(missing),
            money_behind=before.unfunded[place].money_behind if place in before.unfunded else None,
        )
        for place, missing in run.missing.items()
    }
    return replace(
        before,
        funded=before.funded + run.funded,
        rounds=before.rounds + run.rounds,
        unfunded={**before.unfunded, **passed},
    )


def explained(problem: AllocationProblem, decided: Decided) -> Allocation:
    """Give the whole answer."""
    ids = problem.profile.projects
    funded = set(decided.funded)
    return Allocation(
        winners=tuple(ids[place] for place in decided.funded),
        rounds=decided.rounds,
        total_cost=sum(problem.costs[place] for place in decided.funded),
        steps=decided.steps,
        ties_broken=sum(bool(r.tied_with) for r in decided.rounds if r.phase is not Phase.FREE),
        endowment=decided.endowment,
        fates=tuple(
            Fate(project=ids[place], kind=FateKind.FUNDED)
            if place in funded
            else _fate(problem, place, decided.unfunded[place])
            for place in range(len(ids))
        ),
    )


def _fate(problem: AllocationProblem, place: int, reason: Fate) -> Fate:
    """The plainest reason first: no support, then too dear for any budget, then the rule's own."""
    over = problem.costs[place] - problem.budget
    if reason.kind is FateKind.COUNTED_ONLY:
        return reason
    if place not in problem.supported:
        return replace(reason, kind=FateKind.NO_SUPPORT, missing=Fraction(0))
    if over > 0:
        return replace(reason, kind=FateKind.DEARER_THAN_BUDGET, missing=Fraction(over))
    return reason
