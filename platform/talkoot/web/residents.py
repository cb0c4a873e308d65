"""Who is signed in to an account: the session behind the residents' cookie, for a municipality.

It has nothing to do with a voter's session: another cookie, another table, other routes. No handler
reads both.
"""

import hmac
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from talkoot.people.residents import Resident, ResidentSession, resident_session_of
from talkoot.rounds import Municipality
from talkoot.web.access import Access, Endpoint, Phases, guarded
from talkoot.web.cookies import SessionCookie
from talkoot.web.doors import SAFE_METHODS
from talkoot.web.forms import form_of
from talkoot.web.frame import ME, Frame, Leave, frame_of, path_to
from talkoot.web.house import House, house_of
from talkoot.web.place import municipality_at, voice_of
from talkoot.web.templating import shown
from talkoot.web.voice import Said, Voice

RESIDENT_COOKIE = SessionCookie(name="talkoot-resident", same_site="lax")
FORM_TOKEN = "form_token"  # noqa: S105 - the name of a field
SEE_OTHER = 303


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A municipality, spoken of in the reader's language."""

    voice: Voice
    municipality: Municipality

    def path(self, *more: str) -> str:
        """Give the address of a page about the reader's account."""
        return path_to(self.voice.language, self.municipality.slug, ME, *more)

    def frame(self, *more: str, leave: Leave | None = None) -> Frame:
        """Give the frame of a page about the reader's account."""
        slug = self.municipality.slug
        return frame_of(
            self.voice, self.municipality, slug, ME, *more, leave=leave, my_page=self.path()
        )

    @property
    def name(self) -> Said:
        """What the municipality is called."""
        return self.voice.said(self.municipality.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A signed-in resident in the municipality of the address."""

    town: Town
    resident: Resident
    form_token: str

    def frame(self, *more: str) -> Frame:
        """Give the frame of a page about the account, with the way out."""
        leave = Leave(action=self.town.path("sign-out"), form_token=self.form_token)
        return self.town.frame(*more, leave=leave)


@dataclass(frozen=True, slots=True, kw_only=True)
class SayingPage:
    """A page that says one thing, with a way on."""

    frame: Frame
    title: Said
    heading: str
    advice: str
    onwards: str
    onwards_words: str


def resident_route(
    path: str, endpoint: Endpoint, method: str, *, phases: Phases | None = None
) -> Route:
    """Give a route for signed-in residents; what is not a GET needs a form of their session."""
    bare = Route(path, endpoint, methods=[method])
    return guarded(bare, Access.RESIDENT, gate=residents_only, phases=phases)


async def residents_only(request: Request) -> Response | None:
    """Let a resident in. Others are led to sign in, and a form of another session does nothing."""
    town = await town_of(request)
    found = await resident_session_at(request, town)
    if found is None:
        if request.method in SAFE_METHODS:
            return RedirectResponse(town.path("sign-in"), status_code=SEE_OTHER)
        return _said(town, _signed_out(town), status=401)
    if request.method not in SAFE_METHODS:
        given = (await form_of(request)).one(FORM_TOKEN, "").encode()
        if not hmac.compare_digest(given, found.form_token.encode()):
            return _said(town, _stale(town), status=403)
    request.state.stay = Stay(town=town, resident=found.resident, form_token=found.form_token)
    return None


def resident_of(request: Request) -> Stay:
    """Give the resident that the gate found. Raises ``TypeError`` on a route without the gate."""
    stay = request.state.stay
    if not isinstance(stay, Stay):
        raise TypeError("this route is not behind the residents' gate")
    return stay


async def town_of(request: Request) -> Town:
    """Give the municipality that the address names. Raises ``NotFound``."""
    voice, house = voice_of(request), house_of(request)
    async with house.database.reading() as session:
        municipality = await municipality_at(request, session)
    return Town(voice=voice.within(municipality.timezone), municipality=municipality)


async def resident_session_at(request: Request, town: Town) -> ResidentSession | None:
    """Give the session behind the residents' cookie; ``None``: none lives in this municipality."""
    house: House = house_of(request)
    token = RESIDENT_COOKIE.token_in(request)
    if not token:
        return None
    async with house.database.writing() as session:
        return await resident_session_of(session, token, town.municipality.id, at=house.now())


def _said(town: Town, words: tuple[str, str], *, status: int) -> Response:
    heading, advice = words
    page = SayingPage(
        frame=town.frame("sign-in"),
        title=town.name,
        heading=heading,
        advice=advice,
        onwards=town.path(),
        onwards_words=town.voice.gettext("My page"),
    )
    return shown("me/saying.html", page, status=status)


def _signed_out(town: Town) -> tuple[str, str]:
    voice = town.voice
    return voice.gettext("Sign in again"), voice.gettext(
        "You have been signed out, because some time had passed. Nothing was changed."
    )


def _stale(town: Town) -> tuple[str, str]:
    voice = town.voice
    return voice.gettext("This page is out of date"), voice.gettext(
        "Nothing was changed, because the page was opened before you last signed in."
    )
