"""`make tamper`: as database superuser alter, delete, insert and swap rows; every time it is named.

Two elections are played to their end, one with its keys and one without. What names the
manipulations is `talkoot verify DIR --database`, against the public folder as a mirror has it. It
ends with one line of figures, and with status 0 only if all were named.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import Base, Database, ReadSession, Role, migrate
from talkoot.base.db.embedded import Durability, Login, Server, start
from talkoot.base.ids import ElectionId
from talkoot.cli.verify_database import compared
from talkoot.verify import Report, verified
from talkoot.voting import board, log, results, roll
from talkoot.voting.log import ElectionState
from tests.rehearsal.house import Played, played
from tests.verify.alterations import places_of

VOTERS, NUMBER, SEED = 240, 400, "tamper"
ENDS = (ElectionState.FINAL, ElectionState.KEYS_DESTROYED)
WAYS = ("altered", "deleted", "inserted", "swapped")
ROOMS = (board, log, results, roll)
"""Whose tables these are: importing them makes them known."""
UNCOMMITTED: Mapping[str, tuple[str, ...]] = {
    "board": ("log_key", "quorum"),
    "board_witness": ("witness_key",),
    "board_leaf": ("index", "kind", "content", "hash"),
    "board_node": ("index", "hash"),
    "board_record": ("sha256", "body"),
    "board_salt": ("salt",),
    "board_rows": ("table_name", "digest", "body"),
    "entry": ("voter_key",),
    "public_file": ("body",),
}
"""What other checks name than the digests of rows on the board."""
MAY_GROW = {"backup"}
"""Whoever declares a backup too many delays the destruction of keys, and that is no fault."""
Row = dict[str, Any]
Rows = dict[str, list[Row]]


def columns() -> dict[str, tuple[str, ...]]:
    """Give every table that an election rests on, and its columns."""
    found = {cover.table: (*cover.key, *cover.columns) for cover in board.COVERS}
    for name, more in UNCOMMITTED.items():
        found[name] = (*found.get(name, ()), *more)
    return {name: tuple(c for c in found[name] if c != "election_id") for name in found}


@dataclass(slots=True)
class Tally:
    """What became of the manipulations: in words, those that nobody named."""

    tried: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """The one line of figures."""
        number = self.tried.total()
        tables = {words.partition(":")[0] for words in self.tried}
        by = ", ".join(f"{n} as {kind}" for kind, n in sorted(self.first.items()))
        named = number - len(self.missed)
        return f"tamper: {named} of {number} manipulations of {len(tables)} tables named: {by}"


class Refused(Exception):
    """This row cannot be manipulated so: the schema forbids it, or nothing would change."""


def altered(random: Random, value: Any) -> Any:  # noqa: ANN401 -- whatever a column holds
    """Give another value of the same kind."""
    match value:
        case bytes() if value:
            at = random.randrange(len(value))
            return value[:at] + bytes([value[at] ^ 1 << random.randrange(8)]) + value[at + 1 :]
        case int():
            return value + random.choice([1, 2, 1000])
        case str():
            at = random.randrange(len(value) + 1)
            return value[:at] + random.choice("abcxyz") + value[at + 1 :]
        case datetime():
            return value + timedelta(seconds=random.choice([-1, 1, 3600]))
        case UUID():
            return UUID(int=random.getrandbits(128))
        case dict() | list() if value:
            copy = json.loads(json.dumps(value))
            inside, key = random.choice(list(places_of(copy)))
            if inside[key] is None or isinstance(inside[key], dict | list):
                del inside[key]
            else:
                inside[key] = altered(random, inside[key])
            return copy
        case _:
            raise Refused


async def manipulated(connection: AsyncConnection, random: Random, rows: Rows) -> str:
    """Manipulate one row, or two, and say how. Raises :class:`Refused`."""
    known = columns()
    name, way = random.choice(sorted(name for name in known if rows[name])), random.choice(WAYS)
    t, some = Base.metadata.tables[name], rows[name]
    row, column = random.choice(some), random.choice(known[name] or ("election_id",))
    match way:
        case "altered":
            await updated(connection, t, row, {column: another(random, row[column])})
        case "deleted":
            await connection.execute(t.delete().where(*where(t, row)))
        case "inserted":
            await inserted(connection, random, t, row)
        case _:
            other = random.choice(some)
            if row[column] == other[column] or column in {c.name for c in t.primary_key}:
                raise Refused
            await updated(connection, t, row, {column: other[column]})
            await updated(connection, t, other, {column: row[column]})
    return f"{name}: a row {way}" + (f" ({column})" if way in {"altered", "swapped"} else "")


def another(random: Random, value: Any) -> Any:  # noqa: ANN401 -- whatever a column holds
    found = altered(random, value)
    if found == value:
        raise Refused
    return found


async def inserted(connection: AsyncConnection, random: Random, t: Table, row: Row) -> None:
    """Insert a row like this one, under another key."""
    keys = [c.name for c in t.primary_key if c.name != "election_id"]
    if not keys or t.name in {"election", *MAY_GROW}:
        raise Refused
    more = {"entry": ["entry_hash", "what"], "act": ["number"]}.get(t.name, [])
    new = {key: altered(random, row[key]) for key in [*keys, *more]}
    new |= {"position": new["what"][:24]} if t.name == "entry" else {}
    await connection.execute(insert(t), {**row, **new})


async def updated(connection: AsyncConnection, t: Table, row: Row, values: Row) -> None:
    await connection.execute(t.update().where(*where(t, row)).values(values))


def where(t: Table, row: Row) -> list[Any]:
    return [column == row[column.name] for column in t.primary_key]


async def rows_of(connection: AsyncConnection, election_id: ElectionId) -> Rows:
    """Read the rows of every table, sorted, so that the same seed does the same."""
    found = {}
    for name in columns():
        t = Base.metadata.tables[name]
        query = select(t).order_by(*t.primary_key)
        of = t.c.id if name == "election" else t.c.get("election_id")
        query = query if of is None else query.where(of == election_id)
        found[name] = [dict(row) for row in (await connection.execute(query)).mappings()]
    return found


async def named(connection: AsyncConnection, folder: Played, report: Report) -> Sequence[str]:
    """Name the faults, as `talkoot verify DIR --database` does."""
    async with AsyncSession(bind=connection, join_transaction_mode="create_savepoint") as session:
        found = await compared(ReadSession(session), folder.files.__getitem__, report)
    return found.faults


async def tampered(connection: AsyncConnection, folder: Played, number: int, seed: str) -> Tally:
    """Try so many manipulations, each undone after it."""
    random, done = Random(seed), Tally()
    rows = await rows_of(connection, folder.election_id)
    report = verified(folder.files.__getitem__, list(folder.files))
    sound = [*report.faults, *await named(connection, folder, report)]
    await connection.rollback()
    if sound:
        raise AssertionError(f"untouched, and yet: {sound}")
    while done.tried.total() < number:
        try:
            await connection.execute(text("set local session_replication_role = replica"))
            words = await manipulated(connection, random, rows)
        except (Refused, DBAPIError):
            await connection.rollback()
            continue
        faults = await named(connection, folder, report)
        await connection.rollback()
        done.tried[words] += 1
        if faults:
            done.first[kind_of(faults)] += 1
        else:
            done.missed.append(words)
    return done


def kind_of(faults: Sequence[str]) -> str:
    """Say by which kind of check a manipulation was named first, in the order of the checks."""
    if any("since act" in fault or "board_rows" in fault for fault in faults):
        return "rows that the board names"
    if any("entry " in fault or "standing" in fault for fault in faults):
        return "entries"
    return "the board and its public files"


async def run(server: Server, folder: Path, end: ElectionState, *, number: int, seed: str) -> Tally:
    """Play an election in a migrated, empty database and tamper with it as superuser."""
    web = Database(server.url(login=Login.APP), writer=Role.WEB)
    desk = Database(server.url(login=Login.DESK), writer=Role.OFFICIAL)
    engine = create_async_engine(server.url(), poolclass=NullPool)
    try:
        public = await played(web, desk, folder, voters=VOTERS, until=end)
        async with engine.connect() as connection:
            return await tampered(connection, public, number, seed)
    finally:
        await web.close()
        await desk.close()
        await engine.dispose()


def main() -> int:
    """Start databases, tamper, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=NUMBER)
    parser.add_argument("--seed", default=SEED)
    asked = parser.parse_args()
    begun, whole = time.perf_counter(), Tally()
    for end in ENDS:
        done = _in_a_database_of_its_own(end, asked.number // len(ENDS), asked.seed)
        whole.tried += done.tried
        whole.first += done.first
        whole.missed += [f"{words}, the election being {end}" for words in done.missed]
    lines = [f"not named: {words}" for words in whole.missed]
    lines.append(f"{whole.line}; {time.perf_counter() - begun:.0f} s")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if whole.missed or whole.tried.total() < asked.number else 0


def _in_a_database_of_its_own(end: ElectionState, number: int, seed: str) -> Tally:
    with tempfile.TemporaryDirectory(prefix="talkoot-tamper-") as home:
        Path(home).chmod(0o755)
        server, folder = start(Path(home), durability=Durability.MEMORY), Path(home) / "house"
        folder.mkdir()
        try:
            migrate.upgrade(server.url())
            return asyncio.run(run(server, folder, end, number=number, seed=seed))
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
