"""The public folder of a board, file by file: C2SP tlog-tiles, keys and records."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import select

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.voting.board.notes import (
    BadNote,
    Checkpoint,
    Note,
    line_of,
    origin_of,
)
from talkoot.voting.board.store import (
    Board,
    board_for,
    cosignature_kept,
    hashes_in,
    last_note,
    leaves_in,
    lines_under,
    nodes_at,
)
from talkoot.voting.board.tables import CheckpointRow, LeafRow, RecordRow
from talkoot.voting.board.tiles import bundle, tile_named, tiles_of
from talkoot.voting.board.tree import TILE_WIDTH, Span

_ENTRIES = "entries"
_LEVELS_MAX = 8
_SHA256_SYMBOLS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFile:
    """A file of the folder. ``lasting``: its name says its bytes, for ever."""

    name: str
    body: bytes
    lasting: bool


async def board_file(session: ReadSession, election_id: ElectionId, name: str) -> BoardFile:
    """Give a file by its name below ``board/``.

    Only what a checkpoint covers is given. Raises :class:`NotFound` for any other name.
    """
    board = await board_for(session, election_id)
    kind, _, rest = name.partition("/")
    match kind:
        case "keys.json" if not rest:
            return BoardFile(name=name, body=keys_document(board), lasting=False)
        case "checkpoint" if not rest:
            body = await checkpoint_of(session, board)
            return BoardFile(name=name, body=body, lasting=False)
        case "records":
            body = await _record(session, election_id, rest)
        case "tile":
            body = await _tile(session, election_id, rest)
        case _:
            raise NotFound(f"the board has no file {name!r}")
    return BoardFile(name=name, body=body, lasting=True)


async def board_files(session: ReadSession, election_id: ElectionId) -> AsyncIterator[BoardFile]:
    """Give every file of the folder; none but the keys before the first checkpoint."""
    yield await board_file(session, election_id, "keys.json")
    size = await signed_size(session, election_id)
    if not size:
        return
    names = ["checkpoint", *(f"tile/{_ENTRIES}/{tile.name}" for tile in tiles_of(size, 0))]
    for level in range(_LEVELS_MAX):
        names += [f"tile/{level}/{tile.name}" for tile in tiles_of(size, level)]
    query = select(LeafRow.content).where(
        LeafRow.election_id == election_id, LeafRow.kind != "ballot", LeafRow.index < size
    )
    records = (await session.scalars(query.order_by(LeafRow.index))).all()
    names += [f"records/{content.hex()}" for content in records]
    for name in names:
        yield await board_file(session, election_id, name)


def keys_document(board: Board) -> bytes:
    """Give ``keys.json``: whose signatures a reader should demand."""
    document = {
        "origin": origin_of(board.election_id),
        "log_key": str(board.log_key),
        "witnesses": [str(key) for key in board.witnesses],
        "quorum": board.quorum,
    }
    return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


async def checkpoint_of(session: ReadSession, board: Board) -> bytes:
    """Give the newest checkpoint with its witnesses' lines. Raises :class:`NotFound`."""
    note = await last_note(session, board.election_id)
    if note is None:
        raise NotFound("this board has not been signed yet")
    size = Checkpoint.read(Note.read(note).text).size
    return note + "".join(await lines_under(session, board.election_id, size)).encode()


async def signed_size(session: ReadSession, election_id: ElectionId) -> int:
    """Give how many leaves the newest checkpoint covers."""
    note = await last_note(session, election_id)
    return 0 if note is None else Checkpoint.read(Note.read(note).text).size


async def witnessed(session: WriteSession, election_id: ElectionId, octets: bytes) -> int:
    """Keep the lines of known witnesses under a checkpoint of this board; give how many are new.

    Raises :class:`NotFound` where the text is no checkpoint of ours, and :class:`NotAllowed`
    where no witness of this board signed it.
    """
    board = await board_for(session, election_id)
    try:
        note = Note.read(octets)
        size = Checkpoint.read(note.text).size
    except BadNote as err:
        raise NotAllowed(str(err)) from err
    query = select(CheckpointRow.note).where(
        CheckpointRow.election_id == election_id, CheckpointRow.size == min(size, 2**62)
    )
    ours = await session.scalar(query)
    if ours is None or Note.read(ours).text != note.text:
        raise NotFound("this board has signed no such checkpoint")
    found = [(key, line_of(note, key)) for key in board.witnesses]
    lines = [(key, line) for key, line in found if line is not None]
    if not lines:
        raise NotAllowed("no witness of this board has signed this")
    kept = 0
    for key, line in lines:
        kept += await cosignature_kept(session, election_id, size, str(key), str(line))
    return kept


async def _record(session: ReadSession, election_id: ElectionId, name: str) -> bytes:
    if len(name) == _SHA256_SYMBOLS and set(name) <= set("0123456789abcdef"):
        query = select(RecordRow.body).where(
            RecordRow.election_id == election_id, RecordRow.sha256 == bytes.fromhex(name)
        )
        body = await session.scalar(query)
        if body is not None:
            return body
    raise NotFound("the board has no such record")


async def _tile(session: ReadSession, election_id: ElectionId, rest: str) -> bytes:
    word, _, name = rest.partition("/")
    tile = tile_named(name)
    level = 0 if word == _ENTRIES else int(word) if word in set("01234567") else None
    if tile is None or level is None:
        raise NotFound("the board has no such tile")
    start = tile.number * TILE_WIDTH
    if start + tile.width > nodes_at(await signed_size(session, election_id), level):
        raise NotFound("no checkpoint covers this tile")
    if word == _ENTRIES:
        leaves = await leaves_in(session, election_id, start, tile.width)
        return bundle(leaf.octets for leaf in leaves)
    return b"".join(await hashes_in(session, election_id, Span(level, start, tile.width)))
