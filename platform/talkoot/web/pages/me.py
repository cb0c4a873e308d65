"""A resident's own page: names, language, mail, sessions, everything we keep, and the way out."""

from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from talkoot.base.i18n import Language
from talkoot.base.prose import BadWords
from talkoot.people.residents import (
    ALIAS_MAX,
    MAIL_MAX,
    NAME_MAX,
    AccountKept,
    BadMail,
    Held,
    account_kept,
    erased,
    link_wanted,
    mail_in,
    others_ended,
    profile_kept,
    resident_ended,
)
from talkoot.web.forms import Form, form_of
from talkoot.web.frame import Frame
from talkoot.web.house import house_of
from talkoot.web.pages.me_letters import new_mail_letter, posted
from talkoot.web.pages.me_sign_in import held, network_at, sent
from talkoot.web.residents import (
    RESIDENT_COOKIE,
    SEE_OTHER,
    SayingPage,
    Stay,
    Town,
    resident_of,
    resident_route,
)
from talkoot.web.templating import shown
from talkoot.web.voice import OWN_NAMES, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChoice:
    """A language to be addressed in."""

    code: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A session: since when, and last used when."""

    since: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How long names and addresses may be, in characters."""

    name: int = NAME_MAX
    alias: int = ALIAS_MAX
    mail: int = MAIL_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class MePage:
    """The account. ``at_name`` and ``at_mail`` are what is wrong there, ``done`` what was done."""

    frame: Frame
    title: Said
    base: str
    form_token: str
    mail: str
    name: str
    alias: str
    languages: tuple[LanguageChoice, ...]
    sessions: tuple[Signed, ...]
    lengths: Lengths
    done: str
    at_name: str
    at_mail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePage:
    """The last question before an account goes. ``fault``: it was not answered."""

    frame: Frame
    title: Said
    action: str
    back: str
    form_token: str
    fault: str


async def show_me(request: Request) -> Response:
    """Show the account."""
    stay = resident_of(request)
    done = _done(stay, request.query_params.get("done", ""))
    return shown("me/me.html", _page(stay, await _kept(request, stay), done=done))


async def keep_profile(request: Request) -> Response:
    """Keep names and language, or say what is wrong with a name."""
    stay, form = resident_of(request), await form_of(request)
    name, alias = form.one("name", ""), form.one("alias", "")
    try:
        async with house_of(request).database.writing() as session:
            await profile_kept(
                session, stay.resident.id, name=name, alias=alias, language=_language(form, stay)
            )
    except BadWords:
        fault = stay.town.voice.gettext(
            "Nothing was saved: a name is too long, or has letters in it that turn others round."
        )
        page = _page(stay, await _kept(request, stay), at_name=fault)
        return shown("me/me.html", page, status=422)
    return RedirectResponse(f"{stay.town.path()}?done=saved", status_code=SEE_OTHER)


async def change_mail(request: Request) -> Response:
    """Mail a link to the new address; the old one stays until that link is used."""
    stay, house = resident_of(request), house_of(request)
    town = stay.town
    try:
        mail = mail_in((await form_of(request)).one("mail", ""))
    except BadMail:
        fault = town.voice.gettext("This is no mail address. It looks like name@example.fi.")
        page = _page(stay, await _kept(request, stay), at_mail=fault)
        return shown("me/me.html", page, status=422)
    async with house.database.writing() as session:
        link = await link_wanted(
            session,
            town.municipality.id,
            mail,
            language=town.voice.language,
            network=network_at(request),
            at=house.now(),
            resident_id=stay.resident.id,
        )
    if isinstance(link, Held) and link.until is not None:
        return held(town)
    if not isinstance(link, Held):
        await posted(house, new_mail_letter(house, town, mail, link))
    return shown("me/sent.html", sent(town, mail))


async def sign_out(request: Request) -> Response:
    """End this session."""
    stay, house = resident_of(request), house_of(request)
    async with house.database.writing() as session:
        await resident_ended(session, RESIDENT_COOKIE.token_in(request))
    answer = RedirectResponse(stay.frame().home, status_code=SEE_OTHER)
    return RESIDENT_COOKIE.taken(answer, house)


async def sign_out_elsewhere(request: Request) -> Response:
    """End every other session of this account."""
    stay = resident_of(request)
    async with house_of(request).database.writing() as session:
        await others_ended(session, stay.resident.id, RESIDENT_COOKIE.token_in(request))
    return RedirectResponse(f"{stay.town.path()}?done=signed-out", status_code=SEE_OTHER)


async def export(request: Request) -> Response:
    """Give everything that is kept of the account as a file."""
    kept = await _kept(request, resident_of(request))
    return Response(
        msgspec.json.format(msgspec.json.encode(kept), indent=2),
        media_type="application/json",
        headers={"content-disposition": 'attachment; filename="talkoot-me.json"'},
    )


async def show_erase(request: Request) -> Response:
    """Ask once more before the account goes."""
    return shown("me/erase.html", _erase(resident_of(request)))


async def erase(request: Request) -> Response:
    """Erase the account where the box is ticked."""
    stay, house = resident_of(request), house_of(request)
    voice = stay.town.voice
    if (await form_of(request)).one("sure", "") != "yes":
        fault = voice.gettext("Nothing was erased. Tick the box if you are sure.")
        return shown("me/erase.html", _erase(stay, fault=fault), status=422)
    async with house.database.writing() as session:
        await erased(session, stay.resident)
    page = _erased(stay.town)
    return RESIDENT_COOKIE.taken(shown("me/saying.html", page), house)


def _erased(town: Town) -> SayingPage:
    voice = town.voice
    frame = town.frame("sign-in")
    return SayingPage(
        frame=frame,
        title=town.name,
        heading=voice.gettext("Your account has been erased"),
        advice=voice.gettext(
            "Your mail address, your names and your sessions are gone. What you published stays, "
            "without a name."
        ),
        onwards=frame.home,
        onwards_words=voice.gettext("To the start page"),
    )


def _done(stay: Stay, what: str) -> str:
    match what:
        case "saved":
            return stay.town.voice.gettext("Saved.")
        case "signed-out":
            return stay.town.voice.gettext("Signed out everywhere else.")
        case _:
            return ""


async def _kept(request: Request, stay: Stay) -> AccountKept:
    async with house_of(request).database.writing() as session:
        return await account_kept(session, stay.resident)


def _language(form: Form, stay: Stay) -> Language:
    code = form.one("language", "")
    return Language(code) if code in set(Language) else stay.resident.language


def _page(
    stay: Stay, kept: AccountKept, *, done: str = "", at_name: str = "", at_mail: str = ""
) -> MePage:
    voice, resident = stay.town.voice, stay.resident
    return MePage(
        frame=stay.frame(),
        title=stay.town.name,
        base=stay.town.path(),
        form_token=stay.form_token,
        mail=resident.mail,
        name=resident.names.name,
        alias=resident.names.alias,
        languages=tuple(
            LanguageChoice(code=each.value, name=OWN_NAMES[each], chosen=each is resident.language)
            for each in Language
        ),
        sessions=tuple(
            Signed(since=voice.moment(each.opened_at), seen=voice.moment(each.seen_at))
            for each in kept.sessions
        ),
        lengths=Lengths(),
        done=done,
        at_name=at_name,
        at_mail=at_mail,
    )


def _erase(stay: Stay, *, fault: str = "") -> ErasePage:
    return ErasePage(
        frame=stay.frame("erase"),
        title=stay.town.name,
        action=stay.town.path("erase"),
        back=stay.town.path(),
        form_token=stay.form_token,
        fault=fault,
    )


_ME = "/{language}/{municipality}/me"
ROUTES = [
    resident_route(_ME, show_me, "GET"),
    resident_route(f"{_ME}/profile", keep_profile, "POST"),
    resident_route(f"{_ME}/mail", change_mail, "POST"),
    resident_route(f"{_ME}/sign-out", sign_out, "POST"),
    resident_route(f"{_ME}/sign-out-elsewhere", sign_out_elsewhere, "POST"),
    resident_route(f"{_ME}/export", export, "GET"),
    resident_route(f"{_ME}/erase", show_erase, "GET"),
    resident_route(f"{_ME}/erase", erase, "POST"),
]
