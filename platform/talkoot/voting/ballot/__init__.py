"""The ballot: its frozen definition, what may be marked on it, and the bytes of what was marked.

Pure: no database, clock, network, settings, randomness or logging.
"""

from talkoot.voting.ballot.ballot import (
    Ballot,
    Mark,
    NotCanonical,
    ballot_bytes,
    ballot_from,
    in_canonical_order,
    padded_length,
)
from talkoot.voting.ballot.definition import BallotDefinition, Limits, Pot, ProjectOnBallot
from talkoot.voting.ballot.entry import Entry, receipt_number
from talkoot.voting.ballot.rules import (
    DEFAULT_RANKS,
    AllocationRule,
    Channel,
    ChannelRank,
    Comparison,
    Completion,
    Endowment,
    Fit,
    Leftover,
    Method,
    Recast,
    Rule,
    Stop,
    TieRule,
    VoteType,
)
from talkoot.voting.ballot.validation import Fault, FaultKind, checked

__all__ = [
    "DEFAULT_RANKS",
    "AllocationRule",
    "Ballot",
    "BallotDefinition",
    "Channel",
    "ChannelRank",
    "Comparison",
    "Completion",
    "Endowment",
    "Entry",
    "Fault",
    "FaultKind",
    "Fit",
    "Leftover",
    "Limits",
    "Mark",
    "Method",
    "NotCanonical",
    "Pot",
    "ProjectOnBallot",
    "Recast",
    "Rule",
    "Stop",
    "TieRule",
    "VoteType",
    "ballot_bytes",
    "ballot_from",
    "checked",
    "in_canonical_order",
    "padded_length",
    "receipt_number",
]
