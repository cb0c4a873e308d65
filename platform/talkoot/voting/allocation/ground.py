"""The ground of the Method of Equal Shares: an election laid out for kernels, in scaled money.

Money is multiplied by the number of ballots, so that every voter starts with a whole number (the
budget itself, where the endowment is exact) and a cost c becomes n*c. In a run it is then shifted
by a power of two, so that the sum of all money just fits 61 bits. Each amount is kept as two whole
numbers between which the exact value lies (``filling.py``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import gcd

import numpy as np

from talkoot.voting.allocation.field import (
    CLUB,
    COST,
    ENTRY,
    FLAT,
    I64,
    OPEN,
    RANK,
    SUMS,
    SUPPORT,
    TERMS,
    WORTH,
    Field,
    listed,
    ordered,
)
from talkoot.voting.allocation.problem import AllocationProblem

SUM_BITS = 61
"""All money together stays below 2^61, so that sums of both bounds fit 64 bits with room."""

SMALL = 2**61
"""Whole numbers that kernels multiply once more or add up stay below this."""

FOR_MONEY, FREE, NEITHER = 1, 2, 0
"""What the column OPEN says of a project."""


class Utilities(Enum):
    """What a funded project is worth to a supporter who gave it the value v."""

    COST = "v times the project's whole cost"
    CARDINALITY = "v"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """What all runs of one election share.

    Scaled money is n * money / ``scale``. ``unit`` is one currency unit more for one voter, in
    scaled money, and ``purse`` the budget's share of one voter. ``worth_unit``: the column WORTH is
    the whole cost divided by it (for cost utilities, else 1). ``large``: amounts exceed what
    kernels can hold, and only the slow twin can decide.
    """

    problem: AllocationProblem
    utilities: Utilities
    field: Field
    ballots: int
    scale: int
    unit: int
    purse: int
    worth_unit: int
    large: bool

    @property
    def free(self) -> list[int]:
        """What costs nothing and is funded, by rank."""
        if all(self.problem.costs):
            return []
        terms = self.field.terms
        places = np.flatnonzero(terms[:, OPEN] == FREE)
        return [int(place) for place in places[np.argsort(terms[places, RANK])]]

    def rivals(self, place: int) -> list[int]:
        """The other projects of its group, of which only one may be bought."""
        clubs = self.field.terms[:, CLUB]
        if clubs[place] < 0:
            return []
        return [int(one) for one in np.flatnonzero(clubs == clubs[place]) if one != place]

    def key_of(self, place: int) -> int:
        """What rho (in minor units) is divided by to give the measure of a round."""
        return int(self.field.terms[place, WORTH]) * self.worth_unit


def ground_of(problem: AllocationProblem, utilities: Utilities, ranks: Sequence[int]) -> Ground:
    """Prepare an election."""
    profile = problem.profile
    projects, ballots = len(problem.costs), profile.ballots
    bounds = np.empty(projects + 1, np.int64)
    entries = np.empty((len(profile.items), ENTRY), np.int32)
    sums = np.empty((projects, SUMS), np.int64)
    greatest = listed(
        profile.indptr, profile.items, profile.values, profile.weights, bounds, entries, sums
    )
    common = gcd(*problem.costs, problem.unit)
    scale = gcd(problem.budget, ballots * common) or 1
    worth_unit = (gcd(*problem.worths) or 1) if utilities is Utilities.COST else 0
    large = _large(problem, ballots, scale, worth_unit, greatest)
    terms, order = np.zeros((projects, TERMS), np.int64), np.empty(projects, np.int64)
    if not large:
        costs = np.array(problem.costs, np.int64)
        terms[:, COST] = costs // (common or 1) * (ballots * common // scale)
        terms[:, WORTH] = _worths(problem, costs) // worth_unit if worth_unit else 1
        terms[:, FLAT] = sums[:, SUPPORT]
        terms[:, RANK] = ranks
        terms[:, CLUB] = problem.exclusive
        terms[:, OPEN] = _open(problem, costs, terms)
    return Ground(
        problem=problem,
        utilities=utilities,
        field=Field(
            bounds=bounds,
            entries=entries,
            unit=greatest == 1,
            terms=terms,
            order=order[: ordered(terms, order)],
            indptr=profile.indptr,
            items=profile.items,
            values=profile.values,
        ),
        ballots=ballots,
        scale=scale,
        unit=ballots * problem.unit // scale,
        purse=problem.budget // scale,
        worth_unit=worth_unit or 1,
        large=large,
    )


def _worths(problem: AllocationProblem, costs: I64) -> I64:
    return costs if problem.worths is problem.costs else np.array(problem.worths, np.int64)


def _open(problem: AllocationProblem, costs: I64, terms: I64) -> I64:
    supported = (terms[:, FLAT] > 0) & ((terms[:, WORTH] > 0) | (costs == 0))
    state = np.where(supported, FOR_MONEY, NEITHER)
    if not all(problem.eligible):
        state[~np.array(problem.eligible, np.bool_)] = NEITHER
    if not all(problem.costs):
        state[(costs == 0) & (state == FOR_MONEY)] = FREE
        _leave_out_clubs_of_free(terms, state)
    return state


def _leave_out_clubs_of_free(terms: I64, state: I64) -> None:
    """Take out what is of one group with a free project: the first by rank of them is funded."""
    free = np.flatnonzero((state == FREE) & (terms[:, CLUB] >= 0))
    for place in free[np.argsort(terms[free, RANK])].tolist():
        if state[place] == FREE:
            others = terms[:, CLUB] == terms[place, CLUB]
            others[place] = False
            state[others] = NEITHER


def _large(
    problem: AllocationProblem, ballots: int, scale: int, worth_unit: int, greatest: int
) -> bool:
    """Whether any number of the kernels might exceed 64 bits."""
    dearest, worthiest = max(problem.costs, default=0), max(problem.worths, default=0)
    most = ballots * max(dearest, problem.budget, problem.unit) // scale
    worth = worthiest // worth_unit if worth_unit else 1
    return (
        greatest < 0
        or ballots >= 2**31
        or max(dearest, worthiest, problem.unit, most) >= SMALL
        or ballots * greatest * max(greatest, worth, 1) >= SMALL
    )
