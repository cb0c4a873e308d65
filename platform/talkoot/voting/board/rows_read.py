"""Reads every committed row again, hashes it here, and names what is not as it was committed.

It shares the list of tables with what commits, and no more: the database made those digests, and
this process makes them anew from the rows that it is given.
"""

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text

from talkoot.base.db import ReadSession
from talkoot.base.ids import ElectionId
from talkoot.voting.board.rows import (
    COVERS,
    KEY_BYTES,
    PARTS,
    Cover,
    Later,
    one_form,
    row_query,
    rows_records,
)
from talkoot.voting.board.tables import RowsRow, SaltRow
from talkoot.voting.log import ElectionState, head_of

SIZE = KEY_BYTES + 32
SHOWN = 3
"""Rows that are named by their keys; of more there is the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What the board says of a table: the newest digest, in hexadecimal, and after which act."""

    digest: str
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsChecked:
    """What is at fault in words, and for how many tables all of it held."""

    faults: tuple[str, ...]
    tables: int


async def rows_checked(session: ReadSession, election_id: ElectionId) -> RowsChecked:
    """Compare all committed rows of an election with its board; see :mod:`.rows`."""
    await one_form(session)
    records = await rows_records(session, election_id)
    faults = list(_twice(records))
    said = committed(records)
    salt = await session.scalar(select(SaltRow.salt).where(SaltRow.election_id == election_id))
    if salt is None and said:
        faults.append("board_salt: missing, so that no row can be compared with the board")
    lists = await _lists(session, election_id)
    faults += _lists_at_fault(lists, await _standing_records(session, election_id, records))
    for cover in COVERS:
        if cover.table not in said or salt is None:
            continue
        told, kept = said[cover.table], lists.get((cover.table, said[cover.table].digest))
        found = await _digests(session, election_id, cover, salt)
        faults += _faults(cover, told, kept, found)
    faults += [f"board: rows of an unknown table {name}" for name in sorted(set(said) - _KNOWN)]
    return RowsChecked(faults=tuple(faults), tables=len(said))


_KNOWN = {cover.table for cover in COVERS}


def committed(records: Sequence[Mapping[str, object]]) -> dict[str, Committed]:
    """Give the newest digest of each table. What cannot be read is left out: its record is named
    as altered by whoever reads the board.
    """
    return {
        name: Committed(digest=digest, after=after)
        for record in records
        if isinstance(after := record.get("after"), int)
        for name, digest in _pairs(record)
    }


def _twice(records: Sequence[Mapping[str, object]]) -> Iterator[str]:
    acts = [record.get("after") for record in records]
    for before, after in itertools.pairwise(acts):
        if not (isinstance(before, int) and isinstance(after, int) and before < after):
            yield f"board: rows were committed to after act {after} when {before} had been"


async def _standing_records(
    session: ReadSession, election_id: ElectionId, records: Sequence[Mapping[str, object]]
) -> Sequence[Mapping[str, object]]:
    """Give the records whose lists must be there: once keys are destroyed the last one alone."""
    head = await head_of(session, election_id)
    destroyed = head is not None and head.state is ElectionState.KEYS_DESTROYED
    return records[-1:] if destroyed else records


def _lists_at_fault(
    lists: Mapping[tuple[str, str], bytes], records: Sequence[Mapping[str, object]]
) -> Iterator[str]:
    named = {pair for record in records for pair in _pairs(record)}
    for name, digest in sorted(named - set(lists)):
        yield f"board_rows: the list {digest} of {name} is missing"
    for name, digest in sorted(set(lists) - named):
        yield f"board_rows: the board names no list {digest} of {name}"
    for name, digest in sorted(named & set(lists)):
        if hashlib.sha256(lists[name, digest]).hexdigest() != digest:
            yield f"board_rows: the list {digest} of {name} is altered"


def _pairs(record: Mapping[str, object]) -> set[tuple[str, str]]:
    tables = record.get("tables")
    found = tables.items() if isinstance(tables, dict) else ()
    return {(str(name), str(digest)) for name, digest in found}


async def _lists(session: ReadSession, election_id: ElectionId) -> dict[tuple[str, str], bytes]:
    query = select(RowsRow.table_name, RowsRow.digest, RowsRow.body)
    rows = await session.execute(query.where(RowsRow.election_id == election_id))
    return {(name, digest.hex()): body for name, digest, body in rows}


async def _digests(
    session: ReadSession, election_id: ElectionId, cover: Cover, salt: bytes
) -> dict[bytes, str]:
    """Give each row's 48 bytes, and the row's key in words."""
    asked = {"election": election_id} if cover.of else {}
    rows = await session.stream(text(row_query(cover)), asked, execution_options=PARTS)
    found = {}
    async for row in rows:
        key = row[: len(cover.key)]
        digest = _hash(salt, key)[:KEY_BYTES] + _hash(salt, row)
        found[digest] = ", ".join(str(each) for each in key)
    return found


def _hash(salt: bytes, values: Sequence[str | None]) -> bytes:
    """SHA-256 of the salt and the values, each with its length before it."""
    whole = b"".join(
        b"-" if value is None else b"%d:%s" % (len(value.encode()), value.encode())
        for value in values
    )
    return hashlib.sha256(salt + whole).digest()


def _faults(
    cover: Cover, told: Committed, kept: bytes | None, found: Mapping[bytes, str]
) -> Iterator[str]:
    name = cover.table
    now = b"".join(sorted(found))
    if hashlib.sha256(now).hexdigest() == told.digest:
        return
    if kept is None or hashlib.sha256(kept).hexdigest() != told.digest:
        if cover.later is Later.NOTHING:
            yield f"{name}: its rows are not those that the board names after act {told.after}"
        return
    before = {kept[at : at + SIZE] for at in range(0, len(kept), SIZE)}
    gone, new = before - set(found), set(found) - before
    keys = {digest[:KEY_BYTES] for digest in gone}
    altered = sorted(found[digest] for digest in new if digest[:KEY_BYTES] in keys)
    added = sorted(found[digest] for digest in new if digest[:KEY_BYTES] not in keys)
    missing = len(gone) - len(altered)
    if altered:
        yield f"{name}: {_said(altered)} altered since act {told.after}"
    if missing:
        yield f"{name}: {missing} missing since act {told.after}"
    if added and cover.later is Later.NOTHING:
        yield f"{name}: {_said(added)} added since act {told.after}"


def _said(keys: Sequence[str]) -> str:
    shown = "; ".join(keys[:SHOWN])
    return f"{len(keys)} ({shown}{'; ...' if len(keys) > SHOWN else ''})"
