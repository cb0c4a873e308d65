"""Counts, costs and a budget -> funded projects, each step explained. Every decision is exact.

Pure: no database, clock, network, settings, randomness or logging.
"""

from talkoot.voting.allocation.decision import Decision, decided
from talkoot.voting.allocation.outcome import (
    Allocation,
    Compared,
    Fate,
    FateKind,
    Phase,
    PotOutcome,
    Round,
    TieBy,
)
from talkoot.voting.allocation.problem import AllocationProblem, PotBudget, problem_of
from talkoot.voting.allocation.rule import NoSuchRule, allocated
from talkoot.voting.allocation.warming import warm

__all__ = [
    "Allocation",
    "AllocationProblem",
    "Compared",
    "Decision",
    "Fate",
    "FateKind",
    "NoSuchRule",
    "Phase",
    "PotBudget",
    "PotOutcome",
    "Round",
    "TieBy",
    "allocated",
    "decided",
    "problem_of",
    "warm",
]
