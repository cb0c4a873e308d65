"""Secret files of an election are destroyed: written over, synced, then removed."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from talkoot.base.ids import ElectionId

SUFFIXES = ("keys", "registrar")
"""Pseudonym key and code pepper in one file (``create_keys``), the registrar's key in the other."""


def secret_files(folder: Path, election_id: ElectionId) -> tuple[Path, ...]:
    """Give an election's secret files that are there, also what a broken-off writing left."""
    named = {folder / f"{election_id}.{suffix}" for suffix in SUFFIXES}
    halves = set(folder.glob(f".{election_id}.*"))
    return tuple(sorted(path for path in named | halves if path.is_file()))


def secrets_destroyed(folder: Path, election_id: ElectionId) -> Sequence[Path]:
    """Destroy an election's secret files and give those that were there.

    Each is written over with random bytes and synced before its name goes, so that no copy stays in
    the same place. A disk that never writes in place (flash, snapshots) may keep old blocks: there
    the whole disk must be encrypted, or destroyed. Doing it again destroys what was left.
    """
    found = secret_files(folder, election_id)
    for path in found:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(max(path.stat().st_size, 1)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    if found:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return found
