"""Boxes that one key closes and another opens: HPKE (RFC 9180), base mode, with the X-Wing KEM.

X-Wing is ML-KEM-768 and X25519 together: who breaks one of them has nothing yet. A private key is
the 32-byte seed of draft-connolly-cfrg-xwing-kem; a public key is its two parts back to back.
"""

from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from talkoot.base.errors import TalkootError

SEED_BYTES = 32
_MLKEM_SEED_BYTES = 64
_MLKEM_PUBLIC_BYTES = 1184  # FIPS 203, table 3
PUBLIC_KEY_BYTES = _MLKEM_PUBLIC_BYTES + 32
BOX_OVERHEAD = 1120 + 16
"""Bytes of a box above what is in it: the KEM's ciphertext and the tag."""

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class CannotOpen(TalkootError):
    """A box that this key, at this place, does not open: altered, moved, or not sealed to it."""


@dataclass(frozen=True, kw_only=True)
class PrivateKey:
    """The half of a key pair that opens. It is its 32-byte seed, which no ``repr`` shows."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Raises ``ValueError`` on a seed of another length."""
        if len(self.seed) != SEED_BYTES:
            raise ValueError(f"a private key has {SEED_BYTES} bytes, not {len(self.seed)}")

    @cached_property
    def public(self) -> bytes:
        """The half that closes, :data:`PUBLIC_KEY_BYTES` long."""
        mlkem, x25519 = self._parts
        return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()

    def opened(self, box: bytes, info: bytes) -> bytes:
        """What is in a box that was closed with the same ``info``. Raises :class:`CannotOpen`."""
        try:
            return _SUITE.decrypt(box, self._pair, info)
        except (InvalidTag, ValueError) as err:
            raise CannotOpen("this key does not open the box at this place") from err

    @cached_property
    def _parts(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        shake = hashes.Hash(hashes.SHAKE256(_MLKEM_SEED_BYTES + 32))
        shake.update(self.seed)
        drawn = shake.finalize()
        return (
            MLKEM768PrivateKey.from_seed_bytes(drawn[:_MLKEM_SEED_BYTES]),
            X25519PrivateKey.from_private_bytes(drawn[_MLKEM_SEED_BYTES:]),
        )

    @cached_property
    def _pair(self) -> MLKEM768X25519PrivateKey:
        return MLKEM768X25519PrivateKey(*self._parts)


def new_private_key() -> PrivateKey:
    """Draw a key pair."""
    return PrivateKey(seed=drawn_bytes())


def drawn_bytes() -> bytes:
    """32 bytes that nobody can guess, from the cryptographic library's own source."""
    return ChaCha20Poly1305.generate_key()


def sealed_box(public: bytes, content: bytes, info: bytes) -> bytes:
    """Close a box. Only the private half of ``public`` opens it, and only with the same ``info``.

    Raises ``ValueError`` if ``public`` is no public key.
    """
    return _SUITE.encrypt(content, _public_key(public), info)


def _public_key(public: bytes) -> MLKEM768X25519PublicKey:
    if len(public) != PUBLIC_KEY_BYTES:
        raise ValueError(f"a public key has {PUBLIC_KEY_BYTES} bytes, not {len(public)}")
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_BYTES]),
        X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_BYTES:]),
    )
