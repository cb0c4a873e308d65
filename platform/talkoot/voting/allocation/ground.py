"""The fixed ground of the Method of Equal Shares: scaled money, supporters, and a run's numbers.

Money is multiplied by the number of ballots, so that every voter starts with a whole number (the
budget itself, where the endowment is exact) and a cost c becomes n*c. For the arrays it is then
shifted by a power of two, so that the sum of all money just fits 61 bits. Each amount is kept as
two whole numbers between which the exact value lies; no floating point is used at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from math import gcd

import numpy as np
import numpy.typing as npt

from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.allocation.support import Supporters, supporters_of, twins_of

I64 = npt.NDArray[np.int64]

SUM_BITS = 61
"""All money together stays below 2^61, so that sums of both bounds fit 64 bits with room."""


class Utilities(Enum):
    """What a funded project is worth to a supporter who gave it the value v."""

    COST = "v times the project's whole cost"
    CARDINALITY = "v"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """What all runs of one election share.

    ``costs`` are scaled money (n*c / ``scale``); ``flat`` is each project's total value over all
    supporters, so that a project is paid in equal parts by rho = cost / flat; ``unit`` is one
    currency unit more for one voter, in scaled money; ``free`` and ``contested`` are the supported
    projects of cost zero and of positive cost, in listed order.
    """

    problem: AllocationProblem
    utilities: Utilities
    supporters: Sequence[Supporters]
    flat: Sequence[int]
    twins: Sequence[int]
    ranks: Sequence[int]
    costs: Sequence[int]
    unit: int
    scale: int
    free: Sequence[int]
    contested: Sequence[int]

    def shift(self, start: int) -> int:
        """By how many bits money is shifted in a run where every voter starts with ``start``."""
        return SUM_BITS - max(1, start * self.problem.profile.ballots).bit_length()

    def key_cost(self, place: int) -> int:
        """What rho is divided by before projects are compared."""
        return self.problem.worths[place] if self.utilities is Utilities.COST else 1

    @property
    def free_and_funded(self) -> list[int]:
        """What costs nothing, by rank: of each group the first."""
        funded: list[int] = []
        for place in sorted(self.free, key=self.ranks.__getitem__):
            if place not in self.excluded(funded):
                funded.append(place)
        return funded

    def excluded(self, bought: Iterable[int]) -> set[int]:
        """The projects of which another of the same group is among those bought."""
        groups = {self.problem.exclusive[place] for place in bought} - {-1}
        return {place for place, group in enumerate(self.problem.exclusive) if group in groups}


def ground_of(problem: AllocationProblem, utilities: Utilities, ranks: Sequence[int]) -> Ground:
    """Prepare an election."""
    supporters = supporters_of(problem.profile)
    n = problem.profile.ballots
    scale = gcd(problem.budget, *(n * cost for cost in problem.costs), n * problem.unit) or 1
    supported = [
        place
        for place, some in enumerate(supporters)
        if len(some.groups) and problem.eligible[place]
    ]
    return Ground(
        problem=problem,
        utilities=utilities,
        supporters=supporters,
        flat=[some.power() for some in supporters],
        twins=twins_of(problem, supporters),
        ranks=ranks,
        costs=[n * cost // scale for cost in problem.costs],
        unit=n * problem.unit // scale,
        scale=scale,
        free=[place for place in supported if problem.costs[place] == 0],
        contested=[place for place in supported if problem.costs[place] > 0],
    )


def shifted(amount: int, by: int) -> tuple[int, int]:
    """Give ``amount * 2^by`` rounded down and up."""
    if by >= 0:
        return amount << by, amount << by
    return amount >> -by, -(-amount >> -by)
