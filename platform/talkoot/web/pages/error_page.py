"""Errors as pages in the reader's language: what happened, what to do, and a way on."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from talkoot.rounds import PhaseKind, phase_of
from talkoot.web.errors import ANSWERS, Trouble
from talkoot.web.frame import Frame, frame_of
from talkoot.web.place import Place, guessed_voice, label_of
from talkoot.web.templating import html_of
from talkoot.web.trouble import words_for
from talkoot.web.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A link onwards."""

    href: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """A page that says what went wrong. ``dates`` tells when voting is, where that matters."""

    frame: Frame
    heading: str
    advice: str
    dates: str
    ways: tuple[Way, ...]
    request_id: str


def trouble_at(place: Place, trouble: Trouble) -> Response:
    """Answer with a trouble at a round: with its dates, and a link back to it."""
    voice = place.voice
    words = words_for(voice, trouble)
    ways = [Way(href=place.path(), words=voice.said(place.round_.title).words)]
    if trouble in {Trouble.SUBMISSION_REUSED, Trouble.WRONG_DEFINITION, Trouble.STALE_FORM}:
        ways.insert(0, Way(href=place.path("ballot"), words=voice.gettext("Open the ballot")))
    if trouble is Trouble.CLOSED:
        ways.insert(0, Way(href=place.path("results"), words=voice.gettext("See the results")))
    page = ErrorPage(
        frame=frame_of(voice, place.municipality, *place.parts, label=label_of(place)),
        heading=words.heading,
        advice=words.advice,
        dates=_dates(place, trouble),
        ways=tuple(ways),
        request_id="",
    )
    return _answer(page, trouble)


def trouble_anywhere(request: Request, trouble: Trouble, *, request_id: str = "") -> Response:
    """Answer with a trouble where no round is known, or none can be looked up."""
    voice = guessed_voice(request)
    words = words_for(voice, trouble)
    page = ErrorPage(
        frame=_frame(request, voice),
        heading=words.heading,
        advice=words.advice,
        dates="",
        ways=(Way(href=f"/{voice.language}/", words=voice.gettext("To the start page")),),
        request_id=request_id,
    )
    return _answer(page, trouble)


def _frame(request: Request, voice: Voice) -> Frame:
    """Link to the same address in the other languages only where a link can lead there."""
    parts = request.scope["path"].strip("/").split("/")[1:]
    if request.method != "GET" or not 0 < len(parts) <= 4:  # noqa: PLR2004 - the deepest page
        parts = []
    return frame_of(voice, None, *parts)


def _dates(place: Place, trouble: Trouble) -> str:
    voice, election = place.voice, place.election
    if election is None:
        phase = phase_of(place.round_.phases, PhaseKind.VOTING)
        if phase is None or trouble is not Trouble.NOT_OPEN_YET:
            return ""
        return voice.gettext("Voting opens on %(moment)s.", moment=voice.moment(phase.starts_at))
    if trouble is Trouble.NOT_OPEN_YET:
        return voice.gettext("Voting opens on %(moment)s.", moment=voice.moment(election.opens_at))
    if trouble is Trouble.CLOSED:
        return voice.gettext("Voting ended on %(moment)s.", moment=voice.moment(election.closes_at))
    return ""


def _answer(page: ErrorPage, trouble: Trouble) -> Response:
    answer = ANSWERS[trouble]
    response = HTMLResponse(html_of("errors/error.html", page), status_code=answer.status)
    if answer.retry_after_s is not None:
        response.headers["retry-after"] = str(answer.retry_after_s)
    return response
