"""Start pages: the municipalities of this deployment, and each one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from talkoot.base.ids import RoundId
from talkoot.rounds import (
    Kind,
    Municipality,
    PhaseKind,
    Round,
    municipalities,
    phase_at,
    phase_of,
    rounds_of,
)
from talkoot.voting.log import PUBLISHED_STATES, Acceptance, Election, elections_of_round
from talkoot.web.access import Access, guarded
from talkoot.web.frame import Frame, frame_of, my_page_of, path_to
from talkoot.web.house import house_of
from talkoot.web.pages.sign_in_page import Contact, contact_of
from talkoot.web.place import acceptance_at, municipality_at, purpose_label, voice_of
from talkoot.web.templating import PUBLIC, shown_to_all
from talkoot.web.voice import Said, Voice, preferred
from talkoot.web.words import how_many

SEE_OTHER = 303


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundCard:
    """A round on the start page: what it asks, what is happening, and what one can do now."""

    title: Said
    question: Said
    state: str
    status: str
    when: str
    href: str
    action: str
    projects: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage:
    """A municipality's start page: what is open first, then what is coming, then results."""

    frame: Frame
    name: Said
    intro: Said
    open: tuple[RoundCard, ...]
    coming: tuple[RoundCard, ...]
    ended: tuple[RoundCard, ...]
    contact: Contact

    @classmethod
    def of(
        cls,
        voice: Voice,
        municipality: Municipality,
        rounds: Mapping[RoundId, tuple[Round, Election | None]],
        at: datetime,
    ) -> Self:
        """Sort the rounds by what can be done with them now."""
        newest_first = sorted(rounds.values(), key=_last_day, reverse=True)
        cards = [card_of(voice, municipality, r, e, at) for r, e in newest_first]
        return cls(
            frame=frame_of(
                voice,
                municipality,
                municipality.slug,
                my_page=my_page_of(voice, municipality),
            ),
            name=voice.said(municipality.name),
            intro=voice.said(municipality.intro),
            open=tuple(card for card in cards if card.state == "open"),
            coming=tuple(card for card in cards if card.state == "coming"),
            ended=tuple(card for card in cards if card.state in {"closed", "results"}),
            contact=contact_of(voice, municipality),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityLink:
    """A municipality on the list of them all."""

    name: Said
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalitiesPage:
    """Every municipality of this deployment."""

    frame: Frame
    links: tuple[MunicipalityLink, ...]


def _last_day(found: tuple[Round, Election | None]) -> datetime:
    """The moment after which a round is over: by its election, else by its last phase."""
    round_, election = found
    if election is not None:
        return election.closes_at
    return max((phase.ends_at for phase in round_.phases), default=datetime.min.replace(tzinfo=UTC))


def state_of(round_: Round, election: Election | None, at: datetime) -> str:
    """Name where a round is: ``open``, ``coming``, ``closed`` or ``results``."""
    if election is None:
        phase = phase_at(round_.phases, at)
        over = phase is not None and phase.kind is PhaseKind.RESULTS
        return "closed" if over else "coming"
    if election.state in PUBLISHED_STATES:
        return "results"
    match acceptance_at(election, at):
        case Acceptance.OPEN:
            return "open"
        case Acceptance.NOT_OPEN_YET:
            return "coming"
        case Acceptance.CLOSED:
            return "closed"


def card_of(
    voice: Voice,
    municipality: Municipality,
    round_: Round,
    election: Election | None,
    at: datetime,
) -> RoundCard:
    """Give a round as a card."""
    state = state_of(round_, election, at)
    path = path_to(voice.language, municipality.slug, round_.slug)
    return RoundCard(
        title=voice.said(round_.title),
        question=voice.said(round_.theme),
        state=state,
        status=_status(voice, state),
        when=when_in_words(voice, round_, election, state),
        href=f"{path}/results" if state == "results" else path,
        action=_action(voice, state, round_.kind),
        projects=how_many(voice, len(round_.projects), round_.kind),
        label="" if election is None else purpose_label(voice, election),
    )


def _status(voice: Voice, state: str) -> str:
    return {
        "open": voice.gettext("Voting is open"),
        "coming": voice.gettext("Opening later"),
        "closed": voice.gettext("Being counted"),
        "results": voice.gettext("Results are out"),
    }[state]


def _action(voice: Voice, state: str, kind: Kind) -> str:
    if state == "results":
        return voice.gettext("See the results")
    if kind is Kind.POLL:
        return voice.gettext("Vote") if state == "open" else voice.gettext("See the options")
    if state == "open":
        return voice.gettext("See the projects and vote")
    return voice.gettext("See the projects")


def when_in_words(voice: Voice, round_: Round, election: Election | None, state: str) -> str:
    """Say when voting is, was or will be; empty where nobody knows."""
    phase = phase_of(round_.phases, PhaseKind.VOTING)
    if election is not None:
        opens, closes = election.opens_at, election.closes_at
    elif phase is not None:
        opens, closes = phase.starts_at, phase.ends_at
    else:
        return ""
    if state == "open":
        return voice.gettext("Vote by %(moment)s.", moment=voice.moment(closes))
    if state == "coming":
        return voice.gettext("Voting opens on %(moment)s.", moment=voice.moment(opens))
    return voice.gettext("Voting ended on %(moment)s.", moment=voice.moment(closes))


async def to_language(request: Request) -> Response:
    """Send the reader to the start page in the browser's language."""
    language = preferred(request.headers.get("accept-language", ""))
    headers = {"vary": "accept-language"}
    return RedirectResponse(f"/{language}/", status_code=SEE_OTHER, headers=headers)


async def show_municipalities(request: Request) -> Response:
    """List the municipalities; where there is one, go to it."""
    voice = voice_of(request)
    async with house_of(request).database.reading() as session:
        found = await municipalities(session)
    if len(found) == 1:
        path = path_to(voice.language, found[0].slug)
        return RedirectResponse(path, status_code=SEE_OTHER, headers={"cache-control": PUBLIC})
    links = tuple(
        MunicipalityLink(name=voice.said(m.name), href=path_to(voice.language, m.slug))
        for m in found
    )
    page = MunicipalitiesPage(frame=frame_of(voice, None), links=links)
    return shown_to_all("start/municipalities.html", page)


async def show_start(request: Request) -> Response:
    """Show a municipality's rounds, open ones first, and whom to contact."""
    voice, house = voice_of(request), house_of(request)
    async with house.database.reading() as session:
        municipality = await municipality_at(request, session)
        rounds: dict[RoundId, tuple[Round, Election | None]] = {}
        for round_ in await rounds_of(session, municipality.id):
            elections = await elections_of_round(session, round_.id)
            rounds[round_.id] = (round_, elections[-1] if elections else None)
    page = StartPage.of(voice.within(municipality.timezone), municipality, rounds, house.now())
    return shown_to_all("start/start.html", page)


ROUTES = [
    guarded(Route("/", to_language), Access.PUBLIC),
    guarded(Route("/{language}/", show_municipalities), Access.PUBLIC),
    guarded(Route("/{language}/{municipality}", show_start), Access.PUBLIC),
]
