"""A PostgreSQL of a measurement's own, whose commits wait for the disk as a town's do."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from talkoot.base.db import Database, Role, migrate
from talkoot.base.db.embedded import Durability, Login, Server, start


@contextmanager
def a_server() -> Iterator[Server]:
    """Run a server, not migrated yet, gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="talkoot-bench-") as folder:
        Path(folder).chmod(0o755)
        server = start(Path(folder), durability=Durability.DISK)
        try:
            yield server
        finally:
            server.stop()


def desk_of(url: str) -> Database:
    """The engine of an official's command line."""
    return Database(url, writer=Role.OFFICIAL)


@asynccontextmanager
async def engines(connections: int) -> AsyncIterator[tuple[Database, Database]]:
    """The web process's, with so many connections, and the official's."""
    with a_server() as server:
        await asyncio.to_thread(migrate.upgrade, server.url())
        web = Database(server.url(login=Login.APP), writer=Role.WEB, pool_size=connections)
        desk = desk_of(server.url(login=Login.DESK))
        yield web, desk
        await web.close()
        await desk.close()
