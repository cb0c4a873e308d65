"""Groups of voters who agree get their part: extended justified representation up to one project.

Peters, Pierczynski and Skowron, "Proportional Participatory Budgeting with Additive Utilities"
(NeurIPS 2021), prove it for the Method of Equal Shares, for whatever utility it runs on. Here it is
searched for a counter-example, group by group: greedy has many, equal shares has none.
"""

from collections.abc import Iterator
from itertools import chain, combinations
from random import Random

import pytest

from talkoot.voting.allocation import AllocationProblem, allocated
from talkoot.voting.ballot import AllocationRule, Completion, Endowment, Rule
from tests.voting.allocation.elections import approvals, problem

SEEDS = range(250)


def small_election(random: Random) -> AllocationProblem:
    """Up to ten voters in camps and up to six projects, with a budget for some of them."""
    number = random.randint(2, 6)
    costs = [random.randint(1, 12) for _ in range(number)]
    camps = [random.sample(range(number), random.randint(1, number)) for _ in range(3)]
    ballots: dict[tuple[tuple[int, int], ...], int] = {}
    for _ in range(random.randint(1, 10)):
        ballot = approvals(*random.choice(camps))
        ballots[ballot] = ballots.get(ballot, 0) + 1
    return problem(costs, random.randint(1, sum(costs)), ballots)


def sets(places: range) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(places, size) for size in range(1, len(places) + 1))


def cheated(made: AllocationProblem, worths: list[int], funded: set[int]) -> list[tuple[int, ...]]:
    """The sets of projects T that enough voters all approve, and could pay from their part of the
    budget, of whom nobody comes near T: each has less than T is worth to them, and no single
    project more would lift them above it.
    """
    voters = made.profile.ballots
    found = []
    for some in sets(range(len(made.costs))):
        wanted = sum(worths[place] for place in some)
        without = 0
        for choice, number in made.profile.counts().items():
            mine = {place for place, _ in choice}
            if not mine.issuperset(some):
                continue
            have = sum(worths[place] for place in mine & funded)
            more = max((worths[place] for place in mine - funded), default=0)
            if have < wanted and have + more <= wanted:
                without += number
        cost = sum(made.costs[place] for place in some)
        if without and without * made.budget >= voters * cost:
            found.append(some)
    return found


def cheated_under(rule: AllocationRule, *, by_cost: bool) -> int:
    """In how many of the elections some group is."""
    total = 0
    for seed in SEEDS:
        made = small_election(Random(seed))
        winners = set(allocated(made, rule).winners)
        funded = {place for place, p in enumerate(made.profile.projects) if p in winners}
        worths = list(made.costs) if by_cost else [1] * len(made.costs)
        total += bool(cheated(made, worths, funded))
    return total


@pytest.mark.parametrize("completion", list(Completion))
@pytest.mark.parametrize(
    ("rule", "by_cost"), [(Rule.MES_COST, True), (Rule.MES_CARDINALITY, False)]
)
def test_equal_shares_leaves_no_group_far_below_its_part(
    rule: Rule, completion: Completion, *, by_cost: bool
) -> None:
    chosen = AllocationRule(rule=rule, completion=completion, endowment=Endowment.EXACT)
    assert cheated_under(chosen, by_cost=by_cost) == 0


@pytest.mark.parametrize("by_cost", [True, False])
def test_greedy_leaves_groups_far_below_their_part(*, by_cost: bool) -> None:
    """So the search finds what there is."""
    assert cheated_under(AllocationRule(rule=Rule.GREEDY), by_cost=by_cost) > 0
