"""The chain goes up, comes down, and makes exactly the tables that the code knows."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import migrate
from talkoot.base.db.embedded import Server
from tests.conftest import on_server

TABLES = text("select table_name from information_schema.tables where table_schema = 'public'")


async def tables(url: str) -> set[str]:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        found = set((await connection.execute(TABLES)).scalars())
    await engine.dispose()
    return found


async def test_the_chain_makes_what_the_code_knows(server: Server, database_name: str) -> None:
    await asyncio.to_thread(migrate.check, server.url(database=database_name))


async def test_the_chain_goes_down_to_nothing_and_up_again(server: Server) -> None:
    await on_server(server, "create database up_and_down")
    url = server.url(database="up_and_down")
    await asyncio.to_thread(migrate.upgrade, url)
    full = await tables(url)
    await asyncio.to_thread(migrate.downgrade, url, "base")
    assert await tables(url) == {"alembic_version"}
    await asyncio.to_thread(migrate.upgrade, url)
    assert await tables(url) == full
    assert {"entry", "standing", "roll_person"} <= full


async def test_a_server_may_be_named_by_a_plain_postgresql_address(
    server: Server, database_name: str
) -> None:
    plain = server.url(database=database_name).replace("postgresql+asyncpg:", "postgresql:")
    await asyncio.to_thread(migrate.check, plain)
