"""Rows that nobody publishes, committed to on the board: after each act from the close on.

Of every table a list of salted digests is kept, one for each row, and the digest of that list goes
on the board: it tells nothing to those who do not have the rows, and whoever changes a row later
can be shown to have done so. A table is committed to from the moment when its rows must not change
any more. The database hashes its rows itself; nothing but digests comes into this process.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import msgspec
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting.board.leaves import Kind
from talkoot.voting.board.store import record_added
from talkoot.voting.board.tables import LeafRow, RecordRow, RowsRow, SaltRow
from talkoot.voting.log import Act, ActKind

SALT_BYTES = 32
KEY_BYTES = 16
"""Of each row's key so much of its digest stands before the row's own."""
PARTS = {"yield_per": 20_000}
"""Rows to a fetch: each is a command of its own, which must not take longer than a command may."""


class Later(Enum):
    """What may become of a table's rows once they are committed to."""

    NOTHING = "nothing"
    MORE_ROWS = "more-rows"
    """Rows come, and none is altered or goes."""


_AFTER_THE_COUNT = frozenset({ActKind.TALLY, ActKind.FINAL, ActKind.DESTROY})
_AT_THE_END = frozenset({ActKind.FINAL, ActKind.DESTROY})
_ROLL = _AT_THE_END | {ActKind.CLOSE, ActKind.ROLL_CHANGE}
_EVERY = frozenset(ActKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """A table, the acts after which its rows are committed to, and which of its columns.

    ``of``: the column that names the election; ``None`` where rows are of no election.
    """

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    after: frozenset[ActKind]
    of: str | None = "election_id"
    later: Later = Later.NOTHING


COVERS = (
    Cover(
        table="election",
        of="id",
        key=("id",),
        columns=(
            *("round_id", "state", "opens_at", "closes_at", "grace_s", "definition"),
            *("definition_hash", "assurance", "appeals_until"),
        ),
        after=_EVERY,
    ),
    Cover(
        table="act",
        key=("id",),
        columns=(
            *("number", "assurance", "kind", "first_person", "second_person", "at", "state"),
            *("definition_hash", "reason", "payload", "payload_digest", "nonce", "signatures"),
            "earlier",
        ),
        after=_EVERY,
    ),
    Cover(
        table="board_checkpoint",
        key=("size",),
        columns=("note",),
        after=_EVERY,
        later=Later.MORE_ROWS,
    ),
    Cover(
        table="board_cosignature",
        key=("size", "witness_key"),
        columns=("line",),
        after=_EVERY,
        later=Later.MORE_ROWS,
    ),
    Cover(
        table="roll_person",
        key=("id",),
        columns=("anchor_scheme", "anchor", "birth_year", "area_code", "language"),
        after=_ROLL,
    ),
    Cover(
        table="roll_code_batch",
        key=("id",),
        columns=("issued_by", "issued_at", "activated_by", "activated_at"),
        after=_ROLL,
    ),
    Cover(
        table="roll_code",
        key=("selector",),
        columns=("salt", "verifier", "person_id", "batch_id", "revoked_at"),
        after=_ROLL,
    ),
    Cover(
        table="device",
        key=("device_id",),
        columns=("certificate", "state", "head", "entries"),
        after=_AFTER_THE_COUNT,
    ),
    Cover(
        table="quarantine",
        key=("entry_hash",),
        columns=("reason", "settled"),
        after=_AFTER_THE_COUNT,
    ),
    Cover(
        table="journal_entry",
        key=("entry_hash",),
        columns=("device_id", "epoch", "seq", "kind", "chained", "late", "recorded"),
        after=_AFTER_THE_COUNT,
    ),
    Cover(
        table="device_hold",
        key=("device_id", "hold"),
        columns=("reason",),
        after=_AFTER_THE_COUNT,
    ),
    Cover(
        table="sealing",
        key=("election_id",),
        columns=("setup", "setup_hash"),
        after=_AFTER_THE_COUNT,
    ),
    Cover(
        table="result",
        key=("election_id",),
        columns=("published_at", "result"),
        after=_AFTER_THE_COUNT,
    ),
    Cover(
        table="public_file",
        key=("name",),
        columns=("media_type", "sha256"),
        after=_AFTER_THE_COUNT,
    ),
    Cover(
        table="entry",
        key=("submission_id",),
        columns=(
            *("entry_hash", "definition_hash", "channel", "rank", "round", "beacon", "what"),
            "position",
        ),
        after=_AT_THE_END,
    ),
    Cover(
        table="standing",
        key=("voter_key",),
        columns=("entry_hash", "rank", "round", "beacon", "casts"),
        after=_AT_THE_END,
    ),
    Cover(
        table="sealing_epoch",
        key=("epoch_id",),
        columns=("device", "epoch", "sealed_key"),
        after=_AT_THE_END,
    ),
    Cover(
        table="backup",
        of=None,
        key=("id",),
        columns=("taken_at", "expires_at", "place", "declared_by"),
        after=_EVERY,
        later=Later.MORE_ROWS,
    ),
)
NOT_COMMITTED: Mapping[str, str] = {
    "board": "is what keys.json says, which observers keep",
    "board_witness": "is what keys.json says, which observers keep",
    "board_leaf": "is the board, which is signed, and of which others keep copies",
    "board_node": "follows from the leaves",
    "board_record": "is named by its leaf",
    "board_waiting": "holds what is in the log and not yet on the board",
    "board_salt": "is what the digests are made with: with another one none of them fits",
    "board_rows": "is named by its digest, which is on the board",
    "roll_session": "comes and goes as voters do; no count looks at it",
    "roll_throttle": "counts wrong guesses, and forgets them",
    "proposal": "is a paper on its way to two signatures; what was signed is an act",
    "turnout": "is told before the close in tens; the result counts anew",
}
"""The other tables of the voting rooms that name an election, and why each is not in the list."""
COLUMNS_LEFT_OUT: Mapping[str, str] = {
    "election.share_lock": "never changes and means nothing",
    "entry.voter_key": "goes when keys are destroyed; until then it is part of the entry's hash",
    "public_file.body": "is named by its SHA-256",
    "journal_entry.raw": "goes when keys are destroyed; its hash is the row's key",
    "journal_entry.decided": "is a note on the way to what becomes of an entry",
    "board_checkpoint.signed_at": "is a note for the town; nothing rests on it",
}
"""Columns of committed tables that are in no digest, and why."""

_ONE_FORM = text(
    "select set_config('timezone', 'UTC', true), set_config('bytea_output', 'hex', true),"
    " set_config('datestyle', 'ISO', true), set_config('intervalstyle', 'iso_8601', true)"
)


def row_query(cover: Cover) -> str:
    """Give the query of a table's rows: every column of the key, then the others, as texts."""
    columns = ", ".join(f'"{name}"::text' for name in (*cover.key, *cover.columns))
    of = f' where "{cover.of}" = :election' if cover.of else ""
    return f"select {columns} from public.{cover.table}{of}"  # noqa: S608  names of this file


def _netstrings(columns: Sequence[str]) -> str:
    each = "coalesce(octet_length(\"{0}\"::text) || ':' || \"{0}\"::text, '-')"
    return " || ".join(each.format(name) for name in columns)


def _lines_query(cover: Cover) -> str:
    key, whole = _netstrings(cover.key), _netstrings((*cover.key, *cover.columns))
    of = f' where "{cover.of}" = :election' if cover.of else ""
    return f"""
        select substring(sha256(cast(:salt as bytea) || convert_to({key}, 'UTF8')) for {KEY_BYTES})
               || sha256(cast(:salt as bytea) || convert_to({whole}, 'UTF8'))
        from public.{cover.table}{of}
        """  # noqa: S608  names of this file


async def one_form(session: ReadSession) -> None:
    """Let values become texts in one form until the transaction ends, whoever asks."""
    await session.execute(_ONE_FORM)


async def rows_recorded(session: WriteSession, election_id: ElectionId, act: Act) -> None:
    """Put on the board digests of the tables that are committed to after an act, once for each act.

    The record says ``election``, ``after`` (the act's number) and ``tables``: the name of each and
    the digest of its list.
    """
    if any(each.get("after") == act.number for each in await rows_records(session, election_id)):
        return
    salt = await _salt(session, election_id)
    await one_form(session)
    digests = {}
    for cover in COVERS:
        if act.request.kind not in cover.after:
            continue
        digests[cover.table] = await _list_kept(session, election_id, cover, salt)
    said = {"election": str(election_id), "after": act.number, "tables": digests}
    record = msgspec.json.encode(said, order="deterministic")
    await record_added(session, election_id, Kind.ROWS, record)


async def _list_kept(
    session: WriteSession, election_id: ElectionId, cover: Cover, salt: bytes
) -> str:
    """Keep the list of a table's lines, and give its digest in hexadecimal."""
    asked: dict[str, object] = {"salt": salt} | ({"election": election_id} if cover.of else {})
    found = await session.stream_scalars(text(_lines_query(cover)), asked, execution_options=PARTS)
    lines: list[bytes] = []
    async for part in found.partitions():
        lines += part
    body = b"".join(sorted(lines))
    digest = hashlib.sha256(body).digest()
    row = {"election_id": election_id, "table_name": cover.table, "digest": digest, "body": body}
    await session.execute(insert(RowsRow).values(row).on_conflict_do_nothing())
    return digest.hex()


async def rows_records(session: ReadSession, election_id: ElectionId) -> list[dict[str, object]]:
    """Give the records of rows on a board, in their order; an empty one for what is no record."""
    query = (
        select(RecordRow.body)
        .join(
            LeafRow,
            (LeafRow.election_id == RecordRow.election_id) & (LeafRow.content == RecordRow.sha256),
        )
        .where(LeafRow.election_id == election_id, LeafRow.kind == Kind.ROWS.value)
    )
    bodies = await session.scalars(query.order_by(LeafRow.index))
    return [_record(body) for body in bodies]


def _record(body: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}


async def _salt(session: WriteSession, election_id: ElectionId) -> bytes:
    """Give the election's salt, drawn when it is first needed, and anew once keys are destroyed."""
    row = {"election_id": election_id, "salt": secrets.token_bytes(SALT_BYTES)}
    await session.execute(insert(SaltRow).values(row).on_conflict_do_nothing())
    query = select(SaltRow.salt).where(SaltRow.election_id == election_id)
    return bytes(await session.scalar(query) or b"")
