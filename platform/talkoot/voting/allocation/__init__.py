"""Counts, costs and a budget -> funded projects, each step explained. Every decision is exact.

Pure: no database, clock, network, settings, randomness or logging.
"""

from talkoot.voting.allocation.outcome import Allocation, Fate, FateKind, Phase, Round
from talkoot.voting.allocation.problem import AllocationProblem, PotBudget, problem_of
from talkoot.voting.allocation.rule import NoSuchRule, allocated

__all__ = [
    "Allocation",
    "AllocationProblem",
    "Fate",
    "FateKind",
    "NoSuchRule",
    "Phase",
    "PotBudget",
    "Round",
    "allocated",
    "problem_of",
]
