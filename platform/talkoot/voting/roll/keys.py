"""The two secret keys of an election: files of this machine, never rows of the database.

Whoever has the database alone can neither guess codes nor tell who is behind a voter key; for
either they need these files as well. They are destroyed after the time for appeals.
"""

import contextlib
import os
import secrets
import stat
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from talkoot.base.bytes import Tag, mac, text
from talkoot.base.errors import BadFile, NotAllowed, NotFound
from talkoot.base.ids import VOTER_KEY_BYTES, ElectionId, VoterKey

KEY_BYTES = 32
FOLDER_MODE = 0o700
FILE_MODE = 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO
_NAMES = ("pseudonym", "code_pepper")


class NoKeys(NotFound):
    """An election's keys are not where they belong: an alarm, for nobody can sign in."""


class AnchorScheme(StrEnum):
    """What the anchor of a person is, the same for every way of signing in to an election."""

    FINNISH_IDENTITY_CODE = "fi-hetu"
    LIBRARY_PATRON = "ils-patron"
    REGISTER_ROW = "register-row"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectionKeys:
    """``pseudonym`` makes voter keys, ``code_pepper`` seasons the hashes of codes; 32 bytes each.

    Neither appears in the representation, so that no log or trace can hold it.
    """

    pseudonym: bytes = field(repr=False)
    code_pepper: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse keys of another length with ``ValueError``."""
        if not len(self.pseudonym) == len(self.code_pepper) == KEY_BYTES:
            raise ValueError(f"keys are {KEY_BYTES} bytes")


def create_keys(folder: Path, election_id: ElectionId) -> ElectionKeys:
    """Draw an election's keys and keep them in ``folder``, readable by this account alone.

    The file appears whole or not at all. Raises :class:`NotAllowed` where the election has keys
    already: with new ones every code would be dead and every voter somebody else.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)
    keys = ElectionKeys(
        pseudonym=secrets.token_bytes(KEY_BYTES), code_pepper=secrets.token_bytes(KEY_BYTES)
    )
    half = folder / f".{election_id}.{secrets.token_hex(8)}"
    try:
        _written(half, _packed(keys))
        # A link, unlike a rename, never replaces what is there.
        os.link(half, _file(folder, election_id))
    except FileExistsError as err:
        raise NotAllowed(f"election {election_id} has its keys already") from err
    finally:
        half.unlink(missing_ok=True)
    _synced(folder)
    return keys


def keys_for(folder: Path, election_id: ElectionId) -> ElectionKeys:
    """Read an election's keys.

    Raises :class:`NoKeys` where there are none, :class:`NotAllowed` where another account could
    read them, and :class:`BadFile` where the file is not what :func:`create_keys` wrote.
    """
    path = _file(folder, election_id)
    try:
        with path.open("r", encoding="ascii") as file:
            if os.fstat(file.fileno()).st_mode & OTHERS:
                raise NotAllowed(f"{path} is open to other accounts: set its mode to 0600")
            return _unpacked(file.read())
    except FileNotFoundError as err:
        raise NoKeys(f"election {election_id} has no keys in {folder}") from err
    except ValueError as err:
        raise BadFile(f"{path} does not hold an election's keys") from err


def pseudonym(keys: ElectionKeys, election_id: ElectionId, scheme: str, anchor: str) -> bytes:
    """Give the 32 bytes that stand for a person in one election (``docs/wire.md``)."""
    fields = (election_id.bytes, text(scheme), text(anchor))
    return mac(keys.pseudonym, Tag.VOTER_PSEUDONYM, *fields)


def voter_key(keys: ElectionKeys, election_id: ElectionId, scheme: str, anchor: str) -> VoterKey:
    """Give the voter key: the first 16 bytes of :func:`pseudonym`."""
    return VoterKey(pseudonym(keys, election_id, scheme, anchor)[:VOTER_KEY_BYTES])


def _file(folder: Path, election_id: ElectionId) -> Path:
    return folder / f"{election_id}.keys"


def _packed(keys: ElectionKeys) -> str:
    return f"pseudonym {keys.pseudonym.hex()}\ncode_pepper {keys.code_pepper.hex()}\n"


def _unpacked(packed: str) -> ElectionKeys:
    lines = [line.split(" ") for line in packed.splitlines()]
    if tuple(line[0] for line in lines) != _NAMES:
        raise ValueError("other names than expected")
    first, second = (bytes.fromhex(value) for _, value in lines)
    return ElectionKeys(pseudonym=first, code_pepper=second)


def _written(path: Path, packed: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(packed)
        file.flush()
        os.fsync(file.fileno())


def _synced(folder: Path) -> None:
    """Make the new name itself durable, where the system lets folders be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
