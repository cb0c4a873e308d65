"""The counts that are published: how many ballots name a project, and its sum of values."""

from dataclasses import dataclass

import numpy as np

from talkoot.base.ids import ProjectId
from talkoot.voting.tally.choices import I64
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
    """Count a profile."""
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
