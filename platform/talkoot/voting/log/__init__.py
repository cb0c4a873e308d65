"""The log: elections and the acts upon them, append-only entries, and which entry stands."""

from talkoot.voting.log.columns import (
    ALL_KEYS,
    CHANNELS,
    KeyRange,
    LogColumns,
    StandingColumns,
    key_ranges,
    read_entries,
    read_standing,
)
from talkoot.voting.log.definition_json import definition_from, definition_json
from talkoot.voting.log.election import (
    Acceptance,
    Election,
    ElectionHead,
    ElectionState,
    TwoPersons,
    accepts,
)
from talkoot.voting.log.elections import (
    closed,
    counted,
    election_of,
    elections_of_round,
    frozen,
    head_of,
    heads_for_share,
    opened,
)
from talkoot.voting.log.entries import (
    Known,
    Submission,
    all_entries,
    append_entries,
    known_submissions,
    recorded_count,
)
from talkoot.voting.log.from_round import ElectionRules, definition_of
from talkoot.voting.log.standing import (
    Stands,
    Voter,
    claim_first_for_update,
    claim_next_for_update,
    replace_standing,
    standing_hashes,
    standing_of,
)
from talkoot.voting.log.warming import warm

__all__ = [
    "ALL_KEYS",
    "CHANNELS",
    "Acceptance",
    "Election",
    "ElectionHead",
    "ElectionRules",
    "ElectionState",
    "KeyRange",
    "Known",
    "LogColumns",
    "StandingColumns",
    "Stands",
    "Submission",
    "TwoPersons",
    "Voter",
    "accepts",
    "all_entries",
    "append_entries",
    "claim_first_for_update",
    "claim_next_for_update",
    "closed",
    "counted",
    "definition_from",
    "definition_json",
    "definition_of",
    "election_of",
    "elections_of_round",
    "frozen",
    "head_of",
    "heads_for_share",
    "key_ranges",
    "known_submissions",
    "opened",
    "read_entries",
    "read_standing",
    "recorded_count",
    "replace_standing",
    "standing_hashes",
    "standing_of",
    "warm",
]
