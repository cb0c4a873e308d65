"""Rows in PostgreSQL's binary COPY format -> columns, each entry's hash computed anew. Kernels."""

import numpy as np
import numpy.typing as npt

from talkoot.base.compiled import inlined, kernel
from talkoot.base.sha256 import LANES, SCRATCH, hashed, padded
from talkoot.voting.ballot import Channel

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

# What `rows_found` came to at the end of the bytes.
MORE, ENDED, BROKEN = 0, 1, 2

# Where each field of an entry stands in a row; `columns.py` asks for them in this order.
SUBMISSION, VOTER, DEFINITION, CHANNEL, RANK, ROUND, BEACON, WHAT, HASH = range(9)

# What `entries_read` found wrong with a row.
SOUND, BAD_FIELD, BAD_CHANNEL, BAD_HASH, BAD_DEFINITION, BAD_NUMBER = range(6)

CHANNELS = (Channel.WEB, Channel.KIOSK, Channel.PAPER)
"""A channel's place here is its number in a column."""
_WORDS = np.array([int.from_bytes(one.value.encode(), "big") for one in CHANNELS], np.uint64)
_LONGEST_WORD = 8

VOTER_BYTES, DIGEST_BYTES, NUMBER_BYTES = 16, 32, 4
RANK_END, ROUND_END = 1 << 8, 1 << 24
"""One more than the greatest rank and round that fit the first word of precedence."""
I16_END, I32_END = 1 << 15, 1 << 31


@inlined
def _i16(raw: U8, at: int) -> int:
    number = int((np.int64(raw[at]) << 8) | np.int64(raw[at + 1]))
    return number - 2 * I16_END if number >= I16_END else number


@inlined
def _i32(raw: U8, at: int) -> int:
    high = (np.int64(raw[at]) << 24) | (np.int64(raw[at + 1]) << 16)
    number = int(high | (np.int64(raw[at + 2]) << 8) | np.int64(raw[at + 3]))
    return number - 2 * I32_END if number >= I32_END else number


@inlined
def _u64(raw: U8, at: int) -> np.uint64:
    number = np.uint64(0)
    for byte in range(8):
        number = (number << np.uint64(8)) | np.uint64(raw[at + byte])
    return number


@kernel("UniTuple(i8, 3)(const(u1[::1]), i8, i8[:, ::1], i8[:, ::1])")
def rows_found(raw: U8, start: int, at: I64, length: I64) -> tuple[int, int, int]:
    """Find the whole rows from ``start`` on: number of rows, where they end, and what is there.

    ``raw``: uint8 (bytes,), tuples of the COPY format without its header. ``at``, ``length``: int64
    (rows, fields), written: where each field of a row begins and its bytes. Stops when they are
    full.
    """
    limit, fields = at.shape
    end = start
    for row in range(limit):
        place = end + 2
        if place > len(raw):
            return row, end, MORE
        number = _i16(raw, end)
        if number == -1:
            return row, end, ENDED
        if number != fields:
            return row, end, BROKEN
        for field in range(fields):
            if place + 4 > len(raw):
                return row, end, MORE
            size = _i32(raw, place)
            if size < 0:
                return row, end, BROKEN
            at[row, field] = place + 4
            length[row, field] = size
            place += 4 + size
        if place > len(raw):
            return row, end, MORE
        end = place
    return limit, end, MORE


@inlined
def _put(  # noqa: PLR0917 - a kernel takes its arrays by place
    messages: U8, lane: int, end: int, raw: U8, at: int, length: int
) -> int:
    """Append a field with its length before it; give where the message ends."""
    for byte in range(4):
        messages[lane, end + byte] = np.uint8((length >> (24 - 8 * byte)) & 255)
    for byte in range(length):
        messages[lane, end + 4 + byte] = raw[at + byte]
    return end + 4 + length


@inlined
def _put_number(messages: U8, lane: int, end: int, raw: U8, at: int) -> int:
    """Append a number of four bytes as one of eight, with its length before it."""
    for byte in range(8):
        messages[lane, end + byte] = np.uint8(0)
    messages[lane, end + 3] = np.uint8(8)
    for byte in range(NUMBER_BYTES):
        messages[lane, end + 8 + byte] = raw[at + byte]
    return end + 12


@inlined
def _laid_out(  # noqa: PLR0917 - as above
    raw: U8, at: I64, length: I64, row: int, prefix: U8, messages: U8, lane: int
) -> int:
    """Lay out an entry's canonical bytes, as ``Entry.hash`` does, and pad them; give the blocks."""
    end = len(prefix)
    for byte in range(end):
        messages[lane, byte] = prefix[byte]
    for field in range(CHANNEL + 1):
        end = _put(messages, lane, end, raw, at[row, field], length[row, field])
    for field in range(RANK, WHAT):
        end = _put_number(messages, lane, end, raw, at[row, field])
    end = _put(messages, lane, end, raw, at[row, WHAT], length[row, WHAT])
    return padded(messages, lane, end)


@inlined
def _channel(raw: U8, at: int, length: int) -> int:
    """The channel's number; -1 for an unknown word."""
    word = np.uint64(0)
    for byte in range(min(length, _LONGEST_WORD)):
        word = (word << np.uint64(8)) | np.uint64(raw[at + byte])
    for number in range(len(_WORDS)):
        if word == _WORDS[number] and length <= _LONGEST_WORD:
            return number
    return -1


@inlined
def _lengths_fit(length: I64, row: int) -> bool:
    return bool(
        length[row, SUBMISSION] == VOTER_BYTES
        and length[row, VOTER] == VOTER_BYTES
        and length[row, DEFINITION] == DIGEST_BYTES
        and length[row, RANK] == NUMBER_BYTES
        and length[row, ROUND] == NUMBER_BYTES
        and length[row, BEACON] == NUMBER_BYTES
        and length[row, HASH] == DIGEST_BYTES
    )


@inlined
def _precedence(raw: U8, at: I64, row: int) -> tuple[np.uint64, bool]:
    """The first word of precedence, and whether its three numbers fit it."""
    rank, turn = _i32(raw, at[row, RANK]), _i32(raw, at[row, ROUND])
    beacon = _i32(raw, at[row, BEACON])
    fits = 0 <= rank < RANK_END and 0 <= turn < ROUND_END and beacon >= 0
    word = (np.uint64(rank) << np.uint64(56)) | (np.uint64(turn) << np.uint64(32))
    return word | np.uint64(beacon), fits


@inlined
def _same(raw: U8, at: int, other: U8) -> bool:
    for byte in range(len(other)):  # noqa: SIM110 - a generator is not compiled
        if raw[at + byte] != other[byte]:
            return False
    return True


@inlined
def _row_read(  # noqa: PLR0917 - as above
    raw: U8,
    at: I64,
    length: I64,
    row: int,
    definition: U8,
    voter: U64,
    precedence: U64,
    entry_hash: U8,
    channel: U8,
) -> int:
    """Check a row whose hash was computed, and write its columns; give its state."""
    named = _channel(raw, at[row, CHANNEL], length[row, CHANNEL])
    if named < 0:
        return BAD_CHANNEL
    if not _same(raw, at[row, HASH], entry_hash[row]):
        return BAD_HASH
    if not _same(raw, at[row, DEFINITION], definition):
        return BAD_DEFINITION
    word, fits = _precedence(raw, at, row)
    if not fits:
        return BAD_NUMBER
    channel[row] = named
    voter[row, 0] = _u64(raw, at[row, VOTER])
    voter[row, 1] = _u64(raw, at[row, VOTER] + 8)
    precedence[row, 0] = word
    precedence[row, 1] = _u64(raw, at[row, HASH])
    return SOUND


@kernel(
    "UniTuple(i8, 2)(const(u1[::1]), const(i8[:, ::1]), const(i8[:, ::1]), const(u1[::1]),"
    " const(u1[::1]), u1[:, ::1], u8[:, ::1], u8[:, ::1], u1[:, ::1], u1[::1])"
)
def entries_read(  # noqa: PLR0917 - as above
    raw: U8,
    at: I64,
    length: I64,
    prefix: U8,
    definition: U8,
    messages: U8,
    voter: U64,
    precedence: U64,
    entry_hash: U8,
    channel: U8,
) -> tuple[int, int]:
    """Turn rows into columns; give the row at which it stopped and why (``SOUND``: all read).

    ``at``, ``length``: as :func:`rows_found` wrote them, nine fields a row. ``prefix``: the head of
    every entry's canonical bytes, election id included. ``definition``: the 32 bytes that every row
    must name. ``messages``: scratch, uint8 (16, room for the longest canonical bytes and padding).
    Written: ``voter``, ``precedence`` uint64 (n, 2), ``entry_hash`` uint8 (n, 32) - at the row that
    fails with ``BAD_HASH``: the hash that its fields give - and ``channel`` uint8 (n,).
    """
    scratch = np.empty(SCRATCH, dtype=np.uint32)
    blocks = np.empty(LANES, dtype=np.int64)
    hashes = np.empty((LANES, DIGEST_BYTES), dtype=np.uint8)
    for first in range(0, len(at), LANES):
        number = min(LANES, len(at) - first)
        blocks[:] = 0
        for lane in range(number):
            row = first + lane
            if not _lengths_fit(length, row):
                return row, BAD_FIELD
            blocks[lane] = _laid_out(raw, at, length, row, prefix, messages, lane)
        hashed(messages, blocks, scratch, hashes)
        for lane in range(number):
            row = first + lane
            for byte in range(DIGEST_BYTES):
                entry_hash[row, byte] = hashes[lane, byte]
            state = _row_read(
                raw, at, length, row, definition, voter, precedence, entry_hash, channel
            )
            if state != SOUND:
                return row, state
    return len(at), SOUND


@kernel("i8(const(u1[::1]), const(i8[:, ::1]), const(i8[:, ::1]), u8[:, ::1], u1[:, ::1])")
def standing_read(raw: U8, at: I64, length: I64, voter: U64, entry_hash: U8) -> int:
    """Turn rows of (voter key, entry hash) into columns; give the number of sound rows.

    Written: ``voter`` uint64 (n, 2), ``entry_hash`` uint8 (n, 32).
    """
    for row in range(len(at)):
        if length[row, 0] != VOTER_BYTES or length[row, 1] != DIGEST_BYTES:
            return row
        voter[row, 0] = _u64(raw, at[row, 0])
        voter[row, 1] = _u64(raw, at[row, 0] + 8)
        for byte in range(DIGEST_BYTES):
            entry_hash[row, byte] = raw[at[row, 1] + byte]
    return len(at)
