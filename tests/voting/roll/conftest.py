"""An election with voters whose codes are known, and a hasher cheap enough for thousands."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest_asyncio
from sqlalchemy import text

from talkoot.base.db import WriteSession
from talkoot.base.i18n import Language
from talkoot.base.ids import AreaCode, ElectionId
from talkoot.voting.roll import (
    BatchId,
    CodeCost,
    CodeHasher,
    ElectionKeys,
    IssuedCode,
    activate,
    import_roll,
    issue_codes,
)

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AREAS = (AreaCode("north"), AreaCode("south"))
KEYS = ElectionKeys(pseudonym=bytes(range(32)), code_pepper=bytes(range(32, 64)))
CHEAP = CodeCost(memory_kib=8, passes=1)

_MUNICIPALITY = text(
    "insert into municipality (id, slug, name, intro, contact, timezone, country)"
    " values (:id, :slug, '{}', '{}', '{}', 'Europe/Helsinki', 'Finland')"
)
_ROUND = text(
    "insert into round (id, municipality_id, slug, kind, title, theme, intro, rules, grace_s,"
    " options) values (:id, :municipality, 'one', 'budget', '{}', '{}', '{}', '[]', 300, '{}')"
)
_ELECTION = text(
    "insert into election (id, round_id, state, opens_at, closes_at, grace_s, definition,"
    " definition_hash, share_lock) values (:id, :round, 'open', now(), now(), 300, '{}',"
    " decode(repeat('00', 32), 'hex'), 0)"
)


class CountingHasher(CodeHasher):
    """Counts how many codes were hashed: what an answer costs, without a clock."""

    def __init__(self, cost: CodeCost = CHEAP) -> None:
        super().__init__(cost)
        self.hashed = 0

    async def verifier(self, keys: ElectionKeys, *, secret: str, salt: bytes) -> bytes:
        """Count, and hash."""
        self.hashed += 1
        return await super().verifier(keys, secret=secret, salt=salt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """An election whose voters have codes, all of them known to the test."""

    election_id: ElectionId
    batch_id: BatchId
    codes: tuple[IssuedCode, ...]


async def an_election(session: WriteSession) -> ElectionId:
    """Insert an election and what it stands on."""
    municipality, round_, election = uuid4(), uuid4(), uuid4()
    await session.execute(_MUNICIPALITY, {"id": municipality, "slug": f"town-{municipality}"})
    await session.execute(_ROUND, {"id": round_, "municipality": municipality})
    await session.execute(_ELECTION, {"id": election, "round": round_})
    return ElectionId(election)


def roll_of(voters: int) -> bytes:
    """Give a roll file with so many voters, in all areas and languages."""
    languages = list(Language)
    rows = (
        f"V{n:06};{1930 + n % 80};{AREAS[n % 2]};{languages[n % 4]}" for n in range(1, voters + 1)
    )
    return "\n".join(("anchor;birth_year;area;language", *rows, "")).encode()


async def a_town(session: WriteSession, hasher: CodeHasher, *, voters: int) -> Town:
    """Insert an election, so many voters, and active codes for them all."""
    election_id = await an_election(session)
    report = await import_roll(
        session, roll_of(voters), election_id=election_id, areas=AREAS, at=AT
    )
    assert report.added == voters
    batch = await issue_codes(
        session, election_id=election_id, keys=KEYS, hasher=hasher, by="Anna", at=AT
    )
    await activate(session, batch.id, by="Bertta", at=AT)
    return Town(election_id=election_id, batch_id=batch.id, codes=batch.codes)


@pytest_asyncio.fixture
async def hasher() -> AsyncIterator[CountingHasher]:
    """A cheap hasher that counts."""
    async with CountingHasher() as cheap:
        yield cheap
