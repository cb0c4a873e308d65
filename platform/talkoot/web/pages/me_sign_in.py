"""Signing in to an account by a link in a mail. Asking tells nobody whether there is an account."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from talkoot.base.networks import network_of
from talkoot.people.residents import (
    MAIL_MAX,
    BadMail,
    Held,
    LinkFor,
    LinkRead,
    LinkUsed,
    Mail,
    link_read,
    link_used,
    link_wanted,
    mail_in,
)
from talkoot.web.access import Access, guarded
from talkoot.web.errors import ANSWERS, Trouble
from talkoot.web.forms import form_of
from talkoot.web.frame import Frame
from talkoot.web.house import house_of
from talkoot.web.pages.me_letters import LINK_MINUTES, old_mail_letter, posted, sign_in_letter
from talkoot.web.residents import (
    RESIDENT_COOKIE,
    SEE_OTHER,
    SayingPage,
    Town,
    resident_session_at,
    town_of,
)
from talkoot.web.templating import shown
from talkoot.web.voice import Said

GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage:
    """The form that asks for a mail address. ``typed`` is shown again where it is none."""

    frame: Frame
    title: Said
    action: str
    fault: str
    typed: str
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPage:
    """What everyone who asked is told."""

    frame: Frame
    title: Said
    mail: str
    minutes: str
    again: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """The page that a link opens: it does nothing before the button is pressed."""

    frame: Frame
    title: Said
    heading: str
    action: str
    key: str
    mail: str
    button: str


async def show_sign_in(request: Request) -> Response:
    """Ask for the mail address; whoever is signed in already goes to the account."""
    town = await town_of(request)
    if await resident_session_at(request, town) is not None:
        return RedirectResponse(town.path(), status_code=SEE_OTHER)
    return shown("me/sign_in.html", _ask(town))


async def ask_for_link(request: Request) -> Response:
    """Mail a link to whatever address is typed, and answer the same for all of them."""
    town, house = await town_of(request), house_of(request)
    typed = (await form_of(request)).one("mail", "")
    try:
        mail = mail_in(typed)
    except BadMail:
        fault = town.voice.gettext("This is no mail address. It looks like name@example.fi.")
        page = _ask(town, fault=fault, typed=typed[:MAIL_MAX])
        return shown("me/sign_in.html", page, status=422)
    async with house.database.writing() as session:
        link = await link_wanted(
            session,
            town.municipality.id,
            mail,
            language=town.voice.language,
            network=network_at(request),
            at=house.now(),
        )
    if isinstance(link, Held) and link.until is not None:
        return held(town)
    if not isinstance(link, Held):
        await posted(house, sign_in_letter(house, town, mail, link))
    return shown("me/sent.html", sent(town, mail))


async def show_link(request: Request) -> Response:
    """Show what a link does, to people and to programmes that open the links in mails."""
    town, house = await town_of(request), house_of(request)
    key = request.query_params.get("key", "")
    async with house.database.writing() as session:
        read = await link_read(session, key, town.municipality.id, at=house.now())
    if read is None:
        return _gone(town)
    return shown("me/link.html", _link(town, key, read))


async def use_link(request: Request) -> Response:
    """Use a link up: its reader is signed in, and no other browser is by the same link."""
    town, house = await town_of(request), house_of(request)
    key = (await form_of(request)).one("key", "")
    async with house.database.writing() as session:
        used = await link_used(session, key, town.municipality.id, at=house.now())
    if used is None:
        return _gone(town)
    await _old_mail_told(request, town, used)
    onwards = RedirectResponse(town.path(), status_code=SEE_OTHER)
    return RESIDENT_COOKIE.given(onwards, house, used.opened.token)


async def _old_mail_told(request: Request, town: Town, used: LinkUsed) -> None:
    if used.old_mail is not None:
        await posted(house_of(request), old_mail_letter(town, used.old_mail))


def network_at(request: Request) -> str:
    """Give the network that a request comes from."""
    return network_of(request.client.host if request.client else "")


def sent(town: Town, mail: Mail) -> SentPage:
    """Say that a letter is on its way, if it is."""
    return SentPage(
        frame=town.frame("sign-in"),
        title=town.name,
        mail=mail,
        minutes=town.voice.number(LINK_MINUTES),
        again=town.path("sign-in"),
    )


def held(town: Town) -> Response:
    """Say that too many links were asked for from here."""
    voice = town.voice
    page = SayingPage(
        frame=town.frame("sign-in"),
        title=town.name,
        heading=voice.gettext("Wait a moment before you try again"),
        advice=voice.gettext(
            "Many links have been asked for from your network. Try again in an hour."
        ),
        onwards=town.path("sign-in"),
        onwards_words=voice.gettext("Sign in"),
    )
    answer = shown("me/saying.html", page, status=ANSWERS[Trouble.THROTTLED].status)
    answer.headers["retry-after"] = "3600"
    return answer


def _ask(town: Town, *, fault: str = "", typed: str = "") -> AskPage:
    return AskPage(
        frame=town.frame("sign-in"),
        title=town.name,
        action=town.path("sign-in"),
        fault=fault,
        typed=typed,
        longest=MAIL_MAX,
    )


def _link(town: Town, key: str, read: LinkRead) -> LinkPage:
    voice = town.voice
    new = read.does is LinkFor.NEW_MAIL
    return LinkPage(
        frame=town.frame("sign-in"),
        title=town.name,
        heading=voice.gettext("Use this mail address") if new else voice.gettext("Sign in"),
        action=town.path("link"),
        key=key,
        mail=read.mail,
        button=voice.gettext("Use it") if new else voice.gettext("Sign in"),
    )


def _gone(town: Town) -> Response:
    voice = town.voice
    page = SayingPage(
        frame=town.frame("sign-in"),
        title=town.name,
        heading=voice.gettext("This link does not work any more"),
        advice=voice.gettext(
            "It was used already, or its time is over. Ask for a new one: it comes at once."
        ),
        onwards=town.path("sign-in"),
        onwards_words=voice.gettext("Ask for a new link"),
    )
    return shown("me/saying.html", page, status=GONE)


_ME = "/{language}/{municipality}/me"
ROUTES = [
    guarded(Route(f"{_ME}/sign-in", show_sign_in, methods=["GET"]), Access.PUBLIC),
    guarded(Route(f"{_ME}/sign-in", ask_for_link, methods=["POST"]), Access.PUBLIC),
    guarded(Route(f"{_ME}/link", show_link, methods=["GET"]), Access.PUBLIC),
    guarded(Route(f"{_ME}/link", use_link, methods=["POST"]), Access.PUBLIC),
]
