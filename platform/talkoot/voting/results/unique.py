"""Ballots that are like no other: whoever was told what to mark could be found again by them."""

from fractions import Fraction

from talkoot.voting.tally import Profile

MUCH = Fraction(3, 10)
"""Above this share of unique ballots two persons say in so many words that they publish them."""


def unique_ballots(profile: Profile) -> int:
    """Give how many counted ballots no other ballot equals."""
    return int((profile.weights == 1).sum())


def share_of(unique: int, ballots: int) -> Fraction:
    """Give the share of unique ballots; of no ballots none is unique."""
    return Fraction(unique, ballots) if ballots else Fraction(0)
