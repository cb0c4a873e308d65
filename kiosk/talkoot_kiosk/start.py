"""What a kiosk checks before it lets anybody vote."""

from talkoot.base.bytes import Digest
from talkoot.voting.ballot import BallotDefinition


class WrongBallot(Exception):
    """The ballot on this kiosk is not the one that was issued to it: it must not start."""


def issued_ballot(definition: BallotDefinition, issued: Digest) -> BallotDefinition:
    """Give the ballot to show, if its hash is the one that the election issued.

    People compare the first symbols of that hash on the screen. Raises :class:`WrongBallot`.
    """
    if definition.hash != issued:
        shown, wanted = definition.short_hash, issued.hex()[: len(definition.short_hash)]
        raise WrongBallot(f"this kiosk holds the ballot {shown}, and {wanted} was issued")
    return definition
