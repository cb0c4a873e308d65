"""Requests as nobody's browser would send them, straight to the application."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A request. ``path`` is as it stands in the first line, percent signs and all."""

    method: str
    path: str
    query: str
    headers: Pairs
    body: bytes
    address: str


async def status_of(app: ASGIApp, request: Raw) -> int:
    """Send a request and give the status of its answer."""
    found: list[int] = []
    pending: list[Message] = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> Message:
        return pending.pop() if pending else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            found.append(int(message["status"]))

    length = [("content-length", str(len(request.body)))] if request.body else []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(request.path, errors="replace"),
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "root_path": "",
        "headers": [
            (name.encode(), value.encode("latin-1", "replace"))
            for name, value in (*request.headers, *length)
        ],
        "client": (request.address, 40_000),
        "server": ("127.0.0.1", 8000),
    }
    await app(scope, receive, send)
    return found[0]
