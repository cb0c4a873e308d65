"""Standing ballots -> counts, and the grouped profile that the allocation rules read.

Pure: no database, clock, network, settings, randomness or logging.
"""

from talkoot.voting.tally.choices import Choice, Choices, choices_from
from talkoot.voting.tally.columns import KeyCounts, tally_columns
from talkoot.voting.tally.count import Tally, tally_of
from talkoot.voting.tally.opened import Opened, opened
from talkoot.voting.tally.profile import (
    Profile,
    choice_of,
    merged,
    profile_from_choices,
    profile_from_counts,
    profile_of,
)
from talkoot.voting.tally.warming import warm

__all__ = [
    "Choice",
    "Choices",
    "KeyCounts",
    "Opened",
    "Profile",
    "Tally",
    "choice_of",
    "choices_from",
    "merged",
    "opened",
    "profile_from_choices",
    "profile_from_counts",
    "profile_of",
    "tally_columns",
    "tally_of",
    "warm",
]
