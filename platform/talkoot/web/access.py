"""Every route says who may use it, and one that names an election in which phases it works.

The application refuses to start if one does not.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from enum import Enum
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from talkoot.base.errors import TalkootError
from talkoot.voting.log import ElectionState

Endpoint = Callable[[Request], Awaitable[Response]]
Gate = Callable[[Request], Awaitable[Response | None]]
"""Lets a request in by ``None``, or answers in the handler's place."""


Phases = frozenset[ElectionState]
EVERY_PHASE: Phases = frozenset(ElectionState)
"""For what only reads, and for what looks the act up in the table of phases itself."""
WHILE_OPEN: Phases = frozenset({ElectionState.OPEN})
"""For what casts or leads to casting. Outside it the answer is 409 and nothing has changed; only
the same submission once more is answered as before, whatever the phase."""
NAMES_OF_ELECTIONS = ("{election}", "{round}", "{proposal}")
"""Parts of an address that name an election: itself, its round, or an act upon it."""


class Access(Enum):
    """Who may use a route."""

    PUBLIC = "public"
    """Anyone; what is answered depends on nobody in particular."""
    VOTER = "voter"
    """A voter who is signed in to the election that the route names."""
    RESIDENT = "resident"
    """A resident who is signed in to an account of the municipality that the route names."""
    OFFICIAL = "official"
    """An official who is signed in at the desk, with a role that the route names."""


class Unguarded(TalkootError):
    """A route that does not say who may use it, or in which phases."""


_ACCESS, _PHASES = "talkoot_access", "talkoot_phases"


def guarded(
    route: Route, access: Access, *, gate: Gate | None = None, phases: Phases | None = None
) -> Route:
    """Give the route with its access and phases written on it.

    All but ``PUBLIC`` need a gate that checks. ``phases``: ``None`` where it names no election.
    """
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
    setattr(route, _PHASES, phases)
    return route


def access_of(route: BaseRoute) -> Access | None:
    """Tell who may use a route; ``None`` where it does not say."""
    access = getattr(route, _ACCESS, None)
    return access if isinstance(access, Access) else None


def phases_of(route: BaseRoute) -> Phases | None:
    """Tell in which phases a route works; ``None`` where it does not say."""
    phases: Phases | None = getattr(route, _PHASES, None)
    return phases


def names_an_election(route: BaseRoute) -> bool:
    """Tell whether a route's address names an election."""
    path = str(getattr(route, "path", ""))
    return any(name in path for name in NAMES_OF_ELECTIONS)


def check_guarded(routes: Iterable[BaseRoute]) -> None:
    """Raise :class:`Unguarded` naming every route that does not say who may use it, or that names
    an election and does not say in which phases it works.
    """
    leaves = tuple(_leaves(routes))
    faults = sorted(str(getattr(r, "path", r)) for r in leaves if access_of(r) is None)
    if faults:
        raise Unguarded(f"say who may use these routes: {', '.join(faults)}")
    faults = sorted(
        str(getattr(r, "path", r)) for r in leaves if names_an_election(r) and not phases_of(r)
    )
    if faults:
        raise Unguarded(f"say in which phases these routes work: {', '.join(faults)}")


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
