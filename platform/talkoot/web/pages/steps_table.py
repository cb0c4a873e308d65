"""Each step of a count as a row of a table."""

from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from talkoot.voting.results import Result, Step
from talkoot.web.pages.tables import Column, Table, text_column
from talkoot.web.pictures import Paying, is_scored, paying_of
from talkoot.web.voice import Voice

NONE = "–"
"""Where a step has no such number."""


def steps_table(voice: Voice, result: Result) -> Table:
    """Give the table of the steps."""
    names = {project.number: voice.said(project.name) for project in result.projects}
    return Table(
        id="steps",
        caption=voice.gettext("Step by step"),
        columns=(
            text_column(voice.gettext("Project")),
            Column(words=voice.gettext("Step")),
            Column(words=voice.gettext("Cost")),
            *(Column(words=words) for words in _headings(voice, result)),
            Column(words=voice.gettext("Left after it")),
        ),
        rows=tuple(
            (
                names[step.number],
                voice.number(turn),
                voice.money(step.cost, result.currency),
                *_cells(voice, result, step),
                voice.money(step.left, result.currency),
            )
            for turn, step in enumerate(result.rounds, 1)
        ),
    )


def _headings(voice: Voice, result: Result) -> tuple[str, ...]:
    match paying_of(result):
        case Paying.NOBODY if is_scored(result):
            return (voice.gettext("Points"), voice.gettext("Cost for each point"))
        case Paying.NOBODY:
            return (voice.gettext("Votes"), voice.gettext("Cost for each vote"))
        case Paying.INCOME:
            return (voice.gettext("Paid by"), voice.gettext("Each voter had received"))
        case Paying.SHARES if is_scored(result):
            effective = voice.gettext("Effective points")
            price = voice.gettext("Price of a point")
        case Paying.SHARES:
            effective = voice.gettext("Effective votes")
            price = voice.gettext("Highest price for one person")
        case _ as never:
            assert_never(never)
    return (effective, price, voice.gettext("Paid by"), voice.gettext("Gave all they had left"))


def _cells(voice: Voice, result: Result, step: Step) -> Iterator[str]:
    """Give the cells of the headings; in a completion by votes nobody pays."""
    votes = _decimal(voice, step.votes_hundredths)
    price = NONE if step.price_cents is None else voice.money(step.price_cents, result.currency)
    paid = step.phase == "rule"
    payers, short = (voice.number(number) if paid else NONE for number in (step.payers, step.short))
    match paying_of(result):
        case Paying.NOBODY:
            yield from (votes, price)
        case Paying.INCOME:
            yield from (payers, price if paid else NONE)
        case Paying.SHARES:
            yield from (votes, price if paid else NONE, payers, short)
        case _ as never:
            assert_never(never)


def _decimal(voice: Voice, hundredths: int | None) -> str:
    return NONE if hundredths is None else voice.decimal(Fraction(hundredths, 100))
