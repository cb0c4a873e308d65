"""Ballots grouped: equal ballots once, with how many there are, as flat arrays."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import assert_never

import numpy as np

from talkoot.base.engine import Engine
from talkoot.base.ids import ProjectId
from talkoot.voting.ballot import Ballot, BallotDefinition, Mark, VoteType
from talkoot.voting.tally import grouping
from talkoot.voting.tally.choices import I32, I64, MOST_OF_64_BITS, Choice, Choices, Rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """All ballots, equal ones as one group; groups are sorted by their choices.

    Group ``g`` holds the entries ``indptr[g]:indptr[g+1]`` of ``items`` (places in ``projects``,
    rising) and ``values``; ``weights[g]`` ballots look like that. Empty ballots are a group without
    items: they count as voters. Shapes: ``indptr`` (g+1,), ``weights`` (g,), ``items`` and
    ``values`` (number of marks,).
    """

    projects: tuple[ProjectId, ...]
    indptr: I64
    items: I32
    values: I64
    weights: I64

    @property
    def ballots(self) -> int:
        """The number of ballots, empty ones included."""
        return int(self.weights.sum())

    @property
    def groups(self) -> int:
        """The number of different ballots."""
        return len(self.weights)

    def counts(self) -> dict[Choice, int]:
        """Give each different ballot and how many there are."""
        cells = list(zip(self.items.tolist(), self.values.tolist(), strict=True))
        bounds, weights = self.indptr.tolist(), self.weights.tolist()
        return {
            tuple(cells[bounds[group] : bounds[group + 1]]): weight
            for group, weight in enumerate(weights)
        }

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same projects and ballots."""
        if not isinstance(other, Profile):
            return NotImplemented
        return self.projects == other.projects and all(
            np.array_equal(mine, theirs)
            for mine, theirs in (
                (self.indptr, other.indptr),
                (self.items, other.items),
                (self.values, other.values),
                (self.weights, other.weights),
            )
        )

    def __hash__(self) -> int:
        """A hash that fits equality."""
        return hash((self.projects, self.items.tobytes(), self.weights.tobytes()))


def profile_of(ballots: Iterable[Ballot], definition: BallotDefinition) -> Profile:
    """Group ballots of this election. Raises ``KeyError`` for a project that is not in it."""
    marks = Counter(ballot.marks for ballot in ballots)
    counts: Counter[Choice] = Counter()
    for some, number in marks.items():
        counts[choice_of(some, definition)] += number
    return profile_from_counts(counts, tuple(project.id for project in definition.projects))


def choice_of(marks: Sequence[Mark], definition: BallotDefinition) -> Choice:
    """Give a ballot's marks as numbers, places of a ranking turned into Borda points."""
    last = len(marks) + 1 if definition.vote_type is VoteType.RANKING else 0
    index = definition.index
    return tuple(
        sorted((index[mark.project], last - mark.value if last else mark.value) for mark in marks)
    )


def profile_from_counts(counts: Mapping[Choice, int], projects: tuple[ProjectId, ...]) -> Profile:
    """Lay counted choices out as arrays. Choices counted zero times are left out."""
    choices = sorted(choice for choice, number in counts.items() if number)
    lengths = np.fromiter((len(choice) for choice in choices), np.int64, len(choices))
    cells = np.fromiter(
        chain.from_iterable(chain.from_iterable(choices)), np.int64, 2 * int(lengths.sum())
    ).reshape(-1, 2)
    return Profile(
        projects=projects,
        indptr=np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64))),
        items=cells[:, 0].astype(np.int32),
        values=np.ascontiguousarray(cells[:, 1]),
        weights=np.fromiter((counts[choice] for choice in choices), np.int64, len(choices)),
    )


def profile_from_choices(
    choices: Choices,
    projects: tuple[ProjectId, ...],
    *,
    rows: Rows | None = None,
    engine: Engine = Engine.KERNELS,
) -> Profile:
    """Group ballots: all, or those of ``rows``, as often as each is named; sorted by content.

    Raises ``ValueError`` naming the row and project of a ballot that is not sound, ``IndexError``
    for a row that is not there.
    """
    match engine:
        case Engine.KERNELS:
            return _profile(grouping.grouped_choices(choices, len(projects), rows), projects)
        case Engine.TWINS:
            from talkoot.voting.tally import reference

            return profile_from_counts(reference.grouped(choices, rows, len(projects)), projects)
        case _:
            assert_never(engine)


def merged(profiles: Sequence[Profile], *, engine: Engine = Engine.KERNELS) -> Profile:
    """Add profiles of the same election, in whatever number of parts and order.

    Raises ``ValueError`` for no profile at all, for different lists of projects, or for more than
    2^63 - 1 ballots.
    """
    if len({profile.projects for profile in profiles}) != 1:
        raise ValueError("only profiles of one election can be added, and at least one")
    ballots = sum(profile.ballots for profile in profiles)
    if ballots > MOST_OF_64_BITS:
        raise ValueError(f"{ballots} ballots in all need over 63 bits")
    projects = profiles[0].projects
    match engine:
        case Engine.KERNELS:
            together = _one_after_another(profiles)
            return _profile(grouping.grouped_groups(together, len(projects)), projects)
        case Engine.TWINS:
            total: Counter[Choice] = Counter()
            for profile in profiles:
                total.update(profile.counts())
            return profile_from_counts(total, projects)
        case _:
            assert_never(engine)


def _one_after_another(profiles: Sequence[Profile]) -> grouping.Groups:
    lengths = np.concatenate([np.diff(profile.indptr) for profile in profiles])
    return grouping.Groups(
        indptr=np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64))),
        items=np.concatenate([profile.items for profile in profiles]),
        values=np.concatenate([profile.values for profile in profiles]),
        weights=np.concatenate([profile.weights for profile in profiles]),
    )


def _profile(groups: grouping.Groups, projects: tuple[ProjectId, ...]) -> Profile:
    return Profile(
        projects=projects,
        indptr=groups.indptr,
        items=groups.items,
        values=groups.values,
        weights=groups.weights,
    )
