"""Codes at rest: Argon2id as published, a pepper, and threads that end."""

import asyncio
import hashlib
import hmac

import pytest
from argon2.low_level import Type, hash_secret_raw

from talkoot.base.bytes import Tag, pre
from talkoot.voting.roll import STANDARD_COST, CodeCost, CodeHasher, ElectionKeys
from tests.voting.roll.conftest import CHEAP, KEYS


async def test_the_standard_is_19_mib_2_passes_1_lane_then_the_pepper() -> None:
    assert CodeCost(memory_kib=19456, passes=2, lanes=1) == STANDARD_COST
    slow = hash_secret_raw(b"6789ABCDE", bytes(16), 2, 19456, 1, 32, Type.ID)
    expected = hmac.new(KEYS.code_pepper, pre(Tag.CODE, slow), hashlib.sha256).digest()
    async with CodeHasher() as hasher:
        assert await hasher.verifier(KEYS, secret="6789ABCDE", salt=bytes(16)) == expected  # noqa: S106 - made up


async def test_salt_pepper_cost_and_secret_each_change_the_hash() -> None:
    other = ElectionKeys(pseudonym=KEYS.pseudonym, code_pepper=bytes(32))
    async with CodeHasher(CHEAP) as cheap, CodeHasher(CodeCost(memory_kib=8, passes=2)) as dear:
        found = {
            await cheap.verifier(KEYS, secret="6789ABCDE", salt=bytes(16)),  # noqa: S106 - made up
            await cheap.verifier(KEYS, secret="6789ABCDF", salt=bytes(16)),  # noqa: S106 - made up
            await cheap.verifier(KEYS, secret="6789ABCDE", salt=b"\1" * 16),  # noqa: S106 - made up
            await cheap.verifier(other, secret="6789ABCDE", salt=bytes(16)),  # noqa: S106 - made up
            await dear.verifier(KEYS, secret="6789ABCDE", salt=bytes(16)),  # noqa: S106 - made up
        }
    assert len(found) == 5


async def test_however_many_ask_at_once_few_threads_hash() -> None:
    async with CodeHasher(CHEAP, threads=2) as hasher:
        asked = (hasher.verifier(KEYS, secret=str(n), salt=bytes(16)) for n in range(100))
        assert len(set(await asyncio.gather(*asked))) == 100
        assert len(hasher._pool._threads) == 2


async def test_a_closed_hasher_hashes_no_more() -> None:
    hasher = CodeHasher(CHEAP)
    await hasher.verifier(KEYS, secret="2", salt=bytes(16))  # noqa: S106 - made up
    threads = hasher._pool._threads
    await hasher.close()
    assert not any(thread.is_alive() for thread in threads)
    with pytest.raises(RuntimeError, match="shutdown"):
        await hasher.verifier(KEYS, secret="2", salt=bytes(16))  # noqa: S106 - made up
