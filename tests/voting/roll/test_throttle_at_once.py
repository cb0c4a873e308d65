"""Throttles where many try at once: no attempt is lost, and none gains by being quick."""

import asyncio
import random
from datetime import timedelta

import pytest
from sqlalchemy import text

from talkoot.base.db import Database
from talkoot.voting.roll import (
    STANDARD_THROTTLES,
    Code,
    ElectionKeys,
    SignedIn,
    SignInRefusal,
    SignInRefused,
    Throttles,
    forgotten,
    generated,
    sign_in,
)
from talkoot.voting.roll.throttle import origin_bucket, wrong_counted
from tests.voting.roll.conftest import AT, KEYS, CountingHasher, Town, a_town, an_election
from tests.voting.roll.guesser import HOME, OFF, guesses_at

WRONG = text("select wrong from roll_throttle where bucket like :like")


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


async def test_t7_fifty_wrong_codes_at_once_take_fifty_attempts(
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


async def test_t7_reading_first_and_counting_after_would_lose_attempts(
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
