"""The log as columns: an election's entries and its standing table, without an object a ballot.

Each entry's hash is computed anew from its fields. :func:`all_entries` reads the same entries one
by one and is the slow twin of this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from talkoot.base.bytes import Digest, Tag, pre
from talkoot.base.db import ReadSession
from talkoot.base.errors import BrokenLog
from talkoot.base.ids import VOTER_KEY_BYTES, ElectionId, VoterKey
from talkoot.voting.ballot import Channel
from talkoot.voting.log.copy_stream import RawRows, copied_file, copied_rows, rows_of_file

U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

CHANNELS = (Channel.WEB, Channel.KIOSK, Channel.PAPER)
"""A channel's place here is its number in a column."""

_HALF_KEYS = 1 << 64
_KEYS = "voter_key >= $2 and ($3::bytea is null or voter_key < $3)"
_ENTRIES = (
    "select submission_id, voter_key, definition_hash, channel, rank, round, beacon, what,"  # noqa: S608 - joined from constants of this file; every value is bound
    f" entry_hash from entry where election_id = $1 and {_KEYS}"
)
_STANDING = f"select voter_key, entry_hash from standing where election_id = $1 and {_KEYS}"  # noqa: S608 - as above
_ENTRY_FIELDS = 9
_STANDING_FIELDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRange:
    """The voters whose key ``k`` has ``first <= k < after``; ``after`` ``None``: to the end."""

    first: bytes = bytes(VOTER_KEY_BYTES)
    after: bytes | None = None

    def holds(self, key: VoterKey) -> bool:
        """Whether this voter is among them."""
        return self.first <= key and (self.after is None or key < self.after)


ALL_KEYS = KeyRange()


def key_ranges(parts: int) -> tuple[KeyRange, ...]:
    """Cut the voter keys into ranges of one size: every voter is in exactly one of them.

    Keys are HMAC output, so that the ranges hold about as many voters each. Raises ``ValueError``
    for less than one part.
    """
    if parts < 1:
        raise ValueError(f"{parts} parts")
    bounds = [
        (_HALF_KEYS * part // parts).to_bytes(8, "big").ljust(VOTER_KEY_BYTES, b"\0")
        for part in range(parts)
    ]
    return tuple(
        KeyRange(first=first, after=after)
        for first, after in zip(bounds, [*bounds[1:], None], strict=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogColumns:
    """Some entries of an election, one row each, in no order that means anything.

    ``voter``: uint64 (n, 2), the key's halves, big-endian. ``precedence``: uint64 (n, 2), rank <<
    56 | round << 32 | beacon, and the first eight bytes of the hash. ``entry_hash``: uint8 (n, 32).
    ``channel``: uint8 (n,), the place in :data:`CHANNELS`. The ballots' bytes lie in ``raw``, uint8
    (bytes,): ``what_at`` and ``what_length``, int64 (n,), say where.
    """

    voter: U64
    precedence: U64
    entry_hash: U8
    channel: U8
    raw: U8
    what_at: I64
    what_length: I64

    def __len__(self) -> int:
        """The number of entries."""
        return len(self.channel)


async def read_entries(
    session: ReadSession,
    election_id: ElectionId,
    definition_hash: Digest,
    sink: Callable[[LogColumns], None],
    *,
    keys: KeyRange = ALL_KEYS,
) -> int:
    """Give the entries of these voters to ``sink``, batch after batch; give their number.

    ``sink`` runs in a thread. Raises :class:`BrokenLog` at the first entry whose fields do not give
    the hash that it was stored by, or that was cast under another ballot definition.
    """
    reader = _Reader(election_id, definition_hash)

    def passed_on(rows: RawRows) -> None:
        sink(reader.columns(rows))

    arguments = (election_id, keys.first, keys.after)
    return await copied_rows(session, _ENTRIES, arguments, fields=_ENTRY_FIELDS, sink=passed_on)


async def entries_copied(session: ReadSession, election_id: ElectionId, file: Path) -> None:
    """Write an election's entries into a file, by their hashes, so that order tells nothing."""
    query = f"{_ENTRIES} order by entry_hash"
    await copied_file(session, query, (election_id, ALL_KEYS.first, ALL_KEYS.after), file)


def entries_of_file(
    file: Path,
    election_id: ElectionId,
    definition_hash: Digest,
    sink: Callable[[LogColumns], None],
) -> int:
    """Give the entries of such a file to ``sink``, batch after batch; give their number.

    Needs no database. Raises :class:`BrokenLog` as :func:`read_entries` does.
    """
    reader = _Reader(election_id, definition_hash)
    return rows_of_file(file, fields=_ENTRY_FIELDS, sink=lambda rows: sink(reader.columns(rows)))


class _Reader:
    """What stays the same from batch to batch."""

    def __init__(self, election_id: ElectionId, definition_hash: Digest) -> None:
        nothing = [b""] * (_ENTRY_FIELDS - 1)
        whole = pre(Tag.ENTRY, election_id.bytes, *nothing)
        self.prefix = np.frombuffer(whole[: len(whole) - 4 * len(nothing)], dtype=np.uint8)
        self.definition = np.frombuffer(definition_hash, dtype=np.uint8)

    def columns(self, rows: RawRows) -> LogColumns:
        from talkoot.base.sha256 import LANES, room_for
        from talkoot.voting.log import entry_kernels as kernels

        number = len(rows)
        longest = len(self.prefix) + 16 * _ENTRY_FIELDS + int(rows.length.sum(axis=1).max())
        found = LogColumns(
            voter=np.empty((number, 2), dtype=np.uint64),
            precedence=np.empty((number, 2), dtype=np.uint64),
            entry_hash=np.empty((number, 32), dtype=np.uint8),
            channel=np.empty(number, dtype=np.uint8),
            raw=rows.raw,
            what_at=np.ascontiguousarray(rows.at[:, kernels.WHAT]),
            what_length=np.ascontiguousarray(rows.length[:, kernels.WHAT]),
        )
        row, state = kernels.entries_read(
            rows.raw,
            rows.at,
            rows.length,
            self.prefix,
            self.definition,
            np.empty((LANES, room_for(longest)), dtype=np.uint8),
            found.voter,
            found.precedence,
            found.entry_hash,
            found.channel,
        )
        if state != kernels.SOUND:
            _raise(rows, row, state, found)
        return found


def _raise(rows: RawRows, row: int, state: int, found: LogColumns) -> None:
    """Say what is wrong with a row. Raises :class:`BrokenLog`, always."""
    from talkoot.voting.log import entry_kernels as kernels

    def field(number: int) -> bytes:
        at, length = int(rows.at[row, number]), int(rows.length[row, number])
        return rows.raw[at : at + length].tobytes()

    stored = field(kernels.HASH).hex()
    match state:
        case kernels.BAD_CHANNEL:
            raise BrokenLog(f"entry {stored} names an unknown channel")
        case kernels.BAD_HASH:
            raise BrokenLog(
                f"an entry was stored as {stored}, and its fields give "
                f"{found.entry_hash[row].tobytes().hex()}"
            )
        case kernels.BAD_DEFINITION:
            raise BrokenLog(f"entry {stored} was cast under another ballot definition")
        case kernels.BAD_NUMBER:
            raise BrokenLog(f"entry {stored} has a rank, round or beacon that no ballot can have")
        case _:
            lengths = rows.length[row].tolist()
            raise BrokenLog(f"entry {stored} has fields of {lengths} bytes")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StandingColumns:
    """The standing table: ``voter`` uint64 (n, 2) and ``entry_hash`` uint8 (n, 32), unordered."""

    voter: U64
    entry_hash: U8

    def __len__(self) -> int:
        """The number of voters."""
        return len(self.voter)


async def read_standing(
    session: ReadSession, election_id: ElectionId, *, keys: KeyRange = ALL_KEYS
) -> StandingColumns:
    """Read which entry of each of these voters stands by the database's own table."""
    parts: list[StandingColumns] = []
    arguments = (election_id, keys.first, keys.after)
    await copied_rows(
        session,
        _STANDING,
        arguments,
        fields=_STANDING_FIELDS,
        sink=lambda rows: parts.append(_standing(rows)),
    )
    return StandingColumns(
        voter=np.concatenate([np.empty((0, 2), np.uint64), *(part.voter for part in parts)]),
        entry_hash=np.concatenate([np.empty((0, 32), np.uint8), *(p.entry_hash for p in parts)]),
    )


def _standing(rows: RawRows) -> StandingColumns:
    from talkoot.voting.log.entry_kernels import standing_read

    voter = np.empty((len(rows), 2), dtype=np.uint64)
    entry_hash = np.empty((len(rows), 32), dtype=np.uint8)
    sound = standing_read(rows.raw, rows.at, rows.length, voter, entry_hash)
    if sound < len(rows):
        raise BrokenLog(f"row {sound + 1} of the standing table's answer has keys of wrong length")
    return StandingColumns(voter=voter, entry_hash=entry_hash)
