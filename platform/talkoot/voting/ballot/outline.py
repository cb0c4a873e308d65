"""What people look at in a frozen definition, read from its canonical bytes, and what changed.

An amendment keeps the bytes that it replaced and nothing else of them. All else in a definition
(limits, the counting rule, ranks, pots, routes) is compared as a whole: it is *the rules*.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from talkoot.base.bytes import Tag, pre
from talkoot.base.errors import BrokenLog
from talkoot.base.i18n import Text
from talkoot.base.ids import AreaCode, ProjectId
from talkoot.base.money import Cents

_U32 = 4
_TITLE, _CURRENCY, _BUDGET, _PROJECTS = 1, 3, 10, 13
"""Places in the list of fields; ``docs/wire.md`` has them all."""
_NOTHING = Cents(0)
_EMPTY = pre(Tag.BALLOT_DEFINITION)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlinedProject:
    """A project as it stands on the ballot. ``more``: group and pledge, as they are encoded."""

    id: ProjectId
    name: Text
    cost: Cents
    area: AreaCode | None
    more: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The parts of a definition that can be told one by one. ``rules``: all else, encoded."""

    title: Text
    currency: str
    budget: Cents
    projects: tuple[OutlinedProject, ...]
    rules: tuple[bytes, ...]


class ChangeKind(StrEnum):
    """What an amendment changed."""

    TITLE = "title"
    BUDGET = "budget"
    ADDED = "added"
    REMOVED = "removed"
    NAME = "name"
    COST = "cost"
    PROJECT = "project"
    """Its area, group or pledge."""
    ORDER = "order"
    RULES = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. ``project``: as it is now, or was where it is gone; ``None``: of all the ballot.

    Texts are there for TITLE and NAME, amounts in cents for BUDGET, COST, ADDED and REMOVED.
    """

    kind: ChangeKind
    project: OutlinedProject | None = None
    text_before: Text | None = None
    text_after: Text | None = None
    cents_before: Cents = _NOTHING
    cents_after: Cents = _NOTHING


def outline_of(canonical: bytes) -> Outline:
    """Read the canonical bytes of a definition. Raises :class:`BrokenLog` where they are none."""
    try:
        fields = _fields(canonical)
        return Outline(
            title=_text(fields[_TITLE]),
            currency=fields[_CURRENCY].decode(),
            budget=_cents(fields[_BUDGET]),
            projects=tuple(_project(each) for each in _fields(fields[_PROJECTS])),
            rules=tuple(
                field
                for place, field in enumerate(fields)
                if place not in {_TITLE, _BUDGET, _PROJECTS}
            ),
        )
    except (IndexError, UnicodeDecodeError, ValueError) as err:
        raise BrokenLog(f"these are not the bytes of a ballot definition: {err}") from err


def changes_between(before: Outline, after: Outline) -> tuple[Change, ...]:
    """Say what changed, in the order of the ballot; nothing where both are the same."""
    return tuple(_changes(before, after))


def _changes(before: Outline, after: Outline) -> Iterator[Change]:
    if before.title != after.title:
        yield Change(kind=ChangeKind.TITLE, text_before=before.title, text_after=after.title)
    if before.budget != after.budget:
        yield Change(kind=ChangeKind.BUDGET, cents_before=before.budget, cents_after=after.budget)
    was = {project.id: project for project in before.projects}
    is_now = {project.id: project for project in after.projects}
    for project in after.projects:
        yield from _of_project(was.get(project.id), project)
    for project in before.projects:
        if project.id not in is_now:
            yield Change(kind=ChangeKind.REMOVED, project=project, cents_before=project.cost)
    if [id_ for id_ in was if id_ in is_now] != [id_ for id_ in is_now if id_ in was]:
        yield Change(kind=ChangeKind.ORDER)
    if before.rules != after.rules:
        yield Change(kind=ChangeKind.RULES)


def _of_project(was: OutlinedProject | None, project: OutlinedProject) -> Iterator[Change]:
    if was is None:
        yield Change(kind=ChangeKind.ADDED, project=project, cents_after=project.cost)
        return
    if was.name != project.name:
        yield Change(
            kind=ChangeKind.NAME, project=project, text_before=was.name, text_after=project.name
        )
    if was.cost != project.cost:
        yield Change(
            kind=ChangeKind.COST, project=project, cents_before=was.cost, cents_after=project.cost
        )
    if (was.area, was.more) != (project.area, project.more):
        yield Change(kind=ChangeKind.PROJECT, project=project)


def _project(packed: bytes) -> OutlinedProject:
    number, name, cost, area, *more = _fields(packed)
    return OutlinedProject(
        id=ProjectId(number.decode()),
        name=_text(name),
        cost=_cents(cost),
        area=AreaCode(area.decode()) if area else None,
        more=tuple(more),
    )


def _text(packed: bytes) -> Text:
    parts = [part.decode() for part in _fields(packed)]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _cents(packed: bytes) -> Cents:
    return Cents(int.from_bytes(packed))


def _fields(packed: bytes) -> list[bytes]:
    """Take a list of fields apart. Raises ``ValueError`` unless it is one, to its last byte."""
    head = len(_EMPTY) - _U32
    if packed[:head] != _EMPTY[:head]:
        raise ValueError("another kind of bytes")
    number, at = int.from_bytes(packed[head : head + _U32]), head + _U32
    found = []
    for _ in range(number):
        length = int.from_bytes(packed[at : at + _U32])
        at += _U32 + length
        if at > len(packed):
            raise ValueError("a field ends after the bytes do")
        found.append(packed[at - length : at])
    if at != len(packed):
        raise ValueError("bytes follow the last field")
    return found
