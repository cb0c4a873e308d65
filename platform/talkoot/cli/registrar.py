"""The registrar's private key of an election: a file of this machine, never a row.

It opens *who* of a kiosk's ballot, and nothing else. Only the taking of journals reads it, and it
is destroyed with the other secret files of the election.
"""

import os
import stat
from pathlib import Path

from talkoot.base.errors import BadFile, NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.base.settings import Settings
from talkoot.voting.sealing import PrivateKey, new_private_key

KEY_MODE = 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def registrar_file(settings: Settings, election_id: ElectionId) -> Path:
    """Where the registrar's private key of an election lies."""
    return settings.keys_folder / f"{election_id}.registrar"


def registrar_key(settings: Settings, election_id: ElectionId) -> PrivateKey:
    """Read the key.

    Raises :class:`NotFound` where there is none, :class:`NotAllowed` where another account could
    read it, and :class:`BadFile`.
    """
    file = registrar_file(settings, election_id)
    try:
        with file.open("r", encoding="ascii") as there:
            if os.fstat(there.fileno()).st_mode & OTHERS:
                raise NotAllowed(f"{file} is open to other accounts: set its mode to 0600")
            return PrivateKey(seed=bytes.fromhex(there.read()))
    except FileNotFoundError as err:
        raise NotFound(f"election {election_id} has no registrar's key: {file}") from err
    except ValueError as err:
        raise BadFile(f"{file} does not hold a registrar's key") from err


def registrar_key_drawn(settings: Settings, election_id: ElectionId) -> PrivateKey:
    """Draw the key and keep it, or give the one that a broken-off attempt left."""
    file = registrar_file(settings, election_id)
    if file.exists():
        return registrar_key(settings, election_id)
    key = new_private_key()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_MODE)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(key.seed.hex())
        out.flush()
        os.fsync(out.fileno())
    return key
