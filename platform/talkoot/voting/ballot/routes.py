"""By what a voter is let in, and where: published before voting, and checked before the freeze.

A route is a credential shown on a channel. It leads to an *anchor*: what the person is known by.
One person has one ballot only where all routes lead to the same anchor; and somebody who can merely
read a mailbox, or is asked nothing, is no known person at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from talkoot.voting.ballot.rules import Channel


class Purpose(StrEnum):
    """What an election may be taken for. It is said on every page and in every file."""

    BINDING = "binding"
    """One person, one ballot, and only of who is on the roll."""
    UNVERIFIED_POLL = "unverified-poll"
    """Nobody checks who answers, or how often."""

    @property
    def label(self) -> str:
        """As files say it, in English; empty for what needs no warning."""
        return "unverified poll" if self is Purpose.UNVERIFIED_POLL else ""


class Credential(StrEnum):
    """What a voter shows."""

    CODE = "code"
    """A one-time code from a letter."""
    CARD = "card"
    """A library card and its PIN."""
    STRONG = "strong"
    """Strong electronic identification."""
    MAIL = "mail"
    """A link sent to a mailbox: a contact, which says nothing about who reads it."""
    OPEN = "open"
    """Nothing."""


class Anchor(StrEnum):
    """What a credential is mapped to before there is a voter key."""

    REGISTER_ROW = "register-row"
    FINNISH_IDENTITY_CODE = "fi-hetu"
    LIBRARY_PATRON = "ils-patron"
    MAIL_ADDRESS = "mail-address"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A credential that is taken on a channel, and the anchor that it is mapped to."""

    credential: Credential
    channel: Channel
    anchor: Anchor

    @property
    def words(self) -> str:
        """Name it in a sentence."""
        return f"{self.credential} on {self.channel}"


LETTER_ROUTES = (
    Route(credential=Credential.CODE, channel=Channel.WEB, anchor=Anchor.REGISTER_ROW),
    Route(credential=Credential.CODE, channel=Channel.KIOSK, anchor=Anchor.REGISTER_ROW),
)
"""Codes by letter, to persons on the roll: what holds where a definition names no routes."""
PROVES_NOBODY = frozenset({Credential.MAIL, Credential.OPEN})
KNOWS_NOBODY = frozenset({Anchor.MAIL_ADDRESS, Anchor.NOTHING})


def why_not_binding(routes: Sequence[Route]) -> tuple[str, ...]:
    """Give every reason why an election with these routes cannot bind anybody; none: it can.

    Each route by which nobody is known is named, and of the others each pair that does not lead to
    the same anchor: whoever has both could vote twice.
    """
    reasons = []
    known = []
    for route in routes:
        if route.credential in PROVES_NOBODY:
            reasons.append(f"{route.words} proves nobody's right to vote")
        elif route.anchor in KNOWS_NOBODY:
            reasons.append(f"{route.words} leads to {route.anchor}, which is no person on a roll")
        else:
            known.append(route)
    for one, other in combinations(known, 2):
        if one.anchor is not other.anchor:
            reasons.append(
                f"{one.words} and {other.words} have no common anchor:"
                f" {one.anchor} is not {other.anchor}"
            )
    return tuple(reasons)
