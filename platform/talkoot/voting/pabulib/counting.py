"""From a file straight to the count: each different ballot is read once and only counted after."""

from collections import Counter

from talkoot.voting.allocation import AllocationProblem
from talkoot.voting.pabulib.election import Marks, PbElection, PbVoteType
from talkoot.voting.tally import Choice, Profile, profile_from_counts


def profile_from(pb: PbElection) -> Profile:
    """Group the file's ballots: the same profile as counting its ballots one by one."""
    counts: Counter[Choice] = Counter()
    for cell, number in pb.counts.items():
        counts[_choice(pb.marks[cell], pb.vote_type)] += number
    return profile_from_counts(counts, tuple(project.id for project in pb.projects))


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
