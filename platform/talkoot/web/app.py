"""The web application: routes, doors and headers around the rooms that it is given."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from talkoot.base.clock import Clock, system_clock
from talkoot.base.db import Database, Role
from talkoot.base.errors import TalkootError
from talkoot.base.settings import Settings
from talkoot.voting.intake import Door
from talkoot.voting.roll import CodeHasher
from talkoot.web.access import check_guarded
from talkoot.web.api import board as api_board
from talkoot.web.api import elections as api_elections
from talkoot.web.api.problems import problem_for
from talkoot.web.doors import Doors, allowed_hosts
from talkoot.web.edge import Edge, note_error
from talkoot.web.errors import trouble_in
from talkoot.web.headers import Headers
from talkoot.web.house import House
from talkoot.web.pages import (
    ballot,
    desk,
    desk_acts,
    desk_freeze,
    desk_keys,
    desk_sign_in,
    files,
    me,
    me_sign_in,
    receipt,
    results,
    rounds,
    sign_in,
    start,
)
from talkoot.web.pages.error_page import trouble_anywhere
from talkoot.web.publishing import Publisher

_LOG = logging.getLogger("talkoot.board")

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def all_routes() -> list[BaseRoute]:
    """Every route, those with fixed words before those with names."""
    return [
        *files.ROUTES,
        *api_board.ROUTES,
        *api_elections.ROUTES,
        *desk_sign_in.ROUTES,
        *desk.ROUTES,
        *desk_keys.ROUTES,
        *desk_acts.ROUTES,
        *desk_freeze.ROUTES,
        *receipt.ROUTES,
        *me.ROUTES,
        *me_sign_in.ROUTES,
        *start.ROUTES,
        *sign_in.ROUTES,
        *ballot.ROUTES,
        *results.ROUTES,
        *rounds.ROUTES,
    ]


def application(
    settings: Settings,
    database: Database,
    door: Door,
    hasher: CodeHasher,
    clock: Clock,
    *,
    desk: Database | None = None,
) -> Starlette:
    """Give the application around real things that its caller opens and closes.

    Raises :class:`~talkoot.web.access.Unguarded` if a route does not say who may use it.
    """
    app = _built(settings)
    app.state.house = House(
        settings=settings, database=database, door=door, hasher=hasher, clock=clock, desk=desk
    )
    return app


def self_contained(
    settings: Settings,
    database_url: str,
    *,
    desk_url: str = "",
    clock: Clock = system_clock,
    pool_size: int = 10,
) -> Starlette:
    """Give the application that opens its database, door and hasher when it starts, and closes them
    when it ends: what ``talkoot run`` serves. Without ``desk_url`` it has no desk for officials and
    publishes no boards.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        database = Database(database_url, pool_size=pool_size)
        desk_of_officials = Database(desk_url, writer=Role.OFFICIAL) if desk_url else None
        try:
            async with Door(database) as door, CodeHasher() as hasher:
                app.state.house = House(
                    settings=settings,
                    database=database,
                    door=door,
                    hasher=hasher,
                    clock=clock,
                    desk=desk_of_officials,
                )
                async with _boards_published(settings, desk_of_officials, clock):
                    yield
        finally:
            await database.close()
            if desk_of_officials is not None:
                await desk_of_officials.close()

    return _built(settings, lifespan)


@asynccontextmanager
async def _boards_published(
    settings: Settings, desk: Database | None, clock: Clock
) -> AsyncIterator[None]:
    """Publish the boards as long as pages are served; a turn that has begun is ended first."""
    if desk is None:
        _LOG.info("no officials' log-in here: `talkoot board run` must publish the boards")
        yield
        return
    stop = asyncio.Event()
    task = asyncio.create_task(Publisher(desk, settings.keys_folder, clock).run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


def _built(settings: Settings, lifespan: Lifespan | None = None) -> Starlette:
    routes = all_routes()
    check_guarded(routes)
    secure = settings.address.startswith("https://")
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={TalkootError: _expected, HTTPException: _expected},
        middleware=[
            Middleware(Headers, secure=secure),
            Middleware(Edge, say=_said),
            Middleware(Doors, hosts=allowed_hosts(settings.address), refuse=_refused),
        ],
    )
    # An address with a slash too many or too few is another address: no guessing, no redirects.
    app.router.redirect_slashes = False
    return app


async def _expected(request: Request, error: Exception) -> Response:
    """Answer what rooms raise. Unknown members of the family are logged with their trace."""
    note_error(error, "-")
    return await _said(request, error, "")


async def _refused(request: Request, error: Exception) -> Response:
    return await _said(request, error, "")


async def _said(request: Request, error: Exception, request_id: str) -> Response:
    """Answer an error as the reader expects it: a page, or under ``/api`` a problem document."""
    trouble = trouble_in(error)
    if request.scope["path"].startswith("/api/"):
        return problem_for(trouble, detail="", request_id=request_id)
    return trouble_anywhere(request, trouble, request_id=request_id)
