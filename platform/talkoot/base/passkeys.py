"""What a passkey has signed, checked again by anyone who holds its public key.

An *assertion* is what an authenticator answers to a challenge (W3C Web Authentication, level 3,
section 7.2): it signs what the browser saw (challenge and address) and what the authenticator saw
(whose site, and that a verified person was there). Nothing here knows a database or a clock, so
that the log and a reader of its public records check the very bytes that were signed.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialId, OfficialRole

CredentialId = NewType("CredentialId", bytes)
CosePublicKey = NewType("CosePublicKey", bytes)
"""A public key as CTAP2 writes it: canonical CBOR of a COSE key, ES256 or EdDSA on Ed25519."""

CREDENTIAL_ID_MAX = 1023
"""Web Authentication, level 3, section 4: the longest credential id."""
CLIENT_DATA_MAX = 4096
AUTHENTICATOR_DATA_MAX = 2048
AUTHENTICATOR_HEAD = 37
"""The hash of the site's name, one byte of flags, and a counter of four bytes."""

_USER_PRESENT, _USER_VERIFIED, _MAY_BE_COPIED, _COPIED, _ATTESTED, _EXTENDED = (
    0x01,
    0x04,
    0x08,
    0x10,
    0x40,
    0x80,
)
# RFC 9052, section 7, and RFC 9053: the fixed bytes before and between the coordinates.
_ES256_HEAD = bytes.fromhex("a5010203262001215820")
_ES256_MIDDLE = bytes.fromhex("225820")
_EDDSA_HEAD = bytes.fromhex("a4010103272006215820")
_COORDINATE = 32


class KeyKind(StrEnum):
    """What holds an official's private key."""

    PASSKEY = "passkey"
    """An authenticator: a phone, a computer's own chip or a security key."""
    FILE = "file"
    """A file under a passphrase: whoever copies it and learns the passphrase can sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """An authenticator's answer to one challenge, byte for byte as it came."""

    credential_id: CredentialId
    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """The site that passkeys belong to: the name they are bound to, and the one address in use."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed an act, in which role and with what. It carries all that a re-check needs."""

    official_id: OfficialId
    name: str
    role: OfficialRole
    credential_id: CredentialId
    key_kind: KeyKind
    public_key: CosePublicKey
    assertion: Assertion


def relying_party(address: str) -> RelyingParty:
    """Give the site of an address (``https://osallistu.example.fi``).

    Browsers bind no passkey to a bare number, so this machine's own number becomes ``localhost``.
    Raises :class:`NotAllowed` for any other number and for what is no address.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    if host in {"127.0.0.1", "::1"}:
        host = "localhost"
    if parts.scheme not in {"http", "https"} or not host or host[-1].isdigit() or ":" in host:
        raise NotAllowed(f"passkeys need an address with a name, and {address!r} has none")
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return RelyingParty(id=host, origin=f"{parts.scheme}://{host}{port}")


def verified(
    assertion: Assertion,
    public_key: CosePublicKey,
    *,
    challenge: bytes,
    rp_id: str,
    origin: str,
) -> int:
    """Check an assertion and give the authenticator's counter (nought where it keeps none).

    Raises :class:`NotAllowed`, saying why, unless the key signed this challenge, at this address
    and for this site, while a person was present *and* was recognised by the authenticator.
    """
    _check_client_data(assertion.client_data_json, challenge, origin)
    count = _count_in(assertion.authenticator_data, rp_id)
    signed = assertion.authenticator_data + hashlib.sha256(assertion.client_data_json).digest()
    try:
        key = key_in(public_key)
        if isinstance(key, Ed25519PublicKey):
            key.verify(assertion.signature, signed)
        else:
            key.verify(assertion.signature, signed, ECDSA(SHA256()))
    except InvalidSignature as err:
        raise NotAllowed("the passkey's signature is not of its key over these words") from err
    return count


def rechecked(signature: Signature, *, challenge: bytes, rp_id: str, origin: str) -> None:
    """Check a signature on file against the challenge of its act. Raises :class:`NotAllowed`."""
    if signature.assertion.credential_id != signature.credential_id:
        raise NotAllowed(f"the signature of {signature.name!r} is of another passkey")
    verified(
        signature.assertion, signature.public_key, challenge=challenge, rp_id=rp_id, origin=origin
    )


def _check_client_data(client_data: bytes, challenge: bytes, origin: str) -> None:
    found = _json_object(client_data)
    if found.get("type") != "webauthn.get":
        raise NotAllowed("this was signed for something else than to answer a challenge")
    given = found.get("challenge")
    if not (
        isinstance(given, str)
        and hmac.compare_digest(given.encode("utf-8", "replace"), base64url(challenge).encode())
    ):
        raise NotAllowed("the passkey answered another challenge than the one that was put")
    if found.get("origin") != origin:
        raise NotAllowed("the passkey was used at another address than this site's")
    if found.get("crossOrigin", False) is not False or "topOrigin" in found:
        raise NotAllowed("the passkey was used from within another site's page")


def _json_object(octets: bytes) -> dict[str, str | bool | int | float | None]:
    """Read a JSON object whose keys come once each. Raises :class:`NotAllowed` for all else."""

    def once(pairs: list[tuple[str, str]]) -> dict[str, str]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise NotAllowed("the browser's words name a thing twice")
        return dict(pairs)

    if len(octets) > CLIENT_DATA_MAX:
        raise NotAllowed("the browser's words are too long")
    try:
        found = json.loads(octets.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as err:
        raise NotAllowed("the browser's words cannot be read") from err
    if not isinstance(found, dict):
        raise NotAllowed("the browser's words cannot be read")
    return found


def _count_in(data: bytes, rp_id: str) -> int:
    if not AUTHENTICATOR_HEAD <= len(data) <= AUTHENTICATOR_DATA_MAX:
        raise NotAllowed("the authenticator's words have no length that they can have")
    if not hmac.compare_digest(data[:32], hashlib.sha256(rp_id.encode()).digest()):
        raise NotAllowed("the passkey belongs to another site")
    flags = data[32]
    if not flags & _USER_PRESENT:
        raise NotAllowed("nobody was there when the passkey was used")
    if not flags & _USER_VERIFIED:
        raise NotAllowed("the passkey was used without recognising its owner")
    if flags & _COPIED and not flags & _MAY_BE_COPIED:
        raise NotAllowed("the authenticator contradicts itself")
    if flags & _ATTESTED or bool(flags & _EXTENDED) != (len(data) > AUTHENTICATOR_HEAD):
        raise NotAllowed("the authenticator says more than an answer to a challenge holds")
    return int.from_bytes(data[33:AUTHENTICATOR_HEAD], "big")


def key_in(public_key: CosePublicKey) -> EllipticCurvePublicKey | Ed25519PublicKey:
    """Read a public key. Raises :class:`NotAllowed` for another kind or another spelling of it."""
    body = len(_ES256_HEAD) + _COORDINATE
    try:
        if len(public_key) == body and public_key.startswith(_EDDSA_HEAD):
            return Ed25519PublicKey.from_public_bytes(public_key[len(_EDDSA_HEAD) :])
        if (
            len(public_key) == body + len(_ES256_MIDDLE) + _COORDINATE
            and public_key.startswith(_ES256_HEAD)
            and public_key[body : body + len(_ES256_MIDDLE)] == _ES256_MIDDLE
        ):
            x = int.from_bytes(public_key[len(_ES256_HEAD) : body], "big")
            y = int.from_bytes(public_key[body + len(_ES256_MIDDLE) :], "big")
            return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    except ValueError as err:
        raise NotAllowed("the passkey's public key is no point of its curve") from err
    raise NotAllowed("the passkey's public key is of a kind that is not used here")


def cose_of(key: EllipticCurvePublicKey | Ed25519PublicKey) -> CosePublicKey:
    """Write a public key: the one spelling that :func:`key_in` reads.

    Raises :class:`NotAllowed` for another curve than P-256.
    """
    if isinstance(key, Ed25519PublicKey):
        return CosePublicKey(_EDDSA_HEAD + key.public_bytes_raw())
    if not isinstance(key.curve, SECP256R1):
        raise NotAllowed("the passkey's public key is of a kind that is not used here")
    numbers = key.public_numbers()
    x, y = (each.to_bytes(_COORDINATE, "big") for each in (numbers.x, numbers.y))
    return CosePublicKey(_ES256_HEAD + x + _ES256_MIDDLE + y)


def base64url(octets: bytes) -> str:
    """Write bytes as URL-safe base64 without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def from_base64url(given: str) -> bytes:
    """Read what :func:`base64url` writes and nothing else. Raises :class:`NotAllowed`."""
    try:
        octets = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as err:
        raise NotAllowed("a passkey's bytes are not written as they must be") from err
    if base64url(octets) != given:
        raise NotAllowed("a passkey's bytes are not written as they must be")
    return octets


def assertion_json(assertion: Assertion) -> dict[str, str]:
    """Give an assertion for storing: every part in :func:`base64url`."""
    return {
        "credential_id": base64url(assertion.credential_id),
        "authenticator_data": base64url(assertion.authenticator_data),
        "client_data_json": base64url(assertion.client_data_json),
        "signature": base64url(assertion.signature),
    }


def assertion_from(given: dict[str, str]) -> Assertion:
    """Read :func:`assertion_json`. Raises :class:`NotAllowed` unless it is just that."""
    try:
        parts = {name: from_base64url(given[name]) for name in _ASSERTION}
    except (KeyError, TypeError) as err:
        raise NotAllowed("a part of the passkey's answer is missing") from err
    if set(given) != _ASSERTION or not 0 < len(parts["credential_id"]) <= CREDENTIAL_ID_MAX:
        raise NotAllowed("the passkey's answer does not have the parts that it must have")
    return Assertion(
        credential_id=CredentialId(parts["credential_id"]),
        authenticator_data=parts["authenticator_data"],
        client_data_json=parts["client_data_json"],
        signature=parts["signature"],
    )


_ASSERTION = {"credential_id", "authenticator_data", "client_data_json", "signature"}


def signature_json(signature: Signature) -> dict[str, str]:
    """Give a signature for storing and for a public record. It names the person and the role."""
    return {
        "official_id": str(signature.official_id),
        "name": signature.name,
        "role": signature.role.value,
        "key_kind": signature.key_kind.value,
        "public_key": base64url(signature.public_key),
        **assertion_json(signature.assertion),
    }


def signature_from(given: dict[str, str]) -> Signature:
    """Read :func:`signature_json`. Raises :class:`NotAllowed` unless it is just that."""
    head = {"official_id", "name", "role", "key_kind", "public_key"}
    assertion = assertion_from({key: value for key, value in given.items() if key not in head})
    try:
        return Signature(
            official_id=OfficialId(UUID(given["official_id"])),
            name=given["name"],
            role=OfficialRole(given["role"]),
            credential_id=assertion.credential_id,
            key_kind=KeyKind(given["key_kind"]),
            public_key=CosePublicKey(from_base64url(given["public_key"])),
            assertion=assertion,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as err:
        raise NotAllowed("a signature on file cannot be read") from err
