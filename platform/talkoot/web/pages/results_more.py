"""What a result tells beyond who won: figures with their tables, and other ways of counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from talkoot.base.i18n import Text
from talkoot.voting.results import AreaTable, PotResult, ProjectResult, Result
from talkoot.web.pages.results_tables import (
    areas_table,
    channels_table,
    pairs_table,
    satisfaction_table,
    sides_table,
    support_table,
)
from talkoot.web.pages.steps_table import steps_table
from talkoot.web.pages.tables import Table
from talkoot.web.pictures import (
    Figure,
    Paying,
    average,
    letter,
    paying_of,
    reached,
    satisfaction_figure,
    side_by_side_figure,
    sources_of,
    spending_figure,
    support_figure,
)
from talkoot.web.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where money of the flow comes from: its letter in the narrow picture, and words."""

    letter: str
    look: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A part of the page: sentences, a picture, and tables. Any of them may be missing."""

    id: str
    heading: str
    sentences: tuple[str, ...] = ()
    figure: Figure | None = None
    sources: tuple[Source, ...] = ()
    tables: tuple[Table, ...] = ()
    summary: str = ""
    """Where tables are folded away: what opens them. Empty: they stand open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsMore:
    """The parts, in order. A result of an earlier version has none."""

    parts: tuple[Shown, ...]

    @classmethod
    def of(
        cls,
        voice: Voice,
        result: Result,
        ordered: Sequence[ProjectResult],
        areas: dict[str, Text],
    ) -> Self:
        """Show what the result tells; ``areas`` are the areas' names by their codes."""
        parts = (
            _spending(voice, result, areas),
            _support(voice, result, ordered),
            _satisfaction(voice, result),
            _sides(voice, result),
            _channels(voice, result),
            _areas(voice, result, areas),
        )
        return cls(parts=tuple(part for part in parts if part is not None))


def _spending(voice: Voice, result: Result, areas: dict[str, Text]) -> Shown | None:
    if not result.rounds:
        return None
    figure = spending_figure(voice, result)
    flows = figure is not None and paying_of(result) is not Paying.NOBODY
    sources = sources_of(voice, result) if flows else ()
    return Shown(
        id="spending",
        heading=voice.gettext("How the money was spent"),
        sentences=(
            *(_pot(voice, result, pot, areas) for pot in result.pots),
            *(_compared(voice, pot) for pot in result.pots if pot.compared),
        ),
        figure=figure,
        sources=tuple(
            Source(letter=letter(at), look=node.look, words=f"{node.label}: {node.note}")
            for at, node in enumerate(sources)
        ),
        tables=(steps_table(voice, result),),
        summary=voice.gettext("Every step in numbers"),
    )


def _pot(voice: Voice, result: Result, pot: PotResult, areas: dict[str, Text]) -> str:
    """Say how much money there was, and for how many."""
    money = voice.money(pot.budget + pot.brought, result.currency)
    words = voice.ngettext(
        "%(money)s was shared out by the ballots of %(n)s person.",
        "%(money)s was shared out by the ballots of %(n)s people.",
        pot.ballots,
        money=money,
    )
    if pot.share_cents is not None:
        share = voice.money(pot.share_cents, result.currency)
        if _is_raised(pot):
            words += " " + voice.gettext(
                "The share of each was raised to %(share)s, because not every share is used to its "
                "end.",
                share=share,
            )
        else:
            words += " " + voice.gettext("The share of each came to %(share)s.", share=share)
    if len(result.pots) == 1:
        return words
    if pot.area is None:
        return f"{voice.gettext('Whole municipality')}: {words}"
    return f"{voice.said(areas.get(pot.area, {'': pot.area})).words}: {words}"


def _is_raised(pot: PotResult) -> bool:
    """Whether each share is more than an equal part of the money, as it can be after Add1."""
    if not pot.share or not pot.ballots:
        return False
    return Fraction(pot.share) > Fraction(pot.budget + pot.brought, pot.ballots)


def _compared(voice: Voice, pot: PotResult) -> str:
    """Say how the comparison with the outcome by votes ended."""
    compared = pot.compared
    if compared is None:
        return ""
    by_votes, by_rule = voice.number(compared.greedy), voice.number(compared.rule)
    if compared.greedy > compared.rule:
        return voice.gettext(
            "%(votes)s people get more of their choices when the projects are taken by votes, and "
            "%(shares)s get more by equal shares. So they are taken by votes.",
            votes=by_votes,
            shares=by_rule,
        )
    return voice.gettext(
        "%(votes)s people would get more of their choices if the projects were taken by votes, and "
        "%(shares)s get more by equal shares. So equal shares stand.",
        votes=by_votes,
        shares=by_rule,
    )


def _support(voice: Voice, result: Result, ordered: Sequence[ProjectResult]) -> Shown | None:
    figure = support_figure(voice, result, ordered)
    if figure is None:
        return None
    if paying_of(result) is Paying.SHARES:
        words = voice.gettext(
            "A project is carried out when the people who chose it have its whole cost left in "
            "their shares. The bar shows how much of the cost they had, and the mark what was "
            "needed."
        )
    else:
        words = voice.gettext(
            "The bar shows how much support a project had. The mark shows how much it would have "
            "needed for its turn to come while there was money for it."
        )
    return Shown(
        id="support",
        heading=voice.gettext("Support and what was needed"),
        sentences=(words,),
        figure=figure,
        tables=(support_table(voice, result, ordered),),
        summary=voice.gettext("The same in numbers"),
    )


def _satisfaction(voice: Voice, result: Result) -> Shown | None:
    figure = satisfaction_figure(voice, result)
    if figure is None:
        return None
    return Shown(
        id="satisfaction",
        heading=voice.gettext("How many of their choices people got"),
        sentences=(
            voice.gettext(
                "%(share)s of the people who voted got at least one of their choices. On average "
                "%(average)s of a person’s choices are carried out.",
                share=voice.percent(reached(result.satisfied)),
                average=voice.decimal(average(result.satisfied)),
            ),
        ),
        figure=figure,
        tables=(satisfaction_table(voice, result),),
        summary=voice.gettext("The same in numbers"),
    )


def _sides(voice: Voice, result: Result) -> Shown | None:
    if not result.alternatives:
        return None
    return Shown(
        id="sides",
        heading=voice.gettext("If the votes had been counted in another way"),
        sentences=(
            voice.gettext(
                "The rule was agreed before the vote and does not change. With these same ballots "
                "two common ways of counting would have ended like this."
            ),
            voice.gettext(
                "By votes: the project with the most votes first, for as long as the money lasts. "
                "By equal shares: every voter has an equal share, and the people who chose a "
                "project pay for it together."
            ),
            *_otherwise(voice, result),
        ),
        figure=side_by_side_figure(voice, result),
        tables=(sides_table(voice, result), pairs_table(voice, result)),
    )


def _otherwise(voice: Voice, result: Result) -> tuple[str, ...]:
    """Say which of the two, if any, is the outcome itself."""
    winners = {project.number for project in result.winners}
    same = [one.rule for one in result.alternatives if set(one.winners) == winners]
    if len(same) == len(result.alternatives):
        return (voice.gettext("Both ways carry out the same projects."),)
    if same == ["greedy"]:
        return (voice.gettext("The result is what counting by votes gives."),)
    if same:
        return (voice.gettext("The result is what counting by equal shares gives."),)
    return ()


def _channels(voice: Voice, result: Result) -> Shown | None:
    if result.channels is None:
        return None
    return Shown(
        id="channels",
        heading=voice.gettext("Where people voted"),
        sentences=(_left_out(voice, result.channels.least),),
        tables=(channels_table(voice, result, result.channels),),
        summary=voice.gettext("Votes by the place of voting"),
    )


def _areas(voice: Voice, result: Result, areas: dict[str, Text]) -> Shown | None:
    if not isinstance(result.areas, AreaTable):
        return None
    return Shown(
        id="areas",
        heading=voice.gettext("Turnout by area"),
        sentences=(_left_out(voice, result.areas.least),),
        tables=(areas_table(voice, result.areas, areas),),
    )


def _left_out(voice: Voice, least: int) -> str:
    return voice.ngettext(
        "A number is not shown where it, or what would follow from it, would tell of fewer "
        "than %(n)s person.",
        "A number is not shown where it, or what would follow from it, would tell of fewer "
        "than %(n)s people.",
        least,
    )
