"""From a ballot box to its public files, without a database, and from these back into one."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.engine import Engine
from talkoot.base.errors import NotAllowed
from talkoot.base.hash_rows import root_over
from talkoot.voting.dedup import U8
from talkoot.voting.log import Election, ineligible_count, read_standing, recorded_count
from talkoot.voting.results.ballot_files import BALLOTS_CSV, BALLOTS_JSON, csv_of, json_of
from talkoot.voting.results.box import Box, Device
from talkoot.voting.results.count import Count, finished
from talkoot.voting.results.figures import AreaTable, ChannelTable
from talkoot.voting.results.files import BALLOTS, RESULT, files_of
from talkoot.voting.results.sealed import Open, SealedCount, Shuffle, sealed_counted
from talkoot.voting.results.store import PublicFile, public_file_kept, result_kept
from talkoot.voting.results.unique import unique_ballots
from talkoot.voting.results.values import Result

TABLES, TRANSCRIPT = "tables.json", "transcript.json"
_JSON = "application/json"
_MEDIA = {
    BALLOTS: "text/plain; charset=utf-8",
    BALLOTS_CSV: "text/csv; charset=utf-8",
    BALLOTS_JSON: _JSON,
    RESULT: _JSON,
    TABLES: _JSON,
    TRANSCRIPT: _JSON,
}


class BoxAccounting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``entries == counted + superseded + spoiled + ineligible + quarantined``."""

    entries: int
    counted: int
    superseded: int
    spoiled: int
    ineligible: int = 0
    quarantined: int = 0

    @property
    def holds(self) -> bool:
        """Whether every entry is accounted for, and none is left in quarantine."""
        parts = (self.counted, self.superseded, self.spoiled, self.ineligible, self.quarantined)
        return self.entries == sum(parts) and not self.quarantined


class Transcript(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the ceremony did. Hashes are in hexadecimal.

    ``checkpoint``: the board's note up to which was counted; ``files``: each public file's SHA-256;
    ``standing``: the root of the tree over the hashes of the entries that stand; ``trustees``: who
    opened; ``spoiled``: how many ballots for which reason.
    """

    election: str
    definition_hash: str
    checkpoint: str
    accounting: BoxAccounting
    spoiled: dict[str, int]
    files: dict[str, str]
    standing: str
    trustees: tuple[str, ...]
    devices: tuple[Device, ...]


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """Figures by channel and by area, without small numbers and what would give them away.

    ``unique``: how many of the ballots are like no other; ``purpose`` as the result says it.
    """

    ballots: int
    unique: int
    by_channel: ChannelTable | None
    by_area: AreaTable | None
    purpose: str | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """A box that was counted: the count, its tables, and the public files, the transcript last."""

    count: Count
    tables: Tables
    transcript: Transcript
    files: tuple[PublicFile, ...]


def tallied(
    box: Box,
    *,
    open_: Open,
    shuffle: Shuffle,
    trustees: Sequence[str],
    engine: Engine = Engine.KERNELS,
) -> Tallied:
    """Count a box and make its public files. Raises :class:`BrokenLog` for entries that do not fit.

    The bytes depend on the set of ballots alone, and on who was present.
    """
    definition = box.definition
    found = sealed_counted(box.entries(), definition, open_=open_, shuffle=shuffle, engine=engine)
    count = finished(found.part, definition, areas=box.head.areas, engine=engine)
    files = [*files_of(definition, box.head.head, count)]
    tables = Tables(
        ballots=count.profile.ballots,
        unique=unique_ballots(count.profile),
        by_channel=count.result.channels,
        by_area=None if count.result.areas is msgspec.UNSET else count.result.areas,
        purpose=count.result.purpose,
    )
    bodies = {
        BALLOTS_CSV: csv_of(count.profile, definition.purpose),
        BALLOTS_JSON: json_of(definition, count.profile),
        TABLES: _pretty(tables),
    }
    files += [public_file_named(name, body) for name, body in bodies.items()]
    transcript = _transcript(box, found, count, files, trustees)
    files.append(public_file_named(TRANSCRIPT, _pretty(transcript)))
    return Tallied(count=count, tables=tables, transcript=transcript, files=tuple(files))


def _transcript(
    box: Box,
    found: SealedCount,
    count: Count,
    files: Sequence[PublicFile],
    trustees: Sequence[str],
) -> Transcript:
    sums = count.result.accounting
    return Transcript(
        election=box.head.election_id,
        definition_hash=box.head.definition_hash,
        checkpoint=box.head.checkpoint,
        accounting=BoxAccounting(
            entries=sums.entries + box.head.ineligible,
            counted=sums.counted,
            superseded=sums.superseded,
            spoiled=sums.spoiled,
            ineligible=box.head.ineligible,
        ),
        spoiled={reason.word: number for reason, number in sorted(found.spoiled.items())},
        files={file.name: file.sha256.hex() for file in files},
        standing=tree_root(found.standing).hex(),
        trustees=tuple(sorted(trustees)),
        devices=box.head.devices,
    )


def public_file_named(name: str, body: bytes) -> PublicFile:
    """Give one of these files with its media type. Raises ``KeyError`` for any other name."""
    return PublicFile(name=name, media_type=_MEDIA[name], body=body)


def _pretty(value: Tables | Transcript) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def tree_root(leaves: U8) -> bytes:
    """The root of an RFC 9162 tree over leaves of 32 bytes, uint8 (n, 32), in their order."""
    return root_over(leaves)


async def tally_kept(
    session: WriteSession, election: Election, folder: Path, at: datetime
) -> Transcript:
    """Keep the public files of a ceremony, once they fit what the database itself knows.

    The state of the election and who answers for it are the caller's. Raises :class:`NotAllowed`
    naming what does not fit: then nothing may be committed.
    """
    files = {name: _read(folder / name) for name in _MEDIA}
    try:
        transcript = msgspec.json.decode(files[TRANSCRIPT], type=Transcript)
        result = msgspec.json.decode(files[RESULT], type=Result)
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        raise NotAllowed(f"{folder} does not hold the files of a ceremony: {err}") from err
    _fits(election, transcript, result, files)
    await _stands(session, election, transcript)
    await result_kept(session, election.id, result, at)
    for name, body in files.items():
        await public_file_kept(session, election.id, public_file_named(name, body))
    return transcript


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as err:
        raise NotAllowed(f"{file}: {err.strerror}") from err


def _fits(
    election: Election, transcript: Transcript, result: Result, files: Mapping[str, bytes]
) -> None:
    """Compare transcript, result and files with each other and with the election."""
    sums, said = transcript.accounting, result.accounting
    of_this = (str(election.id), election.definition.hash.hex())
    found = {
        name: hashlib.sha256(body).hexdigest() for name, body in files.items() if name != TRANSCRIPT
    }
    # The CSV has a heading; every other line is a ballot. A quoted line end cannot be in a number.
    lines = files[BALLOTS_CSV].count(b"\n") - 1
    checks = {
        "the transcript is of another election or ballot definition": (
            (transcript.election, transcript.definition_hash) == of_this
        ),
        "the result is of another election or ballot definition": (
            (result.election_id, result.definition_hash) == of_this
        ),
        "a file is not the one that the transcript names": found == transcript.files,
        "the accounting identity does not hold": sums.holds,
        "result and transcript account differently": (
            (said.entries, said.counted, said.superseded, said.spoiled)
            == (sums.entries - sums.ineligible, sums.counted, sums.superseded, sums.spoiled)
        ),
        "the published ballots are not as many as were counted": lines == sums.counted,
    }
    for fault, fits in checks.items():
        if not fits:
            raise NotAllowed(f"nothing is published: {fault}")


async def _stands(session: ReadSession, election: Election, transcript: Transcript) -> None:
    """Compare what stood in the ceremony with the database's own standing table."""
    sums = transcript.accounting
    here = (
        await recorded_count(session, election.id),
        await ineligible_count(session, election.id),
    )
    there = (sums.entries - sums.ineligible, sums.ineligible)
    if here != there:
        raise NotAllowed(
            f"nothing is published: {here[0]} entries are recorded and {here[1]} ineligible, and"
            f" the ceremony had {there[0]} and {there[1]}"
        )
    table = await read_standing(session, election.id)
    hashes = np.ascontiguousarray(table.entry_hash)
    ordered = hashes[np.argsort(hashes.view("S32").reshape(-1), kind="stable")]
    if tree_root(ordered).hex() != transcript.standing:
        raise NotAllowed(
            "nothing is published: other ballots stand in the database than in the ceremony"
        )
