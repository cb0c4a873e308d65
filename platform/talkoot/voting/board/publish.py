"""Publishing: a batch of ballots goes on the board, and what is there is signed."""

from datetime import datetime
from enum import Enum

from talkoot.base.db import WriteSession
from talkoot.base.errors import BrokenLog, NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.voting.board.fsck import Findings, note_faults, tree_read
from talkoot.voting.board.notes import (
    BadNote,
    Checkpoint,
    Note,
    SigningKey,
    origin_of,
    signed,
)
from talkoot.voting.board.store import (
    ballots_moved,
    board_for,
    last_note,
    locked,
    note_kept,
    waiting_count,
)

BATCH_MIN = 10
"""Fewer ballots at once could be told apart by whoever saw the voters come."""


class Closing(Enum):
    """Whether more ballots may come."""

    STILL_OPEN = "still-open"
    CLOSED = "closed"
    """All that waits goes on the board, few as they may be."""


async def published(
    session: WriteSession,
    election_id: ElectionId,
    *,
    at: datetime,
    signer: SigningKey,
    closing: Closing = Closing.STILL_OPEN,
) -> Checkpoint | None:
    """Append what waits, sorted by hash, and sign the board; give the newest checkpoint.

    Fewer than ``BATCH_MIN`` ballots go on waiting, unless voting is over. ``None``: the board is
    empty. Everything that the signature covers is read and hashed again before. Raises
    :class:`BrokenLog` and signs nothing where any of it does not fit, and :class:`NotAllowed`
    for a key that is not this board's.
    """
    board = await board_for(session, election_id)
    if signer.verifier != board.log_key:
        raise NotAllowed("this key does not sign this board")
    await locked(session, election_id)
    waiting = await waiting_count(session, election_id)
    if waiting and (closing is Closing.CLOSED or waiting >= BATCH_MIN):
        await ballots_moved(session, election_id)
    found = await tree_read(session, election_id)
    before = await last_note(session, election_id)
    last = None if before is None else _read(before, found)
    if before is not None and last is not None:
        found.faults += note_faults(board, found, last.size, before)
    if found.faults:
        raise BrokenLog(f"the board is not signed, for it is altered: {found.faults[0]}")
    if not found.size or (last is not None and last.size == found.size):
        return last
    now = Checkpoint(origin_of(election_id), found.size, found.root(found.size))
    note = signed(now, signer).octets
    await note_kept(session, election_id, size=now.size, note=note, at=at)
    return now


def _read(note: bytes, found: Findings) -> Checkpoint | None:
    try:
        return Checkpoint.read(Note.read(note).text)
    except BadNote as err:
        found.faults.append(f"the newest checkpoint: {err}")
        return None
