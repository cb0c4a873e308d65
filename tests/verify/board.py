"""A board written by hand: notes, keys, passkeys, tiles and acts, as the description has them."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from talkoot.voting.ballot import BallotDefinition

ORIGIN, SITE = "https://osallistu.example", "osallistu.example"
Files = dict[str, bytes]
Altered = Callable[[dict[str, Any]], None]


def plain(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def url64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def sized(octets: bytes) -> bytes:
    return len(octets).to_bytes(4, "big") + octets


def tagged(tag: str, *fields: bytes) -> bytes:
    """The bytes of ``docs/wire.md``."""
    parts = b"".join(sized(one) for one in fields)
    return sized(b"pbk1/" + tag.encode()) + len(fields).to_bytes(4, "big") + parts


def tree(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word: split at the largest power of two below the number."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    at = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + tree(leaves[:at]) + tree(leaves[at:])).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKey:
    """A key of the log (kind 1) or of a witness (kind 4), as C2SP writes it."""

    name: str
    kind: int
    private: Ed25519PrivateKey

    @property
    def body(self) -> bytes:
        return bytes([self.kind]) + self.private.public_key().public_bytes_raw()

    @property
    def number(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.body).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.number.hex()}+{plain(self.body)}"

    def line(self, text: str, at: int = 1_930_000_000) -> str:
        if self.kind == 1:
            return f"\u2014 {self.name} {plain(self.number + self.private.sign(text.encode()))}\n"
        seen = self.private.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
        return f"\u2014 {self.name} {plain(self.number + at.to_bytes(8, 'big') + seen)}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An official with a passkey."""

    number: int
    name: str
    key: EllipticCurvePrivateKey

    def signature(self, challenge: bytes, origin: str = ORIGIN) -> dict[str, str]:
        site = hashlib.sha256(SITE.encode()).digest()
        data = site + b"\x05" + bytes(4)
        said = {"type": "webauthn.get", "challenge": url64(challenge), "origin": origin}
        client = json.dumps(said | {"crossOrigin": False}).encode()
        signed = self.key.sign(
            data + hashlib.sha256(client).digest(), ECDSA(SHA256(), deterministic_signing=True)
        )
        point = self.key.public_key().public_numbers()
        cose = bytes.fromhex("a5010203262001215820") + point.x.to_bytes(32, "big")
        cose += bytes.fromhex("225820") + point.y.to_bytes(32, "big")
        return {
            "official_id": str(UUID(int=self.number)),
            "name": self.name,
            "role": "election-manager",
            "key_kind": "passkey",
            "public_key": url64(cose),
            "credential_id": url64(b"passkey of " + self.name.encode()),
            "authenticator_data": url64(data),
            "client_data_json": url64(client),
            "signature": url64(signed),
        }


@dataclass(slots=True)
class Town:
    """Who signs: a log, two witnesses and two officials. The same seed gives the same keys."""

    seed: int = 1
    random: Random = field(init=False)
    log: NoteKey = field(init=False)
    witnesses: tuple[NoteKey, ...] = field(init=False)
    persons: tuple[Person, Person] = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(f"town {self.seed}")
        self.log = self._note_key("talkoot.example", 1)
        self.witnesses = tuple(
            self._note_key(f"{name}.example", 4) for name in ("lehti", "naapuri")
        )
        one, two = (derive_private_key(self.random.getrandbits(250) + 1, SECP256R1()) for _ in "12")
        self.persons = (
            Person(number=1, name="Aino", key=one),
            Person(number=2, name="Eero", key=two),
        )

    def _note_key(self, name: str, kind: int) -> NoteKey:
        private = Ed25519PrivateKey.from_private_bytes(self.random.randbytes(32))
        return NoteKey(name=name, kind=kind, private=private)

    def note(self, text: str) -> bytes:
        lines = "".join(key.line(text) for key in (self.log, *self.witnesses))
        return f"{text}\n{lines}".encode()


class Board:
    """The board of one election, filled leaf by leaf."""

    def __init__(self, town: Town, definition: BallotDefinition, altered: Altered) -> None:
        self.town, self.definition, self.altered = town, definition, altered
        self.leaves: list[bytes] = []
        self.records: Files = {}
        self.state, self.acts = "draft", 0

    def add(self, kind: str, name: bytes) -> None:
        self.leaves.append(tagged("board-leaf", kind.encode(), name))

    def record(self, kind: str, octets: bytes) -> None:
        name = hashlib.sha256(octets).digest()
        self.records[f"board/records/{name.hex()}"] = octets
        self.add(kind, name)

    def act(self, kind: str, after: str) -> None:
        nonce, reason = self.town.random.randbytes(16), f"so decided: {kind}"
        d = self.definition
        words = (kind.encode(), self.state.encode(), d.hash, reason.encode(), b"", nonce)
        challenge = hashlib.sha256(tagged("action", d.election_id.bytes, *words)).digest()
        self.acts += 1
        said: dict[str, Any] = {
            "election": str(d.election_id),
            "number": self.acts,
            "kind": kind,
            "state": self.state,
            "definition_hash": d.hash.hex(),
            "reason": reason,
            "payload_digest": None,
            "nonce": nonce.hex(),
            "signatures": [person.signature(challenge) for person in self.town.persons],
        }
        self.altered(said)
        self.record("act", json.dumps(said, sort_keys=True).encode())
        self.state = after or self.state

    @property
    def text(self) -> str:
        top = plain(tree(self.leaves))
        return f"talkoot/{self.definition.election_id}\n{len(self.leaves)}\n{top}\n"

    def files(self) -> Files:
        files = dict(self.records)
        files["board/checkpoint"] = self.town.note(self.text)
        keys = {"origin": f"talkoot/{self.definition.election_id}", "log_key": self.town.log.vkey}
        more = {"witnesses": [key.vkey for key in self.town.witnesses], "quorum": 2}
        files["board/keys.json"] = json.dumps(keys | more).encode()
        for name, part in tiles_of(len(self.leaves)):
            some = self.leaves[part]
            bundle = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in some)
            files[f"board/tile/entries/{name}"] = bundle
        level, span = 0, 1
        while len(self.leaves) >= span:
            for name, part in tiles_of(len(self.leaves) // span):
                starts = range(len(self.leaves) // span)[part]
                whole = (tree(self.leaves[at * span : (at + 1) * span]) for at in starts)
                files[f"board/tile/{level}/{name}"] = b"".join(whole)
            level, span = level + 1, span * 256
        return files


def tiles_of(size: int) -> list[tuple[str, slice]]:
    """The tiles of up to 256,000 hashes: full ones, then what is left."""
    full, rest = divmod(size, 256)
    found = [(f"{at:03}", slice(at * 256, at * 256 + 256)) for at in range(full)]
    return found + ([(f"{full:03}.p/{rest}", slice(full * 256, size))] if rest else [])
