"""Somebody who tries codes, and the throttles that are off for the comparison."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from talkoot.base.db import WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting.roll import (
    STANDARD_THROTTLES,
    Code,
    Origin,
    SignedIn,
    SignInRefusal,
    SignInRefused,
    Throttles,
    generated,
    sign_in,
    with_check,
)
from tests.voting.roll.conftest import AT, KEYS, CountingHasher, Town, a_town

HOME = Origin(network="192.0.2.0/24")
OFF = Throttles(
    selector_free=10**6,
    selector_locked_at=10**6,
    network_wrong=10**6,
    kiosk_wrong=10**6,
    breaker_wrong=10**6,
)


@dataclass(slots=True)
class Guesser:
    """Tries codes of one election and lets time pass between them."""

    session: WriteSession
    hasher: CountingHasher
    election_id: ElectionId
    throttles: Throttles = STANDARD_THROTTLES
    origin: Origin = HOME
    at: datetime = AT

    async def tries(
        self, code: str, *, after: timedelta = timedelta(0)
    ) -> SignedIn | SignInRefused:
        self.at += after
        return await sign_in(
            self.session,
            code,
            election_id=self.election_id,
            origin=self.origin,
            keys=KEYS,
            hasher=self.hasher,
            at=self.at,
            throttles=self.throttles,
        )

    async def refused(self, code: str, *, after: timedelta = timedelta(0)) -> SignInRefused:
        found = await self.tries(code, after=after)
        assert isinstance(found, SignInRefused)
        return found


def guesses_at(code: Code, rng: random.Random) -> Code:
    """A well-formed code with the same selector and a random rest."""
    drawn = code[:5] + generated(rng.randrange)[5:12]
    return Code(with_check(drawn))


def unknown(refused: SignInRefused) -> bool:
    return refused.reason is SignInRefusal.UNKNOWN_CODE


async def a_guesser(
    session: WriteSession, hasher: CountingHasher, throttles: Throttles = STANDARD_THROTTLES
) -> tuple[Guesser, Town]:
    town = await a_town(session, hasher, voters=1)
    hasher.hashed = 0
    return Guesser(session, hasher, town.election_id, throttles), town
