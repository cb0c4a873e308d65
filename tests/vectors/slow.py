"""The canonical bytes once more, by hexadecimal strings and RFC 8032's own arithmetic.

It shares nothing with ``talkoot.base.bytes`` and is slow; the published vectors come from it.
``python -m tests.vectors.slow`` writes ``bytes.json`` anew.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).with_name("bytes.json")
TAGS = [
    "action",
    "audit-entry",
    "ballot",
    "ballot-definition",
    "beacon",
    "board-leaf",
    "code",
    "code-qr",
    "device-cert",
    "entry",
    "epoch",
    "fingerprint",
    "journal-entry",
    "journal-genesis",
    "public-file",
    "receipt",
    "sealing",
    "session-token",
    "share",
    "submission",
    "time-token",
    "trustee-key",
    "voter-pseudonym",
    "what",
    "who",
]
ELECTION, DEVICE = bytes(range(16)), bytes(range(16, 32))
KEY = bytes(32)


def number(value: int, symbols: int) -> str:
    return format(value, "x").rjust(symbols, "0")


def packed(content: str) -> str:
    """A field in hexadecimal with its length before it."""
    return number(len(content) // 2, 8) + content


def pre(tag: str, fields: list[bytes]) -> bytes:
    head = packed("".join(number(ord(letter), 2) for letter in f"pbk1/{tag}"))
    body = "".join(packed("".join(number(byte, 2) for byte in field)) for field in fields)
    return bytes.fromhex(head + number(len(fields), 8) + body)


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def hmac(key: bytes, content: bytes) -> bytes:
    """RFC 2104, in its own words."""
    block = key.ljust(64, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block) + content)
    return sha256(bytes(byte ^ 0x5C for byte in block) + inner)


# RFC 8032, 5.1: the curve, in affine coordinates and without any haste.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
BASE = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)
Point = tuple[int, int]


def added(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    both = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + both, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - both, -1, P)
    return x % P, y % P


def times(count: int, point: Point) -> Point:
    total: Point = (0, 1)
    while count:
        if count & 1:
            total = added(total, point)
        point, count = added(point, point), count >> 1
    return total


def packed_point(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def secrets_of(seed: bytes) -> tuple[int, bytes]:
    wide = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(wide[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    return scalar, wide[32:]


def public_of(seed: bytes) -> bytes:
    return packed_point(times(secrets_of(seed)[0], BASE))


def signed(seed: bytes, content: bytes) -> bytes:
    scalar, prefix = secrets_of(seed)
    nonce = int.from_bytes(hashlib.sha512(prefix + content).digest(), "little") % ORDER
    point = packed_point(times(nonce, BASE))
    asked = hashlib.sha512(point + public_of(seed) + content).digest()
    answer = (nonce + int.from_bytes(asked, "little") * scalar) % ORDER
    return point + answer.to_bytes(32, "little")


def u64(value: int) -> bytes:
    return bytes.fromhex(number(value, 16))


def lists() -> Iterator[tuple[str, str, list[bytes]]]:
    """What each vector is about, its tag and its fields."""
    genesis = [ELECTION, DEVICE, u64(1)]
    yield "the first hash of a journal", "journal-genesis", genesis
    previous = sha256(pre("journal-genesis", genesis))
    entry = [*genesis, u64(0), previous, b"\x01", sha256(b"config"), b"WHO", b"WHAT"]
    yield "a ballot in a journal", "journal-entry", entry
    person = [ELECTION, b"fi-hetu", b"131052-308T"]
    yield "the voter key, before it is cut to 16 bytes", "voter-pseudonym", person
    yield "a leaf of the board", "board-leaf", [b"ballot", sha256(b"entry")]
    yield "words in two scripts", "action", ["Åbo, čáhci, Järvi".encode(), "日本".encode()]
    yield "one field with a bar", "receipt", [b"a|b"]
    yield "two fields without a bar", "receipt", [b"a", b"b"]
    yield "an empty field is a field", "receipt", [b""]
    yield "a field that looks like two", "receipt", [bytes.fromhex("00000001610000000162")]
    yield "the largest number", "epoch", [ELECTION, DEVICE, u64(2**64 - 1)]
    yield "a field longer than a block of the hash", "entry", [bytes(range(256))]
    for place, tag in enumerate(TAGS):
        yield f"{tag} of nothing", tag, []
        yield f"{tag} of an election, a number and text", tag, [ELECTION, u64(place), tag.encode()]


Vector = dict[str, str | list[str]]


def vectors() -> list[Vector]:
    """Every vector, with the hash, the code under 32 zero bytes and the signature by them."""
    made: list[Vector] = []
    for about, tag, fields in lists():
        content = pre(tag, fields)
        made.append(
            {
                "about": about,
                "tag": tag,
                "fields": [field.hex() for field in fields],
                "pre": content.hex(),
                "sha256": sha256(content).hex(),
                "hmac": hmac(KEY, content).hex(),
                "ed25519": signed(KEY, content).hex(),
            }
        )
    return made


def page() -> str:
    """The text of the published file."""
    whole = {
        "key": KEY.hex(),
        "ed25519_public": public_of(KEY).hex(),
        "vectors": vectors(),
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
