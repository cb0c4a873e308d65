"""What every test may ask for: a real PostgreSQL, built by the migrations."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import Database, ReadSession, Role, WriteSession, migrate
from talkoot.base.db.embedded import Durability, Login, Server, remove, start

pytest_plugins = ["tests.plugin_browser", "tests.plugin_full"]

TEMPLATE = "talkoot_template"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server for this run of the tests, gone when it ends."""
    with tempfile.TemporaryDirectory(prefix="talkoot-tests-") as folder:
        Path(folder).chmod(0o755)
        running = start(Path(folder), durability=Durability.MEMORY)
        yield running
        running.stop()


@pytest_asyncio.fixture(scope="session")
async def template(server: Server) -> str:
    """The name of a database that the migration chain has built, to copy from."""
    await on_server(server, f"create database {TEMPLATE}")
    await asyncio.to_thread(migrate.upgrade, server.url(database=TEMPLATE))
    return TEMPLATE


async def on_server(server: Server, *statements: str) -> None:
    """Run statements that no transaction may hold, as the owner."""
    engine = create_async_engine(server.url(), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


@asynccontextmanager
async def copied(server: Server, template: str) -> AsyncIterator[str]:
    """Give the name of a fresh copy of the template; dropped at the end."""
    name = f"test_{uuid4().hex}"
    await on_server(server, f"create database {name} template {template}")
    try:
        yield name
    finally:
        await on_server(server, f"drop database {name} with (force)")


@pytest_asyncio.fixture
async def database_name(server: Server, template: str) -> AsyncIterator[str]:
    """A migrated, empty database of this test's own, for tests that commit."""
    async with copied(server, template) as name:
        yield name


@pytest_asyncio.fixture
async def database(server: Server, database_name: str) -> AsyncIterator[Database]:
    """The web process's engines on this test's own database."""
    url = server.url(login=Login.APP, database=database_name)
    engines = Database(url, writer=Role.WEB, pool_size=16)
    yield engines
    await engines.close()


@pytest_asyncio.fixture
async def desk(server: Server, database_name: str) -> AsyncIterator[Database]:
    """The command line's engines on this test's own database: the official's role."""
    url = server.url(login=Login.DESK, database=database_name)
    engines = Database(url, writer=Role.OFFICIAL)
    yield engines
    await engines.close()


@pytest_asyncio.fixture(scope="session")
async def shared_engine(server: Server, template: str) -> AsyncIterator[AsyncEngine]:
    """The owner's engine on one database that many tests share and none of them changes."""
    async with copied(server, template) as name:
        engine = create_async_engine(server.url(database=name))
        yield engine
        await engine.dispose()


@pytest_asyncio.fixture
async def session(shared_engine: AsyncEngine) -> AsyncIterator[WriteSession]:
    """A writing session in a transaction that is rolled back when the test ends."""
    async with shared_engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as inner:
            yield WriteSession(ReadSession(inner))
        await outer.rollback()


def drop_home(home: Path) -> None:
    """Remove the database of a home folder, wherever it had to stand."""
    if home.exists():
        remove(home)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the checkout."""
    return Path(__file__).resolve().parents[1]
