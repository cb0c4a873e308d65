"""Standing ballots -> counts, and the grouped profile that the allocation rules read.

Pure: no database, clock, network, settings, randomness or logging.
"""

from talkoot.voting.tally.count import Tally, tally_of
from talkoot.voting.tally.profile import (
    Choice,
    Profile,
    choice_of,
    merged,
    profile_from_counts,
    profile_of,
)

__all__ = [
    "Choice",
    "Profile",
    "Tally",
    "choice_of",
    "merged",
    "profile_from_counts",
    "profile_of",
    "tally_of",
]
