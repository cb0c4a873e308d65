"""SHA-256 (FIPS 180-4) as a compiled kernel: sixteen short messages at a time.

Each step of the sixteen is one or two instructions of a processor with wide registers, so that a
message costs no more than in a library that uses the processor's own instruction for it, and none
is a Python object. Checked against ``hashlib`` in the tests.
"""

import numpy as np
import numpy.typing as npt

from talkoot.base.compiled import inlined, pasted

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
I64 = npt.NDArray[np.int64]

LANES = 16
"""How many messages are hashed together."""
BLOCK_BYTES = 64
HASH_BYTES = 32
PADDING_BYTES = 9
"""The least that padding adds: a one bit with its zeros, and the length as 64 bits."""
SCRATCH = LANES * (8 + 64 + 8)
"""Words of scratch: state, schedule and the state before the block, each word in every lane."""

# FIPS 180-4, 5.3.3: the first 32 bits of the fractional parts of the square roots of the first
# eight primes; 4.2.2: of the cube roots of the first sixty-four.
_START = np.array(
    [
        0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
        0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
    ],
    dtype=np.uint32,
)  # fmt: skip
_K = np.array(
    [
        0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4,
        0xAB1C5ED5, 0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE,
        0x9BDC06A7, 0xC19BF174, 0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F,
        0x4A7484AA, 0x5CB0A9DC, 0x76F988DA, 0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7,
        0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967, 0x27B70A85, 0x2E1B2138, 0x4D2C6DFC,
        0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85, 0xA2BFE8A1, 0xA81A664B,
        0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070, 0x19A4C116,
        0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
        0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7,
        0xC67178F2,
    ],
    dtype=np.uint32,
)  # fmt: skip


_WORDS = np.uint64(LANES * 8)
_BEFORE = np.uint64(LANES * 72)
_WIDE = np.uint64(LANES)
# Places are unsigned throughout: a signed one could be negative, that is counted from the end, and
# then the compiler would not put the lanes side by side.


def room_for(message_bytes: int) -> int:
    """The bytes that a message's row needs so that :func:`padded` can pad it."""
    return -(-(message_bytes + PADDING_BYTES) // BLOCK_BYTES) * BLOCK_BYTES


@inlined
def padded(messages: U8, lane: int, length: int) -> int:
    """Pad the message of ``length`` bytes that lies in row ``lane``; give its number of blocks."""
    blocks = (length + 9 + 63) // 64
    end = 64 * blocks
    messages[lane, length] = np.uint8(0x80)
    for at in range(length + 1, end - 8):
        messages[lane, at] = np.uint8(0)
    bits = np.uint64(length) * np.uint64(8)
    for at in range(8):
        messages[lane, end - 1 - at] = np.uint8((bits >> np.uint64(8 * at)) & np.uint64(255))
    return blocks


@inlined
def hashed(messages: U8, blocks: I64, scratch: U32, out: U8) -> None:
    """Write SHA-256 of sixteen padded messages to ``out``, uint8 (16, 32).

    ``messages``: uint8 (16, room), as :func:`padded` left them; ``blocks``: int64 (16,), how many
    each has: 0 where there is none, and then its row of ``out`` means nothing. ``scratch``: uint32
    (:data:`SCRATCH`,).
    """
    for word in range(np.uint64(8)):
        for lane in range(_WIDE):
            scratch[_WIDE * word + lane] = _START[word]
    for block in range(blocks.max()):
        _loaded(messages, block, scratch)
        _compressed(scratch)
        for word in range(np.uint64(8)):
            for lane in range(_WIDE):
                at = _WIDE * word + lane
                more = scratch[at] if block < blocks[lane] else np.uint32(0)
                scratch[at] = np.uint32(scratch[_BEFORE + at] + more)
    _written(scratch, out)


@inlined
def _loaded(messages: U8, block: int, scratch: U32) -> None:
    """Put a block's sixteen words of every message beside each other."""
    for lane in range(_WIDE):
        for word in range(np.uint64(16)):
            at = np.uint64(64) * np.uint64(block) + np.uint64(4) * word
            scratch[_WORDS + _WIDE * word + lane] = np.uint32(
                (np.uint32(messages[lane, at]) << np.uint32(24))
                | (np.uint32(messages[lane, at + np.uint64(1)]) << np.uint32(16))
                | (np.uint32(messages[lane, at + np.uint64(2)]) << np.uint32(8))
                | np.uint32(messages[lane, at + np.uint64(3)])
            )


@inlined
def _written(scratch: U32, out: U8) -> None:
    for lane in range(_WIDE):
        for word in range(np.uint64(8)):
            number = scratch[_WIDE * word + lane]
            for byte in range(np.uint64(4)):
                shift = np.uint32(24) - np.uint32(8) * np.uint32(byte)
                out[lane, np.uint64(4) * word + byte] = np.uint8((number >> shift) & np.uint32(255))


@pasted
def _turned(word: np.uint32, by: int) -> np.uint32:
    """Rotate a word to the right."""
    return np.uint32((word >> np.uint32(by)) | (word << np.uint32(32 - by)))


@pasted
def _scheduled(s: U32, turn: int) -> None:
    """The word of a turn from those 16, 15, 7 and 2 turns before."""
    word = _WORDS + _WIDE * np.uint64(turn)
    for lane in range(_WIDE):
        at = word + lane
        one, two = s[at - np.uint64(15) * _WIDE], s[at - np.uint64(2) * _WIDE]
        low = _turned(one, 7) ^ _turned(one, 18) ^ (one >> np.uint32(3))
        high = _turned(two, 17) ^ _turned(two, 19) ^ (two >> np.uint32(10))
        s[at] = np.uint32(s[at - _WIDE * _WIDE] + low + s[at - np.uint64(7) * _WIDE] + high)


@pasted
def _round(s: U32, turn: int, at: int) -> None:
    """One round, in which the state's words a ... h lie at ``at``, ``at`` + 1 ... modulo 8.

    Instead of moving each word to the next name, the names move back by one.
    """
    word, k = _WORDS + _WIDE * np.uint64(turn), _K[turn]
    a, b, c = (
        _WIDE * np.uint64(at % 8),
        _WIDE * np.uint64((at + 1) % 8),
        _WIDE * np.uint64((at + 2) % 8),
    )
    d, e = _WIDE * np.uint64((at + 3) % 8), _WIDE * np.uint64((at + 4) % 8)
    f, g, h = (
        _WIDE * np.uint64((at + 5) % 8),
        _WIDE * np.uint64((at + 6) % 8),
        _WIDE * np.uint64((at + 7) % 8),
    )
    for lane in range(_WIDE):
        first, fifth = s[a + lane], s[e + lane]
        high = _turned(fifth, 6) ^ _turned(fifth, 11) ^ _turned(fifth, 25)
        chosen = s[g + lane] ^ (fifth & (s[f + lane] ^ s[g + lane]))
        one = np.uint32(s[h + lane] + high + chosen + k + s[word + lane])
        low = _turned(first, 2) ^ _turned(first, 13) ^ _turned(first, 22)
        most = (first & s[b + lane]) | (s[c + lane] & (first | s[b + lane]))
        s[d + lane] = np.uint32(s[d + lane] + one)
        s[h + lane] = np.uint32(one + low + most)


@inlined
def _compressed(scratch: U32) -> None:
    """Work the loaded block into the state; what it was before lies behind the schedule."""
    for turn in range(16, 64):
        _scheduled(scratch, turn)
    for at in range(_WORDS):
        scratch[_BEFORE + at] = scratch[at]
    for turn in range(0, 64, 8):
        _round(scratch, turn, 0)
        _round(scratch, turn + 1, 7)
        _round(scratch, turn + 2, 6)
        _round(scratch, turn + 3, 5)
        _round(scratch, turn + 4, 4)
        _round(scratch, turn + 5, 3)
        _round(scratch, turn + 6, 2)
        _round(scratch, turn + 7, 1)
