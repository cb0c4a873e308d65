"""Small elections full of ties, to be decided by the rules and by their slow twin."""

from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from talkoot.base.ids import AreaCode, ProjectId
from talkoot.voting.allocation import AllocationProblem, PotBudget
from talkoot.voting.ballot import (
    AllocationRule,
    Comparison,
    Completion,
    Endowment,
    Fit,
    Leftover,
    Rule,
    Stop,
    TieRule,
)
from talkoot.voting.tally import Choice, profile_from_counts

EQUAL_SHARES = (Rule.MES_COST, Rule.MES_CARDINALITY, Rule.MES_VALUES)
OTHERS = (Rule.GREEDY, Rule.GREEDY_PER_COST, Rule.PHRAGMEN)


def problem(
    costs: list[int], budget: int, ballots: dict[Choice, int], unit: int = 1
) -> AllocationProblem:
    """An election with projects p0, p1, ..."""
    ids = tuple(ProjectId(f"p{place}") for place in range(len(costs)))
    return AllocationProblem(
        profile=profile_from_counts(ballots, ids), costs=tuple(costs), budget=budget, unit=unit
    )


def approvals(*places: int) -> Choice:
    """A ballot that approves these projects."""
    return tuple((place, 1) for place in sorted(places))


def random_problem(random: Random) -> AllocationProblem:
    """A small election: few different costs and ballots, so that much is equal."""
    number = random.randint(1, 8)
    costs = [random.choice([0, 1, 2, 3, 4, 6, 10, random.randint(1, 60)]) for _ in range(number)]
    scale = random.choice([1, 100])
    costs = [cost * scale for cost in costs]
    total = sum(costs)
    budget = random.choice([total // 2, total // 3, max(costs), total, random.randint(0, total)])
    pool = [random.sample(range(number), random.randint(0, number)) for _ in range(9)]
    kind = random.choice(["approval", "approval", "points", "ranking"])
    ballots: dict[Choice, int] = {}
    for _ in range(random.choice([0, 1, 5, 20, 40])):
        choice = _choice(random, random.choice(pool), kind)
        ballots[choice] = ballots.get(choice, 0) + random.choice([1, 1, 1, 2, 5])
    return problem(costs, budget, ballots, unit=random.choice([1, 10, 100]))


def with_surroundings(random: Random, plain: AllocationProblem) -> AllocationProblem:
    """The same election with pledges, groups, pots and projects that take no part; some of them."""
    number, ids = len(plain.costs), plain.profile.projects
    groups = [random.choice([-1, -1, 0, 1]) for _ in ids]
    pots = random.choice([0, 0, 1, 2, 3])
    budgets = [random.randint(0, plain.budget) for _ in range(pots)]
    home = [random.randrange(pots) if pots else 0 for _ in ids]
    if pots:
        # A group belongs to one pot, as a definition asks for.
        home = [at if group < 0 else group % pots for at, group in zip(home, groups, strict=True)]
    areas = [None, *(AreaCode(name) for name in "ab")]
    return replace(
        plain,
        budget=sum(budgets) if pots else plain.budget,
        worths=tuple(cost + random.choice([0, 0, 1, 5, cost]) for cost in plain.costs),
        eligible=tuple(random.random() < 0.9 for _ in ids),
        exclusive=tuple(groups) if random.random() < 0.6 else (-1,) * number,
        pots=tuple(
            PotBudget(area=area, budget=budget)
            for area, budget in zip(areas[:pots], budgets, strict=True)
        ),
        pot=tuple(home),
    )


def _choice(random: Random, places: list[int], kind: str) -> Choice:
    if kind == "points":
        return tuple(sorted((place, random.randint(0, 4)) for place in places))
    if kind == "ranking":
        ranked = random.sample(places, len(places))
        return tuple(sorted((place, len(ranked) - at) for at, place in enumerate(ranked)))
    return approvals(*places)


def random_rule(random: Random) -> AllocationRule:
    """Any rule with any parameters that it takes; twice as often one of equal shares."""
    rule = random.choice([*EQUAL_SHARES, *EQUAL_SHARES, *OTHERS])
    none = [Completion.NONE, Completion.NONE, Completion.GREEDY]
    tie = random.choice(list(TieRule))
    seed = random.choice(["spring", "autumn"])
    by_lot = tie is TieRule.LOT or (tie is not TieRule.LISTED and random.randrange(2))
    return AllocationRule(
        rule=rule,
        completion=random.choice(list(Completion) if rule in EQUAL_SHARES else none),
        stop=random.choice(list(Stop)),
        endowment=random.choice(list(Endowment)),
        tie=tie,
        fit=random.choice(list(Fit)),
        min_support=random.choice([0, 0, 1, 2, 5]),
        support_for_cost=random.choice([0, 0, 1, 3]),
        comparison=random.choice(list(Comparison)),
        leftover=random.choice(list(Leftover)),
        lot_seed=seed if by_lot else "",
    )


@st.composite
def problems(draw: st.DrawFn) -> AllocationProblem:
    """Small elections with approvals."""
    costs = draw(st.lists(st.integers(0, 30), min_size=1, max_size=6))
    places = st.integers(0, len(costs) - 1)
    choices = st.sets(places).map(lambda some: approvals(*some))
    ballots = draw(st.dictionaries(choices, st.integers(1, 4), max_size=8))
    budget = draw(st.integers(0, sum(costs) + 2))
    return problem(costs, budget, ballots, unit=draw(st.sampled_from([1, 5])))


def rules() -> st.SearchStrategy[AllocationRule]:
    """Any rule, by a seed."""
    return st.integers(0, 2**32 - 1).map(lambda seed: random_rule(Random(seed)))
