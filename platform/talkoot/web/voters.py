"""Who is at the ballot: the session behind a cookie or a token, for the election of the address."""

import hmac
from dataclasses import dataclass

from starlette.requests import Request

from talkoot.base.ids import ElectionId
from talkoot.voting.log import Election
from talkoot.voting.roll import VoterSession, session_of
from talkoot.web.cookies import SessionCookie
from talkoot.web.forms import Form, StaleForm
from talkoot.web.house import House
from talkoot.web.place import Place

VOTER_COOKIE = SessionCookie(name="talkoot", same_site="lax")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A signed-in voter at the election of the address."""

    place: Place
    election: Election
    voter: VoterSession


def visit_of(request: Request) -> Visit:
    """Give the visit that the gate found. Raises ``TypeError`` on a route without the gate."""
    visit = request.state.visit
    if not isinstance(visit, Visit):
        raise TypeError("this route is not behind the voters' gate")
    return visit


def token_in_header(request: Request) -> str:
    """Give the token of ``Authorization: Bearer``; empty where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def voter_with(house: House, token: str, election_id: ElectionId) -> VoterSession | None:
    """Give the voter whom a token names, if this is the election the voter signed in to."""
    if not token:
        return None
    async with house.database.writing() as session:
        voter = await session_of(session, token, at=house.now())
    return voter if voter is not None and voter.election_id == election_id else None


def check_form_token(form: Form, voter: VoterSession) -> None:
    """Raise :class:`StaleForm` unless the form was made for this session."""
    given = form.one("form_token", "").encode()
    if not hmac.compare_digest(given, voter.form_token.encode()):
        raise StaleForm("a form of another session")
