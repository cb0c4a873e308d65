"""How many of their choices voters get, and what other rules would have given them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from talkoot.base.engine import Engine
from talkoot.base.ids import ProjectId
from talkoot.voting.allocation import Allocation, AllocationProblem, allocated
from talkoot.voting.ballot import AllocationRule, Comparison, Completion, Rule
from talkoot.voting.results.figures import Alternative
from talkoot.voting.tally import Profile


def satisfied_by(profile: Profile, winners: Sequence[ProjectId]) -> tuple[int, ...]:
    """Count the voters by the number of winners that they gave a positive value, from 0 up.

    The sum is the number of ballots, empty ones included.
    """
    funded = np.isin(np.arange(len(profile.projects)), _places(profile, winners))
    liked = funded[profile.items] & (profile.values > 0)
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(liked, dtype=np.int64)))
    many = before[profile.indptr[1:]] - before[profile.indptr[:-1]]
    voters = np.zeros(int(many.max(initial=0)) + 1, dtype=np.int64)
    np.add.at(voters, many, profile.weights)
    return tuple(voters.tolist())


def _places(profile: Profile, winners: Sequence[ProjectId]) -> list[int]:
    index = {project: place for place, project in enumerate(profile.projects)}
    return [index[project] for project in winners]


def compared(
    problem: AllocationProblem,
    rule: AllocationRule,
    allocation: Allocation,
    *,
    engine: Engine = Engine.KERNELS,
) -> tuple[Alternative, ...]:
    """Give the outcome by votes and by equal shares; nothing for a poll.

    Equal shares is the Method of Equal Shares with cost utilities, completed by Add1 and then by
    votes. Neither is compared with another outcome; all else is as published. Where one of them is
    the published rule itself, ``allocation`` is not worked out again.
    """
    if rule.rule is Rule.COUNT_ONLY:
        return ()
    alone = replace(rule, comparison=Comparison.NONE)
    greedy = replace(alone, rule=Rule.GREEDY, completion=Completion.NONE)
    shares = replace(alone, rule=Rule.MES_COST, completion=Completion.ADD1U)
    return tuple(
        _alternative(
            problem, one, allocation if one == rule else allocated(problem, one, engine=engine)
        )
        for one in (greedy, shares)
    )


def _alternative(
    problem: AllocationProblem, rule: AllocationRule, allocation: Allocation
) -> Alternative:
    return Alternative(
        rule=rule.rule.value,
        completion=rule.completion.value,
        winners=tuple(allocation.winners),
        spent=allocation.total_cost,
        satisfied=satisfied_by(problem.profile, allocation.winners),
    )
