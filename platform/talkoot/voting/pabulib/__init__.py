"""Pabulib ``.pb`` files: read with line numbers in every complaint, counted, imported, written.

Pure: no database, clock, network, settings, randomness or logging.
"""

from talkoot.voting.pabulib.ballots import (
    LimitRefusal,
    ballots_from,
    definition_from,
    refused_by_limits,
)
from talkoot.voting.pabulib.counting import problem_from, profile_from
from talkoot.voting.pabulib.election import PbElection, PbProject, PbVoteType, Remark
from talkoot.voting.pabulib.reader import read_pb
from talkoot.voting.pabulib.rules import EXCLUSIVE, rule_from, rule_words
from talkoot.voting.pabulib.votes import PbVotes
from talkoot.voting.pabulib.warming import warm
from talkoot.voting.pabulib.writer import PbHead, pb_text

__all__ = [
    "EXCLUSIVE",
    "LimitRefusal",
    "PbElection",
    "PbHead",
    "PbProject",
    "PbVoteType",
    "PbVotes",
    "Remark",
    "ballots_from",
    "definition_from",
    "pb_text",
    "problem_from",
    "profile_from",
    "read_pb",
    "refused_by_limits",
    "rule_from",
    "rule_words",
    "warm",
]
