"""Municipalities, their areas, and rounds whose phases follow from stored times."""

from talkoot.rounds.store import (
    municipalities,
    municipality_called,
    municipality_kept,
    municipality_of,
    picture_kept,
    picture_of,
    round_called,
    round_kept,
    round_of,
    rounds_of,
)
from talkoot.rounds.values import (
    GRACE_S,
    Area,
    Kind,
    Municipality,
    Phase,
    PhaseKind,
    Project,
    Round,
    phase_at,
    phase_of,
)

__all__ = [
    "GRACE_S",
    "Area",
    "Kind",
    "Municipality",
    "Phase",
    "PhaseKind",
    "Project",
    "Round",
    "municipalities",
    "municipality_called",
    "municipality_kept",
    "municipality_of",
    "phase_at",
    "phase_of",
    "picture_kept",
    "picture_of",
    "round_called",
    "round_kept",
    "round_of",
    "rounds_of",
]
