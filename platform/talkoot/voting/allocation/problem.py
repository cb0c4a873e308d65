"""What an allocation rule decides about: ballots, costs, budget, and the currency unit."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from talkoot.base.errors import TalkootError
from talkoot.base.ids import AreaCode
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.tally import Profile, Tally, merged, tally_of

CENTS_PER_UNIT = 100


class TooLarge(TalkootError):
    """Amounts that 64 bits do not hold: only the slow twin can count this election."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PotBudget:
    """A pot: its area (``None``: the whole town) and its money in minor units."""

    area: AreaCode | None
    budget: int


@dataclass(frozen=True, kw_only=True, eq=False)
class AllocationProblem:
    """An election ready to be decided. Money is in minor units, whole numbers of any size.

    All tuples follow the profile's projects. ``costs`` are what the budget pays; ``worths`` what
    the projects are worth to their supporters where that is their cost: the whole cost, pledges of
    others included (default: the same as ``costs``). ``eligible``: who takes part at all (default:
    all). ``exclusive``: numbers of groups of which at most one project is funded, -1 for none
    (default: none). ``pots``: parts of the budget that are decided one by one, the whole town's
    last; ``pot``: each project's place in ``pots`` (default: one budget for all).
    ``unit`` is how many minor units make one currency unit: Add1 gives each voter one currency unit
    more at every step, and the endowment *floor* is a whole number of them.
    """

    profile: Profile
    costs: tuple[int, ...]
    budget: int
    unit: int = CENTS_PER_UNIT
    worths: tuple[int, ...] = ()
    eligible: tuple[bool, ...] = ()
    exclusive: tuple[int, ...] = ()
    pots: tuple[PotBudget, ...] = ()
    pot: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Fill in defaults; raise ``ValueError`` for money that is negative or does not fit."""
        number = len(self.profile.projects)
        filled: dict[str, tuple[int, ...]] = {
            "costs": self.costs,
            "worths": self.worths or self.costs,
            "eligible": self.eligible or (True,) * number,
            "exclusive": self.exclusive or (-1,) * number,
            "pot": self.pot or (0,) * number,
        }
        for name, values in filled.items():
            if len(values) != number:
                raise ValueError(f"{number} projects, {len(values)} {name}")
            object.__setattr__(self, name, values)
        if self.budget < 0 or any(money < 0 for money in (*self.costs, *self.worths)):
            raise ValueError("money cannot be negative")
        if any(worth < cost for worth, cost in zip(self.worths, self.costs, strict=True)):
            raise ValueError("a project cannot cost the budget more than it is worth")
        if self.pots and sum(pot.budget for pot in self.pots) != self.budget:
            raise ValueError("the pots do not make up the budget")
        if any(not 0 <= at < max(len(self.pots), 1) for at in self.pot):
            raise ValueError("a project belongs to no such pot")
        if self.unit < 1:
            raise ValueError("a currency unit is at least one minor unit")

    @cached_property
    def tally(self) -> Tally:
        """The counts of the ballots."""
        return tally_of(self.profile)

    @cached_property
    def supported(self) -> frozenset[int]:
        """The places of the projects that some ballot gives a positive value."""
        items = self.profile.items[self.profile.values > 0]
        return frozenset(np.flatnonzero(np.bincount(items)).tolist())


def as_approvals(problem: AllocationProblem) -> AllocationProblem:
    """Give the problem in which every supporter gave 1, whatever was given."""
    profile = problem.profile
    if int(profile.values.max(initial=0)) <= 1:
        return problem
    return replace(problem, profile=merged([replace(profile, values=profile.values.clip(max=1))]))


def problem_of(profile: Profile, definition: BallotDefinition) -> AllocationProblem:
    """Give the problem that a frozen definition poses for these ballots, in cents."""
    projects = definition.projects
    groups = {name: at for at, name in enumerate(dict.fromkeys(p.exclusive for p in projects))}
    areas = {pot.area: at for at, pot in enumerate(definition.pots)}
    return AllocationProblem(
        profile=profile,
        costs=tuple(int(project.price) for project in projects),
        worths=tuple(int(project.cost) for project in projects),
        budget=int(definition.budget),
        exclusive=tuple(-1 if p.exclusive is None else groups[p.exclusive] for p in projects),
        pots=tuple(PotBudget(area=pot.area, budget=int(pot.budget)) for pot in definition.pots),
        pot=tuple(areas.get(definition.pot_of(p), 0) for p in projects),
    )
