"""Codes at rest: Argon2id over the secret part, then a MAC with a key that the database never sees.

A dump of the database without the pepper gives nothing to attack. With both, each guess at one code
costs a whole Argon2id, and there are 31^7 of them.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from argon2.low_level import Type, hash_secret_raw

from talkoot.base.bytes import Tag, mac
from talkoot.voting.roll.keys import ElectionKeys

SALT_BYTES = 16
VERIFIER_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCost:
    """What one Argon2id costs: memory in KiB, passes over it, lanes side by side.

    The standard is the least that OWASP's cheat sheet on storing passwords accepts for Argon2id.
    """

    memory_kib: int = 19 * 1024
    passes: int = 2
    lanes: int = 1


STANDARD_COST = CodeCost()


class CodeHasher:
    """Hashes codes in a few threads of its own: guesses take neither the loop nor all memory.

    Memory in use is at most ``threads`` times the cost's. Use it as an async context manager, or
    :meth:`close` it.
    """

    def __init__(self, cost: CodeCost = STANDARD_COST, *, threads: int = 2) -> None:
        self._cost = cost
        self.threads = threads
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="codes")

    async def verifier(self, keys: ElectionKeys, *, secret: str, salt: bytes) -> bytes:
        """Give the 32 bytes that are kept of a code's secret part. Raises after :meth:`close`."""
        loop = asyncio.get_running_loop()
        slow = await loop.run_in_executor(self._pool, _argon2id, secret, salt, self._cost)
        return mac(keys.code_pepper, Tag.CODE, slow)

    async def close(self) -> None:
        """Let the hashes under way end, and end the threads."""
        await asyncio.to_thread(self._pool.shutdown)

    async def __aenter__(self) -> Self:
        """Give the hasher itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        await self.close()


def _argon2id(secret: str, salt: bytes, cost: CodeCost) -> bytes:
    return hash_secret_raw(
        secret.encode("ascii"),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=VERIFIER_BYTES,
        type=Type.ID,
    )
