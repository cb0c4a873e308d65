"""The kiosk's journal: one durable commit before anybody is thanked, and a mirror of it.

The journal is a SQLite file (WAL, ``synchronous=FULL``); the mirror is a journal file, as it is
sent and judged, on a second medium. What SQLite has committed counts; the mirror is brought up to
it whenever the journal is opened.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from talkoot.base.bytes import Digest
from talkoot.voting.ballot import (
    JournalEntry,
    JournalKind,
    JournalPlace,
    NotAnEntry,
    entry_of_raw,
    framed,
    signed_raw,
)

BUSY_S = 5.0
"""How long a second reader may hold the file before a write gives up."""

_TABLE = "create table if not exists entry (seq integer primary key, raw blob not null) strict"

Seal = Callable[[int], tuple[bytes, bytes]]
"""Gives *who* and *what* sealed for the number that an entry will have."""


class BrokenJournal(Exception):
    """The journal on this kiosk is not its own, or cannot be written: the kiosk must not go on."""


class Journal:
    """A journal that is being written. One process writes it; it is never changed or shortened."""

    def __init__(
        self,
        path: Path,
        *,
        mirror: Path,
        place: JournalPlace,
        config_hash: Digest,
        sign: Callable[[bytes], bytes],
    ) -> None:
        """Open or begin a journal. Raises BrokenJournal on one of another place, or damaged."""
        self.place, self._config_hash, self._sign = place, config_hash, sign
        self._failed = False
        self._store = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        self._store.execute("pragma journal_mode=wal")
        self._store.execute("pragma synchronous=full")
        self._store.execute(_TABLE)
        try:
            self._last = self._last_entry()
            self._mirror = _mirror_at(mirror, self.raws())
        except BrokenJournal:
            self._store.close()
            raise
        if self._last is None:
            self.note(JournalKind.OPEN, b"")

    def __enter__(self) -> Self:
        """Give the journal."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the files go."""
        self.release()

    @property
    def next_seq(self) -> int:
        """The number that the next entry will have."""
        return 0 if self._last is None else self._last.seq + 1

    @property
    def head(self) -> Digest:
        """The hash of the last entry: what a server signs when it has everything."""
        return self.place.genesis if self._last is None else self._last.hash

    def cast(self, seal: Seal) -> JournalEntry:
        """Record a ballot. Callers MUST NOT thank anybody before this returns.

        Raises BrokenJournal where the journal is closed, or the entry is not on both media: it may
        then be on one and count, and the kiosk must stop and say so.
        """
        who, what = seal(self.next_seq)
        return self._append(JournalKind.BALLOT, who, what)

    def note(self, kind: JournalKind, content: bytes) -> JournalEntry:
        """Record what is no ballot. Raises as :meth:`cast`, and ``ValueError`` on a ballot."""
        if kind is JournalKind.BALLOT:
            raise ValueError("a ballot is cast, not noted")
        return self._append(kind, b"", content)

    def raws(self, *, since: int = 0) -> Iterator[bytes]:
        """The entries from a number on, as they travel."""
        rows = self._store.execute("select raw from entry where seq >= ? order by seq", (since,))
        return (row[0] for row in rows)

    def release(self) -> None:
        """Let the files go; the journal stays open for the next start."""
        self._store.close()
        os.close(self._mirror)

    def _append(self, kind: JournalKind, who: bytes, what: bytes) -> JournalEntry:
        if self._last is not None and self._last.kind is JournalKind.CLOSE:
            raise BrokenJournal("the journal is closed; nothing is written to it any more")
        if self._failed:
            raise BrokenJournal("a write has failed; what was written is known after a new start")
        entry = JournalEntry(
            place=self.place,
            seq=self.next_seq,
            previous=self.head,
            kind=kind,
            config_hash=self._config_hash,
            who=who,
            what=what,
        )
        raw = signed_raw(entry, self._sign)
        try:
            self._store.execute("insert into entry values (?, ?)", (entry.seq, raw))
            self._last = entry
            _write_through(self._mirror, framed(raw))
        except (sqlite3.Error, OSError) as err:
            self._failed = True
            raise BrokenJournal(f"entry {entry.seq} is not on both media: {err}") from err
        return entry

    def _last_entry(self) -> JournalEntry | None:
        row = self._store.execute("select raw from entry order by seq desc limit 1").fetchone()
        if row is None:
            return None
        try:
            last = entry_of_raw(row[0])
        except NotAnEntry as err:
            raise BrokenJournal(f"the journal's last entry cannot be read: {err}") from err
        if last.place != self.place:
            raise BrokenJournal("this journal belongs to another election, device or epoch")
        if last.config_hash != self._config_hash:
            raise BrokenJournal("this journal was begun with another ballot")
        return last


def _mirror_at(path: Path, raws: Iterator[bytes]) -> int:
    """Open the mirror for appending, after making it what the journal says.

    A mirror may end early or within an entry, when the power went. One that says something else
    is another journal's. Raises BrokenJournal.
    """
    wanted = b"".join(framed(raw) for raw in raws)
    there = path.read_bytes() if path.exists() else b""
    if not wanted.startswith(there):
        raise BrokenJournal(f"{path} is the mirror of another journal, or was altered")
    mirror = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    _write_through(mirror, wanted[len(there) :])
    return mirror


def _write_through(file: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]
    os.fsync(file)
