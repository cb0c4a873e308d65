"""Ballots that are like no other: whoever was told what to mark could be found again by them."""

from collections.abc import Mapping
from fractions import Fraction

from talkoot.base.errors import NotAllowed
from talkoot.voting.tally import Profile

MUCH = Fraction(3, 10)
"""Above this share of unique ballots two persons say in so many words that they publish them."""


def unique_ballots(profile: Profile) -> int:
    """Give how many counted ballots no other ballot equals."""
    return int((profile.weights == 1).sum())


def said_of_unique(unique: int, ballots: int, confirmed: int | None) -> Mapping[str, int]:
    """Give what the act of publishing has to say of unique ballots: nothing where they are few.

    Raises :class:`NotAllowed` where they are many and ``confirmed`` is not their number, and where
    another number was confirmed than there is.
    """
    if confirmed is not None and confirmed != unique:
        raise NotAllowed(f"{unique} ballots are like no other, and {confirmed} were confirmed")
    if share_of(unique, ballots) <= MUCH:
        return {}
    if confirmed is None:
        percent = int(100 * share_of(unique, ballots))
        raise NotAllowed(
            f"{unique} of {ballots} ballots ({percent} %) are like no other: whoever was told what"
            f" to mark can be found by them. Both who sign say so by --unique-ballots {unique}"
        )
    return {"unique_ballots": confirmed}


def share_of(unique: int, ballots: int) -> Fraction:
    """Give the share of unique ballots; of no ballots none is unique."""
    return Fraction(unique, ballots) if ballots else Fraction(0)
