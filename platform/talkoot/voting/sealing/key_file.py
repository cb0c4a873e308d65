"""A trustee's key at rest: one JSON file, the same on two media, closed by a passphrase.

The passphrase is stretched by Argon2id (RFC 9106) and closes the key by ChaCha20-Poly1305.
"""

from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from talkoot.base.bytes import Tag, pre, text
from talkoot.base.errors import TalkootError
from talkoot.voting.sealing.boxes import PUBLIC_KEY_BYTES, SEED_BYTES, PrivateKey, drawn_bytes
from talkoot.voting.sealing.setup import TrusteePublic
from talkoot.voting.sealing.trustees import TrusteeKey

MEMORY_KIB = 64 * 1024
PASSES = 3
LANES = 1
"""RFC 9106, 4: the second recommended choice, with one lane, for machines of any size."""

SALT_BYTES = 16
SHORTEST_PASSPHRASE = 12
"""In symbols: under it, a lost stick is a lost key."""

# Used once with a key that no other file has: the salt is drawn for each.
_NONCE = bytes(12)
_KIND = "talkoot trustee key 1"


class BadKeyFile(TalkootError):
    """A trustee's key file that cannot be used; the text says why."""


class _KeyFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str
    name: str
    public: bytes
    salt: bytes
    box: bytes


def locked(key: TrusteeKey, passphrase: str) -> bytes:
    """Give the file of a key. Raises :class:`BadKeyFile` on a passphrase that is too short."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadKeyFile(f"a passphrase needs {SHORTEST_PASSPHRASE} symbols or more")
    salt, public = drawn_bytes()[:SALT_BYTES], key.private.public
    cipher = ChaCha20Poly1305(_stretched(passphrase, salt))
    box = cipher.encrypt(_NONCE, key.private.seed, _bound(key.name, public, salt))
    form = _KeyFile(kind=_KIND, name=key.name, public=public, salt=salt, box=box)
    return msgspec.json.format(msgspec.json.encode(form), indent=1) + b"\n"


def unlocked(content: bytes, passphrase: str) -> TrusteeKey:
    """Open the file of a key.

    Raises :class:`BadKeyFile` on a file that is no key file, on a wrong passphrase, and on a key
    that does not fit the public half written beside it.
    """
    form = _read(content)
    cipher = ChaCha20Poly1305(_stretched(passphrase, form.salt))
    try:
        seed = cipher.decrypt(_NONCE, form.box, _bound(form.name, form.public, form.salt))
    except InvalidTag as err:
        raise BadKeyFile(
            f"the passphrase does not open the key of {form.name}, or the file was altered"
        ) from err
    if len(seed) != SEED_BYTES:
        raise BadKeyFile(f"the key of {form.name} has the wrong length")
    key = TrusteeKey(name=form.name, private=PrivateKey(seed=seed))
    if key.private.public != form.public:
        raise BadKeyFile(f"the private and the public key of {form.name} do not belong together")
    return key


def public_of_file(content: bytes) -> TrusteePublic:
    """The public half, without a passphrase. Raises :class:`BadKeyFile`."""
    form = _read(content)
    return TrusteePublic(name=form.name, public=form.public)


def same_key(one: bytes, other: bytes) -> bool:
    """Whether two media hold the same file of the same key. Raises :class:`BadKeyFile`."""
    return _read(one) == _read(other)


def key_from_either(copies: Sequence[bytes | None], passphrase: str) -> TrusteeKey:
    """Open a key of which some copies are lost (``None``) or damaged.

    Raises :class:`BadKeyFile` that says of each copy why it does not help.
    """
    faults = []
    for number, content in enumerate(copies, start=1):
        if content is None:
            faults.append(f"copy {number} is lost")
            continue
        try:
            return unlocked(content, passphrase)
        except BadKeyFile as err:
            faults.append(f"copy {number}: {err}")
    raise BadKeyFile("; ".join(faults) or "no copy was given")


def _read(content: bytes) -> _KeyFile:
    try:
        form = msgspec.json.decode(content, type=_KeyFile)
    except (msgspec.MsgspecError, UnicodeDecodeError) as err:
        raise BadKeyFile(f"this is no trustee's key file: {err}") from err
    if form.kind != _KIND:
        raise BadKeyFile(f"this is no trustee's key file, but {form.kind!r}")
    if len(form.public) != PUBLIC_KEY_BYTES or len(form.salt) != SALT_BYTES:
        raise BadKeyFile(f"the key file of {form.name} is damaged")
    return form


def _stretched(passphrase: str, salt: bytes) -> bytes:
    stretch = Argon2id(salt=salt, length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
    return stretch.derive(text(passphrase))


def _bound(name: str, public: bytes, salt: bytes) -> bytes:
    return pre(Tag.TRUSTEE_KEY, text(name), public, salt)
