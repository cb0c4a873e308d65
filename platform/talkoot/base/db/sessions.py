"""Two kinds of session, and the only place that commits.

A room that writes asks for a :data:`WriteSession`; a reader's session does not type-check there.
The read role in PostgreSQL is the real lock.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NewType

from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from talkoot.base.db.roles import Role
from talkoot.base.errors import Unavailable

ReadSession = NewType("ReadSession", AsyncSession)
WriteSession = NewType("WriteSession", ReadSession)
"""A writer may read; a reader may not write."""

CONNECT_TIMEOUT_S = 5
COMMAND_TIMEOUT_S = 30
POOL_TIMEOUT_S = 10


def engine_for(url: str | URL, role: Role | None, *, pool_size: int = 5) -> AsyncEngine:
    """Give an engine whose connections take ``role`` as they open (``None``: stay who they are)."""
    settings = {"application_name": "talkoot", "timezone": "UTC"}
    if role is not None:
        settings["role"] = role.value
    return create_async_engine(
        _asyncpg_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text must not carry a voter's key or choice into a log
        connect_args={
            "server_settings": settings,
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": COMMAND_TIMEOUT_S,
        },
    )


def _asyncpg_url(url: str | URL) -> URL:
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+asyncpg")


class Database:
    """The engines of one process: one for reading, one for writing in a given role."""

    def __init__(self, url: str | URL, *, writer: Role = Role.WEB, pool_size: int = 5) -> None:
        self.read_engine = engine_for(url, Role.READ, pool_size=pool_size)
        self.write_engine = engine_for(url, writer, pool_size=pool_size)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadSession]:
        """Open a session in the read role; nothing it does is kept.

        Raises :class:`Unavailable` when the database cannot be reached.
        """
        async with _session(self.read_engine) as session:
            yield ReadSession(session)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[WriteSession]:
        """Open a session in the writing role and commit it at the end, or roll all of it back.

        Only the edge calls this. When it returns the work is durable. Raises :class:`Unavailable`
        when the database cannot be reached; then nothing, or (if the connection broke during the
        commit itself) everything was kept: repeat with the same submission id to learn which.
        """
        async with _session(self.write_engine) as session:
            yield WriteSession(ReadSession(session))
            await session.commit()

    async def close(self) -> None:
        """Give back every connection."""
        await self.read_engine.dispose()
        await self.write_engine.dispose()


@asynccontextmanager
async def _session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    try:
        async with AsyncSession(engine, expire_on_commit=False) as session:
            yield session
    except (OperationalError, InterfaceError, OSError, TimeoutError) as err:
        raise Unavailable("the database cannot be reached") from err
    except DBAPIError as err:
        if err.connection_invalidated:
            raise Unavailable("the database went away") from err
        raise
