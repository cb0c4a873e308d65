"""Signing in with the code from a letter."""

import asyncio
import logging

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from talkoot.base.ids import ElectionId
from talkoot.base.networks import network_of
from talkoot.voting.log import Acceptance, Election, standing_of
from talkoot.voting.roll import (
    Alarm,
    OpenedSession,
    Origin,
    SignedIn,
    SignInRefused,
    keys_for,
    opened,
    session_of,
    sign_in,
)
from talkoot.web.access import WHILE_OPEN, Access, guarded
from talkoot.web.errors import ANSWERS, Trouble, trouble_of
from talkoot.web.forms import Form, ballot_in, form_of
from talkoot.web.house import House, house_of
from talkoot.web.pages.ballot_page import BallotPage
from talkoot.web.pages.error_page import trouble_at
from talkoot.web.pages.sign_in_page import CODE, SignInPage, carried_from
from talkoot.web.place import Place, acceptance_at, place_of
from talkoot.web.templating import shown
from talkoot.web.voters import VOTER_COOKIE, Visit

SEE_OTHER = 303
TEMPLATE = "sign_in/sign_in.html"
TYPED_MAX = 100
"""Longer text is not worth correcting."""
log = logging.getLogger("talkoot.web.sign_in")


async def show_sign_in(request: Request) -> Response:
    """Ask for the code while voting is open."""
    house = house_of(request)
    async with house.database.reading() as session:
        place = await place_of(request, session)
    obstacle = _obstacle(place, house)
    if obstacle is not None:
        return trouble_at(place, obstacle)
    return shown(TEMPLATE, SignInPage.of(place))


async def send_code(request: Request) -> Response:
    """Sign a voter in by the code, or say why not."""
    house = house_of(request)
    async with house.database.reading() as session:
        place = await place_of(request, session)
    obstacle = _obstacle(place, house)
    if obstacle is not None or place.election is None:
        return trouble_at(place, obstacle or Trouble.NOT_OPEN_YET)
    form = await form_of(request)
    outcome = await signed_in_by(request, place.election.id, form.one(CODE, ""))
    if isinstance(outcome, SignInRefused):
        return _refused(place, outcome, form)
    onwards = await _onwards(house, place, place.election, form, outcome)
    return VOTER_COOKIE.given(onwards, house, outcome.token)


def _obstacle(place: Place, house: House) -> Trouble | None:
    match acceptance_at(place.election, house.now()):
        case Acceptance.NOT_OPEN_YET:
            return Trouble.NOT_OPEN_YET
        case Acceptance.CLOSED:
            return Trouble.CLOSED
        case Acceptance.OPEN:
            return None


async def signed_in_by(
    request: Request, election_id: ElectionId, typed: str
) -> OpenedSession | SignInRefused:
    """Try a code and open a session. Wrong codes are counted in any case."""
    house = house_of(request)
    origin = Origin(network=network_of(request.client.host if request.client else ""))
    keys = keys_for(house.settings.keys_folder, election_id)
    async with house.database.writing() as session:
        outcome = await sign_in(
            session,
            typed,
            election_id=election_id,
            origin=origin,
            keys=keys,
            hasher=house.hasher,
            at=house.now(),
        )
        session_opened = None
        if isinstance(outcome, SignedIn):
            session_opened = await opened(
                session,
                election_id=election_id,
                voter_key=outcome.voter_key,
                proof=outcome.proof,
                at=house.now(),
            )
    await asyncio.sleep(outcome.delay_s)
    if session_opened is not None:
        return session_opened
    if not isinstance(outcome, SignInRefused):
        raise TypeError("a sign-in that is neither refused nor a session")
    if outcome.alarm is Alarm.RAISED:
        log.error("codes of election %s are being guessed", election_id)
    return outcome


def _refused(place: Place, outcome: SignInRefused, form: Form) -> Response:
    trouble = trouble_of(outcome.reason)
    page = SignInPage.of(
        place,
        trouble=trouble,
        mistyped=outcome.mistyped,
        typed=form.one(CODE, "")[:TYPED_MAX],
        retry_after_s=outcome.retry_after_s,
        carried=carried_from(form),
    )
    answer = shown(TEMPLATE, page, status=ANSWERS[trouble].status)
    if outcome.retry_after_s is not None:
        answer.headers["retry-after"] = str(outcome.retry_after_s)
    return answer


async def _onwards(
    house: House, place: Place, election: Election, form: Form, session_opened: OpenedSession
) -> Response:
    """Go on to the ballot: an empty one, or the one that was being filled in before."""
    if not form.all("submission"):
        return RedirectResponse(place.path("ballot"), status_code=SEE_OTHER)
    async with house.database.writing() as session:
        voter = await session_of(session, session_opened.token, at=house.now())
        if voter is None:
            raise TypeError("a session that was opened now is not there")
        voted = await standing_of(session, election.id, voter.voter_key) is not None
    visit = Visit(place=place, election=election, voter=voter)
    page = BallotPage.of(visit, ballot_in(form, election.definition), voted_before=voted)
    return shown("ballot/ballot.html", page)


_PATH = "/{language}/{municipality}/{round}/sign-in"
ROUTES = [
    guarded(Route(_PATH, show_sign_in, methods=["GET"]), Access.PUBLIC, phases=WHILE_OPEN),
    guarded(Route(_PATH, send_code, methods=["POST"]), Access.PUBLIC, phases=WHILE_OPEN),
]
