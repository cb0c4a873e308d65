"""A round's own page: the question, the dates, the rules in plain words, and the projects."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from talkoot.rounds import Kind, PhaseKind
from talkoot.voting.log import Amendment, Assurance, ElectionState, amendments_of
from talkoot.voting.results import Turnout, turnout_shown
from talkoot.web.access import EVERY_PHASE, Access, guarded
from talkoot.web.corrections import Correction, corrections_in_words
from talkoot.web.counting import counting
from talkoot.web.frame import Frame, frame_of, my_page_of, path_to
from talkoot.web.house import house_of
from talkoot.web.pages.projects import Card, cards_of
from talkoot.web.pages.results_tables import channel_name
from talkoot.web.pages.sign_in_page import Contact, contact_of
from talkoot.web.pages.start import state_of, when_in_words
from talkoot.web.place import RECEIPT, Place, label_of, place_of
from talkoot.web.templating import shown_to_all
from talkoot.web.voice import Said, Voice
from talkoot.web.words import changing, choosing, identifying


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseLine:
    """A phase with its dates; ``current`` where it runs now."""

    name: str
    dates: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPage:
    """A round as everyone sees it."""

    frame: Frame
    title: Said
    question: Said
    intro: Said
    state: str
    when: str
    budget: str
    sign_in: str
    results: str
    receipts: str
    turnout: tuple[str, ...]
    phases: tuple[PhaseLine, ...]
    voting: tuple[str, ...]
    counting: tuple[str, ...]
    agreed: tuple[Said, ...]
    short_hash: str
    hash: str
    corrections: tuple[Correction, ...]
    poll: bool
    cards: tuple[Card, ...]
    contact: Contact

    @classmethod
    def of(
        cls,
        place: Place,
        at: datetime,
        turnout: Turnout | None = None,
        amendments: tuple[Amendment, ...] = (),
    ) -> Self:
        """Show the round as it stands at ``at``, with the turnout that may be shown then."""
        voice, round_, election = place.voice, place.round_, place.election
        state = state_of(round_, election, at)
        definition = None if election is None else election.definition
        budget_round = round_.kind is Kind.BUDGET
        return cls(
            frame=frame_of(
                voice,
                place.municipality,
                *place.parts,
                label=label_of(place),
                my_page=my_page_of(voice, place.municipality),
            ),
            title=voice.said(round_.title),
            question=voice.said(round_.theme),
            intro=voice.said(round_.intro),
            state=state,
            when=when_in_words(voice, round_, election, state),
            budget=(
                voice.money(definition.budget, definition.currency)
                if definition and budget_round
                else ""
            ),
            sign_in=place.path("sign-in") if state == "open" else "",
            results=place.path("results") if state == "results" else "",
            receipts=_receipts(place),
            turnout=turnout_in_words(voice, turnout),
            phases=_phases(place, at),
            voting=_voting(place),
            counting=(
                counting(voice, definition.allocation, definition.currency) if definition else ()
            ),
            agreed=tuple(voice.said(rule) for rule in round_.rules),
            short_hash=definition.short_hash if definition else "",
            hash=definition.hash.hex() if definition else "",
            corrections=corrections_in_words(voice, amendments),
            poll=not budget_round,
            cards=cards_of(place, definition) if definition else (),
            contact=contact_of(voice, place.municipality),
        )


def turnout_in_words(voice: Voice, turnout: Turnout | None) -> tuple[str, ...]:
    """Say how many had voted, when, where, and why not more of it is told."""
    if turnout is None:
        return ()
    places = (
        f"{channel_name(voice, channel)}: {voice.number(number)}"
        for channel, number in turnout.channels.items()
    )
    words = voice.ngettext(
        "By %(when)s at least %(n)s person had voted.",
        "By %(when)s at least %(n)s people had voted.",
        turnout.voters,
        when=voice.moment(turnout.at),
    )
    return (
        words,
        *places,
        voice.gettext(
            "Voters are counted once an hour at most, and the number is shown in tens, six hours "
            "later. What they chose is not counted before voting has ended."
        ),
    )


def _receipts(place: Place) -> str:
    """Give where receipts are looked for: nowhere without a board, or before anybody could vote."""
    election = place.election
    if election is None or election.assurance is not Assurance.SEALED:
        return ""
    if election.state is ElectionState.FROZEN:
        return ""
    return path_to(place.voice.language, RECEIPT, str(election.id))


def _voting(place: Place) -> tuple[str, ...]:
    if place.election is None:
        return ()
    definition = place.election.definition
    sentences = (
        choosing(place.voice, definition, place.round_.kind),
        changing(place.voice, definition.recast),
        identifying(place.voice, definition),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _phases(place: Place, at: datetime) -> tuple[PhaseLine, ...]:
    voice = place.voice
    return tuple(
        PhaseLine(
            name=_phase_name(voice, phase.kind),
            dates=f"{voice.day(phase.starts_at)} – {voice.day(phase.ends_at)}",
            current=phase.starts_at <= at < phase.ends_at,
        )
        for phase in place.round_.phases
    )


def _phase_name(voice: Voice, kind: PhaseKind) -> str:
    match kind:
        case PhaseKind.IDEAS:
            return voice.gettext("Ideas")
        case PhaseKind.SCORE:
            return voice.gettext("Giving points to ideas")
        case PhaseKind.TOGETHER:
            return voice.gettext("Working together")
        case PhaseKind.MEET:
            return voice.gettext("Meeting")
        case PhaseKind.POLL:
            return voice.gettext("Poll")
        case PhaseKind.REVIEW:
            return voice.gettext("Checking the projects")
        case PhaseKind.VOTING:
            return voice.gettext("Voting")
        case PhaseKind.RESULTS:
            return voice.gettext("Results")
        case PhaseKind.FOLLOW_UP:
            return voice.gettext("Following up")


async def show_round(request: Request) -> Response:
    """Show a round to everyone."""
    house = house_of(request)
    async with house.database.reading() as session:
        place = await place_of(request, session)
        election, at, turnout = place.election, house.now(), None
        amendments: tuple[Amendment, ...] = ()
        if election is not None:
            turnout = await turnout_shown(session, election.id, election.state, at)
            amendments = await amendments_of(session, election)
    return shown_to_all("rounds/round.html", RoundPage.of(place, at, turnout, amendments))


ROUTES = [
    guarded(
        Route("/{language}/{municipality}/{round}", show_round), Access.PUBLIC, phases=EVERY_PHASE
    ),
]
