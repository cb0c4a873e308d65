"""Signed notes, checkpoints and cosignatures as C2SP writes them. Pure but for the signing."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from talkoot.base.bytes import DIGEST_BYTES, Digest
from talkoot.base.errors import TalkootError
from talkoot.base.ids import ElectionId

NAME_MAX = 200
NOTE_BYTES_MAX = 16 * 1024
"""A checkpoint is under 300 bytes, and a cosignature under 400."""

_DASH = "— "
_ID_BYTES = 4
_KEY_BYTES = 32
_TIME_BYTES = 8


class BadNote(TalkootError):
    """A note, key or signature that is not what it must be; the text says how."""


class Use(IntEnum):
    """What a key signs: notes of a log, or another's notes as a witness (C2SP signed-note)."""

    LOG = 1
    WITNESS = 4


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name. Raises :class:`BadNote` for a name that a note cannot hold."""

    name: str
    use: Use
    public: bytes

    def __post_init__(self) -> None:
        """Refuse what has no one form in a note."""
        odd = any(sign.isspace() or not sign.isprintable() for sign in self.name)
        if not 0 < len(self.name) <= NAME_MAX or "+" in self.name or odd:
            raise BadNote("a key's name has no spaces and no plus, and at most 200 signs")
        if len(self.public) != _KEY_BYTES:
            raise BadNote("an Ed25519 key is 32 bytes")

    @property
    def id(self) -> bytes:
        """The four bytes that name the key in a signature."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._packed).digest()[:_ID_BYTES]

    @property
    def _packed(self) -> bytes:
        return bytes([self.use]) + self.public

    def __str__(self) -> str:
        """Give the key as people hand it on: name, id and key, with plus signs between."""
        return f"{self.name}+{self.id.hex()}+{_base64(self._packed)}"

    @classmethod
    def read(cls, words: str) -> Self:
        """Read a key. Raises :class:`BadNote`."""
        name, _, rest = words.strip().partition("+")
        packed = _bytes_in(rest.partition("+")[2])
        if not packed or packed[0] not in set(Use):
            raise BadNote("this is no key of a log or a witness")
        key = cls(name, Use(packed[0]), packed[1:])
        if str(key) != words.strip():
            raise BadNote(f"the key {name} is mistyped: its id does not fit")
        return key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its name and use."""

    name: str
    use: Use
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def verifier(self) -> VerifierKey:
        """The public part."""
        return VerifierKey(self.name, self.use, self.private.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many leaves a log has, and the root over them."""

    origin: str
    size: int
    root: Digest

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a checkpoint's text. Raises :class:`BadNote`."""
        lines = text.split("\n")
        if len(lines) != 4 or not lines[1].isascii() or not lines[1].isdecimal():  # noqa: PLR2004 - three lines, each ended
            raise BadNote("a checkpoint is an origin, a size and a root")
        root = _bytes_in(lines[2])
        found = cls(lines[0], int(lines[1][:20]), Digest(root))
        if found.text != text or len(root) != DIGEST_BYTES:
            raise BadNote("a checkpoint is written in another way than it must be")
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """One signature under a note: ``payload`` follows the key's id."""

    name: str
    id: bytes
    payload: bytes

    def __str__(self) -> str:
        """Give the line as it stands in a note, ended."""
        return f"{_DASH}{self.name} {_base64(self.id + self.payload)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the lines that sign it. Nothing is verified yet."""

    text: str
    lines: tuple[Line, ...]

    @property
    def octets(self) -> bytes:
        """The note as it is handed on."""
        return (self.text + "\n" + "".join(map(str, self.lines))).encode()

    @classmethod
    def read(cls, octets: bytes) -> Self:
        """Read a note. Raises :class:`BadNote`."""
        if len(octets) > NOTE_BYTES_MAX:
            raise BadNote("a note of this size is none")
        try:
            words = octets.decode()
        except UnicodeDecodeError as err:
            raise BadNote("a note is text") from err
        text, found, lines = words.rpartition("\n\n")
        if not found or not lines.endswith("\n"):
            raise BadNote("a note ends with signatures after an empty line")
        return cls(text + "\n", tuple(map(_line, lines[:-1].split("\n"))))


def _line(words: str) -> Line:
    dash, name, packed = ([*words.split(" "), "", ""])[:3]
    octets = _bytes_in(packed)
    line = Line(name, octets[:_ID_BYTES], octets[_ID_BYTES:])
    if dash != _DASH.strip() or not line.payload or str(line) != words + "\n":
        raise BadNote("a signature's line is not one")
    return line


def origin_of(election_id: ElectionId) -> str:
    """Give the name of an election's board, and of the key that signs it."""
    return f"talkoot/{election_id}"


def signed(checkpoint: Checkpoint, key: SigningKey) -> Note:
    """Sign a checkpoint as its log."""
    signature = key.private.sign(checkpoint.text.encode())
    return Note(checkpoint.text, (Line(key.name, key.verifier.id, signature),))


def cosigned(note: Note, key: SigningKey, *, at: int) -> Line:
    """Sign a note as a witness who saw it at ``at``, in seconds since 1970 (cosignature/v1)."""
    signature = key.private.sign(_seen(note.text, at))
    return Line(key.name, key.verifier.id, at.to_bytes(_TIME_BYTES, "big") + signature)


def is_signed(note: Note, key: VerifierKey) -> bool:
    """Tell whether a key signed the note, as log or as witness by its use."""
    return any(_holds(note.text, line, key) for line in note.lines)


def _holds(text: str, line: Line, key: VerifierKey) -> bool:
    if (line.name, line.id) != (key.name, key.id):
        return False
    message, signature = text.encode(), line.payload
    if key.use is Use.WITNESS:
        message = _seen(text, int.from_bytes(signature[:_TIME_BYTES], "big"))
        signature = signature[_TIME_BYTES:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def line_of(note: Note, key: VerifierKey) -> Line | None:
    """Give the line by which the key signed the note; ``None`` where it did not."""
    return next((line for line in note.lines if _holds(note.text, line, key)), None)


def _seen(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _bytes_in(words: str) -> bytes:
    try:
        return base64.b64decode(words, validate=True)
    except (binascii.Error, ValueError) as err:
        raise BadNote("not base64") from err
