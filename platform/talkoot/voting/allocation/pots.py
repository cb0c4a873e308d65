"""Pots: each area's part of the budget is decided by itself, the whole town's last."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from talkoot.base.ids import AreaCode
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.tally import Profile, merged


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A pot's own problem: its projects, its budget, and the ballots that name its projects."""

    area: AreaCode | None
    problem: AllocationProblem

    def with_more(self, brought: int) -> AllocationProblem:
        """Give the problem with money that others left."""
        if not brought:
            return self.problem
        return replace(self.problem, budget=self.problem.budget + brought)


def parted(problem: AllocationProblem) -> list[Part]:
    """Take a problem apart into its pots, the whole town's last; one part if there are none.

    The voters of a pot are the ballots that name at least one of its projects: so an area's money
    is shared among those who voted on it, and blank ballots are voters only where there is one
    budget for all.
    """
    if not problem.pots:
        return [Part(area=None, problem=problem)]
    order = sorted(range(len(problem.pots)), key=lambda at: problem.pots[at].area is None)
    return [Part(area=problem.pots[at].area, problem=_of_pot(problem, at)) for at in order]


def _of_pot(problem: AllocationProblem, pot: int) -> AllocationProblem:
    places = [place for place, home in enumerate(problem.pot) if home == pot]
    return AllocationProblem(
        profile=restricted(problem.profile, places),
        costs=tuple(problem.costs[place] for place in places),
        budget=problem.pots[pot].budget,
        unit=problem.unit,
        worths=tuple(problem.worths[place] for place in places),
        eligible=tuple(problem.eligible[place] for place in places),
        exclusive=tuple(problem.exclusive[place] for place in places),
    )


def restricted(profile: Profile, places: Sequence[int]) -> Profile:
    """Give the ballots as if there were only some projects; those that name none are left out."""
    new = np.full(len(profile.projects), -1, dtype=np.int32)
    new[list(places)] = np.arange(len(places), dtype=np.int32)
    kept = new[profile.items] >= 0
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(kept, dtype=np.int64)))
    lengths = before[profile.indptr[1:]] - before[profile.indptr[:-1]]
    some = lengths > 0
    indptr = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths[some], dtype=np.int64)))
    cut = Profile(
        projects=tuple(profile.projects[place] for place in places),
        indptr=indptr,
        items=new[profile.items[kept]],
        values=profile.values[kept],
        weights=profile.weights[some],
    )
    return merged([cut])
