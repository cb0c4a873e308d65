"""Run the chain over asyncpg, as the database's owner."""

import asyncio

from alembic import context
from sqlalchemy import Connection, make_url, pool
from sqlalchemy.ext.asyncio import create_async_engine

import talkoot.base.allowances
import talkoot.people.residents.tables
import talkoot.people.tables
import talkoot.rounds.tables
import talkoot.voting.board.tables
import talkoot.voting.log.tables
import talkoot.voting.results.tables
import talkoot.voting.roll.tables  # noqa: F401 - each import adds its tables to the metadata
from talkoot.base.db import Base


def run(connection: Connection) -> None:
    """Run what was asked for inside one transaction."""
    context.configure(
        connection=connection, target_metadata=Base.metadata, compare_server_default=True
    )
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    """Connect to the database that the caller named."""
    url = make_url(context.config.attributes["url"]).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(main())
