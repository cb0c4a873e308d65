"""The outer edge of a request: one line in the log, and an answer whatever happens.

The line holds the minute, the method, the route's pattern and the status: no address of a person,
no query, no token, nothing that was typed. A ballot's exact time is nobody's business.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from talkoot.web.errors import ANSWERS, Trouble, trouble_in

log = logging.getLogger("talkoot.web")

Say = Callable[[Request, Exception, str], Awaitable[Response]]
"""Gives the answer to an error, under a request id."""


class Edge:
    """Turns what handlers raise into answers, and logs each request once."""

    def __init__(self, app: ASGIApp, *, say: Say) -> None:
        self.app = app
        self.say = say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            request_id = secrets.token_hex(6)
            note_error(error, request_id)
            if status:
                raise
            answer = await self.say(Request(scope), error, request_id)
            await answer(scope, receive, noted)
        finally:
            log.info("%s %s %s", scope["method"], pattern_of(scope), status)


def note_error(error: Exception, request_id: str) -> None:
    """Log an error as loudly as the table says; a trace only for what no table knows."""
    trouble = trouble_in(error)
    unexpected = trouble is Trouble.UNEXPECTED
    log.log(
        ANSWERS[trouble].level,
        "%s: %s (request %s)",
        trouble.value,
        type(error).__name__,
        request_id,
        exc_info=error if unexpected else None,
    )


def pattern_of(scope: Scope) -> str:
    """Give the route's pattern, such as ``/{language}/{municipality}``, never what was asked."""
    route = scope.get("route")
    return str(getattr(route, "path", "-"))
