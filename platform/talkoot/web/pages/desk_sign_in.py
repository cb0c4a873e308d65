"""Getting to the desk: by a passkey on file, or by an invitation that leads to the first one."""

from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialRole
from talkoot.people import (
    AssertionOptions,
    Purpose,
    RegistrationOptions,
    assertion_options,
    desk_ended,
    desk_opened,
    invited_by,
    passkeys_of,
    put,
    registered,
    registration_options,
    signed_in,
    taken,
)
from talkoot.web.access import Access, guarded
from talkoot.web.assets import static_address
from talkoot.web.forms import form_of
from talkoot.web.frame import Frame, frame_of, path_to
from talkoot.web.house import house_of
from talkoot.web.pages.desk_gate import (
    DESK_COOKIE,
    SEE_OTHER,
    desk_of,
    desk_route,
    party_of,
)
from talkoot.web.place import voice_of
from talkoot.web.templating import shown
from talkoot.web.voice import Voice

ANSWER = "answer"
TOKEN = "token"  # noqa: S105 - the name of a field
WORDS = "words"
REFUSED = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSignInPage:
    """Where a passkey is asked for. ``fault`` says what was wrong before."""

    frame: Frame
    action: str
    ask: str
    fault: str


def _page(voice: Voice, *parts: str, fault: str = "") -> DeskSignInPage:
    return DeskSignInPage(
        frame=frame_of(voice, None, "desk", *parts, scripts=(static_address("desk.js"),)),
        action=path_to(voice.language, "desk", *parts),
        ask=path_to(voice.language, "desk", *parts, "challenge"),
        fault=fault,
    )


async def show_desk_sign_in(request: Request) -> Response:
    """Ask for a passkey, at the address that passkeys are bound to."""
    away = _at_the_right_address(request)
    return away or shown("desk/sign_in.html", _page(voice_of(request), "sign-in"))


async def show_invitation(request: Request) -> Response:
    """Ask an invited person for a first passkey. The secret stays behind the ``#``."""
    away = _at_the_right_address(request)
    return away or shown("desk/invitation.html", _page(voice_of(request), "invitation"))


def _at_the_right_address(request: Request) -> Response | None:
    """Lead from another name of this machine to the one that passkeys know; none where we are."""
    party = party_of(house_of(request))
    if request.headers.get("host", "").lower() == party.origin.partition("//")[2]:
        return None
    return RedirectResponse(f"{party.origin}{request.scope['path']}", status_code=SEE_OTHER)


async def put_sign_in_challenge(request: Request) -> Response:
    """Put a challenge to whoever wants to sign in."""
    house = house_of(request)
    async with desk_of(house).writing() as session:
        challenge = await put(session, Purpose.SIGN_IN, official_id=None, at=house.now())
    return options_answer(assertion_options(challenge, party_of(house)))


async def sign_in_at_desk(request: Request) -> Response:
    """Open the desk to whoever answered with a passkey on file."""
    house, voice = house_of(request), voice_of(request)
    answer = (await form_of(request)).one(ANSWER, "")
    try:
        async with desk_of(house).writing() as session:
            official = await signed_in(session, answer, party=party_of(house), at=house.now())
            opened = await desk_opened(session, official.id, at=house.now())
    except NotAllowed:
        fault = voice.gettext("The passkey was not accepted. Try again with one that is on file.")
        return shown("desk/sign_in.html", _page(voice, "sign-in", fault=fault), status=REFUSED)
    onwards = RedirectResponse(path_to(voice.language, "desk"), status_code=SEE_OTHER)
    return DESK_COOKIE.given(onwards, house, opened.token)


async def put_invitation_challenge(request: Request) -> Response:
    """Put a challenge to an invited person; 403 for an invitation that is not valid."""
    house = house_of(request)
    token = (await form_of(request)).one(TOKEN, "")
    try:
        async with desk_of(house).writing() as session:
            official = await invited_by(session, token, at=house.now())
            present = await passkeys_of(session, official.id)
            challenge = await put(
                session, Purpose.REGISTER, official_id=official.id, at=house.now()
            )
    except NotAllowed:
        return Response(status_code=REFUSED)
    return options_answer(registration_options(official, present, challenge, party_of(house)))


async def use_invitation(request: Request) -> Response:
    """Take the new passkey and use the invitation up, both or neither; then open the desk."""
    house, voice = house_of(request), voice_of(request)
    form = await form_of(request)
    try:
        async with desk_of(house).writing() as session:
            official = await taken(session, form.one(TOKEN, ""), at=house.now())
            await registered(
                session,
                official,
                form.one(ANSWER, ""),
                words=form.one(WORDS, ""),
                party=party_of(house),
                at=house.now(),
            )
            opened = await desk_opened(session, official.id, at=house.now())
    except NotAllowed:
        fault = voice.gettext(
            "This did not work: the invitation was used or has ended, or the passkey cannot be "
            "used here. Ask for a new invitation."
        )
        return shown(
            "desk/invitation.html", _page(voice, "invitation", fault=fault), status=REFUSED
        )
    onwards = RedirectResponse(path_to(voice.language, "desk"), status_code=SEE_OTHER)
    return DESK_COOKIE.given(onwards, house, opened.token)


async def sign_out_of_desk(request: Request) -> Response:
    """End the session at once."""
    house, voice = house_of(request), voice_of(request)
    async with desk_of(house).writing() as session:
        await desk_ended(session, DESK_COOKIE.token_in(request))
    onwards = RedirectResponse(path_to(voice.language, "desk", "sign-in"), status_code=SEE_OTHER)
    return DESK_COOKIE.taken(onwards, house)


def options_answer(options: AssertionOptions | RegistrationOptions) -> Response:
    """Answer with options for the browser's ``navigator.credentials``."""
    return Response(msgspec.json.encode(options), media_type="application/json")


_AT = "/{language}/desk"
ROUTES = [
    guarded(Route(f"{_AT}/sign-in", show_desk_sign_in, methods=["GET"]), Access.PUBLIC),
    guarded(Route(f"{_AT}/sign-in", sign_in_at_desk, methods=["POST"]), Access.PUBLIC),
    guarded(
        Route(f"{_AT}/sign-in/challenge", put_sign_in_challenge, methods=["POST"]), Access.PUBLIC
    ),
    guarded(Route(f"{_AT}/invitation", show_invitation, methods=["GET"]), Access.PUBLIC),
    guarded(Route(f"{_AT}/invitation", use_invitation, methods=["POST"]), Access.PUBLIC),
    guarded(
        Route(f"{_AT}/invitation/challenge", put_invitation_challenge, methods=["POST"]),
        Access.PUBLIC,
    ),
    desk_route(f"{_AT}/sign-out", sign_out_of_desk, "POST", roles=OfficialRole),
]
