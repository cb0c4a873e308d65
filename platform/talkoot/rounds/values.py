"""What the rest of the house sees of municipalities and rounds: frozen values, no rows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from talkoot.base.i18n import Text
from talkoot.base.ids import AreaCode, MunicipalityId, ProjectId, RoundId
from talkoot.base.money import Cents

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
    """Whom to contact: a person, what the person does, and how to reach them."""

    name: str
    role: Text
    email: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """A municipality, its contact person and its areas by code.

    ``country`` is its English name, as public files give it.
    """

    id: MunicipalityId
    slug: str
    name: Text
    intro: Text
    contact: Contact
    timezone: str
    areas: tuple[Area, ...]
    country: str = "Finland"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A phase and its half-open interval in UTC: ``starts_at <= t < ends_at``."""

    kind: PhaseKind
    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        """Refuse an interval without length or without a time zone."""
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("a phase's times need a time zone")
        if self.starts_at >= self.ends_at:
            raise ValueError("a phase starts before it ends")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project, or a poll's option, as residents read it. ``area`` ``None``: the whole town."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round of a municipality: phases in order of time, projects in listed order."""

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


def phase_at(phases: tuple[Phase, ...], at: datetime) -> Phase | None:
    """Give the phase that a time falls in; ``None`` between, before and after them.

    Where phases overlap the later kind wins, so that results never hide behind voting.
    """
    order = list(PhaseKind)
    current = [phase for phase in phases if phase.starts_at <= at < phase.ends_at]
    return max(current, key=lambda phase: order.index(phase.kind), default=None)


def phase_of(phases: tuple[Phase, ...], kind: PhaseKind) -> Phase | None:
    """Give the phase of a kind; ``None`` where the round has none."""
    return next((phase for phase in phases if phase.kind is kind), None)
