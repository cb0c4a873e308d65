"""Reads a whole board again and names everything on it that is not as it was appended."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import select, text

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession
from talkoot.base.ids import ElectionId
from talkoot.voting.board.hash_rows import (
    LARGE,
    LeavesRead,
    at_their_places,
    ballots_hashed,
    leaves_read,
    tiles_over,
)
from talkoot.voting.board.leaves import Kind, Leaf
from talkoot.voting.board.notes import (
    BadNote,
    Checkpoint,
    Note,
    VerifierKey,
    is_signed,
    origin_of,
)
from talkoot.voting.board.store import Board, board_for, size_of
from talkoot.voting.board.tables import (
    CheckpointRow,
    CosignatureRow,
    LeafRow,
    NodeRow,
    RecordRow,
)
from talkoot.voting.board.tree import TILE_WIDTH, Span, subtree_root

LEAVES_READ = 65_536
"""A full tile of full tiles at a time: about 10 MB of rows."""

_KINDS = {kind.value: kind for kind in Kind}
_STRAYS = text(
    """
    select 'entry ' || encode(e.entry_hash, 'hex') || ': neither on the board nor waiting for it'
    from entry e
    where e.election_id = :election
      and not exists (select from board_waiting w where w.election_id = :election
                      and w.entry_hash = e.entry_hash)
      and not exists (select from board_leaf l where l.election_id = :election
                      and l.kind = 'ballot' and l.content = e.entry_hash)
    union all
    select 'waiting ' || encode(w.entry_hash, 'hex') || ': no entry has this hash'
    from board_waiting w
    where w.election_id = :election
      and not exists (select from entry e where e.election_id = :election
                      and e.entry_hash = w.entry_hash)
    union all
    select 'leaf ' || l.index || ': no entry has its hash'
    from board_leaf l
    where l.election_id = :election and l.kind = 'ballot'
      and not exists (select from entry e where e.election_id = :election
                      and e.entry_hash = l.content)
    """
)


@dataclass(slots=True)
class Findings:
    """What was read. ``stored`` are the hashes as they stand, level by level; ``derived`` those
    that follow from what is below them: one altered hash so does not accuse all above it.
    """

    faults: list[str] = field(default_factory=list)
    stored: list[Sequence[bytes]] = field(default_factory=list)
    derived: list[Sequence[bytes]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self.stored[0])

    def need(self, fault: str, *, holds: bool) -> None:
        """Write down a fault where something does not hold."""
        if not holds:
            self.faults.append(fault)

    def root(self, size: int) -> Digest:
        """The root over the first leaves, from what the leaves themselves say."""
        return subtree_root(0, size, _reader(self.derived))

    def roots(self, size: int) -> set[Digest]:
        """Every root that these rows could have had before one level of them was altered."""
        return {self.root(size), subtree_root(0, size, _reader(self.stored))}


def _reader(levels: Sequence[Sequence[bytes]]) -> Callable[[Span], Sequence[bytes]]:
    def read(span: Span) -> Sequence[bytes]:
        if span.level < len(levels):
            return levels[span.level][span.start : span.start + span.count]
        return []

    return read


async def tree_read(session: ReadSession, election_id: ElectionId) -> Findings:
    """Read every leaf, node and record, hash them again, and name those that do not fit."""
    found = Findings()
    is_large = await size_of(session, election_id) >= LARGE
    records = await (_leaves_at_once if is_large else _leaves)(session, election_id, found)
    await _nodes(session, election_id, found)
    await _records(session, election_id, found, records)
    return found


async def checked(session: ReadSession, election_id: ElectionId) -> list[str]:
    """Give every fault of a board in words; none where it is whole.

    Raises :class:`~talkoot.base.errors.NotFound` for an election without a board.
    """
    board = await board_for(session, election_id)
    found = await tree_read(session, election_id)
    await notes_read(session, board, found)
    found.faults += (await session.scalars(_STRAYS, {"election": election_id})).all()
    return found.faults


async def _leaves(
    session: ReadSession, election_id: ElectionId, found: Findings
) -> dict[bytes, int]:
    stored: list[bytes] = []
    derived: list[bytes] = []
    records: dict[bytes, int] = {}
    after = -1
    while True:
        query = (
            select(LeafRow.index, LeafRow.kind, LeafRow.content, LeafRow.hash)
            .where(LeafRow.election_id == election_id, LeafRow.index > after)
            .order_by(LeafRow.index)
            .limit(LEAVES_READ)
        )
        rows = (await session.execute(query)).all()
        for index, word, content, kept in rows:
            while len(stored) < index:
                found.faults.append(f"leaf {len(stored)}: missing")
                stored.append(bytes(32))
                derived.append(bytes(32))
            kind = _KINDS.get(word)
            right = bytes(32) if kind is None else Leaf(kind, content).hash
            if right != kept:
                found.faults.append(f"leaf {index}: its hash is not that of what it says")
            if kind is not Kind.BALLOT:
                records[content] = index
            stored.append(kept)
            derived.append(kept if right == kept else right)
        if not rows:
            break
        after = rows[-1][0]
    found.stored.append(stored)
    found.derived.append(derived)
    return records


async def _leaves_at_once(
    session: ReadSession, election_id: ElectionId, found: Findings
) -> dict[bytes, int]:
    """Do the same as :func:`_leaves`, its slow twin, in arrays."""
    read = await leaves_read(session, election_id)
    return await asyncio.to_thread(_compared, read, found)


def _compared(read: LeavesRead, found: Findings) -> dict[bytes, int]:
    index, content, stored = read.columns()
    derived = ballots_hashed(content)
    records: dict[bytes, int] = {}
    for row, word in read.others.items():
        kind, said = _KINDS.get(word), bytes(content[row])
        right = bytes(32) if kind is None else Leaf(kind, said).hash
        derived[row] = np.frombuffer(right, dtype=np.uint8)
        records[said] = int(index[row])
    for row in np.flatnonzero(np.any(derived != stored, axis=1)).tolist():
        found.faults.append(f"leaf {index[row]}: its hash is not that of what it says")
    found.stored.append(at_their_places(index, stored))
    found.derived.append(at_their_places(index, derived))
    for missing in np.setdiff1d(np.arange(found.size), index).tolist():
        found.faults.append(f"leaf {missing}: missing")
    return records


async def _nodes(session: ReadSession, election_id: ElectionId, found: Findings) -> None:
    query = select(NodeRow.level, NodeRow.index, NodeRow.hash)
    rows = await session.execute(query.where(NodeRow.election_id == election_id))
    nodes = {(level, index): kept for level, index, kept in rows}
    level = 1
    while count := len(found.stored[-1]) // TILE_WIDTH:
        derived = await asyncio.to_thread(tiles_over, found.derived[-1])
        besides = await asyncio.to_thread(tiles_over, found.stored[-1])
        stored = [nodes.pop((level, index), b"") for index in range(count)]
        for index, kept in enumerate(stored):
            right = kept in {derived[index], besides[index]}
            found.need(f"node {level}/{index}: not the root of its tile", holds=right)
        found.stored.append(stored)
        found.derived.append(derived)
        level += 1
    found.faults += [f"node {at}/{index}: of no full tile" for at, index in sorted(nodes)]


async def _records(
    session: ReadSession, election_id: ElectionId, found: Findings, named: dict[bytes, int]
) -> None:
    query = select(RecordRow.sha256, RecordRow.body).where(RecordRow.election_id == election_id)
    missing = dict(named)
    for name, body in await session.execute(query.order_by(RecordRow.sha256)):
        fits = hashlib.sha256(body).digest() == name
        found.need(f"record {name.hex()}: not what its name says", holds=fits)
        found.need(f"record {name.hex()}: no leaf names it", holds=name in named)
        missing.pop(name, None)
    for name, index in missing.items():
        found.faults.append(f"record {name.hex()} of leaf {index}: missing")


async def notes_read(session: ReadSession, board: Board, found: Findings) -> None:
    """Check every checkpoint and cosignature against the leaves that were read."""
    query = select(CheckpointRow.size, CheckpointRow.note)
    query = query.where(CheckpointRow.election_id == board.election_id)
    lines = select(CosignatureRow.size, CosignatureRow.witness_key, CosignatureRow.line)
    lines = lines.where(CosignatureRow.election_id == board.election_id)
    witnessed: dict[int, list[tuple[str, str]]] = {}
    for size, key, line in await session.execute(lines):
        witnessed.setdefault(size, []).append((key, line))
    for size, note in await session.execute(query.order_by(CheckpointRow.size)):
        for fault in note_faults(board, found, size, note):
            found.faults.append(f"checkpoint {size}: {fault}")
        for key, line in witnessed.pop(size, ()):
            fits = _is_witnessed(note, key, line)
            found.need(f"cosignature {size} by {key}: does not fit", holds=fits)
    found.faults += [f"cosignature {size}: of no checkpoint" for size in sorted(witnessed)]


def note_faults(board: Board, found: Findings, size: int, octets: bytes) -> list[str]:
    """Tell in words what is wrong with a checkpoint of this board."""
    try:
        note = Note.read(octets)
        checkpoint = Checkpoint.read(note.text)
    except BadNote as err:
        return [str(err)]
    faults = []
    if note.octets != octets or len(note.lines) != 1 or not is_signed(note, board.log_key):
        faults.append("not signed by the board's key")
    if (checkpoint.origin, checkpoint.size) != (origin_of(board.election_id), size):
        faults.append("of another board or size")
    if size > found.size or checkpoint.root not in found.roots(size):
        faults.append("its root is not that of the leaves")
    return faults


def _is_witnessed(octets: bytes, key: str, line: str) -> bool:
    try:
        text_ = Note.read(octets).text
        whole = Note.read(f"{text_}\n{line}".encode())
        return is_signed(whole, VerifierKey.read(key))
    except BadNote:
        return False
