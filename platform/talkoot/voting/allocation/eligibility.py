"""Who takes part at all: a minimum support, and support in proportion to cost."""

from collections.abc import Mapping
from dataclasses import replace

from talkoot.voting.allocation.outcome import Fate, FateKind
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.ballot import AllocationRule, Rule


def barred(problem: AllocationProblem, rule: AllocationRule) -> Mapping[int, Fate]:
    """Give the projects that take no part, by place, and how many votes each needed for it.

    ``min_support`` is what Pabulib calls *greedy-threshold*: at least so many votes, or points. It
    counts against the score, which for approvals are the votes. ``support_for_cost`` is the rule of
    Świecie 2023, whose divisor was 3: with v of n ballots naming it, a project of cost c out of a
    budget B is barred if v/n < c/(3B). A poll bars nothing.
    """
    asked = rule.min_support or rule.support_for_cost or not all(problem.eligible)
    if rule.rule is Rule.COUNT_ONLY or not asked:
        return {}
    found = {}
    for place, project in enumerate(problem.profile.projects):
        too_few = rule.min_support - problem.tally.score[place]
        if too_few > 0:
            found[place] = Fate(
                project=project, kind=FateKind.BELOW_MIN_SUPPORT, missing_votes=too_few
            )
        elif _too_dear(problem, rule, place):
            found[place] = Fate(
                project=project,
                kind=FateKind.NOT_ELIGIBLE,
                missing_votes=_needed(problem, rule, place),
            )
        elif not problem.eligible[place]:
            found[place] = Fate(project=project, kind=FateKind.NOT_ELIGIBLE)
    return found


def _too_dear(problem: AllocationProblem, rule: AllocationRule, place: int) -> bool:
    """v/n < c/(dB), multiplied out."""
    votes, voters = problem.tally.votes[place], problem.profile.ballots
    share = votes * rule.support_for_cost * problem.budget
    return rule.support_for_cost > 0 and share < problem.costs[place] * voters


def _needed(problem: AllocationProblem, rule: AllocationRule, place: int) -> int | None:
    """How many votes more it takes; ``None`` where without a budget none are enough."""
    for_one = rule.support_for_cost * problem.budget
    if not for_one:
        return None
    enough = -(-problem.costs[place] * problem.profile.ballots // for_one)
    return enough - problem.tally.votes[place]


def without(problem: AllocationProblem, out: Mapping[int, Fate]) -> AllocationProblem:
    """Give the problem in which only the others take part."""
    if not out:
        return problem
    places = range(len(problem.costs))
    return replace(problem, eligible=tuple(place not in out for place in places))
