"""The board in the database: what is appended, what waits, what was signed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import BrokenLog, NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.voting.board.hash_rows import (
    BALLOT_HEAD,
    LARGE,
    HashRows,
    leaves_read,
    tiles_over,
)
from talkoot.voting.board.leaves import Kind, Leaf
from talkoot.voting.board.notes import Use, VerifierKey
from talkoot.voting.board.tables import (
    BoardRow,
    CheckpointRow,
    CosignatureRow,
    LeafRow,
    NodeRow,
    RecordRow,
    WaitingRow,
    WitnessRow,
)
from talkoot.voting.board.tree import TILE_HEIGHT, TILE_WIDTH, Span
from talkoot.voting.log import long_running

LEAVES_AT_ONCE = 16_384
"""Rows to a statement: well within the time that one statement may take."""

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('board ' || :election, 0))")
_WAIT = text(
    """
    insert into board_waiting (election_id, entry_hash)
    select * from unnest(cast(:elections as uuid[]), cast(:hashes as bytea[]))
    """
)
_LEAVES = text(
    """
    insert into board_leaf (election_id, index, kind, content, hash)
    select :election, * from unnest(cast(:indices as bigint[]), cast(:kinds as text[]),
                                    cast(:contents as bytea[]), cast(:hashes as bytea[]))
    """
)
_NODES = text(
    """
    insert into board_node (election_id, level, index, hash)
    select :election, :level, * from unnest(cast(:indices as bigint[]), cast(:hashes as bytea[]))
    """
)
_MOVED = """
    with gone as (
        delete from board_waiting where election_id = $1 returning entry_hash
    ), appended as (
        insert into board_leaf (election_id, index, kind, content, hash)
        select $1, $2::bigint - 1 + row_number() over (order by entry_hash), $3::text,
               entry_hash, sha256($4::bytea || entry_hash)
        from gone order by entry_hash
        returning index
    )
    select count(*) from appended
    """

_SPANS = text(
    """
    select 0 as level, l.index as place, l.hash
    from unnest(cast(:levels as int[]), cast(:starts as bigint[]), cast(:counts as bigint[]))
         as s (level, start, count)
    join board_leaf l on s.level = 0 and l.election_id = :election
         and l.index between s.start and s.start + s.count - 1
    union all
    select n.level, n.index, n.hash
    from unnest(cast(:levels as int[]), cast(:starts as bigint[]), cast(:counts as bigint[]))
         as s (level, start, count)
    join board_node n on n.election_id = :election and n.level = s.level
         and n.index between s.start and s.start + s.count - 1
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Whose signature an election's board carries, who witnesses it, and how many should."""

    election_id: ElectionId
    log_key: VerifierKey
    witnesses: tuple[VerifierKey, ...]
    quorum: int


async def started(session: WriteSession, election_id: ElectionId, log_key: VerifierKey) -> None:
    """Give an election its board, signed by this key from now on.

    Raises :class:`NotAllowed` where it has one already.
    """
    row = {"election_id": election_id, "log_key": str(log_key), "quorum": 0}
    made = insert(BoardRow).values(row).on_conflict_do_nothing().returning(BoardRow.election_id)
    if await session.scalar(made) is None:
        raise NotAllowed("this election has its board already")


async def board_of(session: ReadSession, election_id: ElectionId) -> Board | None:
    """Give an election's board; ``None`` where it has none."""
    found = (
        await session.execute(
            select(BoardRow.log_key, BoardRow.quorum).where(BoardRow.election_id == election_id)
        )
    ).one_or_none()
    if found is None:
        return None
    query = select(WitnessRow.witness_key).where(WitnessRow.election_id == election_id)
    keys = await session.scalars(query.order_by(WitnessRow.witness_key))
    return Board(
        election_id=election_id,
        log_key=VerifierKey.read(found.log_key),
        witnesses=tuple(VerifierKey.read(key) for key in keys),
        quorum=found.quorum,
    )


async def board_for(session: ReadSession, election_id: ElectionId) -> Board:
    """Give an election's board. Raises :class:`NotFound`."""
    board = await board_of(session, election_id)
    if board is None:
        raise NotFound(f"election {election_id} has no board")
    return board


async def ballots_waiting(
    session: WriteSession, ballots: Sequence[tuple[ElectionId, Digest]]
) -> None:
    """Let recorded ballots wait for the board, in the very transaction that records them."""
    await session.execute(
        _WAIT,
        {
            "elections": [election_id for election_id, _ in ballots],
            "hashes": [entry_hash for _, entry_hash in ballots],
        },
    )


async def waiting_count(session: ReadSession, election_id: ElectionId) -> int:
    """Count the ballots that wait for the board."""
    query = select(func.count()).where(WaitingRow.election_id == election_id)
    return await session.scalar(query) or 0


async def record_added(
    session: WriteSession, election_id: ElectionId, kind: Kind, record: bytes
) -> int:
    """Put a public record on the board and give its leaf's index. The same one twice is one leaf.

    Waits for whoever appends to this board, and locks it until the transaction ends.
    """
    if kind is Kind.BALLOT:
        raise ValueError("a ballot has no public record")
    await locked(session, election_id)
    name = hashlib.sha256(record).digest()
    row = {"election_id": election_id, "sha256": name, "body": record}
    await session.execute(insert(RecordRow).values(row).on_conflict_do_nothing())
    known = select(LeafRow.index).where(
        LeafRow.election_id == election_id, LeafRow.kind == kind.value, LeafRow.content == name
    )
    index = await session.scalar(known)
    return await appended(session, election_id, [Leaf(kind, name)]) if index is None else index


async def locked(session: WriteSession, election_id: ElectionId) -> None:
    """Be the only one who appends to this board until the transaction ends."""
    await session.execute(_LOCK, {"election": str(election_id)})


async def ballots_moved(session: WriteSession, election_id: ElectionId) -> int:
    """Append what waits, sorted by hash, so that no order of casting is left; give their number.

    One statement takes from those that wait what it appends, and no other. The caller holds the
    lock of :func:`locked`.
    """
    first = await size_of(session, election_id)
    asked = (election_id, first, Kind.BALLOT.value, BALLOT_HEAD)
    moved = await long_running(session, _MOVED, *asked)
    if not isinstance(moved, int):
        raise BrokenLog(f"the board answered {moved!r} when ballots were appended")
    hashes: Sequence[bytes]
    if moved < LARGE:
        hashes = await hashes_in(session, election_id, Span(0, first, moved))
    else:
        hashes = HashRows((await leaves_read(session, election_id, first=first)).columns()[2])
    await _nodes_above(session, election_id, first, hashes)
    return moved


async def size_of(session: ReadSession, election_id: ElectionId) -> int:
    """Give how many leaves the board has: one more than the greatest index."""
    query = select(func.max(LeafRow.index)).where(LeafRow.election_id == election_id)
    last = await session.scalar(query)
    return 0 if last is None else last + 1


async def appended(session: WriteSession, election_id: ElectionId, leaves: Sequence[Leaf]) -> int:
    """Append leaves in their order, and the nodes that become full; give the first one's index.

    The caller holds the lock of :func:`locked`.
    """
    first = await size_of(session, election_id)
    for at in range(0, len(leaves), LEAVES_AT_ONCE):
        part = leaves[at : at + LEAVES_AT_ONCE]
        hashes: Sequence[bytes] = [leaf.hash for leaf in part]
        start = first + at
        await session.execute(
            _LEAVES,
            {
                "election": election_id,
                "indices": list(range(start, start + len(part))),
                "kinds": [leaf.kind.value for leaf in part],
                "contents": [leaf.content for leaf in part],
                "hashes": hashes,
            },
        )
        await _nodes_above(session, election_id, start, hashes)
    return first


async def _nodes_above(
    session: WriteSession, election_id: ElectionId, start: int, hashes: Sequence[bytes]
) -> None:
    level = 0
    while hashes:
        whole = start - start % TILE_WIDTH
        before = await hashes_in(session, election_id, Span(level, whole, start - whole))
        whole_row = hashes.after(before) if isinstance(hashes, HashRows) else [*before, *hashes]
        full = tiles_over(whole_row)
        level, start, hashes = level + 1, whole // TILE_WIDTH, full
        if full:
            indices = list(range(start, start + len(full)))
            row = {"election": election_id, "level": level, "indices": indices, "hashes": full}
            await session.execute(_NODES, row)


async def hashes_in(session: ReadSession, election_id: ElectionId, span: Span) -> Sequence[bytes]:
    """Give the hashes of a span. Raises :class:`BrokenLog` where one is missing."""
    if not span.count:
        return []
    if span.level:
        query = select(NodeRow.hash).where(
            NodeRow.election_id == election_id,
            NodeRow.level == span.level,
            NodeRow.index.between(span.start, span.start + span.count - 1),
        )
        found = (await session.scalars(query.order_by(NodeRow.index))).all()
    else:
        query = select(LeafRow.hash).where(
            LeafRow.election_id == election_id,
            LeafRow.index.between(span.start, span.start + span.count - 1),
        )
        found = (await session.scalars(query.order_by(LeafRow.index))).all()
    if len(found) != span.count:
        raise BrokenLog(f"the board lacks hashes {span.start} and on of level {span.level}")
    return found


async def hashes_of(
    session: ReadSession, election_id: ElectionId, spans: Sequence[Span]
) -> Mapping[Span, Sequence[bytes]]:
    """Give the hashes of many spans at once. Raises :class:`BrokenLog` where one is missing."""
    asked = {
        "election": election_id,
        "levels": [span.level for span in spans],
        "starts": [span.start for span in spans],
        "counts": [span.count for span in spans],
    }
    rows = await session.execute(_SPANS, asked)
    known = {(level, place): kept for level, place, kept in rows}
    try:
        return {
            span: [known[span.level, span.start + at] for at in range(span.count)] for span in spans
        }
    except KeyError as err:
        raise BrokenLog("the board lacks hashes that a proof needs") from err


async def leaves_in(
    session: ReadSession, election_id: ElectionId, start: int, count: int
) -> list[Leaf]:
    """Give leaves in their order. Raises :class:`BrokenLog` where one is missing."""
    query = select(LeafRow.kind, LeafRow.content).where(
        LeafRow.election_id == election_id, LeafRow.index.between(start, start + count - 1)
    )
    found = (await session.execute(query.order_by(LeafRow.index))).all()
    if len(found) != count:
        raise BrokenLog(f"the board lacks leaves {start} and on")
    return [Leaf(Kind(kind), content) for kind, content in found]


def nodes_at(size: int, level: int) -> int:
    """Give how many hashes a tile level has in a tree of ``size`` leaves."""
    return size >> (TILE_HEIGHT * level)


async def last_note(session: ReadSession, election_id: ElectionId) -> bytes | None:
    """Give the newest signed checkpoint; ``None`` where nothing was signed."""
    query = select(CheckpointRow.note).where(CheckpointRow.election_id == election_id)
    return await session.scalar(query.order_by(CheckpointRow.size.desc()).limit(1))


async def note_kept(
    session: WriteSession, election_id: ElectionId, *, size: int, note: bytes, at: datetime
) -> None:
    """Keep a signed checkpoint. The database refuses a second one of the same size."""
    row = {"election_id": election_id, "size": size, "note": note, "signed_at": at}
    await session.execute(insert(CheckpointRow).values(row))


async def witnesses_named(
    session: WriteSession, election_id: ElectionId, keys: Sequence[VerifierKey], *, quorum: int
) -> None:
    """Take cosignatures of these witnesses too, and advise readers to demand so many.

    Raises :class:`NotAllowed` for a key that is no witness's, or more than there are witnesses.
    """
    if any(key.use is not Use.WITNESS for key in keys):
        raise NotAllowed("this is no witness's key")
    for key in keys:
        row = {"election_id": election_id, "witness_key": str(key)}
        await session.execute(insert(WitnessRow).values(row).on_conflict_do_nothing())
    board = await board_for(session, election_id)
    if not 0 <= quorum <= len(board.witnesses):
        raise NotAllowed(f"there are {len(board.witnesses)} witnesses, not {quorum}")
    change = update(BoardRow).where(BoardRow.election_id == election_id)
    await session.execute(change.values(quorum=quorum))


async def lines_under(session: ReadSession, election_id: ElectionId, size: int) -> Sequence[str]:
    """Give the witnesses' lines under a checkpoint, sorted."""
    query = select(CosignatureRow.line).where(
        CosignatureRow.election_id == election_id, CosignatureRow.size == size
    )
    return (await session.scalars(query.order_by(CosignatureRow.witness_key))).all()


async def cosignature_kept(
    session: WriteSession, election_id: ElectionId, size: int, key: str, line: str
) -> int:
    """Keep a witness's line; the first one of each witness stands. Give how many were new."""
    row = {"election_id": election_id, "size": size, "witness_key": key, "line": line}
    made = insert(CosignatureRow).values(row).on_conflict_do_nothing()
    return int(await session.scalar(made.returning(CosignatureRow.size)) is not None)
