"""`make tamper`: as database superuser alter, delete, insert and swap rows; every time it is named.

It ends with one line of figures, and with status 0 only if all were named.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import migrate
from talkoot.base.db.embedded import Durability, start
from talkoot.verify import verified
from tests.rehearsal.tables import TABLES, Row, Rows, filled, table
from tests.verify.alterations import places_of
from tests.verify.made import Made, made, some_entries
from tests.voting.results.made_up import a_definition

VOTERS, NUMBER, SEED = 240, 400, "tamper"
WAYS = ("altered", "deleted", "inserted", "swapped")


@dataclass(slots=True)
class Tally:
    """What became of the manipulations: in words, those that nobody named."""

    tried: Counter[str]
    by_folder: int
    by_rows: int
    missed: list[str]

    @property
    def line(self) -> str:
        """The one line of figures."""
        number = self.tried.total()
        named = number - len(self.missed)
        return (
            f"tamper: {named} of {number} manipulations of {len(TABLES)} tables named:"
            f" {self.by_folder} by the reader of the public folder,"
            f" {self.by_rows} more by rows that nobody publishes"
        )


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
        case UUID():
            return UUID(int=random.getrandbits(128))
        case dict() | list():
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
    name, way = random.choice(list(TABLES)), random.choice(WAYS)
    t, some = table(name), rows.tables[name]
    row, column = random.choice(some), random.choice(TABLES[name])
    match way:
        case "altered":
            await updated(connection, t, row, {column: altered(random, row[column])})
        case "deleted":
            await connection.execute(t.delete().where(*where(t, row)))
        case "inserted":
            keys = [c.name for c in t.primary_key if c.name != "election_id"]
            if not keys or name == "election":
                raise Refused
            more = ["entry_hash"] if name == "entry" else []
            new = {key: altered(random, row[key]) for key in [*keys, *more]}
            generated = {"position"}
            await connection.execute(
                insert(t), {k: v for k, v in {**row, **new}.items() if k not in generated}
            )
        case _:
            other = random.choice(some)
            if row[column] == other[column] or column in {c.name for c in t.primary_key}:
                raise Refused
            await updated(connection, t, row, {column: other[column]})
            await updated(connection, t, other, {column: row[column]})
    return f"{name}: a row {way}" + (f" ({column})" if way in {"altered", "swapped"} else "")


async def updated(connection: AsyncConnection, t: Table, row: Row, values: Row) -> None:
    await connection.execute(t.update().where(*where(t, row)).values(values))


def where(t: Table, row: Row) -> list[Any]:
    return [column == row[column.name] for column in t.primary_key]


async def tampered(connection: AsyncConnection, folder: Made, number: int, seed: str) -> Tally:
    """Try so many manipulations, each undone after it. The connection is in no transaction."""
    random, done = Random(seed), Tally(Counter(), 0, 0, [])
    election = folder.definition.election_id
    rows = await Rows.read(connection, election)
    await connection.rollback()
    sound = named(rows, folder)
    if sound != ([], []):
        raise AssertionError(f"untouched, and yet: {sound}")
    while done.tried.total() < number:
        try:
            words = await manipulated(connection, random, rows)
        except (Refused, DBAPIError):
            await connection.rollback()
            continue
        after = await Rows.read(connection, election)
        await connection.rollback()
        if after.tables == rows.tables:
            continue
        done.tried[words] += 1
        by_folder, by_rows = named(after, folder)
        done.by_folder += bool(by_folder)
        done.by_rows += bool(by_rows and not by_folder)
        if not by_folder and not by_rows:
            done.missed.append(words)
    return done


def named(rows: Rows, folder: Made) -> tuple[list[str], list[str]]:
    """Name the faults: those that the folder shows to anyone, and those of rows alone."""
    files = rows.files()
    report = verified(files.__getitem__, list(files), keys=folder.keys, since=folder.since)
    return report.faults, rows.differences()


async def run(url: str, number: int, seed: str) -> Tally:
    """Fill a migrated, empty database and tamper with it as its owner, who is superuser."""
    definition = a_definition()
    entries = some_entries(definition, VOTERS)
    folder = made(definition, entries)
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await filled(connection, folder, entries)
            await connection.commit()
            return await tampered(connection, folder, number, seed)
    finally:
        await engine.dispose()


def main() -> int:
    """Start a database, tamper, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=NUMBER)
    parser.add_argument("--seed", default=SEED)
    asked = parser.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="talkoot-tamper-") as home:
        Path(home).chmod(0o755)
        server = start(Path(home), durability=Durability.MEMORY)
        try:
            migrate.upgrade(server.url())
            done = asyncio.run(run(server.url(), asked.number, asked.seed))
        finally:
            server.stop()
    lines = [f"not named: {words}" for words in done.missed]
    lines.append(f"{done.line}; {time.perf_counter() - begun:.0f} s")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if done.missed or done.tried.total() < NUMBER else 0


if __name__ == "__main__":
    sys.exit(main())
