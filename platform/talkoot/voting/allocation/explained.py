"""From what a rule decided to the whole answer: fates for projects, reasons for ties."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from talkoot.voting.allocation.greedy import GreedyRun, Order, rounds_of
from talkoot.voting.allocation.missed import missed_by
from talkoot.voting.allocation.outcome import Compared, Fate, FateKind, Phase, Round
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.allocation.ties import decided_by
from talkoot.voting.ballot import AllocationRule, Comparison, Completion, Rule


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decided:
    """What a rule decided: places funded in order, their rounds, and why others were not funded."""

    funded: tuple[int, ...] = ()
    rounds: tuple[Round, ...] = ()
    steps: int = 0
    endowment: Fraction | None = None
    unfunded: Mapping[int, Fate] = field(default_factory=dict)
    compared: Compared | None = None


def with_greedy(
    problem: AllocationProblem, before: Decided, order: Order, run: GreedyRun, phase: Phase
) -> Decided:
    """Add what greedy funded after another rule; its reasons speak for those it did not fund."""
    found = dict(before.unfunded)
    ids = problem.profile.projects
    for place, missing in run.missing.items():
        known = found.get(place)
        kind, lacking = FateKind.NOT_AFFORDABLE_LEFT, Fraction(missing)
        found[place] = (
            Fate(project=ids[place], kind=kind, missing=lacking)
            if known is None
            else replace(known, kind=kind, missing=lacking)
        )
    for place in run.not_reached:
        usual = found.get(place, Fate(project=ids[place], kind=FateKind.STOPPED_BEFORE))
        stop = None if run.stopped_at is None else ids[run.stopped_at.place]
        found[place] = replace(
            usual, kind=FateKind.STOPPED_BEFORE, missing=Fraction(0), blocked_by=stop
        )
    return replace(
        before,
        funded=before.funded + run.funded,
        rounds=before.rounds + rounds_of(problem, order, run, phase),
        unfunded=found,
    )


def with_missing_votes(
    problem: AllocationProblem,
    rule: AllocationRule,
    order: Order,
    run: GreedyRun,
    decided: Decided,
) -> Decided:
    """Say, for greedy alone, of all that took part and were not funded how many votes they missed.

    With a completion or a comparison, more votes could change something else: then nothing is said.
    """
    uncompared = rule.comparison is Comparison.NONE or rule.rule is Rule.GREEDY
    if rule.completion is not Completion.NONE or not uncompared:
        return decided
    ids, funded = problem.profile.projects, set(run.funded)
    found = dict(decided.unfunded)
    for place, may in enumerate(problem.eligible):
        if place in funded or not may:
            continue
        fate = found.get(place) or Fate(project=ids[place], kind=FateKind.EXCLUDED)
        if (missed := missed_by(problem, rule, order, run, place)) is not None:
            by = fate.blocked_by or ids[missed.before]
            fate = replace(fate, missing_votes=missed.votes, blocked_by=by)
        found[place] = fate
    return replace(decided, unfunded=found)


def fates_of(
    problem: AllocationProblem, decided: Decided, barred: Mapping[int, Fate]
) -> Iterator[Fate]:
    """Tell every project's fate, in listed order: the first :class:`FateKind` that holds."""
    ids, funded = problem.profile.projects, set(decided.funded)
    winners = {problem.exclusive[place]: ids[place] for place in decided.funded}
    for place, project in enumerate(ids):
        if place in funded:
            yield Fate(project=project, kind=FateKind.FUNDED)
        elif place in barred:
            yield _plainest(problem, place, barred[place])
        else:
            fate = decided.unfunded.get(place, Fate(project=project, kind=FateKind.EXCLUDED))
            club = problem.exclusive[place]
            if club >= 0 and club in winners:
                fate = replace(
                    fate, kind=FateKind.EXCLUDED, missing=Fraction(0), blocked_by=winners[club]
                )
            yield _plainest(problem, place, fate)


def _plainest(problem: AllocationProblem, place: int, reason: Fate) -> Fate:
    """Too dear for any outcome comes before no support, and that before the rule's own reasons."""
    over = problem.costs[place] - problem.budget
    if reason.kind is FateKind.COUNTED_ONLY:
        return reason
    if over > 0:
        return replace(
            reason,
            kind=FateKind.DEARER_THAN_BUDGET,
            missing=Fraction(over),
            missing_votes=None,
            blocked_by=None,
        )
    if place not in problem.supported:
        return replace(reason, kind=FateKind.NO_SUPPORT, missing=Fraction(0))
    return reason


def with_tie_reasons(
    problem: AllocationProblem, rule: AllocationRule, rounds: Sequence[Round]
) -> tuple[Round, ...]:
    """Say of every tie what decided it."""
    places = {project: place for place, project in enumerate(problem.profile.projects)}
    return tuple(
        replace(
            one,
            tie_by=decided_by(
                problem, rule, places[one.winner], [places[other] for other in one.tied_with]
            ),
        )
        if one.tied_with
        else one
        for one in rounds
    )
