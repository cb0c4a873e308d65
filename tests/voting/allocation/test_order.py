"""T24: neither the order of projects nor that of ballots decides anything once ties are drawn."""

from dataclasses import replace
from random import Random

import pytest

from talkoot.voting.allocation import AllocationProblem, allocated
from talkoot.voting.ballot import AllocationRule, TieRule
from talkoot.voting.tally import profile_from_counts
from tests.voting.allocation.elections import random_problem, random_rule, with_surroundings
from tests.voting.allocation.listed import listed_as

ORDERS = 3
COUNTS = pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.full)])


def an_election(seed: int, tie: TieRule) -> tuple[AllocationProblem, AllocationRule, Random]:
    """Any election and rule, with ties drawn by a published seed or decided by the list."""
    random = Random(f"order {seed}")
    problem = with_surroundings(random, random_problem(random))
    rule = random_rule(random)
    drawn = replace(rule, tie=tie, lot_seed="spring" if tie is TieRule.LOT else "")
    return problem, drawn, random


def mixed(problem: AllocationProblem, random: Random) -> AllocationProblem:
    """The same election: projects and ballots in another order."""
    order = list(range(len(problem.costs)))
    random.shuffle(order)
    listed = listed_as(problem, order)
    ballots = list(listed.profile.counts().items())
    random.shuffle(ballots)
    return replace(listed, profile=profile_from_counts(dict(ballots), listed.profile.projects))


def decided_otherwise(tie: TieRule, count: int) -> int:
    """In how many of so many elections another order of the same has another outcome."""
    found = 0
    for seed in range(count):
        problem, rule, random = an_election(seed, tie)
        ours = allocated(problem, rule)
        outcomes = {(ours.winners, ours.total_cost, ours.steps)}
        for _ in range(ORDERS):
            other = allocated(mixed(problem, random), rule)
            outcomes.add((other.winners, other.total_cost, other.steps))
        found += len(outcomes) > 1
    return found


@COUNTS
def test_t24_the_order_of_projects_and_ballots_decides_nothing(count: int) -> None:
    assert decided_otherwise(TieRule.LOT, count) == 0


def test_t24_where_the_list_decides_ties_its_order_decides_outcomes() -> None:
    """The control: the same comparison finds what does depend on the order."""
    assert decided_otherwise(TieRule.LISTED, 100) > 10
