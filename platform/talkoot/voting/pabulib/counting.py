"""From a file straight to the count: each different ballot is read once and only counted after."""

from collections import Counter
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from talkoot.base.ids import ProjectId
from talkoot.voting.allocation import AllocationProblem
from talkoot.voting.pabulib.election import PbElection, PbVoteType
from talkoot.voting.pabulib.votes import ListedVotes, Marks, VoteColumns
from talkoot.voting.tally import (
    Choice,
    Choices,
    Profile,
    profile_from_choices,
    profile_from_counts,
)

_SHORT_ITEMS = 1 << 16
_I32 = np.iinfo(np.int32)


def profile_from(pb: PbElection) -> Profile:
    """Group the file's ballots: the same profile as counting its ballots one by one."""
    projects = tuple(project.id for project in pb.projects)
    match pb.votes:
        case VoteColumns() as votes:
            choices = _choices(votes, pb.vote_type, len(projects))
            if choices is not None:
                return profile_from_choices(choices, projects, rows=votes.kinds.astype(np.int64))
        case ListedVotes():
            pass
        case _:
            assert_never(pb.votes)
    return _from_counts(pb, projects)


def _choices(votes: VoteColumns, vote_type: PbVoteType, projects: int) -> Choices | None:
    """The different ballots, marks by rising place; ``None`` where points need over 32 bits."""
    from talkoot.voting.pabulib.mark_kernels import put_in_order

    items, values = votes.items.copy(), votes.values.copy()
    put_in_order(votes.indptr, items, values, int(vote_type is PbVoteType.ORDINAL))
    if len(values) and not (values.min() >= _I32.min and values.max() <= _I32.max):
        return None
    places: NDArray[np.uint16] | NDArray[np.uint32] = (
        items.astype(np.uint16) if projects <= _SHORT_ITEMS else items.astype(np.uint32)
    )
    ones = vote_type in (PbVoteType.APPROVAL, PbVoteType.CHOOSE_1)
    return Choices(
        indptr=votes.indptr,
        items=places,
        values=None if ones else values.astype(np.int32),
    )


def _from_counts(pb: PbElection, projects: tuple[ProjectId, ...]) -> Profile:
    """The slow way, and the way of points that need over 32 bits."""
    counts: Counter[Choice] = Counter()
    for cell, number in pb.counts.items():
        counts[_choice(pb.marks[cell], pb.vote_type)] += number
    return profile_from_counts(counts, projects)


def _choice(marks: Marks, vote_type: PbVoteType) -> Choice:
    """Marks by rising place; places of a ranking become Borda points."""
    if vote_type is PbVoteType.ORDINAL:
        return tuple(sorted((place, len(marks) + 1 - rank) for place, rank in marks))
    return tuple(sorted(marks))


def problem_from(pb: PbElection) -> AllocationProblem:
    """Pose the file's problem in whole minor units, finer than cents where its money is."""
    unit = pb.minor_units
    return AllocationProblem(
        profile=profile_from(pb),
        costs=tuple(int(project.cost * unit) for project in pb.projects),
        budget=int(pb.budget * unit),
        unit=unit,
    )
