"""The town on this machine: `run` for a first look, `serve` and `migrate` for real servers."""

import asyncio
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from sqlalchemy import make_url

from talkoot.base.clock import system_clock
from talkoot.base.db import Database, Role, embedded
from talkoot.base.db import migrate as chain
from talkoot.base.db.embedded import Login, NoPostgres
from talkoot.base.settings import BadSettings, Settings
from talkoot.cli.context import settings_now
from talkoot.rounds import municipalities

CODES_FILE = "demo-codes.txt"
SEALED_CODES_FILE = "demo-codes-sealed.txt"
KEYS_FOLDER = "demo-keys"
CODES_SHOWN = 3


@click.command()
def run() -> None:
    """Bring up the town: database, schema, an invented municipality, codes to vote with, pages."""
    from talkoot.web.serve import serve as serve_pages

    settings = settings_now()
    console = Console()
    # Without this a service manager's signal would end us before our database is stopped.
    signal.signal(signal.SIGTERM, _end)
    _port_must_be_free(settings)
    with _database(settings, console) as (owner, desk, app):
        chain.upgrade(owner)
        way = asyncio.run(_demo_found_or_loaded(desk, settings, console))
        _welcome(settings, way, console)
        serve_pages(settings, app, desk)


@click.command()
def serve() -> None:
    """Serve the pages of a database that `talkoot migrate` has prepared."""
    from talkoot.web.serve import serve as serve_pages

    settings = settings_now()
    if not settings.database_url:
        raise click.UsageError("name the database in TALKOOT_DATABASE_URL, or use `talkoot run`")
    serve_pages(settings, settings.database_url, settings.desk_database_url)


@click.command()
def migrate() -> None:
    """Bring the database's schema up to this version. The log-in must own the database."""
    settings = settings_now()
    with _database(settings, Console(stderr=True)) as (owner, _desk, _app):
        chain.upgrade(owner)
    click.echo("the schema is up to date")


@click.command()
@click.option("--reset", is_flag=True, required=True, help="Remove all data and start over.")
def demo(*, reset: bool) -> None:
    """Start the demonstration over: the next `talkoot run` makes everything anew."""
    settings = settings_now()
    if settings.database_url or not reset:
        raise click.UsageError("only the demonstration's own database can be reset")
    embedded.remove(settings.home)
    shutil.rmtree(settings.keys_folder, ignore_errors=True)
    shutil.rmtree(settings.home / KEYS_FOLDER, ignore_errors=True)
    for name in (CODES_FILE, SEALED_CODES_FILE):
        (settings.home / name).unlink(missing_ok=True)
    click.echo("the demonstration is gone; `talkoot run` makes a new one")


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """End as asked, on the way through everything that must be put away."""
    del number, frame
    sys.exit(0)


def _port_must_be_free(settings: Settings) -> None:
    """Say so before anything starts, if another programme has the port."""
    try:
        socket.create_server((settings.host, settings.port)).close()
    except OSError as err:
        raise BadSettings(
            f"cannot listen on {settings.host}:{settings.port} ({err.strerror}); "
            "is Talkoot running already? TALKOOT_PORT names another port"
        ) from err


@contextmanager
def _database(settings: Settings, console: Console) -> Iterator[tuple[str, str, str]]:
    """Give the URLs of owner, command line and web process; our own server runs as long."""
    if settings.database_url:
        yield settings.database_url, settings.database_url, settings.database_url
        return
    with console.status("Starting PostgreSQL ..."):
        server = embedded.start(settings.home)
    if server.pid is None:
        raise NoPostgres(f"Talkoot is already running on the data in {settings.home}")
    try:
        yield server.url(), server.url(login=Login.DESK), server.url(login=Login.APP)
    finally:
        server.stop()


async def _demo_found_or_loaded(url: str, settings: Settings, console: Console) -> str:
    """Give the path of the page to begin with; loads the demonstration into an empty database."""
    database = Database(url, writer=Role.OFFICIAL)
    try:
        async with database.reading() as session:
            found = await municipalities(session)
        if not found:
            return await _demo_loaded(database, settings, console)
        return f"/fi/{found[0].slug}"
    finally:
        await database.close()


async def _demo_loaded(database: Database, settings: Settings, console: Console) -> str:
    from talkoot.cli.demo import load_demo

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        loaded = await load_demo(
            database,
            settings.keys_folder,
            at=system_clock(),
            progress=told,
            keys_of_people=settings.home / KEYS_FOLDER,
            address=settings.address,
        )
    await asyncio.to_thread(_codes_kept, settings.home / CODES_FILE, loaded.codes)
    await asyncio.to_thread(_codes_kept, settings.home / SEALED_CODES_FILE, loaded.sealed_codes)
    return f"/fi/{loaded.municipality}"


def _codes_kept(path: Path, codes: tuple[str, ...]) -> None:
    """Keep the demonstration's codes: invented voters have no letter box to look into."""
    path.touch(mode=0o600)
    path.write_text("".join(f"{code}\n" for code in codes), encoding="ascii")


def _welcome(settings: Settings, way: str, console: Console) -> None:
    database = make_url(settings.database_url).render_as_string() if settings.database_url else ""
    console.print(f"\n  [bold]Talkoot[/bold] is at [bold]{settings.address}{way}[/bold]")
    console.print(f"  Data: {database or settings.home.resolve()}")
    path = settings.home / CODES_FILE
    if path.exists():
        codes = path.read_text(encoding="ascii").split()
        console.print("  Codes to vote with:")
        for code in codes[:CODES_SHOWN]:
            console.print(f"    [bold]{code}[/bold]", highlight=False)
        console.print(f"  {len(codes)} codes are in {path}", highlight=False)
    path = settings.home / SEALED_CODES_FILE
    if path.exists():
        code = path.read_text(encoding="ascii").split()[0]
        said = f"  A code for the round of sealed ballots: [bold]{code}[/bold]"
        console.print(f"{said}; more are in {path}", highlight=False)
        where = settings.home / KEYS_FOLDER
        console.print(f"  Demonstration keys of officials and trustees: {where}", highlight=False)
    console.print("  Ctrl+C stops it; `talkoot demo --reset` starts over.\n")
    console.file.flush()
