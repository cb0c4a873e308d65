"""What every request must get past before a handler sees it: host, size, and where it came from."""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from talkoot.base.errors import TalkootError

MAX_BODY_BYTES = 64 * 1024
"""A ballot of every project in the largest real election on file is under 10 kB."""

MAX_DESK_BYTES = 64 * 1024 * 1024
"""What officials bring: a roll, a new ballot, the public files of a count. The gate knows who sends
it before any of it is read; a count that is larger is laid into a folder."""
DESK_BRINGS = re.compile(r"/[a-z]{2}/desk/elections/[^/]+/propose")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class WrongHost(TalkootError):
    """The request names a host that is not ours."""


class TooLarge(TalkootError):
    """The request's body is larger than anything we ask for."""


class NoSuchAddress(TalkootError):
    """The address holds a sign that no name of ours can hold."""


class ForeignPost(TalkootError):
    """A form was sent from another site, or by a browser that does not say from where."""


Refuse = Callable[[Request, Exception], Awaitable[ASGIApp]]
"""Gives the answer to a request that did not get in."""


def allowed_hosts(address: str) -> frozenset[str]:
    """The hosts that a deployment answers to: its own, and loopback where that is its own."""
    parts = urlsplit(address)
    own = {parts.netloc.lower()}
    if parts.port is None:
        own.add(f"{parts.hostname}:{443 if parts.scheme == 'https' else 80}")
    if parts.hostname in {"localhost", "127.0.0.1", "::1", "0.0.0.0"}:  # noqa: S104 - a name to compare with, not to bind to
        port = "" if parts.port is None else f":{parts.port}"
        own |= {f"{name}{port}" for name in ("localhost", "127.0.0.1", "[::1]")}
    return frozenset(own)


class Doors:
    """Refuses before any handler runs, by an answer in the reader's language."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], refuse: Refuse) -> None:
        self.app = app
        self.hosts = hosts
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        fault = self._fault(request)
        if fault is not None:
            answer = await self.refuse(request, fault)
            await answer(scope, receive, send)
            return
        await self.app(scope, _bounded(receive, bound_of(scope["path"])), send)

    def _fault(self, request: Request) -> TalkootError | None:
        if request.headers.get("host", "").lower() not in self.hosts:
            return WrongHost("not one of our hosts")
        if not request.scope["path"].isprintable():
            # The database could not even look for the null character.
            return NoSuchAddress("control characters in the address")
        length = request.headers.get("content-length", "0")
        bound = bound_of(request.scope["path"])
        if not length.isdecimal() or int(length) > bound:
            return TooLarge(f"at most {bound} bytes")
        if request.method not in SAFE_METHODS and not self._is_own(request):
            return ForeignPost("not sent from a page of ours")
        return None

    def _is_own(self, request: Request) -> bool:
        """Tell whether a request that changes something comes from a page of ours.

        The API carries its token in a header that no other site's form can set, and takes only
        JSON, which no form can send: there is nothing to forge.
        """
        if request.scope["path"].startswith("/api/"):
            return True
        site = request.headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        origin = urlsplit(request.headers.get("origin", ""))
        return origin.netloc.lower() == request.headers.get("host", "").lower() != ""


def bound_of(path: str) -> int:
    """Give how many bytes a body sent to this address may have."""
    return MAX_DESK_BYTES if DESK_BRINGS.fullmatch(path) else MAX_BODY_BYTES


def _bounded(receive: Receive, bound: int) -> Receive:
    """Count what comes in, for bodies that do not say their length beforehand."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > bound:
            raise TooLarge(f"at most {bound} bytes")
        return message

    return counted
