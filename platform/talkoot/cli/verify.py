"""``talkoot verify``: check the public folder of an election, at a path or an address."""

import asyncio
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlsplit

import click

from talkoot.base.errors import BadFile
from talkoot.verify import Report, verified

MOST_BYTES = 1 << 30
"""Of all files together: a million ballots take about a tenth of it."""
MOST_SECONDS = 1800
"""For all files together, so that a server that drips cannot hold a reader for ever."""
WAIT_S = 30
"""For one answer of a server."""
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}

NOT_PROVED = (
    "that each ballot says what its voter meant, or was cast freely",
    "which of one person's ballots stands: that needs the voters' keys, which nobody publishes",
    "that the ballots opened are those on the board: for that, trustees and observers are present",
    "that the officials named in the acts are who they say, and their keys their own",
    "the tables by area and channel, and the words about each project: only their bytes are fixed",
)


@click.command()
@click.argument("where", metavar="DIR|URL")
@click.option("--since", type=click.Path(path_type=Path), help="A checkpoint kept from earlier.")
@click.option("--keys", type=click.Path(path_type=Path), help="The board's keys.json, kept before.")
@click.option("--database", is_flag=True, help="Compare a database with it, too (read only).")
def verify(where: str, since: Path | None, keys: Path | None, *, database: bool) -> None:
    """Check the public folder at DIR or URL, alone, and name every fault.

    With --database, auditors compare the database with it: TALKOOT_DATABASE_URL, by a log-in that
    may take the role talkoot_audit. The exit status is 0 only if all holds.
    """
    report = verified(
        reader(where),
        names_in(where),
        since=None if since is None else _kept(since),
        keys=None if keys is None else _kept(keys),
    )
    if database:
        from talkoot.cli.verify_database import database_compared  # the folder needs no database

        found = asyncio.run(database_compared(reader(where), report))
        report.faults += found.faults
        report.held += found.held
        report.unchecked += found.unchecked
    click.echo("\n".join(_lines(report, since, keys)))
    if report.faults:
        sys.exit(1)


def _kept(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as err:
        raise BadFile(f"{file}: {err.strerror}") from err


def _lines(report: Report, since: Path | None, keys: Path | None) -> Iterator[str]:
    yield from (f"fault: {fault}" for fault in report.faults)
    yield from (f"holds: {held}" for held in report.held)
    yield from (f"not verified: {what}" for what in report.unchecked)
    if keys is None:
        yield "not verified: that the keys of log and witnesses are the right ones (--keys)"
    if since is None:
        yield "not verified: that the board continues what it showed before (--since)"
    yield from (f"this does not prove {what}" for what in NOT_PROVED)
    number = len(report.faults)
    yield f"{number} {'fault' if number == 1 else 'faults'}" if number else "all of this holds"


def names_in(where: str) -> list[str] | None:
    """List the files of a folder; ``None`` for an address, which cannot be listed."""
    if is_address(where):
        return None
    top = Path(where)
    return [file.relative_to(top).as_posix() for file in top.rglob("*") if not file.is_dir()]


def is_address(where: str) -> bool:
    """Tell an address from a path. Raises :class:`BadFile` for one that anybody could alter."""
    url = urlsplit(where)
    if url.scheme == "http" and url.hostname not in _THIS_MACHINE:
        raise BadFile("files come over https, and over http from this machine alone")
    return url.scheme in {"http", "https"}


class _Straight(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        raise ValueError("the server sends on to another address")


def reader(where: str) -> Callable[[str], bytes]:
    """Give what reads a file by its name, bounded in bytes and time over all files."""
    opened = _opened_from(where)
    left, until = [MOST_BYTES], time.monotonic() + MOST_SECONDS

    def parts(file: IO[bytes]) -> Iterator[bytes]:
        while part := file.read(1 << 16):
            left[0] -= len(part)
            if left[0] < 0 or time.monotonic() > until:
                raise ValueError("this is more, or slower, than can be taken in")
            yield part

    def read(name: str) -> bytes:
        with opened(name) as file:
            return b"".join(parts(file))

    return read


def _opened_from(where: str) -> Callable[[str], IO[bytes]]:
    if not is_address(where):
        return lambda name: (Path(where) / name).open("rb")
    opener = urllib.request.build_opener(_Straight)

    def opened(name: str) -> IO[bytes]:
        answer: IO[bytes] = opener.open(f"{where.rstrip('/')}/{quote(name)}", timeout=WAIT_S)
        return answer

    return opened
