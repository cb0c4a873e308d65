"""The list of a folder of shards: which election, how many parts, and each file's size and hash."""

from pathlib import Path
from typing import Any

import msgspec

from talkoot.base.bytes import DIGEST_BYTES, Digest
from talkoot.base.errors import BrokenLog, TalkootError
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.log import definition_from, definition_json
from talkoot.voting.pabulib import PbHead

MANIFEST = "manifest.json"
FORMAT = "talkoot-shards/1"
CONFIDENTIAL = (
    "CONFIDENTIAL like the log itself: these shards hold every voter's key beside what that voter"
    " chose. Keep them where the log may be kept, and destroy them after the recount."
)


class BadShard(TalkootError):
    """A shard or its list cannot be counted. The text names the file, and row and field if known.

    Rows count from 0.
    """


class Shard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file: the voters of one part. ``bytes``: its length; ``sha256``: in hexadecimal."""

    name: str
    part: int
    rows: int
    bytes: int
    sha256: str


class _Listed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``manifest.json`` holds."""

    format: str
    confidential: str
    election_id: str
    definition_hash: str
    definition: dict[str, Any]
    head: PbHead
    parts: int
    rows: int
    shards: tuple[Shard, ...]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A folder's list, checked: the definition has its hash, and every part has one shard.

    ``head`` is what the election's public ``.pb`` file says of itself; ``shards`` lie in ``folder``
    and stand in the order of their parts.
    """

    folder: Path
    definition: BallotDefinition
    head: PbHead
    shards: tuple[Shard, ...]

    @property
    def parts(self) -> int:
        """Into how many ranges of voter keys the election is cut."""
        return len(self.shards)

    @property
    def rows(self) -> int:
        """How many entries the shards hold together, repeats included."""
        return sum(shard.rows for shard in self.shards)


def manifest_written(manifest: Manifest) -> bytes:
    """Give the list's bytes, the same for the same shards."""
    definition = manifest.definition
    listed = _Listed(
        format=FORMAT,
        confidential=CONFIDENTIAL,
        election_id=str(definition.election_id),
        definition_hash=definition.hash.hex(),
        definition=definition_json(definition),
        head=manifest.head,
        parts=manifest.parts,
        rows=manifest.rows,
        shards=manifest.shards,
    )
    return msgspec.json.format(msgspec.json.encode(listed), indent=2) + b"\n"


def manifest_of(folder: Path) -> Manifest:
    """Read a folder's list.

    Raises :class:`BadShard` where it is missing, is no list, or does not name each part once.
    """
    file = folder / MANIFEST
    try:
        listed = msgspec.json.decode(file.read_bytes(), type=_Listed)
    except OSError as err:
        raise BadShard(f"{file}: {err.strerror or err}") from err
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        raise BadShard(f"{file} is not a list of shards: {err}") from err
    if listed.format != FORMAT:
        raise BadShard(f"{file}, format: {listed.format!r}, and this reads {FORMAT!r}")
    _every_part_once(file, listed)
    definition = _definition(file, listed)
    return Manifest(folder=folder, definition=definition, head=listed.head, shards=listed.shards)


def _definition(file: Path, listed: _Listed) -> BallotDefinition:
    try:
        expected = Digest(bytes.fromhex(listed.definition_hash))
        definition = definition_from(listed.definition, expected)
    except (BrokenLog, ValueError) as err:
        raise BadShard(f"{file}, definition: {err}") from err
    if len(expected) != DIGEST_BYTES or str(definition.election_id) != listed.election_id:
        raise BadShard(f"{file}, election_id: {listed.election_id} is not the definition's")
    return definition


def _every_part_once(file: Path, listed: _Listed) -> None:
    shards = listed.shards
    if not shards or [shard.part for shard in shards] != list(range(listed.parts)):
        found = ", ".join(str(shard.part) for shard in shards)
        raise BadShard(
            f"{file}, shards: parts 0 to {listed.parts - 1} are wanted, and it has {found}"
        )
    for shard in shards:
        if Path(shard.name).name != shard.name or shard.rows < 0:
            raise BadShard(f"{file}, shards: part {shard.part} names no file of this folder")
    rows = sum(shard.rows for shard in shards)
    if rows != listed.rows:
        raise BadShard(f"{file}, rows: {listed.rows}, and the shards have {rows} together")
