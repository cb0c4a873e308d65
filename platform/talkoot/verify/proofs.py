"""The bytes that are hashed, the tree over them, and who signed: docs/public_files.md, anew."""

import hashlib
import json
import struct
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256

Record = dict[str, Any]
"""A JSON object. What it holds is checked where it is used."""

PRESET: Record = {"fit": "skip", "min_support": 0, "support_for_cost": 0, "comparison": "none"}
PRESET |= {"leftover": "kept", "lot_seed": ""}
LIMITS = "min_choices max_choices max_cost min_value max_value min_sum max_sum"
BOUND, ROUTE = "binding", ("credential", "channel", "anchor")  # purpose and routes of voters
TILE = 256
COSIGNATURE = 4  # C2SP signed-note: the kind of a witness's key
THERE_AND_KNOWN = 0x05  # W3C Web Authentication 6.1: a person was present and was verified
EDDSA = bytes.fromhex("a4010103272006215820")  # RFC 9053: a COSE key on Ed25519 begins so


def json_of(octets: bytes) -> Record:
    def once(pairs: list[tuple[str, Any]]) -> Record:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a name comes twice")
        return dict(pairs)

    return dict(json.loads(octets, object_pairs_hook=once))


def only(record: Record, needed: str, allowed: Sequence[str] = ()) -> None:
    if odd := (set(record) ^ set(needed.split())) - (set(allowed) - set(needed.split())):
        raise ValueError(f"{sorted(odd)} missing or too many")


def bs(octets: bytes) -> bytes:
    return struct.pack(">I", len(octets)) + octets


def pre(tag: str, *fields: bytes) -> bytes:
    return bs(b"pbk1/" + tag.encode()) + struct.pack(">I", len(fields)) + b"".join(map(bs, fields))


def sha(*octets: bytes) -> bytes:
    return hashlib.sha256(b"".join(octets)).digest()


def text(words: str | None) -> bytes:
    return unicodedata.normalize("NFC", words or "").encode()


def u64(number: int | None) -> bytes:
    return b"" if number is None else struct.pack(">Q", number)


def exactly(written: str, *, url: bool = False) -> bytes:
    """Read base64 (url: without padding), in the one way that it can be written."""
    octets = b64decode(
        written + "=" * (-len(written) % 4 * url), b"-_" if url else None, validate=True
    )
    if b64(octets, url=url) != written:
        raise ValueError("bytes written as they must not be")
    return octets


def b64(octets: bytes, *, url: bool) -> str:
    return b64encode(octets, b"-_" if url else None).decode().rstrip("=" if url else "")


def canonical(d: Record) -> bytes:
    """Give the bytes of a definition that are hashed; raise for what it must not hold."""

    def pack(*fields: bytes) -> bytes:
        return pre("ballot-definition", *fields)

    def words(said: Record) -> bytes:
        return pack(*(text(part) for key in sorted(said) for part in (key, said[key])))

    def project(p: Record) -> bytes:
        only(p, "id name cost area", ["exclusive", "pledged"])
        more = [text(p.get("exclusive")), u64(p.get("pledged", 0))]
        named = p.get("exclusive") is not None or p.get("pledged")
        head = [text(p["id"]), words(p["name"]), u64(p["cost"]), text(p["area"])]
        return pack(*head, *(more if named else []))

    top = "election_id title vote_type limits projects areas budget currency allocation recast"
    only(d, top + " ranks", ["pots", "hash", "assurance", "purpose", "routes"])
    a, limits = d["allocation"], d["limits"]
    only(a, "rule completion stop endowment tie", list(PRESET))
    only(limits, LIMITS)
    head = [d["vote_type"], d["currency"], a["rule"], a["completion"], a["stop"], a["endowment"]]
    odd = [(name, a[name]) for name, usual in PRESET.items() if a.get(name, usual) != usual]
    said = [pack(text(name.replace("_", "-")), text(str(value))) for name, value in odd]
    said += [pack(text("pot"), text(p["area"]), u64(p["budget"])) for p in d.get("pots", ())]
    said += [pack(text("purpose"), text(d["purpose"]))] if d.get("purpose", BOUND) != BOUND else []
    for route in d.get("routes", ()):
        only(route, "credential channel anchor")
        said.append(pack(*map(text, ("route", *(route[key] for key in ROUTE)))))
    ranks = (pack(text(r["method"]), text(r["channel"]), u64(r["rank"])) for r in d["ranks"])
    return pack(
        UUID(d["election_id"]).bytes,
        words(d["title"]),
        *map(text, [*head, a["tie"], d["recast"]]),
        u64(d["budget"]),
        pack(*(u64(limits[name]) for name in LIMITS.split())),
        pack(*map(text, d["areas"])),
        pack(*map(project, d["projects"])),
        pack(*ranks),
        *([pack(*said)] if said else []),
    )


def sealing(s: Record) -> bytes:
    """Give the bytes of a sealing setup that are hashed: the wraps by their digests alone."""
    only(s, "election tally_public registrar_public threshold trustees wraps hash")
    trustees = [part for t in s["trustees"] for part in (text(t["name"]), exactly(t["public"]))]
    wraps = []
    for wrap in s["wraps"]:
        only(wrap, "subset digest", ["box"])
        box, digest = wrap.get("box"), exactly(wrap["digest"])
        if box is not None and sha(pre("share", exactly(box))) != digest:
            raise ValueError(f"the wrap of {wrap['subset']} is not the one of its digest")
        wraps += [pre("share", *map(text, wrap["subset"])), digest]
    keys = (UUID(s["election"]).bytes, exactly(s["tally_public"]), exactly(s["registrar_public"]))
    lists = (pre("sealing", *trustees), pre("sealing", *wraps))
    return pre("sealing", *keys, u64(s["threshold"]), *lists)


def levels(low: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Give the levels of the RFC 9162 tree over hashes of leaves; an odd last one moves up."""
    while len(low) > 1:
        yield low
        even = len(low) // 2 * 2
        up = [sha(b"\1", low[at], low[at + 1]) for at in range(0, even, 2)]
        low = [*up, *low[even:]]
    yield low or [sha()]


def root(leaves: Sequence[bytes]) -> bytes:
    return list(levels(leaves))[-1][0]


def tiles(size: int) -> Iterator[tuple[str, slice]]:
    """Name the tiles of at most 256 hashes, as C2SP tlog-tiles does, and say what is in each."""
    for at in range(0, size, TILE):
        number, width = at // TILE, min(TILE, size - at)
        parts = [f"{number // 1000**p % 1000:03}" for p in range((len(str(number)) + 2) // 3)]
        name = "/x".join(reversed(parts))
        name = "x" * (len(parts) > 1) + name + f".p/{width}" * (width < TILE)
        yield name, slice(at, at + width)


def signers(note: bytes, keys: Sequence[str]) -> tuple[str, set[str]]:
    """Give a C2SP signed note's text and which of the keys signed it; raise for a false line."""
    said, _, lines = note.decode().rpartition("\n\n")
    said, known, good = said + "\n", dict[tuple[str, str], tuple[str, bytes]](), set[str]()
    for vkey in keys:
        name, number, body = vkey.split("+", 2)
        if sha(name.encode(), b"\n", exactly(body))[:4].hex() != number:
            raise ValueError(f"{vkey} is no key")
        known[name, number] = (vkey, exactly(body))
    for line in lines.removesuffix("\n").split("\n"):
        dash, name, body = line.split(" ")
        vkey, key = known[name, exactly(body)[:4].hex()]
        signature, message = exactly(body)[4:], said.encode()
        if key[0] == COSIGNATURE:  # C2SP cosignature/v1: a witness adds when it saw the note
            message = b"cosignature/v1\ntime %d\n" % int.from_bytes(signature[:8], "big") + message
            signature = signature[8:]
        ed25519.Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature, message)
        if dash != "\u2014" or vkey in good:
            raise ValueError(f"a line of {name} that is twice there, or is none")
        good.add(vkey)
    return said, good


def act_challenge(act: Record) -> bytes:
    """Give what both persons signed of an act. Raises ``ValueError`` where the act says more."""
    needed = "election number kind state definition_hash reason payload_digest nonce signatures"
    only(act, needed, ["payload"])
    parts = (act["definition_hash"], act["payload_digest"], act["nonce"])
    hashed, payload, nonce = (bytes.fromhex(part or "") for part in parts)
    said = act.get("payload", {})
    written = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if payload != (sha(written.encode()) if said else b""):
        raise ValueError("its payload is not what was signed")
    words = (text(act["kind"]), text(act["state"]), hashed, text(act["reason"]), payload, nonce)
    return sha(pre("action", UUID(act["election"]).bytes, *words))


def signed(by: Record, challenge: bytes) -> str:
    """Check one passkey's answer (W3C Web Authentication 7.2) and give the address it was at."""
    data, client = (
        exactly(by["authenticator_data"], url=True),
        exactly(by["client_data_json"], url=True),
    )
    key, signature, said = (
        exactly(by["public_key"], url=True),
        exactly(by["signature"], url=True),
        json_of(client),
    )
    host = urlsplit(said["origin"]).hostname or ""
    if (said["type"], said["challenge"]) != ("webauthn.get", b64(challenge, url=True)):
        raise ValueError("it answers another challenge")
    if data[:32] != sha(host.encode()) or data[32] & THERE_AND_KNOWN != THERE_AND_KNOWN:
        raise ValueError("made for another site, or without its owner there")
    if key.startswith(EDDSA):
        ed25519.Ed25519PublicKey.from_public_bytes(key[10:]).verify(signature, data + sha(client))
    else:
        point = b"\4" + key[10:42] + key[45:]
        curve = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        curve.verify(signature, data + sha(client), ec.ECDSA(SHA256()))
    return str(said["origin"])
