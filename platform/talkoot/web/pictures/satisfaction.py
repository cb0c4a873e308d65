"""How many of their choices voters got, as bars."""

from collections.abc import Sequence
from fractions import Fraction

from talkoot.voting.results import Result
from talkoot.web.pictures.rows import FULL, Bar, Line, lines_drawn
from talkoot.web.pictures.shapes import Figure
from talkoot.web.voice import Voice


def satisfaction_figure(voice: Voice, result: Result) -> Figure | None:
    """Draw how many voters got none, one, two ... of what they chose."""
    voters = sum(result.satisfied)
    if not voters or not result.winners:
        return None
    lines = [
        Line(
            label=choices_in_words(voice, many),
            note=people_in_words(voice, number, voters),
            bars=(
                Bar(
                    start=0,
                    # Few are not nobody: whoever is there has a bar that can be seen.
                    length=-(-number * FULL // voters),
                    look="taken" if many else "short",
                ),
            ),
        )
        for many, number in enumerate(result.satisfied)
    ]
    return Figure(
        title=voice.gettext("How many of their choices people got"),
        description=" ".join(f"{line.label}: {line.note}." for line in lines),
        drawings=lines_drawn("satisfaction", lines),
    )


def choices_in_words(voice: Voice, many: int) -> str:
    """Say of how many choices."""
    if not many:
        return voice.gettext("None of their choices")
    return voice.ngettext("%(n)s of their choices", "%(n)s of their choices", many)


def people_in_words(voice: Voice, number: int, voters: int) -> str:
    """Say how many voters that are, and what share of all."""
    return voice.gettext(
        "%(people)s (%(share)s)",
        people=voice.number(number),
        share=voice.percent(Fraction(number, voters)),
    )


def reached(satisfied: Sequence[int]) -> Fraction:
    """Give the share of voters who got at least one of their choices."""
    voters = sum(satisfied)
    return Fraction(voters - satisfied[0], voters) if voters else Fraction(0)


def average(satisfied: Sequence[int]) -> Fraction:
    """Give how many of their choices voters got on average."""
    voters = sum(satisfied)
    choices = sum(many * number for many, number in enumerate(satisfied))
    return Fraction(choices, voters) if voters else Fraction(0)
