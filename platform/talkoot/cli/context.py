"""What every command needs: settings, and the database, ours or a given one."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager

from talkoot.base.db import Database, Role
from talkoot.base.db.embedded import Login, start
from talkoot.base.settings import Settings, settings_from


def settings_now() -> Settings:
    """Read the settings from this process's environment."""
    return settings_from(os.environ)


@contextmanager
def owner_url(settings: Settings) -> Iterator[str]:
    """Give the URL of the database's owner, starting our own server where none is named."""
    if settings.database_url:
        yield settings.database_url
        return
    server = start(settings.home)
    try:
        yield server.url()
    finally:
        server.stop()


@asynccontextmanager
async def opened_desk() -> AsyncIterator[tuple[Database, Settings]]:
    """Open the database in the official's role, migrated, for the length of a command."""
    settings = settings_now()
    with opened_url(settings, Login.DESK) as url:
        database = Database(url, writer=Role.OFFICIAL)
        try:
            yield database, settings
        finally:
            await database.close()


@contextmanager
def opened_url(settings: Settings, login: Login) -> Iterator[str]:
    """Give a URL to connect with. Our own server is started and migrated where none is named.

    A named server is migrated by ``talkoot migrate``, deliberately, and never in passing.
    """
    if settings.database_url:
        yield settings.database_url
        return
    from talkoot.base.db import migrate  # Alembic takes 0.6 s to import

    server = start(settings.home)
    try:
        _off_the_loop(migrate.upgrade, server.url())
        yield server.url(login=login)
    finally:
        server.stop()


def _off_the_loop(work: Callable[[str], None], url: str) -> None:
    """Run what brings an event loop of its own, also where one is running."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(work, url).result()
