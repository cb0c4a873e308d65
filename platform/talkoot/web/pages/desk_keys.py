"""An official's own passkeys: a second one against losing the first, and away with a lost one."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import CredentialId, KeyKind, base64url, from_base64url
from talkoot.people import (
    Passkey,
    Purpose,
    other_desks_ended,
    passkey_removed,
    passkeys_of,
    put,
    registered,
    registration_options,
)
from talkoot.web.forms import form_of
from talkoot.web.frame import Frame
from talkoot.web.house import house_of
from talkoot.web.pages.desk_gate import (
    DESK_COOKIE,
    SEE_OTHER,
    Seat,
    desk_of,
    desk_route,
    party_of,
    seat_of,
)
from talkoot.web.pages.desk_sign_in import ANSWER, REFUSED, WORDS, options_answer
from talkoot.web.templating import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """A passkey on the list."""

    id: str
    words: str
    since: str
    in_file: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPage:
    """An official's passkeys. The last one has no button that removes it."""

    frame: Frame
    form_token: str
    action: str
    ask: str
    remove: str
    back: str
    fault: str
    keys: tuple[KeyLine, ...]


def _page(seat: Seat, keys: tuple[Passkey, ...], fault: str = "") -> KeysPage:
    return KeysPage(
        frame=seat.frame("keys"),
        form_token=seat.form_token,
        action=seat.path("keys"),
        ask=seat.path("keys", "challenge"),
        remove=seat.path("keys", "remove"),
        back=seat.path(),
        fault=fault,
        keys=tuple(
            KeyLine(
                id=base64url(key.credential_id),
                words=key.words or seat.voice.gettext("A passkey without a name"),
                since=seat.voice.moment(key.added_at),
                in_file=key.key_kind is KeyKind.FILE,
            )
            for key in keys
        ),
    )


async def show_keys(request: Request) -> Response:
    """List one's own passkeys."""
    return await _shown(request)


async def _shown(request: Request, fault: str = "") -> Response:
    seat = seat_of(request)
    async with desk_of(house_of(request)).writing() as session:
        keys = await passkeys_of(session, seat.official.id)
    status = REFUSED if fault else 200
    return shown("desk/keys.html", _page(seat, keys, fault), status=status)


async def put_key_challenge(request: Request) -> Response:
    """Put a challenge to an official who wants one more passkey."""
    house, seat = house_of(request), seat_of(request)
    async with desk_of(house).writing() as session:
        present = await passkeys_of(session, seat.official.id)
        challenge = await put(
            session, Purpose.REGISTER, official_id=seat.official.id, at=house.now()
        )
    return options_answer(registration_options(seat.official, present, challenge, party_of(house)))


async def add_key(request: Request) -> Response:
    """Put one more passkey on file."""
    house, seat = house_of(request), seat_of(request)
    form = await form_of(request)
    try:
        async with desk_of(house).writing() as session:
            await registered(
                session,
                seat.official,
                form.one(ANSWER, ""),
                words=form.one(WORDS, ""),
                party=party_of(house),
                at=house.now(),
            )
    except NotAllowed:
        return await _shown(request, seat.voice.gettext("The passkey was not added. Begin again."))
    return RedirectResponse(seat.path("keys"), status_code=SEE_OTHER)


async def remove_key(request: Request) -> Response:
    """Take a passkey off file, never the last; whoever signed in elsewhere is signed out."""
    house, seat = house_of(request), seat_of(request)
    form = await form_of(request)
    try:
        async with desk_of(house).writing() as session:
            credential_id = CredentialId(from_base64url(form.one("key", "")))
            await passkey_removed(session, seat.official.id, credential_id)
            await other_desks_ended(session, seat.official.id, DESK_COOKIE.token_in(request))
    except NotAllowed:
        return await _shown(
            request,
            seat.voice.gettext("Nothing was removed. Your last passkey has to stay."),
        )
    return RedirectResponse(seat.path("keys"), status_code=SEE_OTHER)


_AT = "/{language}/desk/keys"
ROUTES = [
    desk_route(_AT, show_keys, "GET", roles=OfficialRole),
    desk_route(_AT, add_key, "POST", roles=OfficialRole),
    desk_route(f"{_AT}/challenge", put_key_challenge, "POST", roles=OfficialRole),
    desk_route(f"{_AT}/remove", remove_key, "POST", roles=OfficialRole),
]
