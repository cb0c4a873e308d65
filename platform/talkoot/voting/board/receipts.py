"""Is my ballot in the box? What the board says of a ballot, and the proof of it."""

from dataclasses import dataclass
from enum import Enum

from sqlalchemy import select

from talkoot.base.bytes import DIGEST_BYTES, Digest
from talkoot.base.db import ReadSession
from talkoot.base.errors import NotFound
from talkoot.base.ids import ElectionId
from talkoot.voting.board.leaves import Kind, Leaf
from talkoot.voting.board.notes import Checkpoint, Note, VerifierKey, is_signed
from talkoot.voting.board.public import checkpoint_of, signed_size
from talkoot.voting.board.store import board_of, hashes_of
from talkoot.voting.board.tables import LeafRow, WaitingRow
from talkoot.voting.board.tree import includes, inclusion_ranges, proof_of, spans_of

RECEIPT_BYTES = 8
"""Half of 16 symbols: what of an entry's hash a receipt number holds."""

_LAST = b"\xff" * DIGEST_BYTES
_TYPED = str.maketrans("oil", "011", " \t\u00a0-\u2010\u2011\u2012\u2013\u2014")
"""Spaces and dashes of every kind are left out."""


class Fate(Enum):
    """What the board knows of a ballot."""

    ON_THE_BOARD = "on-the-board"
    WAITING = "waiting"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the board knows. ``entry`` is empty unless the ballot is known; ``size`` is how many
    leaves the newest checkpoint covers.
    """

    fate: Fate
    entry: bytes = b""
    index: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That a ballot's leaf is in the tree of the newest checkpoint, witnesses' lines included."""

    entry: Digest
    index: int
    path: tuple[Digest, ...]
    checkpoint: bytes


def named_by(words: str) -> bytes | None:
    """Read a receipt number or a whole entry hash as people type them; ``None``: it is neither.

    Case, spaces and dashes are free, and letters that no number has are the digits they look like.
    """
    symbols = words.lower().translate(_TYPED)
    if len(symbols) not in {2 * RECEIPT_BYTES, 2 * DIGEST_BYTES} or not symbols.isascii():
        return None
    return bytes.fromhex(symbols) if set(symbols) <= set("0123456789abcdef") else None


async def found_for(session: ReadSession, election_id: ElectionId, name: bytes) -> Found:
    """Tell what the board knows of the ballot whose hash is, or begins with, these bytes.

    A leaf that no checkpoint covers yet still waits, and so does a ballot of a sealed election
    whose board nobody has started.
    """
    return await _found(session, election_id, name, await signed_size(session, election_id))


async def _found(session: ReadSession, election_id: ElectionId, name: bytes, size: int) -> Found:
    last = name + _LAST[len(name) :]
    leaf = (
        await session.execute(
            select(LeafRow.content, LeafRow.index.label("place"))
            .where(
                LeafRow.election_id == election_id,
                LeafRow.kind == Kind.BALLOT.value,
                LeafRow.content.between(name, last),
            )
            .limit(1)
        )
    ).one_or_none()
    if leaf is not None and leaf.place < size:
        return Found(fate=Fate.ON_THE_BOARD, entry=leaf.content, index=leaf.place, size=size)
    if leaf is not None:
        return Found(fate=Fate.WAITING, entry=leaf.content, size=size)
    waiting = await session.scalar(
        select(WaitingRow.entry_hash)
        .where(WaitingRow.election_id == election_id, WaitingRow.entry_hash.between(name, last))
        .limit(1)
    )
    if waiting is not None:
        return Found(fate=Fate.WAITING, entry=waiting, size=size)
    return Found(fate=Fate.UNKNOWN, size=size)


async def proof_for(session: ReadSession, election_id: ElectionId, entry: Digest) -> Proof | None:
    """Prove that a ballot is in the box; ``None`` where no checkpoint covers it.

    The checkpoint is read once and the path leads to its root, whoever signs a newer one meanwhile.
    """
    board = await board_of(session, election_id)
    if board is None:
        return None
    try:
        checkpoint = await checkpoint_of(session, board)
    except NotFound:
        return None
    size = Checkpoint.read(Note.read(checkpoint).text).size
    found = await _found(session, election_id, entry, size)
    if found.fate is not Fate.ON_THE_BOARD:
        return None
    ranges = inclusion_ranges(found.index, size)
    spans = [span for start, end in ranges for span in spans_of(start, end)]
    read = await hashes_of(session, election_id, spans)
    return Proof(
        entry=Digest(found.entry),
        index=found.index,
        path=tuple(proof_of(ranges, read.__getitem__)),
        checkpoint=checkpoint,
    )


def holds(proof: Proof, log_key: VerifierKey) -> bool:
    """Tell whether a proof leads from its ballot's leaf to a root that this key has signed."""
    note = Note.read(proof.checkpoint)
    seen = Checkpoint.read(note.text)
    leaf = Leaf(Kind.BALLOT, proof.entry)
    return is_signed(note, log_key) and includes(
        leaf.hash, proof.index, seen.size, proof.path, seen.root
    )
