"""The voters' gate of the pages: who is not signed in types the code again, and loses no choice."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from talkoot.web.doors import SAFE_METHODS
from talkoot.web.errors import Trouble
from talkoot.web.forms import BadForm, Form, form_of
from talkoot.web.house import house_of
from talkoot.web.pages.error_page import trouble_at
from talkoot.web.pages.sign_in_page import SignInPage, carried_from
from talkoot.web.place import place_of
from talkoot.web.templating import shown
from talkoot.web.voters import VOTER_COOKIE, Visit, voter_with

SEE_OTHER = 303


async def voters_only(request: Request) -> Response | None:
    """Let a voter of this election in. Others must sign in; a form's choices go with them."""
    house = house_of(request)
    async with house.database.reading() as session:
        place = await place_of(request, session)
    if place.election is None:
        return trouble_at(place, Trouble.NOT_OPEN_YET)
    voter = await voter_with(house, VOTER_COOKIE.token_in(request), place.election.id)
    if voter is None:
        if request.method in SAFE_METHODS:
            return RedirectResponse(place.path("sign-in"), status_code=SEE_OTHER)
        form = await _form_or_nothing(request)
        page = SignInPage.of(place, trouble=Trouble.NOT_SIGNED_IN, carried=carried_from(form))
        return shown("sign_in/sign_in.html", page, status=401)
    request.state.visit = Visit(place=place, election=place.election, voter=voter)
    return None


async def _form_or_nothing(request: Request) -> Form:
    try:
        return await form_of(request)
    except BadForm:
        return Form(())
