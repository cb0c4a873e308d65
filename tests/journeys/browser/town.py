"""A town to walk in: the demonstration and the village, served to a real browser on loopback."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from talkoot.base.db import Database, Role
from talkoot.base.settings import Settings
from talkoot.cli.demo import load_demo
from talkoot.web.app import self_contained
from tests.journeys.browser.village import SLUG, village_loaded

LOADED_AT = datetime(2027, 5, 10, 9, 0, tzinfo=UTC)
"""When the town is loaded and, but for tests that move it, what its clock shows: one and the same
time in every run, so that pictures of two runs differ only where pages do."""
START_TIMEOUT_S = 30.0

CLOSED_ROUND = "ulos-yhdessa"
POLL = "associations-2021-09-14"


class Clock:
    """The town's clock. It stands still until a test moves it."""

    def __init__(self) -> None:
        self.shows = LOADED_AT

    def __call__(self) -> datetime:
        """Give the time."""
        return self.shows

    @contextmanager
    def later(self, by: timedelta) -> Iterator[None]:
        """Move the clock on, and back at the end."""
        before = self.shows
        self.shows = before + by
        try:
            yield
        finally:
            self.shows = before


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Where the town is served, and letters nobody has opened yet, by round."""

    address: str
    municipality: str
    open_round: str
    clock: Clock
    codes: Mapping[str, Iterator[str]]

    def url(self, language: str, *parts: str) -> str:
        """Give the address of a page of the demonstration."""
        return "/".join([self.address, language, self.municipality, *parts])

    def village_url(self, language: str, *parts: str) -> str:
        """Give the address of a page of the village."""
        return "/".join([self.address, language, SLUG, *parts])

    def code(self, round_: str) -> str:
        """Give the code of a voter of a round who has not voted."""
        return next(self.codes[round_])


@asynccontextmanager
async def town_served(desk_url: str, app_url: str, home: Path) -> AsyncIterator[Town]:
    """Load the town into an empty migrated database, and serve it while the context is open."""
    clock = Clock()
    desk = Database(desk_url, writer=Role.OFFICIAL)
    try:
        keys = Settings(home=home).keys_folder
        demo = await load_demo(desk, keys, at=LOADED_AT, progress=lambda *_: None)
        village = await village_loaded(desk, keys, LOADED_AT)
    finally:
        await desk.close()
    with _listening() as listener:
        settings = Settings(home=home, port=listener.getsockname()[1])
        async with _serving(settings, app_url, clock, listener):
            yield Town(
                address=settings.address,
                municipality=demo.municipality,
                open_round=demo.open_round,
                clock=clock,
                codes={
                    demo.open_round: iter(demo.codes),
                    **{opened.slug: iter(opened.codes) for opened in village},
                },
            )


@contextmanager
def _listening() -> Iterator[socket.socket]:
    """Give a socket on a port that the system chose, so that nobody can take it before us."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


@asynccontextmanager
async def _serving(
    settings: Settings, app_url: str, clock: Clock, listener: socket.socket
) -> AsyncIterator[None]:
    """Serve in a thread with a loop of its own: a test that blocks never holds up the server."""
    app = self_contained(settings, app_url, clock=clock)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="town")
    thread.start()
    try:
        await asyncio.to_thread(server.settled.wait, START_TIMEOUT_S)
        if not server.started:
            raise RuntimeError("the town's server did not start; its log says why")
        yield
    finally:
        server.should_exit = True
        await asyncio.to_thread(thread.join)


class _Server(uvicorn.Server):
    """Says when it has started, or failed to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        try:
            await super().startup(sockets)
        finally:
            self.settled.set()
