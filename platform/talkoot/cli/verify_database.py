"""``talkoot verify DIR --database``: whether a database says what its public folder says.

The public folder is written again from the rows and read by the independent reader, which keeps the
keys and the checkpoint of the folder that was given; then everything is read that is in no public
file: the board's own tables, every entry, and the rows that the board commits to. Nothing is
written.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import msgspec
from sqlalchemy import text

from talkoot.base.db import Database, ReadSession, Role
from talkoot.base.db.embedded import Login
from talkoot.base.errors import TalkootError
from talkoot.base.ids import ElectionId
from talkoot.cli.context import opened_url, settings_now
from talkoot.verify import Report, verified
from talkoot.voting import board, log
from talkoot.voting.results import public_folder

Files = dict[str, bytes]
Read = Callable[[str], bytes]
Check = Callable[[ReadSession, ElectionId], Awaitable[Sequence[str]]]
TROUBLE = (
    *(TalkootError, msgspec.MsgspecError, OSError),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)
"""What altered rows can raise in whoever reads them. Whatever it is, it is a fault."""
PLAIN = "rows that nobody publishes: a plain election commits to none of them"
EARLY = "rows that nobody publishes: the board commits to them from the close on"


@dataclass(slots=True)
class Findings:
    """All in words: faults, what held, and what nobody checked."""

    faults: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    @contextmanager
    def at(self, place: str, held: str = "") -> Iterator[None]:
        """Make a fault of what cannot be read; say what held if there was no fault."""
        before = len(self.faults)
        try:
            yield
        except TROUBLE as err:
            self.faults.append(f"{place}: {type(err).__name__}: {err}")
        if held and len(self.faults) == before:
            self.held.append(held)


async def database_compared(read: Read, report: Report) -> Findings:
    """Compare the database of the settings with a folder that has been read; see above."""
    settings = settings_now()
    with opened_url(settings, Login.DESK) as url:
        database = Database(url, writer=Role.AUDIT)
        try:
            async with database.writing() as session:
                await session.execute(text("set transaction read only"))
                return await compared(session, read, report)
        finally:
            await database.close()


async def compared(session: ReadSession, read: Read, report: Report) -> Findings:
    """Compare the rows that a session sees with a public folder, and name every difference.

    ``report``: what was found in the folder itself, whose faults are not said twice. The folder is
    the one that the public has: a copy of a mirror or witness rather than the database's own.
    """
    found = Findings()
    with found.at("definition.json"):
        said = msgspec.json.decode(read("definition.json"), type=dict[str, object])
        election_id = ElectionId(UUID(str(said["election_id"])))
    if found.faults:
        return found
    with found.at("database", "database: its public files hold, and continue those of the folder"):
        files = await _written(session, election_id, found)
        found.faults += _other_faults(files, read, report)
    plain = False
    with found.at("database: election"):
        election = await log.election_of(session, election_id)
        plain = election.assurance is log.Assurance.PLAIN
    with found.at(
        "database: entry", "database: every entry is as recorded, and one a voter stands"
    ):
        found.faults += _in(await board.entries_checked(session, election_id))
    if plain and await board.board_of(session, election_id) is None:
        found.unchecked.append(PLAIN)
        return found
    with found.at("database: board", "database: every row of the board fits the others"):
        found.faults += _in(await board.checked(session, election_id))
    with found.at("database: rows"):
        rows = await board.rows_checked(session, election_id)
        found.faults += _in(rows.faults)
        if rows.tables and not rows.faults:
            found.held.append(f"database: {rows.tables} tables have the rows that the board names")
        if not rows.tables:
            found.unchecked.append(PLAIN if plain else EARLY)
    return found


def _in(faults: Sequence[str]) -> Iterator[str]:
    return (f"database: {fault}" for fault in faults)


async def _written(session: ReadSession, election_id: ElectionId, found: Findings) -> Files:
    """Write the public folder from the rows, as far as they allow."""
    files: Files = {}
    with found.at("database: public files"):
        async for name, body in public_folder(session, election_id):
            files[name] = body
    return files


def _other_faults(files: Files, read: Read, report: Report) -> Iterator[str]:
    """Read the rows' own folder, as somebody who has kept keys and checkpoint of the other."""
    kept: dict[str, bytes | None] = {}
    for name in ("board/keys.json", "board/checkpoint"):
        try:
            kept[name] = read(name)
        except TROUBLE:
            kept[name] = None
    keys, since = kept.values()
    of_rows = verified(files.__getitem__, list(files), keys=keys, since=since)
    yield from _in([fault for fault in of_rows.faults if fault not in report.faults])
    here = files.get("board/checkpoint", b"").split(b"\n")
    there = (since or b"").split(b"\n")
    if here[:3] == there[:3] and not set(there) <= set(here):
        yield "database: board_cosignature: lines of the checkpoint are missing"
