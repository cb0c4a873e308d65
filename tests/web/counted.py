"""Results of a made-up election, really counted: what pages and pictures are tested with."""

from collections.abc import Mapping
from functools import cache
from random import Random
from types import MappingProxyType
from uuid import UUID

import numpy as np

from talkoot.base.i18n import text_from
from talkoot.base.ids import AreaCode, ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.allocation import allocated, problem_of
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    BallotDefinition,
    Comparison,
    Completion,
    Limits,
    Pot,
    ProjectOnBallot,
    Recast,
    Rule,
    TieRule,
    VoteType,
)
from talkoot.voting.results import Accounting, Result
from talkoot.voting.results.explain import result_of_count
from talkoot.voting.tally import KeyCounts, profile_from_counts

COSTS = (5_200, 7_600, 3_600, 21_000, 4_400, 6_800, 18_000, 14_500, 16_000, 2_000)
BUDGET = 50_000
VOTERS = 400
NORTH = AreaCode("north")

RULES: Mapping[str, AllocationRule] = MappingProxyType(
    {
        "votes": AllocationRule(rule=Rule.GREEDY, tie=TieRule.CHEAPER),
        "votes per cost": AllocationRule(rule=Rule.GREEDY_PER_COST),
        "shares": AllocationRule(rule=Rule.MES_COST),
        "shares, add1u": AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1U),
        "shares, by votes": AllocationRule(rule=Rule.MES_CARDINALITY, completion=Completion.GREEDY),
        "shares, compared": AllocationRule(
            rule=Rule.MES_COST, completion=Completion.ADD1, comparison=Comparison.GREEDY
        ),
        "phragmen": AllocationRule(rule=Rule.PHRAGMEN),
        "poll": AllocationRule(rule=Rule.COUNT_ONLY),
    }
)


def definition_under(
    rule: AllocationRule,
    vote_type: VoteType = VoteType.APPROVAL,
    pots: tuple[Pot, ...] = (),
    pledged: int = 0,
) -> BallotDefinition:
    """A definition of ten projects; the first three are the north's. The second has a pledge."""
    return BallotDefinition(
        election_id=ElectionId(UUID(int=9)),
        title=text_from("Kierros"),
        vote_type=vote_type,
        limits=Limits(max_choices=5, max_sum=20),
        projects=tuple(
            ProjectOnBallot(
                id=ProjectId(str(at)),
                name={"fi": f"Hanke {at} & muuta", "en": f"Project {at} & more"},
                cost=Cents(cost * 100),
                area=NORTH if at <= 3 else None,
                pledged=Cents(pledged if at == 2 else 0),
            )
            for at, cost in enumerate(COSTS, 1)
        ),
        areas=(NORTH,),
        budget=Cents(BUDGET * 100),
        currency="EUR",
        allocation=rule,
        recast=Recast.LAST_COUNTS,
        ranks=DEFAULT_RANKS,
        pots=pots,
    )


POTS = (
    Pot(area=NORTH, budget=Cents(10_000_00)),
    Pot(area=None, budget=Cents(40_000_00)),
)


@cache
def counted_result(
    named: str,
    vote_type: VoteType = VoteType.APPROVAL,
    pots: tuple[Pot, ...] = (),
    pledged: int = 0,
) -> Result:
    """Count four hundred made-up ballots under one of the rules; every tenth is blank."""
    definition = definition_under(RULES[named], vote_type, pots, pledged)
    dice = Random(7)
    places = range(len(COSTS))
    counts: dict[tuple[tuple[int, int], ...], int] = {}
    by_channel = np.zeros((2, len(COSTS)), np.int64)
    ballots = np.zeros(2, np.int64)
    for voter in range(VOTERS):
        some = sorted(dice.sample(places, 0 if voter % 10 == 0 else dice.randint(1, 5)))
        marks = tuple(
            (at, dice.randint(1, 4) if vote_type is VoteType.POINTS else 1) for at in some
        )
        counts[marks] = counts.get(marks, 0) + 1
        channel = int(voter % 4 == 0)
        ballots[channel] += 1
        by_channel[channel, some] += 1
    profile = profile_from_counts(counts, tuple(project.id for project in definition.projects))
    problem = problem_of(profile, definition)
    return result_of_count(
        definition,
        problem,
        allocated(problem, definition.allocation),
        Accounting(entries=VOTERS, counted=VOTERS, superseded=0, spoiled=0),
        KeyCounts(votes=by_channel, score=by_channel, ballots=ballots),
    )
