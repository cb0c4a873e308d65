"""The comparison of an outcome with greedy by votes.

Wieliczka (2023) and Świecie (2023) published it with the Method of Equal Shares: if strictly more
voters have more of their choices funded under greedy, greedy's outcome stands. Pabulib calls it
*equalshares-comparison*.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.tally import Profile

I64 = npt.NDArray[np.int64]


def funded_choices(profile: Profile, funded: Sequence[int]) -> I64:
    """Count for each group of equal ballots the funded projects to which it gives more than 0."""
    chosen = np.zeros(len(profile.projects), dtype=np.bool_)
    chosen[list(funded)] = True
    liked = chosen[profile.items] & (profile.values > 0)
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(liked, dtype=np.int64)))
    return before[profile.indptr[1:]] - before[profile.indptr[:-1]]


def voters_better_off(
    problem: AllocationProblem, one: Sequence[int], other: Sequence[int]
) -> tuple[int, int]:
    """Count the voters who have more funded choices under one outcome, and under the other."""
    under_one, under_other = (funded_choices(problem.profile, funded) for funded in (one, other))
    weights = problem.profile.weights
    better, worse = under_one > under_other, under_one < under_other
    return int(weights[better].sum()), int(weights[worse].sum())
