"""A closed ballot box as files: all that a machine without a network needs to count it.

Every ballot in it is sealed, and no key that opens one is in it but the trustees' wraps. It holds
voter keys beside sealed ballots, and is to be kept as the log itself is kept.
"""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import msgspec

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession
from talkoot.base.errors import BrokenLog, NotAllowed, TalkootError
from talkoot.rounds import municipality_of, round_of
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.log import (
    Election,
    LogColumns,
    definition_from,
    definition_json,
    entries_copied,
    entries_of_file,
    epochs_copied,
    epochs_of_file,
    ineligible_count,
    recorded_count,
    sealing_of,
)
from talkoot.voting.pabulib import PbHead
from talkoot.voting.results.areas import AreaVoters
from talkoot.voting.results.files import head_of
from talkoot.voting.results.sealed import SealedEntries, SealedGathering
from talkoot.voting.sealing import (
    BadSetup,
    SealedEpoch,
    SealingSetup,
    setup_from_json,
    setup_to_json,
)

FORMAT = "talkoot-box/1"
BOX, DEFINITION, SEALING = "box.json", "definition.json", "sealing.json"
ENTRIES, EPOCHS = "entries.copy", "epochs.copy"
FOLDER_MODE = 0o700
_READ_AT_ONCE = 1 << 20


class BadBox(TalkootError):
    """A folder that is no ballot box, or not the one that was exported. The text names the file."""


class Device(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device that took ballots: ``device`` in hexadecimal, what became of it, its journal's head
    in hexadecimal, and how many entries it gave.
    """

    device: str
    state: str
    head: str
    entries: int


class BoxHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``box.json`` says. ``checkpoint``: the board's signed note up to which is counted;
    ``files``: the SHA-256 of every other file, in hexadecimal; ``areas``: how many have voted, as
    the roll counted them: sums alone, since no file says of which area a voter is; ``ineligible``:
    how many ballots that devices brought were rejected, and are on the board beside the entries.
    """

    format: str
    election_id: str
    definition_hash: str
    head: PbHead
    entries: int
    checkpoint: str
    devices: tuple[Device, ...]
    files: dict[str, str]
    areas: tuple[AreaVoters, ...] = ()
    ineligible: int = 0


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A box whose files have their hashes; entries and epochs are read when asked for."""

    folder: Path
    head: BoxHead
    definition: BallotDefinition
    setup: SealingSetup

    def entries(self) -> SealedEntries:
        """Read the entries, each hash computed anew. Raises :class:`BrokenLog`, :class:`BadBox`."""
        gathering = SealedGathering(self.definition, self.head.entries)

        def kept(batch: LogColumns) -> None:
            gathering.add(batch)

        number = entries_of_file(
            self.folder / ENTRIES, self.definition.election_id, self.definition.hash, kept
        )
        if number != self.head.entries:
            raise BadBox(f"{ENTRIES} holds {number} entries, and {BOX} says {self.head.entries}")
        return gathering.entries()

    def epochs(self) -> tuple[SealedEpoch, ...]:
        """Read the sealed keys of the epochs."""
        return epochs_of_file(self.folder / EPOCHS, self.definition.election_id)


async def box_exported(
    session: ReadSession,
    election: Election,
    folder: Path,
    *,
    checkpoint: str,
    devices: tuple[Device, ...] = (),
    areas: tuple[AreaVoters, ...] = (),
) -> BoxHead:
    """Write a closed election's box into a new folder; ``box.json`` comes last.

    Whether the election is closed is for the caller to say. Raises :class:`NotAllowed` where its
    ballots are not sealed, or the folder holds something.
    """
    setup = await sealing_of(session, election.id)
    if setup is None:
        raise NotAllowed("this election's ballots are not sealed: `talkoot count` counts them")
    await asyncio.to_thread(_made, folder)
    await entries_copied(session, election.id, folder / ENTRIES)
    await epochs_copied(session, election.id, folder / EPOCHS)
    definition = {"hash": election.definition.hash.hex(), **definition_json(election.definition)}
    (folder / DEFINITION).write_bytes(pretty(definition))
    (folder / SEALING).write_bytes(setup_to_json(setup))
    round_ = await round_of(session, election.round_id)
    head = BoxHead(
        format=FORMAT,
        election_id=str(election.id),
        definition_hash=election.definition.hash.hex(),
        head=head_of(election, await municipality_of(session, round_.municipality_id)),
        entries=await recorded_count(session, election.id),
        checkpoint=checkpoint,
        devices=devices,
        files=await asyncio.to_thread(_hashes, folder),
        areas=areas,
        ineligible=await ineligible_count(session, election.id),
    )
    (folder / BOX).write_bytes(pretty(head))
    return head


def _made(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotAllowed(f"{folder} is there already: a ballot box needs a folder of its own")
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)


def _hashes(folder: Path) -> dict[str, str]:
    return {name: sha256_of(folder / name) for name in (DEFINITION, ENTRIES, EPOCHS, SEALING)}


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file of any length, in hexadecimal."""
    found = hashlib.sha256()
    with file.open("rb") as source:
        while chunk := source.read(_READ_AT_ONCE):
            found.update(chunk)
    return found.hexdigest()


def pretty(value: BoxHead | dict[str, Any]) -> bytes:
    """JSON as people read it: the same bytes for the same value."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def box_read(folder: Path) -> Box:
    """Read a box. Raises :class:`BadBox` naming the file that is missing, altered or unreadable."""
    try:
        head = msgspec.json.decode((folder / BOX).read_bytes(), type=BoxHead)
        if head.format != FORMAT:
            raise BadBox(f"{BOX}, format: {head.format!r}, and this reads {FORMAT!r}")
        for name, expected in {**dict.fromkeys((ENTRIES, EPOCHS), ""), **head.files}.items():
            if sha256_of(folder / Path(name).name) != expected:
                raise BadBox(f"{name} is not the file that was exported")
        raw = msgspec.json.decode((folder / DEFINITION).read_bytes(), type=dict[str, Any])
        raw.pop("hash", None)
        definition = definition_from(raw, Digest(bytes.fromhex(head.definition_hash)))
        setup = setup_from_json((folder / SEALING).read_bytes())
    except OSError as err:
        raise BadBox(f"{err.filename}: {err.strerror}") from err
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, BadSetup, BrokenLog) as err:
        raise BadBox(f"{folder} is not a ballot box: {err}") from err
    if not str(setup.election_id) == str(definition.election_id) == head.election_id:
        raise BadBox(f"{folder}: its files are of different elections")
    return Box(folder=folder, head=head, definition=definition, setup=setup)
