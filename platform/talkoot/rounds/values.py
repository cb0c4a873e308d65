"""What the rest of the house sees of municipalities and rounds: frozen values, no rows."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from talkoot.base.i18n import Text
from talkoot.base.ids import AreaCode, MunicipalityId, PhaseId, ProjectId, RoundId
from talkoot.base.money import Cents
from talkoot.rounds.colours import Colours

GRACE_S = 300  # security: a page opened before the close may still submit for five minutes.


class Kind(StrEnum):
    """What a round is."""

    BUDGET = "budget"
    POLL = "poll"


class PhaseKind(StrEnum):
    """A phase of a round, in the order in which they mostly come; any sequence is possible."""

    IDEAS = "ideas"
    SCORE = "score"
    TOGETHER = "together"
    REVIEW = "review"
    MEET = "meet"
    POLL = "poll"
    VOTING = "voting"
    RESULTS = "results"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An area in a municipality's tree; ``parent`` is ``None`` at the top."""

    code: AreaCode
    parent: AreaCode | None
    name: Text
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to contact: a person, what the person does, and how to reach them.

    ``phone_hours``: when the phone is answered, in words. ``photo``: the id of a picture.
    """

    name: str
    role: Text
    email: str
    phone: str
    phone_hours: Text = field(default_factory=dict)
    photo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """A municipality, its contact person and its areas by code.

    ``country`` is its English name, as public files give it. ``colours`` and ``picture`` (an id)
    are its own look; ``None``: the house's.
    """

    id: MunicipalityId
    slug: str
    name: Text
    intro: Text
    contact: Contact
    timezone: str
    areas: tuple[Area, ...]
    country: str = "Finland"
    colours: Colours | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A phase and its half-open interval in UTC: ``starts_at <= t < ends_at``.

    ``title``: the phase's own name; empty where the name of its kind says enough.
    """

    kind: PhaseKind
    starts_at: datetime
    ends_at: datetime
    title: Text = field(default_factory=dict)
    id: PhaseId = field(default_factory=lambda: PhaseId(uuid4()))

    def __post_init__(self) -> None:
        """Refuse an interval without length or without a time zone."""
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("a phase's times need a time zone")
        if self.starts_at >= self.ends_at:
            raise ValueError("a phase starts before it ends")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project, or a poll's option, as residents read it. ``area`` ``None``: the whole town.

    ``origin``: what it was made from, in the words of the room that knows (``proposal:<id>``).
    """

    id: UUID
    number: ProjectId
    place: int
    area: AreaCode | None
    name: Text
    summary: Text
    text: Text
    cost: Cents
    picture: str | None
    picture_alt: Text
    origin: str | None = None


class Guests(StrEnum):
    """Who may post an idea without an account."""

    NONE = "none"
    MAIL = "mail"
    """Anyone with a mail address: the idea waits until the letter's link is opened."""
    OPEN = "open"
    """Anyone, at once: at a kiosk, or where moderators are at hand."""


class ScoreTie(StrEnum):
    """Which ideas go on where the last place is shared by equal points."""

    ALL = "all"
    """All of them, though more go on than were promised."""
    MORE_PEOPLE = "more-people"
    """Those with points from more people; then those that were posted first."""
    EARLIER = "earlier"
    """Those that were posted first."""


POINTS_MAX: Final = 100
IDEAS_ON_MAX: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOptions:
    """What a round's rules leave open: guests, points for each person, ideas that go on, ties."""

    guests: Guests = Guests.NONE
    points_each: int = 5
    ideas_on: int = 4
    tie: ScoreTie = ScoreTie.ALL

    def __post_init__(self) -> None:
        """Refuse numbers that nobody could use."""
        if not 1 <= self.points_each <= POINTS_MAX:
            raise ValueError(f"each person has 1 to {POINTS_MAX} points")
        if not 1 <= self.ideas_on <= IDEAS_ON_MAX:
            raise ValueError(f"1 to {IDEAS_ON_MAX} ideas go on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round of a municipality: phases in their order, projects in listed order.

    ``rules``, ``options`` and ``phases`` are those of the version ``agreed``, which two persons
    signed. ``None``: none is signed, so the round is a draft and nothing may be done in it.
    """

    id: RoundId
    municipality_id: MunicipalityId
    slug: str
    kind: Kind
    title: Text
    theme: Text
    intro: Text
    rules: tuple[Text, ...]
    grace_s: int
    phases: tuple[Phase, ...]
    projects: tuple[Project, ...]
    options: RoundOptions = RoundOptions()
    agreed: int | None = None


def phases_at(phases: tuple[Phase, ...], at: datetime) -> tuple[Phase, ...]:
    """Give every phase that a time falls in, in their order."""
    return tuple(phase for phase in phases if phase.starts_at <= at < phase.ends_at)


def phase_at(phases: tuple[Phase, ...], at: datetime) -> Phase | None:
    """Give the phase that a time falls in; ``None`` between, before and after them.

    Where phases overlap the later kind wins, so that results never hide behind voting; of two of
    a kind the one that began later.
    """
    order = list(PhaseKind)
    return max(
        phases_at(phases, at),
        key=lambda phase: (order.index(phase.kind), phase.starts_at),
        default=None,
    )


def phase_of(phases: tuple[Phase, ...], kind: PhaseKind) -> Phase | None:
    """Give the first phase of a kind; ``None`` where the round has none."""
    return next((phase for phase in phases if phase.kind is kind), None)
