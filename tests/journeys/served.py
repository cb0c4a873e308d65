"""The web application behind a real port of this machine, and the command line beside it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import uvicorn
from click.testing import CliRunner, Result
from starlette.applications import Starlette

from talkoot.base.settings import Settings
from talkoot.cli import talkoot


@dataclass(slots=True)
class SetClock:
    """A clock that shows what the test sets."""

    shows: datetime

    def __call__(self) -> datetime:
        """Give the time that was set."""
        return self.shows


@dataclass(frozen=True, slots=True)
class CommandLine:
    """``talkoot`` in this process, on the database and home that the environment names."""

    async def says(self, *words: str) -> Result:
        """Run a command in a thread: it brings its own event loop."""
        return await asyncio.to_thread(CliRunner().invoke, talkoot, list(words))

    async def done(self, *words: str) -> str:
        """Run a command that must succeed, and give what it printed."""
        result = await self.says(*words)
        assert result.exit_code == 0, (words, result.output, result.exception)
        return result.stdout


class _Server(uvicorn.Server):
    """Says when it takes connections, and leaves the signals to pytest."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start up, and say so."""
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield


@asynccontextmanager
async def served(home: Path, build: Callable[[Settings], Starlette]) -> AsyncIterator[str]:
    """Serve an application on a loopback port that the system chooses; give its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        settings = Settings(home=home, port=port)
        config = uvicorn.Config(
            build(settings), log_config=None, access_log=False, timeout_graceful_shutdown=20
        )
        server = _Server(config)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve(sockets=[listener]))
            await server.ready.wait()
            try:
                yield settings.address
            finally:
                # Waited for here, not cancelled by the group: it must let go of the socket itself.
                server.should_exit = True
                await serving
