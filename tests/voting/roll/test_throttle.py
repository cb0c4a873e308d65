"""Throttles: what is counted, what is held, and that without them the guesser would go on."""

import random
from datetime import timedelta

import pytest

from talkoot.base.db import WriteSession
from talkoot.base.networks import network_of
from talkoot.voting.roll import (
    Alarm,
    Code,
    Origin,
    SignedIn,
    SignInRefusal,
    SignInRefused,
    Throttles,
    forgotten,
    generated,
)
from tests.voting.roll.conftest import AT, CountingHasher, a_town
from tests.voting.roll.guesser import OFF, Guesser, a_guesser, guesses_at, unknown

SELECTOR_ONLY = Throttles(network_wrong=10**6, kiosk_wrong=10**6, breaker_wrong=10**6)


async def test_five_wrong_codes_hold_a_selector_for_15_s_doubling_until_it_locks(
    session: WriteSession, hasher: CountingHasher
) -> None:
    guesser, town = await a_guesser(session, hasher, SELECTOR_ONLY)
    code, rng = town.codes[0].code, random.Random(1)
    waits = []
    for _ in range(5):
        assert unknown(await guesser.refused(guesses_at(code, rng)))
    for _ in range(10):
        held = await guesser.refused(code)  # a right code is held like any other
        assert held.reason is SignInRefusal.THROTTLED
        assert held.retry_after_s is not None
        waits.append(held.retry_after_s)
        early = await guesser.refused(code, after=timedelta(seconds=held.retry_after_s - 1))
        assert early.retry_after_s == 1
        assert unknown(await guesser.refused(guesses_at(code, rng), after=timedelta(seconds=1)))
    assert waits == [15 * 2**n for n in range(10)]
    assert hasher.hashed == 15
    for days in (0, 1, 30, 300):
        locked = await guesser.refused(code, after=timedelta(days=days))
        assert (locked.reason, locked.retry_after_s) == (SignInRefusal.LOCKED, None)
    assert hasher.hashed == 15


async def test_without_the_throttle_every_guess_at_a_code_is_tried(
    session: WriteSession, hasher: CountingHasher
) -> None:
    """Negative control of the test above."""
    guesser, town = await a_guesser(session, hasher, OFF)
    rng = random.Random(1)
    for _ in range(40):
        assert unknown(await guesser.refused(guesses_at(town.codes[0].code, rng)))
    assert isinstance(await guesser.tries(town.codes[0].code), SignedIn)
    assert hasher.hashed == 41


async def test_a_selector_is_held_whether_or_not_anyone_has_it(
    session: WriteSession, hasher: CountingHasher
) -> None:
    """So that being held tells nothing about which selectors exist."""
    guesser, _ = await a_guesser(session, hasher, SELECTOR_ONLY)
    rng = random.Random(2)
    nobodys = Code("ZZZZZ")
    found = [await guesser.refused(guesses_at(nobodys, rng)) for _ in range(6)]
    assert [unknown(refused) for refused in found] == [True] * 5 + [False]


async def test_a_right_code_after_some_wrong_ones_starts_the_count_anew(
    session: WriteSession, hasher: CountingHasher
) -> None:
    guesser, town = await a_guesser(session, hasher, SELECTOR_ONLY)
    code, rng = town.codes[0].code, random.Random(3)
    for _ in range(6):
        for _ in range(4):
            assert unknown(await guesser.refused(guesses_at(code, rng)))
        assert isinstance(await guesser.tries(code), SignedIn)


@pytest.mark.parametrize(("kiosk", "limit"), [(None, 20), ("library-1", 10)])
async def test_a_network_and_a_kiosk_are_held_until_their_window_ends(
    session: WriteSession, hasher: CountingHasher, kiosk: str | None, limit: int
) -> None:
    guesser, town = await a_guesser(session, hasher)
    guesser.origin = Origin(network="192.0.2.0/24", kiosk=kiosk)
    code, rng = town.codes[0].code, random.Random(4)
    for _ in range(limit):
        assert unknown(await guesser.refused(generated(rng.randrange)))
    held = await guesser.refused(code, after=timedelta(minutes=4))
    assert (held.reason, held.retry_after_s) == (SignInRefusal.THROTTLED, 6 * 60)
    assert hasher.hashed == limit
    elsewhere = Guesser(session, hasher, town.election_id, origin=Origin(network="198.51.100.0/24"))
    assert isinstance(await elsewhere.tries(code), SignedIn)
    assert isinstance(await guesser.tries(code, after=timedelta(minutes=6)), SignedIn)


async def test_a_kiosk_is_not_held_for_what_its_network_did(
    session: WriteSession, hasher: CountingHasher
) -> None:
    guesser, town = await a_guesser(session, hasher)
    rng = random.Random(5)
    for _ in range(20):
        await guesser.refused(generated(rng.randrange))
    guesser.origin = Origin(network=guesser.origin.network, kiosk="library-1")
    assert isinstance(await guesser.tries(town.codes[0].code), SignedIn)


async def test_the_breaker_raises_the_alarm_once_and_slows_the_web_but_no_kiosk(
    session: WriteSession, hasher: CountingHasher
) -> None:
    guesser, town = await a_guesser(session, hasher, Throttles(breaker_wrong=30))
    code, rng = town.codes[0].code, random.Random(6)
    alarms = []
    for n in range(40):
        guesser.origin = Origin(network=f"net-{n}")
        refused = await guesser.refused(generated(rng.randrange))
        alarms.append(refused.alarm)
        assert refused.delay_s == (1 if n >= 30 else 0)
    assert alarms == [Alarm.QUIET] * 30 + [Alarm.RAISED] + [Alarm.RINGING] * 9
    slow = await guesser.tries(code)
    guesser.origin = Origin(network="net-0", kiosk="library-1")
    at_kiosk = await guesser.tries(code)
    wrong_at_kiosk = await guesser.refused(generated(rng.randrange))
    assert isinstance(slow, SignedIn)
    assert isinstance(at_kiosk, SignedIn)
    assert (slow.delay_s, at_kiosk.delay_s, wrong_at_kiosk.delay_s) == (1, 0, 0)
    guesser.origin = Origin(network="net-50")
    calm = await guesser.tries(code, after=timedelta(hours=1))
    assert isinstance(calm, SignedIn)
    assert calm.delay_s == 0


async def botnet(
    guesser: Guesser, *, networks: int, guesses: int, rng: random.Random
) -> list[SignInRefused]:
    """Well-formed random codes from all networks in turn, 100 a second."""
    found = []
    for n in range(guesses):
        guesser.origin = Origin(network=f"net-{n % networks}")
        code = generated(rng.randrange)
        found.append(await guesser.refused(code, after=timedelta(milliseconds=10)))
    return found


def tripped_after(found: list[SignInRefused]) -> timedelta | None:
    raised = [n for n, refused in enumerate(found) if refused.alarm is Alarm.RAISED]
    assert len(raised) <= 1
    return timedelta(milliseconds=10) * (raised[0] + 1) if raised else None


async def test_a_botnet_trips_the_breaker_and_is_held_by_network(
    session: WriteSession, hasher: CountingHasher
) -> None:
    guesser, town = await a_guesser(session, hasher, Throttles(breaker_wrong=100))
    found = await botnet(guesser, networks=10, guesses=600, rng=random.Random(7))
    assert hasher.hashed == 10 * 20
    after = tripped_after(found)
    assert after is not None
    assert after < timedelta(minutes=5)
    guesser.origin = Origin(network="a real voter's")
    assert isinstance(await guesser.tries(town.codes[0].code), SignedIn)


async def test_without_throttles_a_botnet_has_every_guess_tried_and_no_one_is_told(
    session: WriteSession, hasher: CountingHasher
) -> None:
    """Negative control of the test above."""
    guesser, _ = await a_guesser(session, hasher, OFF)
    found = await botnet(guesser, networks=10, guesses=600, rng=random.Random(7))
    assert hasher.hashed == 600
    assert tripped_after(found) is None


@pytest.mark.full
async def test_a_botnet_of_2000_networks_trips_the_breaker_within_five_minutes(
    session: WriteSession, hasher: CountingHasher
) -> None:
    """T3 with the standard throttles: 50,000 guesses; every 500th try is a real voter's."""
    town = await a_town(session, hasher, voters=100)
    guesser = Guesser(session, hasher, town.election_id)
    rng, found, voted = random.Random(8), [], 0
    for n, issued in enumerate(town.codes):
        found += await botnet(guesser, networks=2000, guesses=500, rng=rng)
        guesser.origin = Origin(network=f"home-{n}")
        voted += isinstance(await guesser.tries(issued.code), SignedIn)
    after = tripped_after(found)
    assert after is not None
    assert after < timedelta(minutes=5)
    assert hasher.hashed <= 2000 * 20 + len(town.codes) * 2
    assert voted >= 99


async def test_counts_whose_time_is_over_are_forgotten(
    session: WriteSession, hasher: CountingHasher
) -> None:
    guesser, _ = await a_guesser(session, hasher)
    rng = random.Random(11)
    await guesser.refused(generated(rng.randrange))  # a selector, a network, the breaker
    assert await forgotten(session, at=AT, at_most=10) == 0
    assert await forgotten(session, at=AT + timedelta(minutes=10), at_most=10) == 1
    assert await forgotten(session, at=AT + timedelta(hours=1), at_most=10) == 1
    assert await forgotten(session, at=AT + timedelta(days=366), at_most=10) == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        ("", "unknown"),
        ("192.0.2.77, 198.51.100.1", "unknown"),
    ],
)
def test_an_address_counts_for_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
