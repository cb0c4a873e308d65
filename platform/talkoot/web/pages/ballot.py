"""Filling in, reviewing and casting a ballot. Nothing of a choice is kept before it is cast."""

from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from talkoot.base.bytes import Digest
from talkoot.base.ids import SubmissionId
from talkoot.voting.ballot import BallotDefinition, Channel, Fault, Method, Recast, checked
from talkoot.voting.intake import AlreadyRecorded, Cast, Recorded, Refusal, Refused
from talkoot.voting.log import Acceptance, standing_of
from talkoot.voting.roll import ended, receipt_kept
from talkoot.web.access import EVERY_PHASE, WHILE_OPEN, Access, guarded
from talkoot.web.errors import Trouble, trouble_of
from talkoot.web.forms import SentBallot, ballot_in, form_of
from talkoot.web.house import house_of
from talkoot.web.pages.ballot_page import BallotPage, RecordedPage, ReviewPage
from talkoot.web.pages.error_page import trouble_at
from talkoot.web.pages.gate import voters_only
from talkoot.web.place import acceptance_at
from talkoot.web.templating import shown
from talkoot.web.voters import (
    VOTER_COOKIE,
    Visit,
    check_form_token,
    visit_of,
)

SEE_OTHER = 303


async def show_ballot(request: Request) -> Response:
    """Open a ballot page. Each opening is a submission of its own."""
    visit = visit_of(request)
    obstacle = await _obstacle(request, visit)
    if obstacle is not None:
        return trouble_at(visit.place, obstacle)
    return await _ballot(request, visit, blank(visit.election.definition))


async def show_ballot_again(request: Request) -> Response:
    """Show the ballot with the choices that travel in the form: filtered, or back from review."""
    visit = visit_of(request)
    sent = await _sent(request, visit)
    obstacle = await _obstacle(request, visit)
    if obstacle is not None:
        return trouble_at(visit.place, obstacle)
    return await _ballot(request, visit, sent)


async def review(request: Request) -> Response:
    """Show a ballot as it would be cast, or what must be corrected first."""
    visit = visit_of(request)
    sent = await _sent(request, visit)
    obstacle = await _obstacle(request, visit) or _outdated(visit, sent)
    if obstacle is not None:
        return trouble_at(visit.place, obstacle)
    faults = faults_of(sent, visit.election.definition)
    if faults or sent.unreadable:
        return await _ballot(request, visit, sent, faults=faults, status=422)
    voted = await _voted_before(request, visit)
    return shown("ballot/review.html", ReviewPage.of(visit, sent, voted_before=voted))


async def cast(request: Request) -> Response:
    """Give the ballot to the door, and answer what it answers."""
    visit = visit_of(request)
    sent = await _sent(request, visit)
    if sent.unreadable:
        return await _ballot(request, visit, sent, status=422)
    house = house_of(request)
    outcome = await house.door.cast(cast_of(visit, sent), at=house.now())
    match outcome:
        case Recorded(entry_hash=entry_hash) | AlreadyRecorded(entry_hash=entry_hash):
            async with house.database.writing() as session:
                await receipt_kept(session, visit.voter, entry_hash)
            return RedirectResponse(visit.place.path("recorded"), status_code=SEE_OTHER)
        case Refused(reason=Refusal.INVALID_BALLOT, faults=faults):
            return await _ballot(request, visit, sent, faults=faults, status=422)
        case Refused(reason=reason):
            return trouble_at(visit.place, trouble_of(reason))


async def recorded(request: Request) -> Response:
    """Show the receipt of this session, or the ballot where nothing was cast in it."""
    visit = visit_of(request)
    if visit.voter.receipt is None:
        return RedirectResponse(visit.place.path("ballot"), status_code=SEE_OTHER)
    house = house_of(request)
    open_still = acceptance_at(visit.election, house.now()) is Acceptance.OPEN
    page = RecordedPage.of(visit, open_still=open_still, site=house.settings.address)
    return shown("ballot/recorded.html", page)


async def sign_out(request: Request) -> Response:
    """End the session at once."""
    visit, house = visit_of(request), house_of(request)
    check_form_token(await form_of(request), visit.voter)
    async with house.database.writing() as session:
        await ended(session, VOTER_COOKIE.token_in(request))
    answer = RedirectResponse(visit.place.path(), status_code=SEE_OTHER)
    return VOTER_COOKIE.taken(answer, house)


def blank(definition: BallotDefinition) -> SentBallot:
    """Give an empty ballot under a new submission id."""
    return SentBallot(
        submission_id=SubmissionId(uuid4()),
        definition_hash=definition.hash.hex(),
        marks=(),
        typed={},
        unreadable=(),
        area="",
        words="",
    )


def faults_of(sent: SentBallot, definition: BallotDefinition) -> tuple[Fault, ...]:
    """Give what is wrong with the marks as they were sent; empty where nothing is."""
    outcome = checked(sent.marks, definition)
    return outcome if isinstance(outcome, tuple) else ()


def cast_of(visit: Visit, sent: SentBallot) -> Cast:
    """Put a ballot into the words of the door. A hash that is none is a wrong definition."""
    return Cast(
        election_id=visit.election.id,
        submission_id=sent.submission_id,
        voter_key=visit.voter.voter_key,
        method=Method(visit.voter.proof.value),
        channel=Channel.WEB,
        definition_hash=_digest(sent.definition_hash),
        marks=sent.marks,
    )


def _digest(given: str) -> Digest:
    try:
        return Digest(bytes.fromhex(given))
    except ValueError:
        return Digest(b"")


async def _sent(request: Request, visit: Visit) -> SentBallot:
    form = await form_of(request)
    check_form_token(form, visit.voter)
    return ballot_in(form, visit.election.definition)


async def _voted_before(request: Request, visit: Visit) -> bool:
    async with house_of(request).database.writing() as session:
        return await standing_of(session, visit.election.id, visit.voter.voter_key) is not None


async def _obstacle(request: Request, visit: Visit) -> Trouble | None:
    """Name what makes filling in a ballot pointless: the time, or a vote that cannot be changed."""
    match acceptance_at(visit.election, house_of(request).now()):
        case Acceptance.NOT_OPEN_YET:
            return Trouble.NOT_OPEN_YET
        case Acceptance.CLOSED:
            return Trouble.CLOSED
        case Acceptance.OPEN:
            first = visit.election.definition.recast is Recast.FIRST_COUNTS
            voted = first and await _voted_before(request, visit)
            return Trouble.ALREADY_VOTED if voted else None


def _outdated(visit: Visit, sent: SentBallot) -> Trouble | None:
    same = sent.definition_hash == visit.election.definition.hash.hex()
    return None if same else Trouble.WRONG_DEFINITION


async def _ballot(
    request: Request,
    visit: Visit,
    sent: SentBallot,
    *,
    faults: tuple[Fault, ...] = (),
    status: int = 200,
) -> Response:
    voted = await _voted_before(request, visit)
    page = BallotPage.of(visit, sent, voted_before=voted, faults=faults)
    return shown("ballot/ballot.html", page, status=status)


_BASE = "/{language}/{municipality}/{round}"
ROUTES = [
    guarded(
        Route(f"{_BASE}/{name}", endpoint, methods=[method]),
        Access.VOTER,
        gate=voters_only,
        phases=phases,
    )
    for name, endpoint, method, phases in (
        ("ballot", show_ballot, "GET", WHILE_OPEN),
        ("ballot", show_ballot_again, "POST", WHILE_OPEN),
        ("review", review, "POST", WHILE_OPEN),
        ("cast", cast, "POST", WHILE_OPEN),
        ("recorded", recorded, "GET", EVERY_PHASE),
        ("sign-out", sign_out, "POST", EVERY_PHASE),
    )
]
