"""Throttles: what is counted, what is held, and that without them the guesser would go on."""

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from talkoot.base.db import Database, WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting.roll import (
    STANDARD_THROTTLES,
    Alarm,
    Code,
    ElectionKeys,
    Origin,
    SignedIn,
    SignInRefusal,
    SignInRefused,
    Throttles,
    forgotten,
    generated,
    network_of,
    sign_in,
    with_check,
)
from talkoot.voting.roll.throttle import origin_bucket, wrong_counted
from tests.voting.roll.conftest import AT, KEYS, CountingHasher, Town, a_town, an_election

HOME = Origin(network="192.0.2.0/24")
OFF = Throttles(
    selector_free=10**6,
    selector_locked_at=10**6,
    network_wrong=10**6,
    kiosk_wrong=10**6,
    breaker_wrong=10**6,
)
SELECTOR_ONLY = Throttles(network_wrong=10**6, kiosk_wrong=10**6, breaker_wrong=10**6)
WRONG = text("select wrong from roll_throttle where bucket like :like")


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


async def at_once(
    database: Database, town: Town, hasher: CountingHasher, codes: list[Code], throttles: Throttles
) -> list[SignedIn | SignInRefused]:
    async def one(code: Code) -> SignedIn | SignInRefused:
        async with database.writing() as session:
            return await sign_in(
                session,
                code,
                election_id=town.election_id,
                origin=HOME,
                keys=KEYS,
                hasher=hasher,
                at=AT,
                throttles=throttles,
            )

    return await asyncio.gather(*map(one, codes))


async def count_like(database: Database, like: str) -> int | None:
    async with database.writing() as session:
        found = (await session.execute(WRONG, {"like": like})).scalar_one_or_none()
        return None if found is None else int(found)


async def test_fifty_wrong_codes_at_once_take_fifty_attempts(
    database: Database, desk: Database, hasher: CountingHasher
) -> None:
    async with desk.writing() as session:
        town = await a_town(session, hasher, voters=1)
    hasher.hashed = 0
    rng = random.Random(9)
    codes = [guesses_at(town.codes[0].code, rng) for _ in range(50)]
    found = await at_once(database, town, hasher, codes, OFF)
    assert found == [SignInRefused(reason=SignInRefusal.UNKNOWN_CODE)] * 50
    assert hasher.hashed == 50
    for like in ("selector %", "network %", "breaker %"):
        assert await count_like(database, like) == 50


async def test_a_burst_at_one_code_gets_no_more_tries_than_a_patient_guesser(
    database: Database, desk: Database, hasher: CountingHasher
) -> None:
    """The right code comes last: by then its selector is held, and it is refused."""
    async with desk.writing() as session:
        town = await a_town(session, hasher, voters=1)
    hasher.hashed = 0
    rng = random.Random(10)
    codes = [guesses_at(town.codes[0].code, rng) for _ in range(50)]
    found = await at_once(database, town, hasher, codes, STANDARD_THROTTLES)
    assert hasher.hashed == 5
    reasons = [refused.reason for refused in found if isinstance(refused, SignInRefused)]
    assert reasons.count(SignInRefusal.UNKNOWN_CODE) == 5
    assert reasons.count(SignInRefusal.THROTTLED) == 45
    late = await at_once(database, town, hasher, [town.codes[0].code], STANDARD_THROTTLES)
    assert late == [SignInRefused(reason=SignInRefusal.THROTTLED, retry_after_s=15)]


class Meanwhile(CountingHasher):
    """While a code is hashed, 20 wrong ones of the same network are counted and committed."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database

    async def verifier(self, keys: ElectionKeys, *, secret: str, salt: bytes) -> bytes:
        """Let the others be counted first."""
        async with self.database.writing() as session:
            for _ in range(20):
                bucket = origin_bucket(HOME)
                await wrong_counted(session, bucket, window=STANDARD_THROTTLES.window, at=AT)
        return await super().verifier(keys, secret=secret, salt=salt)


@pytest.mark.parametrize(("throttles", "held"), [(STANDARD_THROTTLES, True), (OFF, False)])
async def test_a_right_code_is_held_if_its_network_was_held_while_it_was_hashed(
    database: Database,
    desk: Database,
    hasher: CountingHasher,
    throttles: Throttles,
    *,
    held: bool,
) -> None:
    """So a burst from one network, spread over many selectors, gains nothing by being quick."""
    async with desk.writing() as session:
        town = await a_town(session, hasher, voters=1)
    async with Meanwhile(database) as slow:
        (found,) = await at_once(database, town, slow, [town.codes[0].code], throttles)
    if held:
        assert found == SignInRefused(reason=SignInRefusal.THROTTLED, retry_after_s=600)
    else:
        assert isinstance(found, SignedIn)


async def test_reading_first_and_counting_after_would_lose_attempts(
    database: Database, desk: Database, hasher: CountingHasher
) -> None:
    """Negative control: the same fifty, counted by a read and a write instead of one statement."""
    async with desk.writing() as session:
        await an_election(session)
        await session.execute(
            text("insert into roll_throttle values ('naive', 0, '2026-01-01T00:00Z', null)")
        )

    async def naive() -> None:
        async with database.writing() as session:
            wrong = (await session.execute(WRONG, {"like": "naive"})).scalar_one()
            await asyncio.sleep(0)
            await session.execute(
                text("update roll_throttle set wrong = :n where bucket = 'naive'"),
                {"n": wrong + 1},
            )

    await asyncio.gather(*(naive() for _ in range(50)))
    left = await count_like(database, "naive")
    assert left is not None
    assert left < 50
    del hasher


async def test_right_codes_at_once_all_sign_in_and_leave_no_count(
    database: Database, desk: Database, hasher: CountingHasher
) -> None:
    async with desk.writing() as session:
        town = await a_town(session, hasher, voters=40)
    codes = [issued.code for issued in town.codes] + [town.codes[0].code] * 10
    found = await at_once(database, town, hasher, codes, STANDARD_THROTTLES)
    assert all(isinstance(one, SignedIn) for one in found)
    assert await count_like(database, "%") is None


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


async def test_a_count_that_another_holds_is_left_to_it(
    database: Database, desk: Database, hasher: CountingHasher
) -> None:
    async with desk.writing() as session:
        town = await a_town(session, hasher, voters=1)
    await at_once(database, town, hasher, [generated(random.Random(12).randrange)], OFF)
    later = AT + timedelta(days=400)
    async with database.writing() as holder, database.writing() as sweeper:
        await wrong_counted(holder, origin_bucket(HOME), window=OFF.window, at=AT)
        assert await forgotten(sweeper, at=later, at_most=10) == 2
    async with database.writing() as session:
        assert await forgotten(session, at=later, at_most=10) == 1


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
