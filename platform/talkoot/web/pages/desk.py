"""The desk's first page: the municipality's elections, how far each is, and what waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from starlette.requests import Request
from starlette.responses import Response

from talkoot.base.ids import RoundId
from talkoot.base.officials import OfficialRole
from talkoot.people import Proposal, proposals_of, waits
from talkoot.rounds import Round, rounds_of
from talkoot.voting.log import Assurance, Election, elections_of_round
from talkoot.web.frame import Frame, Step
from talkoot.web.house import house_of
from talkoot.web.pages.desk_gate import Seat, desk_of, desk_route, seat_of
from talkoot.web.pages.desk_words import PLAIN_LINE, SEALED_LINE, deed_in_words, state_in_words
from talkoot.web.templating import shown
from talkoot.web.voice import Said, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectionCard:
    """An election on the desk. ``waiting`` says which act waits for a second person, if any."""

    title: Said
    href: str
    line: tuple[Step, ...]
    waiting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCard:
    """A round whose ballot is not frozen yet."""

    title: Said
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """What an official sees first."""

    frame: Frame
    name: str
    roles: tuple[str, ...]
    keys: str
    drafts: tuple[DraftCard, ...]
    cards: tuple[ElectionCard, ...]

    @classmethod
    def of(
        cls,
        seat: Seat,
        rounds: tuple[Round, ...],
        elections: dict[RoundId, tuple[Election, ...]],
        proposals: tuple[Proposal, ...],
        at: datetime,
    ) -> Self:
        """Show every election of the municipality, the latest first."""
        voice = seat.voice
        titles = {round_.id: voice.said(round_.title) for round_ in rounds}
        every = [election for some in elections.values() for election in some]
        return cls(
            frame=seat.frame(),
            name=seat.official.name,
            roles=tuple(
                role_in_words(voice, role) for role in OfficialRole if role in seat.official.roles
            ),
            keys=seat.path("keys"),
            drafts=tuple(
                DraftCard(title=titles[round_.id], href=seat.path("drafts", round_.slug))
                for round_ in rounds
                if not elections[round_.id]
            ),
            cards=tuple(
                ElectionCard(
                    title=titles[election.round_id],
                    href=seat.path("elections", str(election.id)),
                    line=line_of(voice, election),
                    waiting=_waiting(voice, election, proposals, at),
                )
                for election in sorted(every, key=lambda one: (one.opens_at, one.id), reverse=True)
            ),
        )


def _waiting(
    voice: Voice, election: Election, proposals: tuple[Proposal, ...], at: datetime
) -> str:
    for proposal in proposals:
        if proposal.election_id == election.id and waits(proposal, at):
            return deed_in_words(voice, proposal.kind)
    return ""


def line_of(voice: Voice, election: Election) -> tuple[Step, ...]:
    """Show how far an election has come: each state ``done``, ``current`` or ``ahead``."""
    line = SEALED_LINE if election.assurance is Assurance.SEALED else PLAIN_LINE
    here = line.index(election.state.value)
    return tuple(
        Step(
            name=state_in_words(voice, state),
            state="done" if at < here else "current" if at == here else "ahead",
        )
        for at, state in enumerate(line)
    )


def role_in_words(voice: Voice, role: OfficialRole) -> str:
    """Name a role."""
    match role:
        case OfficialRole.ELECTION_MANAGER:
            return voice.gettext("Election manager")
        case OfficialRole.REGISTRAR_OFFICER:
            return voice.gettext("Registrar")
        case OfficialRole.TRUSTEE:
            return voice.gettext("Trustee")
        case OfficialRole.EDITOR:
            return voice.gettext("Editor")
        case OfficialRole.HELP_DESK:
            return voice.gettext("Help desk")
        case OfficialRole.AUDITOR:
            return voice.gettext("Auditor")
        case OfficialRole.SYSADMIN:
            return voice.gettext("System administrator")


async def show_desk(request: Request) -> Response:
    """Show an official the elections of the own municipality, and of no other."""
    house, seat = house_of(request), seat_of(request)
    async with desk_of(house).writing() as session:
        rounds = await rounds_of(session, seat.municipality.id)
        elections = {round_.id: await elections_of_round(session, round_.id) for round_ in rounds}
        ids = [election.id for some in elections.values() for election in some]
        proposals = await proposals_of(session, ids)
    page = DeskPage.of(seat, rounds, elections, proposals, house.now())
    return shown("desk/desk.html", page)


ROUTES = [desk_route("/{language}/desk", show_desk, "GET", roles=OfficialRole)]
