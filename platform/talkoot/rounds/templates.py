"""Templates: a round that somebody can begin with, its phases and a draft of its rules.

The words, in four languages, stand in ``templates.json``; everything can be changed afterwards.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from talkoot.base.i18n import Text
from talkoot.rounds.agreeing import RulesDraft
from talkoot.rounds.values import Guests, Kind, Phase, PhaseKind, RoundOptions, ScoreTie


class Template(StrEnum):
    """What a round can begin as."""

    BUDGET = "budget"
    INITIATIVES = "initiatives"
    WORKSHOP = "workshop"
    POLL = "poll"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A round to begin with. ``title``, ``theme`` and ``intro`` are examples to write over."""

    kind: Kind
    title: Text
    theme: Text
    intro: Text
    draft: RulesDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """A phase of a template: from which day after the beginning, and for how many days."""

    kind: PhaseKind
    after: int
    days: int
    named: str = ""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: dict[str, str]
    theme: dict[str, str]
    intro: dict[str, str]
    rules: list[dict[str, str]]
    phases: dict[str, dict[str, str]]


_SPANS: Final = {
    Template.BUDGET: (
        _Span(kind=PhaseKind.IDEAS, after=0, days=28),
        _Span(kind=PhaseKind.TOGETHER, after=28, days=21),
        _Span(kind=PhaseKind.REVIEW, after=49, days=42),
        _Span(kind=PhaseKind.VOTING, after=91, days=21),
        _Span(kind=PhaseKind.RESULTS, after=112, days=365),
        _Span(kind=PhaseKind.FOLLOW_UP, after=112, days=365),
    ),
    Template.INITIATIVES: (
        _Span(kind=PhaseKind.IDEAS, after=0, days=364),
        _Span(kind=PhaseKind.MEET, after=84, days=7, named="spring"),
        _Span(kind=PhaseKind.MEET, after=266, days=7, named="autumn"),
        _Span(kind=PhaseKind.REVIEW, after=0, days=392),
        _Span(kind=PhaseKind.FOLLOW_UP, after=392, days=182),
    ),
    Template.WORKSHOP: (
        _Span(kind=PhaseKind.IDEAS, after=0, days=14, named="ideas"),
        _Span(kind=PhaseKind.SCORE, after=14, days=7),
        _Span(kind=PhaseKind.TOGETHER, after=21, days=14, named="groups"),
        _Span(kind=PhaseKind.POLL, after=35, days=7, named="poll"),
        _Span(kind=PhaseKind.RESULTS, after=42, days=182),
    ),
    Template.POLL: (
        _Span(kind=PhaseKind.POLL, after=0, days=14),
        _Span(kind=PhaseKind.RESULTS, after=14, days=182),
    ),
}
_OPTIONS: Final = {
    Template.BUDGET: RoundOptions(guests=Guests.MAIL),
    Template.INITIATIVES: RoundOptions(guests=Guests.NONE),
    Template.WORKSHOP: RoundOptions(
        guests=Guests.OPEN, points_each=3, ideas_on=4, tie=ScoreTie.MORE_PEOPLE
    ),
    Template.POLL: RoundOptions(guests=Guests.NONE),
}
_KINDS: Final = {
    Template.BUDGET: Kind.BUDGET,
    Template.INITIATIVES: Kind.POLL,
    Template.WORKSHOP: Kind.POLL,
    Template.POLL: Kind.POLL,
}


def beginning_of(template: Template, *, first: date, timezone: str) -> Beginning:
    """Give the template's round, if it begins on this day.

    Each phase begins and ends at midnight in the municipality's ``timezone``, in which a day may
    have 23 or 25 hours.
    """
    words, zone = _words()[template.value], ZoneInfo(timezone)
    phases = tuple(
        Phase(
            kind=span.kind,
            title=words.phases.get(span.named, {}),
            starts_at=_midnight(first + timedelta(days=span.after), zone),
            ends_at=_midnight(first + timedelta(days=span.after + span.days), zone),
        )
        for span in _SPANS[template]
    )
    return Beginning(
        kind=_KINDS[template],
        title=words.title,
        theme=words.theme,
        intro=words.intro,
        draft=RulesDraft(texts=tuple(words.rules), options=_OPTIONS[template], phases=phases),
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


@cache
def _words() -> dict[str, _Words]:
    file = files("talkoot.rounds") / "templates.json"
    return msgspec.json.decode(file.read_bytes(), type=dict[str, _Words])
