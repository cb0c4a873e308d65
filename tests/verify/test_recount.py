"""The reader's own allocation and the counting house's agree, though neither knows the other."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from talkoot.voting.allocation import AllocationProblem, allocated
from talkoot.voting.ballot import AllocationRule, Completion, Endowment, Fit, Rule, Stop, TieRule
from tests.verify.posed import read_again
from tests.voting.allocation.elections import random_problem, random_rule, with_surroundings

ELECTIONS_A_PART = 400


def an_election(random: Random) -> tuple[AllocationProblem, AllocationRule]:
    """Any rule, with pots, groups and pledges more often than not; full of ties."""
    problem = random_problem(random)
    if random.random() < 0.6:
        problem = with_surroundings(random, problem)
    everyone = (True,) * len(problem.costs)
    return replace(problem, eligible=everyone), random_rule(random)


@pytest.mark.parametrize("part", range(5))
def test_t24_the_reader_funds_what_the_count_funds_and_in_the_same_order(part: int) -> None:
    random = Random(f"recount {part}")
    for _ in range(ELECTIONS_A_PART):
        problem, rule = an_election(random)
        ours = allocated(problem, rule)
        assert read_again(problem, rule) == (list(ours.winners), ours.steps), (problem, rule)


Slip = Callable[[AllocationRule], AllocationRule]
SLIPS: dict[str, Slip] = {
    "rule": lambda rule: replace(rule, rule=Rule.PHRAGMEN),
    "completion": lambda rule: replace(rule, completion=Completion.NONE),
    "stop": lambda rule: replace(rule, stop=Stop.INFEASIBLE),
    "endowment": lambda rule: replace(rule, endowment=Endowment.FLOOR),
    "fit": lambda rule: replace(rule, fit=Fit.STOP),
    "tie": lambda rule: replace(rule, tie=TieRule.LISTED, lot_seed=""),
    "seed": lambda rule: replace(rule, tie=TieRule.LOT, lot_seed="summer"),
    "support": lambda rule: replace(rule, min_support=3),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_t24_a_reader_that_reads_one_word_of_the_rule_otherwise_is_found_out(slip: str) -> None:
    """The control: in how many elections the comparison above would have failed."""
    random, differ = Random("recount 0"), 0
    for _ in range(ELECTIONS_A_PART // 2):
        problem, rule = an_election(random)
        ours = allocated(problem, rule)
        differ += read_again(problem, SLIPS[slip](rule)) != (list(ours.winners), ours.steps)
    assert differ > 0
