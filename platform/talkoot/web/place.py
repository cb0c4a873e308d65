"""Where a request is: which language, municipality, round and election its address names."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from starlette.requests import Request

from talkoot.base.db import ReadSession
from talkoot.base.errors import NotFound
from talkoot.base.i18n import Language
from talkoot.base.ids import ElectionId
from talkoot.rounds import Municipality, Round, municipality_called, round_called
from talkoot.voting.ballot import Purpose
from talkoot.voting.log import (
    Acceptance,
    Election,
    ElectionHead,
    ElectionState,
    accepts,
    election_of,
    elections_of_round,
    head_of,
)
from talkoot.web.frame import path_to
from talkoot.web.voice import Voice, preferred

RECEIPT = "receipt"
"""The word in the address of the page that answers for a receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A round of a municipality, read in one language; ``election`` is ``None`` before a freeze."""

    voice: Voice
    municipality: Municipality
    round_: Round
    election: Election | None

    @property
    def parts(self) -> tuple[str, str]:
        """The parts of the address after the language."""
        return (self.municipality.slug, self.round_.slug)

    def path(self, *more: str) -> str:
        """Give the address of a page of this round."""
        return path_to(self.voice.language, *self.parts, *more)


def label_of(place: Place) -> str:
    """Give what every page of this round must say of its election; empty for a binding one."""
    return "" if place.election is None else purpose_label(place.voice, place.election)


def purpose_label(voice: Voice, election: Election) -> str:
    """Say what an election is not, where it must be said; else nothing."""
    match election.definition.purpose:
        case Purpose.BINDING:
            return ""
        case Purpose.UNVERIFIED_POLL:
            return voice.gettext(
                "Unverified poll: nobody checks who answers, or how often. The outcome binds "
                "nobody."
            )


def voice_of(request: Request) -> Voice:
    """Give the voice that the address asks for. Raises :class:`NotFound` for another language."""
    code = request.path_params["language"]
    if code not in set(Language):
        raise NotFound(f"there is no language {code!r}")
    return Voice(language=Language(code))


def guessed_voice(request: Request) -> Voice:
    """Give the reader's language: by the address, else by the browser's wish. Never fails."""
    code = request.scope["path"].strip("/").partition("/")[0]
    if code in set(Language):
        return Voice(language=Language(code))
    return Voice(language=preferred(request.headers.get("accept-language", "")))


async def municipality_at(request: Request, session: ReadSession) -> Municipality:
    """Give the municipality that the address names. Raises :class:`NotFound`."""
    return await municipality_called(session, request.path_params["municipality"])


async def place_of(request: Request, session: ReadSession) -> Place:
    """Give the round that the address names. Raises :class:`NotFound`."""
    voice = voice_of(request)
    municipality = await municipality_at(request, session)
    round_ = await round_called(session, municipality.id, request.path_params["round"])
    elections = await elections_of_round(session, round_.id)
    return Place(
        voice=voice.within(municipality.timezone),
        municipality=municipality,
        round_=round_,
        election=_foremost(elections),
    )


def _foremost(elections: tuple[Election, ...]) -> Election | None:
    """Of a round's elections the one that is open, else the last one."""
    for election in elections:
        if election.state is ElectionState.OPEN:
            return election
    return elections[-1] if elections else None


def election_id_in(request: Request) -> ElectionId:
    """Give the election's id from an API address. Raises :class:`NotFound` where it is none."""
    given = request.path_params["election"]
    try:
        return ElectionId(UUID(given))
    except ValueError as err:
        raise NotFound(f"there is no election {given!r}") from err


async def election_at(request: Request, session: ReadSession) -> Election:
    """Give the election that an API address names. Raises :class:`NotFound`."""
    return await election_of(session, election_id_in(request))


async def head_at(request: Request, session: ReadSession) -> ElectionHead:
    """Give the election's state and window alone, without reading and checking the whole ballot.

    Raises :class:`NotFound`.
    """
    election_id = election_id_in(request)
    head = await head_of(session, election_id)
    if head is None:
        raise NotFound(f"there is no election {election_id}")
    return head


def acceptance_at(election: Election | None, at: datetime) -> Acceptance:
    """Tell whether ballots are accepted; a round without an election is not open yet."""
    return Acceptance.NOT_OPEN_YET if election is None else accepts(election, at)
