"""Made entries by the hundred thousand, copied into PostgreSQL as fast as it takes them.

Their hashes come from ``hashlib``, and the standing table is filled beside the log as the door
would have done: of a voter's two entries the one of the second round stands.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from uuid import UUID

import asyncpg
import numpy as np
import numpy.typing as npt

from talkoot.base.bytes import Tag, bs, pre, u32, u64
from talkoot.base.db import WriteSession
from talkoot.base.i18n import text_from
from talkoot.base.ids import ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    BallotDefinition,
    Channel,
    Limits,
    ProjectOnBallot,
    Recast,
    Rule,
    VoteType,
    padded_length,
)
from talkoot.voting.log import POSITION_BYTES, Election

U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]
Seal = Callable[[U8], U8]
"""Ballots' bytes, uint8 (n, length), to sealed ballots."""

AGAIN = 20
"""One entry in so many is a second ballot of a voter, which replaces the first."""
AT_ONCE = 50_000
"""Entries made at a time: about 40 MB."""
CHANNELS = (Channel.WEB, Channel.KIOSK, Channel.PAPER)
SHARES = (0.8, 0.15, 0.05)
"""How many of the entries came by each channel."""

_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_ENTRY = [
    "election_id", "submission_id", "voter_key", "definition_hash", "channel", "rank", "round",
    "beacon", "what", "entry_hash",
]  # fmt: skip
_STANDING = ["election_id", "voter_key", "entry_hash", "rank", "round", "beacon", "casts"]


def a_large_definition(
    *,
    projects: int = 50,
    choices: int = 5,
    rule: AllocationRule | None = None,
    election_id: UUID | None = None,
) -> BallotDefinition:
    """An election by approval: each voter chooses up to so many of so many projects."""
    return BallotDefinition(
        election_id=ElectionId(election_id or UUID(int=77)),
        title=text_from("Suuri"),
        vote_type=VoteType.APPROVAL,
        limits=Limits(max_choices=choices),
        projects=tuple(
            ProjectOnBallot(
                id=ProjectId(str(n)),
                name=text_from(f"No {n}"),
                cost=Cents(5_000_00 + 1_000_00 * (n * 7 % 40)),
            )
            for n in range(1, projects + 1)
        ),
        areas=(),
        budget=Cents(200_000_00),
        currency="EUR",
        allocation=rule or AllocationRule(rule=Rule.GREEDY),
        recast=Recast.LAST_COUNTS,
        ranks=DEFAULT_RANKS,
    )


async def entries_copied(
    session: WriteSession, election: Election, n: int, seed: int, *, seal: Seal | None = None
) -> I64:
    """Copy ``n`` made entries into the log, and what stands into its table.

    The election is by approval. One entry in :data:`AGAIN` is a second ballot of its voter. Gives
    the votes that should be counted, int64 (projects,).
    """
    made = _Made(election.definition, n, seed, seal)
    raw = await (await session.connection()).get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    await driver.copy_to_table(
        "entry",
        columns=_ENTRY if seal is None else [*_ENTRY, "position"],
        format="binary",
        source=_streamed(made.entries()),
        timeout=600,
    )
    await driver.copy_to_table(
        "standing", columns=_STANDING, format="binary", source=_streamed(made.standing()),
        timeout=600,
    )  # fmt: skip
    return made.votes


async def _streamed(rows: Iterator[U8]) -> AsyncIterator[bytes]:
    yield _BEGIN
    for some in rows:
        yield some.tobytes()
    yield _END


class _Made:
    """Entries in rows of bytes; which of them stand is known when all have been made."""

    def __init__(
        self, definition: BallotDefinition, n: int, seed: int, seal: Seal | None = None
    ) -> None:
        self.seal = seal
        assert definition.vote_type is VoteType.APPROVAL
        self.definition = definition
        self.random = np.random.default_rng(seed)
        self.voters = n - n // AGAIN
        self.keys = self.random.integers(0, 256, (self.voters, 16), dtype=np.uint8)
        self.hashes = np.empty((n, 32), dtype=np.uint8)
        self.votes = np.zeros(len(definition.projects), dtype=np.int64)
        self.n = n

    def entries(self) -> Iterator[U8]:
        """Rows of the log: first every voter's first ballot, then the second ones."""
        for start in range(0, self.n, AT_ONCE):
            rows = np.arange(start, min(start + AT_ONCE, self.n))
            channel = self.random.choice(len(CHANNELS), len(rows), p=SHARES)
            for number, word in enumerate(CHANNELS):
                if np.any(channel == number):
                    yield self._entries(rows[channel == number], word)

    def _entries(self, rows: I64, channel: Channel) -> U8:
        definition, many = self.definition, len(rows)
        submission = self.random.integers(0, 256, (many, 16), dtype=np.uint8)
        turn = 1 + (rows >= self.voters)
        fields = [
            _same(definition.election_id.bytes, many),
            submission,
            self.keys[rows % self.voters],
            _same(definition.hash, many),
            _same(channel.value.encode(), many),
            _numbers(np.ones(many, np.int64)),
            _numbers(turn),
            _numbers(np.zeros(many, np.int64)),
            self._whats(rows) if self.seal is None else self.seal(self._whats(rows)),
        ]
        wide = [*fields[:5], *(_wide(number) for number in fields[5:8]), fields[8]]
        head = pre(Tag.ENTRY, *[b""] * len(wide))[: -4 * len(wide)]
        messages = np.concatenate([_same(head, many), *map(_sized, wide)], axis=1)
        self.hashes[rows] = _hashed(messages)
        position = [] if self.seal is None else [fields[8][:, :POSITION_BYTES]]
        return _copied([*fields, self.hashes[rows], *position])

    def _whats(self, rows: I64) -> U8:
        """Ballots of one to ``max_choices`` projects, the first ones better liked."""
        projects, capacity = len(self.definition.projects), self.definition.capacity
        liked = self.random.random((len(rows), projects)) * np.linspace(1, 0.5, projects)
        number = self.random.integers(1, capacity + 1, len(rows))
        best = np.sort(np.argsort(-liked, axis=1)[:, :capacity], axis=1)
        drawn = np.argsort(np.argsort(self.random.random(best.shape), axis=1), axis=1)
        taken = drawn < number[:, None]
        stands = (rows >= self.voters) | (rows >= self.n - self.voters)
        self.votes += np.bincount(best[taken & stands[:, None]], minlength=projects)
        what = np.zeros((len(rows), padded_length(self.definition)), dtype=np.uint8)
        what[:, :4] = _numbers(number)
        turn = np.cumsum(taken, axis=1) - 1
        for column in range(capacity):
            row = np.flatnonzero(taken[:, column])
            place = _numbers(best[row, column])
            at = 4 + 12 * turn[row, column]
            for byte in range(4):
                what[row, at + byte] = place[:, byte]
            what[row, at + 11] = 1
        return what

    def standing(self) -> Iterator[U8]:
        """Rows of the standing table: for a voter with two entries the second."""
        again = self.n - self.voters
        for start in range(0, self.voters, AT_ONCE):
            voters = np.arange(start, min(start + AT_ONCE, self.voters))
            many, turn = len(voters), 1 + (voters < again)
            yield _copied(
                [
                    _same(self.definition.election_id.bytes, many),
                    self.keys[voters],
                    self.hashes[np.where(voters < again, voters + self.voters, voters)],
                    _numbers(np.ones(many, np.int64)),
                    _numbers(turn),
                    _numbers(np.zeros(many, np.int64)),
                    _numbers(turn),
                ]
            )


def _same(field: bytes, many: int) -> U8:
    return np.tile(np.frombuffer(field, dtype=np.uint8), (many, 1))


def _numbers(some: I64) -> U8:
    """Numbers of four bytes, big-endian."""
    return np.ascontiguousarray(some, dtype=">u4").view(np.uint8).reshape(-1, 4)


def _wide(numbers: U8) -> U8:
    """The same numbers as eight bytes."""
    assert u64(1) == bytes(4) + u32(1)
    return np.pad(numbers, ((0, 0), (4, 0)))


def _sized(field: U8) -> U8:
    """A field with its length before it."""
    assert bs(b"ab") == u32(2) + b"ab"
    return np.concatenate([_same(u32(field.shape[1]), len(field)), field], axis=1)


def _copied(fields: list[U8]) -> U8:
    """Rows in the binary COPY format."""
    count = _same(len(fields).to_bytes(2, "big"), len(fields[0]))
    return np.concatenate([count, *map(_sized, fields)], axis=1)


def _hashed(messages: U8) -> U8:
    size, raw = messages.shape[1], messages.tobytes()
    found = b"".join(
        hashlib.sha256(raw[at : at + size]).digest() for at in range(0, len(raw), size)
    )
    return np.frombuffer(found, dtype=np.uint8).reshape(-1, 32)
