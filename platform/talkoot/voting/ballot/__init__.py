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
from talkoot.voting.ballot.definition import BallotDefinition, Limits, ProjectOnBallot
from talkoot.voting.ballot.entry import Entry, receipt_number
from talkoot.voting.ballot.rules import (
    DEFAULT_RANKS,
    AllocationRule,
    Channel,
    ChannelRank,
    Completion,
    Endowment,
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
    "Completion",
    "Endowment",
    "Entry",
    "Fault",
    "FaultKind",
    "Limits",
    "Mark",
    "Method",
    "NotCanonical",
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
