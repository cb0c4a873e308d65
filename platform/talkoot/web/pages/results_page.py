"""The frozen page of a published result: in a sentence, in a picture, in a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from talkoot.rounds import Kind
from talkoot.voting.log import Election
from talkoot.voting.results import ProjectResult, PublicFileName, Result
from talkoot.web.counting import counting, exactly_counted, parameters
from talkoot.web.frame import Frame, frame_of, my_page_of
from talkoot.web.pages.fates import (
    accounting_in_words,
    fate_in_words,
    headline_of,
    tie_in_words,
)
from talkoot.web.pages.results_more import ResultsMore
from talkoot.web.pictures import is_scored, strength_of
from talkoot.web.place import Place, label_of
from talkoot.web.voice import Said, Voice

FULL = 1000
"""The length of the longest bar, and of the whole budget, in units of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One project in the picture: its length, and the sentence of its fate."""

    number: str
    name: Said
    votes: str
    length: int
    cost: str
    funded: bool
    sentence: str
    tie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One funded project's part of the budget, in units of the picture."""

    start: int
    length: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The same numbers in the table, in listed order."""

    number: str
    name: Said
    area: Said
    cost: str
    votes: str
    score: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file to take away, and what it is."""

    href: str
    name: str
    words: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPage:
    """A published result."""

    frame: Frame
    title: Said
    question: Said
    headline: str
    published: str
    poll: bool
    scored: bool
    funded: tuple[Bar, ...]
    others: tuple[Bar, ...]
    segments: tuple[Segment, ...]
    spent: str
    budget: str
    left: str
    rows: tuple[Row, ...]
    more: ResultsMore
    counting: tuple[str, ...]
    raised: str
    ties: str
    accounting: tuple[str, ...]
    parameters: str
    downloads: tuple[Download, ...]
    hash: str
    short_hash: str
    round_path: str

    @classmethod
    def of(
        cls,
        place: Place,
        election: Election,
        result: Result,
        files: Sequence[PublicFileName],
        published: datetime | None,
    ) -> Self:
        """Show a result."""
        voice, poll = place.voice, place.round_.kind is Kind.POLL
        names = {p.number: voice.said(p.name).words for p in result.projects}
        ordered, definition = _ordered(result), election.definition
        areas = {str(area.code): area.name for area in place.municipality.areas}
        bars = [_bar(voice, p, result, names) for p in ordered]
        return cls(
            frame=frame_of(
                voice,
                place.municipality,
                *place.parts,
                "results",
                label=label_of(place),
                my_page=my_page_of(voice, place.municipality),
            ),
            title=voice.said(place.round_.title),
            question=voice.said(place.round_.theme),
            headline=headline_of(voice, result),
            published="" if published is None else voice.moment(published),
            poll=poll,
            scored=is_scored(result),
            funded=tuple(bar for bar in bars if bar.funded),
            others=tuple(bar for bar in bars if not bar.funded),
            segments=tuple(_segments(voice, result)),
            spent=voice.money(result.spent, result.currency),
            budget=voice.money(result.budget, result.currency),
            left=voice.money(result.budget - result.spent, result.currency),
            rows=tuple(_row(place, p, result) for p in result.projects),
            more=ResultsMore.of(voice, result, ordered, areas),
            counting=(
                *counting(voice, definition.allocation, result.currency),
                *exactly_counted(voice, definition),
            ),
            raised=_raised(voice, result),
            ties=_ties(voice, result),
            accounting=tuple(accounting_in_words(voice, result)),
            parameters=parameters(definition.allocation),
            downloads=tuple(_downloads(place, files)),
            hash=result.definition_hash,
            short_hash=definition.short_hash,
            round_path=place.path(),
        )


def _strength(project: ProjectResult, result: Result) -> int:
    return strength_of(project.votes, project.score, result)


def _ordered(result: Result) -> list[ProjectResult]:
    """Winners in order of selection, then the others by votes; equal ones in listed order."""
    winners = list(result.winners)
    others = [project for project in result.projects if project.turn is None]
    return winners + sorted(others, key=lambda project: -_strength(project, result))


def _bar(voice: Voice, project: ProjectResult, result: Result, names: dict[str, str]) -> Bar:
    longest = max(_strength(p, result) for p in result.projects) or 1
    strength = _strength(project, result)
    if is_scored(result):
        votes = voice.ngettext("%(n)s point", "%(n)s points", strength)
    else:
        votes = voice.ngettext("%(n)s vote", "%(n)s votes", strength)
    return Bar(
        number=project.number,
        name=voice.said(project.name),
        votes=votes,
        length=strength * FULL // longest,
        cost=voice.money(project.cost, result.currency),
        funded=project.turn is not None,
        sentence=fate_in_words(voice, project, result, names),
        tie=tie_in_words(voice, project, result, names),
    )


def _segments(voice: Voice, result: Result) -> Iterator[Segment]:
    spent, whole = 0, max(result.budget, 1)
    for project in result.winners:
        start, end = spent * FULL // whole, (spent + project.price) * FULL // whole
        name, money = voice.said(project.name).words, voice.money(project.price, result.currency)
        yield Segment(start=start, length=end - start, words=f"{name}: {money}")
        spent += project.price


def _row(place: Place, project: ProjectResult, result: Result) -> Row:
    voice = place.voice
    names = {str(area.code): area.name for area in place.municipality.areas}
    whole = Said(voice.gettext("Whole municipality"))
    funded = project.turn is not None
    return Row(
        number=project.number,
        name=voice.said(project.name),
        area=voice.said(names[project.area]) if project.area in names else whole,
        cost=voice.money(project.cost, result.currency),
        votes=voice.number(project.votes),
        score=voice.number(project.score),
        outcome=voice.gettext("Carried out") if funded else voice.gettext("Not carried out"),
    )


def _raised(voice: Voice, result: Result) -> str:
    """Say by how much shares were raised, where the page does not tell what each came to."""
    if not result.steps or result.pots:
        return ""
    return voice.gettext(
        "In this count every voter's share was raised by %(money)s.",
        money=voice.money(result.steps * 100, result.currency),
    )


def _ties(voice: Voice, result: Result) -> str:
    if not result.ties_broken:
        return voice.gettext("No tie had to be broken.")
    return voice.ngettext(
        "%(n)s tie was broken by the published tie rule.",
        "%(n)s ties were broken by the published tie rule.",
        result.ties_broken,
    )


def _downloads(place: Place, files: Sequence[PublicFileName]) -> Iterator[Download]:
    voice = place.voice
    yield Download(
        href=place.path("results", "table.csv"),
        name="table.csv",
        words=voice.gettext("The table above, for a spreadsheet"),
        sha256="",
    )
    for file in files:
        yield Download(
            href=place.path("results", file.name),
            name=file.name,
            words=_what_it_is(voice, file.name),
            sha256=file.sha256,
        )


def _what_it_is(voice: Voice, name: str) -> str:
    if name.endswith(".pb"):
        return voice.gettext("The ballots without names, in the Pabulib format")
    if name.startswith("ballots"):
        return voice.gettext("The ballots without names, sorted so that their order tells nothing")
    if name.startswith("definition"):
        return voice.gettext("The frozen ballot with its rules")
    if name.startswith("result"):
        return voice.gettext("The whole result")
    return voice.gettext("A file for recounting")
