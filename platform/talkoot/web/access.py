"""Every route says who may use it. The application refuses to start if one does not."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from enum import Enum
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from talkoot.base.errors import TalkootError

Endpoint = Callable[[Request], Awaitable[Response]]
Gate = Callable[[Request], Awaitable[Response | None]]
"""Lets a request in by ``None``, or answers in the handler's place."""


class Access(Enum):
    """Who may use a route."""

    PUBLIC = "public"
    """Anyone; what is answered depends on nobody in particular."""
    VOTER = "voter"
    """A voter who is signed in to the election that the route names."""
    OFFICIAL = "official"
    """An official who is signed in at the desk, with a role that the route names."""


class Unguarded(TalkootError):
    """A route that does not say who may use it."""


_ACCESS = "talkoot_access"


def guarded(route: Route, access: Access, *, gate: Gate | None = None) -> Route:
    """Give the route with its access written on it. All but ``PUBLIC`` need a gate that checks."""
    if access is not Access.PUBLIC:
        if gate is None:
            raise Unguarded(f"{route.path}: a route that is not for everyone needs a gate")
        route = Route(
            route.path,
            _gated(route.endpoint, gate),
            methods=sorted(route.methods or ()),
            name=route.name,
        )
    setattr(route, _ACCESS, access)
    return route


def access_of(route: BaseRoute) -> Access | None:
    """Tell who may use a route; ``None`` where it does not say."""
    access = getattr(route, _ACCESS, None)
    return access if isinstance(access, Access) else None


def check_guarded(routes: Iterable[BaseRoute]) -> None:
    """Raise :class:`Unguarded` naming every route that does not say who may use it."""
    faults = sorted(str(getattr(r, "path", r)) for r in _leaves(routes) if access_of(r) is None)
    if faults:
        raise Unguarded(f"say who may use these routes: {', '.join(faults)}")


def _leaves(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    for route in routes:
        if isinstance(route, Mount) and route.routes:
            yield from _leaves(route.routes)
        else:
            yield route


def _gated(endpoint: Endpoint, gate: Gate) -> Endpoint:
    @wraps(endpoint)
    async def behind_the_gate(request: Request) -> Response:
        answer = await gate(request)
        return await endpoint(request) if answer is None else answer

    return behind_the_gate
