"""Keys that sign: files of this machine, readable by this account alone, never rows."""

import contextlib
import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from talkoot.base.errors import BadFile, NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.voting.board.notes import SigningKey, Use, VerifierKey, origin_of

FOLDER_MODE = 0o700
FILE_MODE = 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO
_WORD = "talkoot-signing-key"


def new_key(path: Path, name: str, use: Use) -> SigningKey:
    """Draw a key and keep it in a new file, whole or not at all.

    Raises :class:`NotAllowed` where the file is there: a key is never replaced in passing.
    """
    key = SigningKey(name, use, Ed25519PrivateKey.generate())
    _ = VerifierKey(name, use, bytes(32))  # refuses a name that no note can hold
    packed = f"{_WORD} {use.value} {name} {key.private.private_bytes_raw().hex()}\n"
    half = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, never replaces what is there.
        os.link(half, path)
    except FileExistsError as err:
        raise NotAllowed(f"{path} is there already") from err
    finally:
        half.unlink(missing_ok=True)
    _synced(path.parent)
    return key


def key_in(path: Path) -> SigningKey:
    """Read a key. Raises :class:`NotFound`, :class:`NotAllowed` where others could read it too,
    and :class:`BadFile`.
    """
    try:
        with path.open("r", encoding="utf-8") as file:
            if os.fstat(file.fileno()).st_mode & OTHERS:
                raise NotAllowed(f"{path} is open to other accounts: set its mode to 0600")
            word, use, name, private = file.read().removesuffix("\n").split(" ")
            secret = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private))
            key = SigningKey(name, Use(int(use)), secret)
    except FileNotFoundError as err:
        raise NotFound(f"there is no key in {path}") from err
    except ValueError as err:
        raise BadFile(f"{path} does not hold a signing key") from err
    if word != _WORD:
        raise BadFile(f"{path} does not hold a signing key")
    return key


def board_key_file(folder: Path, election_id: ElectionId) -> Path:
    """Name the file of an election's board key in the folder of the elections' keys."""
    return folder / f"{election_id}.board"


def create_board_key(folder: Path, election_id: ElectionId) -> SigningKey:
    """Draw an election's board key; errors as :func:`new_key`."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)
    return new_key(board_key_file(folder, election_id), origin_of(election_id), Use.LOG)


def board_key(folder: Path, election_id: ElectionId) -> SigningKey:
    """Read an election's board key; errors as :func:`key_in`."""
    return key_in(board_key_file(folder, election_id))


def _synced(folder: Path) -> None:
    """Make the new name itself durable, where the system lets folders be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
