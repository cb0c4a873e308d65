"""What an allocation rule decides about: ballots, costs, budget, and the currency unit."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.tally import Profile, Tally, tally_of

CENTS_PER_UNIT = 100


@dataclass(frozen=True, kw_only=True, eq=False)
class AllocationProblem:
    """An election ready to be decided. Money is in minor units, whole numbers of any size.

    ``costs`` follow the profile's projects; ``unit`` is how many minor units make one currency
    unit: Add1 gives each voter one currency unit more at every step, and the endowment *floor* is a
    whole number of them.
    """

    profile: Profile
    costs: tuple[int, ...]
    budget: int
    unit: int = CENTS_PER_UNIT

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for money that is negative or does not fit the projects."""
        if len(self.costs) != len(self.profile.projects):
            raise ValueError(f"{len(self.profile.projects)} projects, {len(self.costs)} costs")
        if self.budget < 0 or any(cost < 0 for cost in self.costs):
            raise ValueError("money cannot be negative")
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
        return frozenset(np.unique(items).tolist())


def problem_of(profile: Profile, definition: BallotDefinition) -> AllocationProblem:
    """Give the problem that a frozen definition poses for these ballots, in cents."""
    return AllocationProblem(
        profile=profile,
        costs=tuple(int(project.cost) for project in definition.projects),
        budget=int(definition.budget),
    )
