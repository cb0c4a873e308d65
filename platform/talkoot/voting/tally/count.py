"""The counts that are published: how many ballots name a project, and its sum of values."""

from dataclasses import dataclass

import numpy as np

from talkoot.base.ids import ProjectId
from talkoot.voting.tally.choices import I64, MOST_OF_64_BITS
from talkoot.voting.tally.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Per project in listed order: ``votes`` (ballots naming it) and ``score`` (sum of values).

    For approvals both are the same; for points and scores the score is their sum; for rankings it
    is the Borda sum, where the first of l ranked projects gets l and the last 1. ``ballots`` counts
    all ballots, empty ones included.
    """

    projects: tuple[ProjectId, ...]
    votes: tuple[int, ...]
    score: tuple[int, ...]
    ballots: int


def tally_of(profile: Profile) -> Tally:
    """Count a profile. Raises ``ValueError`` naming the project whose score needs over 63 bits."""
    _refuse_overflow(profile)
    per_mark = np.repeat(profile.weights, np.diff(profile.indptr))
    return Tally(
        projects=profile.projects,
        votes=_summed(profile, per_mark),
        score=_summed(profile, per_mark * profile.values),
        ballots=profile.ballots,
    )


def _summed(profile: Profile, amounts: I64) -> tuple[int, ...]:
    total = np.zeros(len(profile.projects), dtype=np.int64)
    np.add.at(total, profile.items, amounts)
    return tuple(total.tolist())


def _refuse_overflow(profile: Profile) -> None:
    """Look at each project's score only where the greatest value of all could be too much."""
    sizes = [int(profile.values.min()), int(profile.values.max())] if len(profile.values) else [0]
    if max(map(abs, sizes)) * profile.ballots <= MOST_OF_64_BITS:
        return
    totals = [0] * len(profile.projects)
    for choice, number in profile.counts().items():
        for place, value in choice:
            totals[place] += abs(value) * number
    for name, total in zip(profile.projects, totals, strict=True):
        if total > MOST_OF_64_BITS:
            raise ValueError(f"project {name}: a score of {total} needs over 63 bits")
