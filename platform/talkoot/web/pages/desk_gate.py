"""The officials' gate: a session at the desk, and a role that the route names."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from talkoot.base.db import Database
from talkoot.base.errors import NotFound
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import RelyingParty, relying_party
from talkoot.people import DeskSession, Official, desk_session_of
from talkoot.rounds import Municipality, municipality_of
from talkoot.web.access import Access, Endpoint, Phases, Unguarded, guarded
from talkoot.web.assets import static_address
from talkoot.web.cookies import SessionCookie
from talkoot.web.doors import SAFE_METHODS
from talkoot.web.forms import Form, StaleForm, form_of
from talkoot.web.frame import Frame, Leave, frame_of, path_to
from talkoot.web.house import House, house_of
from talkoot.web.place import voice_of
from talkoot.web.templating import shown
from talkoot.web.voice import Said, Voice

SEE_OTHER = 303
EVERY_ROLE = frozenset(OfficialRole)
DESK_COOKIE = SessionCookie(name="talkoot-desk", same_site="strict")
FORM_TOKEN = "form_token"  # noqa: S105 - the name of a field
_ROLES = "talkoot_roles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """An official at the desk: who, in which municipality, spoken to in which language."""

    voice: Voice
    official: Official
    municipality: Municipality
    form_token: str

    def path(self, *more: str) -> str:
        """Give the address of a page of the desk."""
        return path_to(self.voice.language, "desk", *more)

    def frame(self, *more: str) -> Frame:
        """Give the frame of a page of the desk."""
        leave = Leave(action=self.path("sign-out"), form_token=self.form_token)
        return frame_of(
            self.voice,
            self.municipality,
            "desk",
            *more,
            leave=leave,
            scripts=(static_address("desk.js"),),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsPage:
    """A page that says one thing, with the way back."""

    frame: Frame
    title: Said
    heading: str
    advice: str
    back: str


def desk_route(
    path: str,
    endpoint: Endpoint,
    method: str,
    *,
    roles: Iterable[OfficialRole],
    phases: Phases | None = None,
) -> Route:
    """Give a route of the desk for officials with one of the roles, working in these phases.

    Raises :class:`Unguarded` where no role is named.
    """
    wanted = frozenset(roles)
    if not wanted:
        raise Unguarded(f"{path}: name the roles that may use it")

    async def gate(request: Request) -> Response | None:
        return await _at_the_desk(request, wanted)

    bare = Route(path, endpoint, methods=[method])
    route = guarded(bare, Access.OFFICIAL, gate=gate, phases=phases)
    setattr(route, _ROLES, wanted)
    return route


def roles_of(route: BaseRoute) -> frozenset[OfficialRole]:
    """Tell which roles may use a route of the desk; none where it is not one."""
    found: frozenset[OfficialRole] = getattr(route, _ROLES, frozenset())
    return found


async def _at_the_desk(request: Request, wanted: frozenset[OfficialRole]) -> Response | None:
    """Let an official with a fitting role in; lead others to sign in, or say what is lacking."""
    house, voice = house_of(request), voice_of(request)
    found = await session_at_desk(request)
    if found is None:
        path = path_to(voice.language, "desk", "sign-in")
        if request.method in SAFE_METHODS:
            return RedirectResponse(path, status_code=SEE_OTHER)
        return shown("desk/words.html", _signed_out(voice, path), status=401)
    async with desk_of(house).reading() as session:
        municipality = await municipality_of(session, found.official.municipality_id)
    seat = Seat(
        voice=voice.within(municipality.timezone),
        official=found.official,
        municipality=municipality,
        form_token=found.form_token,
    )
    if not found.official.roles & wanted:
        return shown("desk/words.html", _no_role(seat), status=403)
    if request.method not in SAFE_METHODS:
        check_desk_token(await form_of(request), seat)
    request.state.seat = seat
    return None


def _signed_out(voice: Voice, path: str) -> WordsPage:
    return WordsPage(
        frame=frame_of(voice, None, "desk"),
        title=Said(voice.gettext("The desk")),
        heading=voice.gettext("Sign in again"),
        advice=voice.gettext("You have been signed out. Nothing was done."),
        back=path,
    )


def _no_role(seat: Seat) -> WordsPage:
    return WordsPage(
        frame=seat.frame(),
        title=Said(seat.voice.gettext("The desk")),
        heading=seat.voice.gettext("Your role does not include this"),
        advice=seat.voice.gettext("Nothing was done. Another official can do it."),
        back=seat.path(),
    )


def seat_of(request: Request) -> Seat:
    """Give the seat that the gate found. Raises ``TypeError`` on a route without the gate."""
    seat = request.state.seat
    if not isinstance(seat, Seat):
        raise TypeError("this route is not behind the officials' gate")
    return seat


def desk_of(house: House) -> Database:
    """Give the database in the officials' role. Raises ``NotFound`` where there is no desk."""
    if house.desk is None:
        raise NotFound("this process serves no desk")
    return house.desk


def party_of(house: House) -> RelyingParty:
    """Give the site that passkeys belong to. Raises ``NotFound`` where its address has no name."""
    desk_of(house)
    return relying_party(house.settings.address)


async def session_at_desk(request: Request) -> DeskSession | None:
    """Give the session behind the desk's cookie; ``None``: there is none that lives."""
    house = house_of(request)
    token = DESK_COOKIE.token_in(request)
    async with desk_of(house).writing() as session:
        return await desk_session_of(session, token, at=house.now()) if token else None


def check_desk_token(form: Form, seat: Seat) -> None:
    """Raise :class:`StaleForm` unless the form was made for this session."""
    given = form.one(FORM_TOKEN, "").encode()
    if not hmac.compare_digest(given, seat.form_token.encode()):
        raise StaleForm("a form of another session")
