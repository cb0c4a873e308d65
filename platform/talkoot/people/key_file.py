"""An authenticator in a file: an ES256 key under a passphrase, for ceremonies on a command line.

It answers as a browser's authenticator would, for one site. It is weaker than a passkey (whoever
copies the file and learns the passphrase can sign), and so its kind is shown wherever it signed.
The JSON file holds public parts in clear; the private scalar is sealed by ChaCha20-Poly1305 under
Argon2id of the passphrase, with the public parts as associated data.
"""

import hashlib
import json
import os
import secrets
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from talkoot.base.errors import BadFile, NotAllowed
from talkoot.base.passkeys import (
    Assertion,
    CosePublicKey,
    CredentialId,
    RelyingParty,
    base64url,
    cose_of,
    from_base64url,
)

FORMAT = "talkoot passkey file 1"
MEMORY_KIB, PASSES, LANES = 64 * 1024, 3, 1
"""RFC 9106, section 4, second recommendation, with one lane."""
SALT_BYTES, NONCE_BYTES, SCALAR_BYTES, ID_BYTES = 16, 12, 32, 32
PASSPHRASE_MIN = 12
FILE_MODE = 0o600
PRESENT_AND_VERIFIED = 0x05
"""Flags UP and UV: the passphrase recognised its owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """An opened key file."""

    credential_id: CredentialId
    private_key: EllipticCurvePrivateKey = field(repr=False)

    @property
    def public_key(self) -> CosePublicKey:
        """The public key, as it goes on file."""
        return cose_of(self.private_key.public_key())


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    format: str
    credential_id: str
    public_key: str
    salt: str
    nonce: str
    sealed: str


def key_file_made(path: Path, passphrase: str) -> KeyFile:
    """Draw a key and write its file, readable by its owner alone.

    Raises :class:`NotAllowed` for a passphrase under 12 signs, ``FileExistsError`` where there is
    a file already. Takes about a fifth of a second and 64 MiB.
    """
    if len(passphrase) < PASSPHRASE_MIN:
        raise NotAllowed(f"a passphrase has at least {PASSPHRASE_MIN} signs")
    private_key = generate_private_key(SECP256R1())
    key = KeyFile(
        credential_id=CredentialId(secrets.token_bytes(ID_BYTES)), private_key=private_key
    )
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    scalar = private_key.private_numbers().private_value.to_bytes(SCALAR_BYTES, "big")
    sealing = ChaCha20Poly1305(_derived(passphrase, salt))
    sealed = sealing.encrypt(nonce, scalar, key.credential_id + key.public_key)
    stored = {
        "format": FORMAT,
        "credential_id": base64url(key.credential_id),
        "public_key": base64url(key.public_key),
        "salt": base64url(salt),
        "nonce": base64url(nonce),
        "sealed": base64url(sealed),
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(json.dumps(stored, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def key_file_opened(path: Path, passphrase: str) -> KeyFile:
    """Open a key file. Raises :class:`BadFile` where it is none, ``NotAllowed`` for a wrong
    passphrase or a changed file.
    """
    try:
        stored = msgspec.json.decode(path.read_bytes(), type=_Stored)
    except (OSError, ValueError) as err:
        raise BadFile(f"{path} is no passkey file") from err
    if stored.format != FORMAT:
        raise BadFile(f"{path} is no passkey file of this version")
    public = from_base64url(stored.credential_id) + from_base64url(stored.public_key)
    try:
        opening = ChaCha20Poly1305(_derived(passphrase, from_base64url(stored.salt)))
        nonce, sealed = from_base64url(stored.nonce), from_base64url(stored.sealed)
        scalar = opening.decrypt(nonce, sealed, public)
        private_key = derive_private_key(int.from_bytes(scalar, "big"), SECP256R1())
    except (InvalidTag, ValueError) as err:
        raise NotAllowed("the passphrase is wrong, or the passkey file was changed") from err
    return KeyFile(
        credential_id=CredentialId(from_base64url(stored.credential_id)), private_key=private_key
    )


def asserted(key: KeyFile, challenge: bytes, party: RelyingParty) -> Assertion:
    """Answer a challenge as an authenticator of this site would, with a counter of nought."""
    site = hashlib.sha256(party.id.encode()).digest()
    data = site + bytes([PRESENT_AND_VERIFIED]) + bytes(4)
    words = {
        "type": "webauthn.get",
        "challenge": base64url(challenge),
        "origin": party.origin,
        "crossOrigin": False,
    }
    client_data = json.dumps(words, separators=(",", ":")).encode()
    message = data + hashlib.sha256(client_data).digest()
    return Assertion(
        credential_id=key.credential_id,
        authenticator_data=data,
        client_data_json=client_data,
        signature=key.private_key.sign(message, ECDSA(SHA256())),
    )


def _derived(passphrase: str, salt: bytes) -> bytes:
    stretching = Argon2id(
        salt=salt, length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB
    )
    return stretching.derive(unicodedata.normalize("NFC", passphrase).encode("utf-8"))
