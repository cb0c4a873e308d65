"""Projects as cards: on a round's page, on the ballot, and at review."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from talkoot.base.ids import AreaCode, ProjectId
from talkoot.rounds import Kind, Municipality, Project, Round
from talkoot.voting.ballot import BallotDefinition, ProjectOnBallot
from talkoot.web.place import Place
from talkoot.web.voice import Said, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A project as residents read it. ``key`` names it in the page, ``number`` on the ballot."""

    key: str
    number: str
    name: Said
    summary: Said
    text: Said
    cost: str
    cost_cents: int
    area: Said
    area_code: str
    picture: str
    picture_alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChoice:
    """An area in the filter; ``depth`` is its place in the tree."""

    code: str
    name: str
    selected: bool


def cards_of(place: Place, definition: BallotDefinition) -> tuple[Card, ...]:
    """Give the cards in listed order; what is frozen comes from the definition."""
    told = {project.number: project for project in place.round_.projects}
    names = {area.code: area.name for area in place.municipality.areas}
    return tuple(
        _card(place, definition, project, told.get(project.id), at=at, names=names)
        for at, project in enumerate(definition.projects, start=1)
    )


def _card(
    place: Place,
    definition: BallotDefinition,
    frozen: ProjectOnBallot,
    told: Project | None,
    *,
    at: int,
    names: Mapping[AreaCode, Mapping[str, str]],
) -> Card:
    voice = place.voice
    whole = Said(voice.gettext("Whole municipality"))
    budget = place.round_.kind is Kind.BUDGET
    return Card(
        key=f"p{at}",
        number=frozen.id,
        name=voice.said(frozen.name),
        summary=voice.said(told.summary) if told else Said(""),
        text=voice.said(told.text) if told else Said(""),
        cost=voice.money(frozen.cost, definition.currency) if budget else "",
        cost_cents=frozen.cost,
        area=(voice.said(names[frozen.area]) if frozen.area else whole) if budget else Said(""),
        area_code=frozen.area or "",
        picture=f"/pictures/{told.picture}" if told and told.picture else "",
        picture_alt=voice.said(told.picture_alt).words if told else "",
    )


def shuffled(cards: tuple[Card, ...], seed: str) -> tuple[Card, ...]:
    """Give the cards in an order of this voter's own, the same at every look.

    The seed is the session's secret, so the order tells nobody who is voting, and no project stands
    first for everyone.
    """
    key = bytes.fromhex(seed)

    def place_of(card: Card) -> bytes:
        return hmac.new(key, card.number.encode(), hashlib.sha256).digest()

    return tuple(sorted(cards, key=place_of))


def areas_within(municipality: Municipality, code: str) -> frozenset[str]:
    """Give an area's code and those of all areas below it."""
    found = {code}
    for _ in municipality.areas:
        below = {a.code for a in municipality.areas if a.parent in found} - found
        if not below:
            break
        found |= below
    return frozenset(found)


def area_choices(voice: Voice, municipality: Municipality, selected: str) -> tuple[AreaChoice, ...]:
    """Give the areas in the order of their tree, children indented below their parents."""

    def below(parent: AreaCode | None, depth: int) -> list[AreaChoice]:
        found: list[AreaChoice] = []
        for area in municipality.areas:
            if area.parent == parent:
                name = "\N{NO-BREAK SPACE}" * 3 * depth + voice.said(area.name).words
                choice = AreaChoice(code=area.code, name=name, selected=area.code == selected)
                found += [choice, *below(area.code, depth + 1)]
        return found

    return tuple(below(None, 0))


def matches(card: Card, areas: frozenset[str], words: str) -> bool:
    """Tell whether a card is shown under a filter. Projects of the whole town suit every area."""
    in_area = not areas or not card.area_code or card.area_code in areas
    text = f"{card.number} {card.name.words} {card.summary.words} {card.text.words}".casefold()
    return in_area and all(word in text for word in words.casefold().split())


def project_ids(round_: Round) -> tuple[ProjectId, ...]:
    """The numbers of a round's projects in listed order."""
    return tuple(project.number for project in sorted(round_.projects, key=lambda p: p.place))
