"""Is my ballot in the box? What the board says of a ballot, and the proof of it."""

from dataclasses import dataclass
from enum import Enum

from sqlalchemy import select

from talkoot.base.bytes import DIGEST_BYTES, Digest
from talkoot.base.db import ReadSession
from talkoot.base.ids import ElectionId
from talkoot.voting.board.leaves import Kind
from talkoot.voting.board.public import checkpoint_of, signed_size
from talkoot.voting.board.store import board_of, hashes_of
from talkoot.voting.board.tables import LeafRow, WaitingRow
from talkoot.voting.board.tree import inclusion_ranges, proof_of, spans_of

RECEIPT_BYTES = 8
"""Half of 16 symbols: what of an entry's hash a receipt number holds."""

_LAST = b"\xff" * DIGEST_BYTES


class Fate(Enum):
    """What the board knows of a ballot."""

    ON_THE_BOARD = "on-the-board"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    NO_BOARD = "no-board"


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
    """Read a receipt number or a whole entry hash as people type them; ``None``: it is neither."""
    symbols = words.replace("-", "").replace(" ", "").lower()
    if len(symbols) not in {2 * RECEIPT_BYTES, 2 * DIGEST_BYTES} or not symbols.isascii():
        return None
    return bytes.fromhex(symbols) if set(symbols) <= set("0123456789abcdef") else None


async def found_for(session: ReadSession, election_id: ElectionId, name: bytes) -> Found:
    """Tell what the board knows of the ballot whose hash is, or begins with, these bytes.

    A leaf that no checkpoint covers yet still waits.
    """
    if await board_of(session, election_id) is None:
        return Found(fate=Fate.NO_BOARD)
    size = await signed_size(session, election_id)
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
    """Prove that a ballot is in the box; ``None`` where no checkpoint covers it."""
    found = await found_for(session, election_id, entry)
    board = await board_of(session, election_id)
    if board is None or found.fate is not Fate.ON_THE_BOARD:
        return None
    ranges = inclusion_ranges(found.index, found.size)
    spans = [span for start, end in ranges for span in spans_of(start, end)]
    read = await hashes_of(session, election_id, spans)
    return Proof(
        entry=Digest(found.entry),
        index=found.index,
        path=tuple(proof_of(ranges, read.__getitem__)),
        checkpoint=await checkpoint_of(session, board),
    )
