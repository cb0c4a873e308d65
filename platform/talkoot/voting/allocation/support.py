"""Who supports what: for each project its groups of ballots, as arrays, prepared once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.tally import Profile

I64 = npt.NDArray[np.int64]
Groups = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Supporters:
    """The groups of ballots that give one project a positive value.

    ``groups``: intp (s,), rising; ``weights``: int64 (s,), ballots per group; ``levels``: the
    different values, rising; ``level``: intp (s,), each group's place in ``levels``.
    """

    groups: Groups
    weights: I64
    levels: tuple[int, ...]
    level: Groups

    def values(self) -> I64:
        """The value that each group gives, int64 (s,)."""
        return np.array(self.levels, dtype=np.int64)[self.level]

    def without(self, gone: npt.NDArray[np.bool_]) -> "Supporters":
        """The same without some groups."""
        stay = ~gone
        return Supporters(
            groups=self.groups[stay],
            weights=self.weights[stay],
            levels=self.levels,
            level=self.level[stay],
        )

    def power(self) -> int:
        """The sum of all values over all ballots."""
        return int((self.weights * self.values()).sum())


def supporters_of(profile: Profile) -> list[Supporters]:
    """Give each project's supporters, in listed order."""
    groups = np.repeat(np.arange(profile.groups, dtype=np.intp), np.diff(profile.indptr))
    positive = profile.values > 0
    items, groups, values = profile.items[positive], groups[positive], profile.values[positive]
    order = np.argsort(items, kind="stable")
    bounds = np.searchsorted(items[order], np.arange(len(profile.projects) + 1))
    return [
        _supporters(profile, groups[order[start:end]], values[order[start:end]])
        for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ]


def _supporters(profile: Profile, groups: Groups, values: I64) -> Supporters:
    levels, level = np.unique(values, return_inverse=True)
    return Supporters(
        groups=groups,
        weights=profile.weights[groups],
        levels=tuple(levels.tolist()),
        level=level.astype(np.intp),
    )


def twins_of(problem: AllocationProblem, supporters: list[Supporters]) -> list[int]:
    """Give each project the first place with the same cost and exactly the same supporters.

    Such projects are exactly equal for as long as neither is funded, whatever has been paid: their
    ties need no arithmetic.
    """
    first: dict[tuple[int, int, bytes, bytes], int] = {}
    twins = []
    for place, (cost, some) in enumerate(zip(problem.costs, supporters, strict=True)):
        looks = (cost, problem.worths[place], some.groups.tobytes(), some.values().tobytes())
        twins.append(first.setdefault(looks, place))
    return twins
