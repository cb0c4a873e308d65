"""A query's rows in PostgreSQL's binary COPY format, in batches, without an object for each.

The format: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import numpy as np
import numpy.typing as npt

from talkoot.base.db import ReadSession
from talkoot.base.errors import BrokenLog, Unavailable

U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]

BATCH_BYTES = 2 << 20
"""How many bytes are gathered before their rows are read: about 8,000 entries of small ballots."""
BATCH_ROWS = 8_192
COPY_TIMEOUT_S = 3_600.0
"""The whole copy, reading included; an ordinary statement's 30 s are too few for millions."""

_SIGNATURE = b"PGCOPY\n\xff\r\n\0"
_HEADER_BYTES = len(_SIGNATURE) + 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawRows:
    """Some rows as they came: ``raw`` uint8 (bytes,), and for each row and field, int64 (n, f), the
    place ``at`` which it begins and its ``length``.
    """

    raw: U8
    at: I64
    length: I64

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.at)


async def copied_rows(
    session: ReadSession,
    query: str,
    arguments: tuple[object, ...],
    *,
    fields: int,
    sink: Callable[[RawRows], None],
) -> int:
    """Give all rows of a query to ``sink``, in batches and in a thread; give their number.

    The query runs on the session's own connection, inside its transaction. It has ``fields``
    columns, none of them null, and takes ``$1 ...``. What ``sink`` raises ends the copy and comes
    out here. Raises :class:`BrokenLog` for bytes that are not the format, and :class:`Unavailable`
    where the connection breaks.
    """
    stream = Stream(fields, sink)
    await _copied(session, query, arguments, stream.take)
    await asyncio.to_thread(stream.finish)
    return stream.rows


async def copied_file(
    session: ReadSession, query: str, arguments: tuple[object, ...], file: Path
) -> None:
    """Write all rows of a query into a file, in the same format. Raises as :func:`copied_rows`."""
    await _copied(session, query, arguments, file)


def rows_of_file(file: Path, *, fields: int, sink: Callable[[RawRows], None]) -> int:
    """Give the rows of such a file to ``sink``, in batches; give their number.

    Needs no database, no network and no event loop. Raises :class:`BrokenLog` for bytes that are
    not the format.
    """
    stream = Stream(fields, sink)
    with file.open("rb") as source:
        while chunk := source.read(BATCH_BYTES):
            stream.add(chunk)
    stream.finish()
    return stream.rows


async def _copied(
    session: ReadSession,
    query: str,
    arguments: tuple[object, ...],
    output: Path | Callable[[bytes], Coroutine[None, None, None]],
) -> None:
    driver = await _driver_of(session)
    try:
        await driver.copy_from_query(
            query, *arguments, output=output, format="binary", timeout=COPY_TIMEOUT_S
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as err:
        if driver.is_closed():
            raise Unavailable("the database went away") from err
        raise


async def long_running(session: ReadSession, query: str, *arguments: object) -> object:
    """Give the one value of a query that may take as long as a copy."""
    return await (await _driver_of(session)).fetchval(query, *arguments, timeout=COPY_TIMEOUT_S)


async def _driver_of(session: ReadSession) -> "asyncpg.Connection[asyncpg.Record]":
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if not isinstance(driver, asyncpg.Connection):
        raise TypeError(f"COPY needs a connection of asyncpg, not {type(driver)}")
    return driver


class Stream:
    """Chunks in, whole rows out, once ``batch_bytes`` have come together (at least the header)."""

    def __init__(
        self, fields: int, sink: Callable[[RawRows], None], *, batch_bytes: int = BATCH_BYTES
    ) -> None:
        self.rows = 0
        self._fields = fields
        self._sink = sink
        self._batch_bytes = batch_bytes
        self._chunks: list[bytes] = []
        self._waiting = 0
        self._begun = False
        self._ended = False

    async def take(self, chunk: bytes) -> None:
        """Take the next bytes, wherever they break off."""
        if self._kept(chunk):
            await asyncio.to_thread(self._read)

    def add(self, chunk: bytes) -> None:
        """Take the next bytes, and read them here and now once there are enough."""
        if self._kept(chunk):
            self._read()

    def _kept(self, chunk: bytes) -> bool:
        self._chunks.append(chunk)
        self._waiting += len(chunk)
        return self._waiting >= self._batch_bytes

    def finish(self) -> None:
        """Read what is left. Raises :class:`BrokenLog` where the end is missing."""
        self._read()
        if not self._ended:
            raise BrokenLog("the database's answer broke off in the middle of a row")

    def _read(self) -> None:
        from talkoot.voting.log.entry_kernels import BROKEN, ENDED, rows_found

        raw = np.frombuffer(b"".join(self._chunks), dtype=np.uint8)
        start = self._after_header(raw)
        found = BATCH_ROWS
        while found == BATCH_ROWS:
            at = np.empty((BATCH_ROWS, self._fields), dtype=np.int64)
            length = np.empty_like(at)
            found, start, state = rows_found(raw, start, at, length)
            if state == BROKEN:
                raise BrokenLog(f"row {self.rows + found + 1} of the database's answer is no row")
            self._ended = state == ENDED
            if found:
                self._sink(RawRows(raw=raw, at=at[:found], length=length[:found]))
            self.rows += found
        rest = raw[start:].tobytes()
        self._chunks, self._waiting = [rest], len(rest)

    def _after_header(self, raw: U8) -> int:
        """Where the rows begin: behind the header in the first batch, at once in the others."""
        if self._begun:
            return 0
        head = raw[:_HEADER_BYTES].tobytes()
        if len(head) < _HEADER_BYTES or not head.startswith(_SIGNATURE):
            raise BrokenLog("the database's answer is not in the binary COPY format")
        self._begun = True
        return _HEADER_BYTES + int.from_bytes(head[-4:], "big")
