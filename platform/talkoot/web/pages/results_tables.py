"""The numbers of a result's pictures as tables, ballots by channel, and turnout by area."""

from collections.abc import Sequence
from fractions import Fraction

from talkoot.base.i18n import Text
from talkoot.voting.ballot import Channel
from talkoot.voting.results import AreaTable, ChannelTable, ProjectResult, Result
from talkoot.web.pages.tables import Column, Table, text_column
from talkoot.web.pictures import (
    Paying,
    average,
    choices_in_words,
    is_scored,
    pairs_of,
    paying_of,
    people_in_words,
    reached,
    support_of,
    where_in_words,
)
from talkoot.web.voice import Said, Voice

NOT_SHOWN = "–"


def support_table(voice: Voice, result: Result, ordered: Sequence[ProjectResult]) -> Table:
    """Give each project's support and what it needed."""
    paid = paying_of(result) is Paying.SHARES
    had, needed = (
        (voice.gettext("Its supporters had"), voice.gettext("Needed"))
        if paid
        else (
            voice.gettext("Points") if is_scored(result) else voice.gettext("Votes"),
            voice.gettext("Needed"),
        )
    )

    def written(amount: int) -> str:
        return voice.money(amount, result.currency) if paid else voice.number(amount)

    rows = []
    for project in ordered:
        pair = support_of(project, result)
        cells = (NOT_SHOWN, NOT_SHOWN) if pair is None else (written(pair[0]), written(pair[1]))
        rows.append((voice.said(project.name), *cells))
    return Table(
        id="support-table",
        caption=voice.gettext("What each project had and needed"),
        columns=(text_column(voice.gettext("Project")), Column(words=had), Column(words=needed)),
        rows=tuple(rows),
    )


def satisfaction_table(voice: Voice, result: Result) -> Table:
    """Give how many people got how many of their choices: here, by votes and by equal shares."""
    columns = [(voice.gettext("In this count"), result.satisfied)]
    columns += [(_named(voice, one.rule), one.satisfied) for one in result.alternatives]
    longest = max(len(satisfied) for _, satisfied in columns)
    voters = sum(result.satisfied)
    return Table(
        id="satisfaction-table",
        caption=voice.gettext("People by how many of their choices are carried out"),
        columns=(
            text_column(voice.gettext("Carried out")),
            *(Column(words=words) for words, _ in columns),
        ),
        rows=tuple(
            (
                choices_in_words(voice, many),
                *(
                    people_in_words(voice, satisfied[many] if many < len(satisfied) else 0, voters)
                    for _, satisfied in columns
                ),
            )
            for many in range(longest)
        ),
    )


def _named(voice: Voice, rule: str) -> str:
    return voice.gettext("By votes") if rule == "greedy" else voice.gettext("By equal shares")


def sides_table(voice: Voice, result: Result) -> Table:
    """Give both outcomes in numbers."""
    greedy, shares = result.alternatives
    both = (greedy, shares)
    rows: list[tuple[Said | str, ...]] = [
        (
            voice.gettext("Projects carried out"),
            *(voice.number(len(one.winners)) for one in both),
        ),
        (
            voice.gettext("Money spent"),
            *(voice.money(one.spent, result.currency) for one in both),
        ),
        (
            voice.gettext("People who got at least one of their choices"),
            *(voice.percent(reached(one.satisfied)) for one in both),
        ),
        (
            voice.gettext("Choices carried out for a person on average"),
            *(voice.decimal(average(one.satisfied)) for one in both),
        ),
    ]
    return Table(
        id="sides-table",
        caption=voice.gettext("Two ways of counting, side by side"),
        columns=(
            text_column(voice.gettext("With these same ballots")),
            Column(words=_named(voice, greedy.rule)),
            Column(words=_named(voice, shares.rule)),
        ),
        rows=tuple(rows),
    )


def pairs_table(voice: Voice, result: Result) -> Table:
    """Give the projects that one of two ways of counting or both would carry out."""
    return Table(
        id="pairs-table",
        caption=voice.gettext("Projects that are carried out in one way or the other"),
        columns=(
            text_column(voice.gettext("Project")),
            Column(words=voice.gettext("Cost")),
            text_column(voice.gettext("Carried out")),
        ),
        rows=tuple(
            (pair.label, voice.money(pair.cost, result.currency), where_in_words(voice, pair))
            for pair in pairs_of(voice, result)
        ),
    )


def channels_table(voice: Voice, result: Result, table: ChannelTable) -> Table:
    """Give the ballots by channel, small numbers left out."""
    names = {project.number: voice.said(project.name) for project in result.projects}

    def row(heading: Said | str, votes: Sequence[int | None]) -> tuple[Said | str, ...]:
        shown = (NOT_SHOWN if number is None else voice.number(number) for number in votes)
        return (heading, *shown)

    return Table(
        id="channels-table",
        caption=voice.gettext("Votes by the place of voting"),
        columns=(
            text_column(voice.gettext("Project")),
            *(Column(words=channel_name(voice, channel)) for channel in table.channels),
        ),
        rows=(
            row(voice.gettext("All ballots"), table.ballots),
            *(row(names[one.number], one.votes) for one in table.projects),
        ),
    )


def areas_table(voice: Voice, table: AreaTable, areas: dict[str, Text]) -> Table:
    """Give turnout by area, small numbers left out; ``areas`` are the areas' names by their codes.

    What is known of all together stands first.
    """

    def row(heading: Said | str, on_roll: int | None, voters: int | None) -> tuple[Said | str, ...]:
        if on_roll is None or voters is None:
            return (heading, NOT_SHOWN, NOT_SHOWN, NOT_SHOWN)
        share = voice.percent(Fraction(voters, on_roll))
        return (heading, voice.number(on_roll), voice.number(voters), share)

    return Table(
        id="areas-table",
        caption=voice.gettext("Turnout by area"),
        columns=(
            text_column(voice.gettext("Area")),
            Column(words=voice.gettext("On the roll")),
            Column(words=voice.gettext("Have voted")),
            Column(words=voice.gettext("Turnout")),
        ),
        rows=(
            row(voice.gettext("Whole municipality"), table.on_roll, table.voters),
            *(
                row(
                    voice.said(areas.get(line.area, {"": line.area})),
                    line.on_roll,
                    line.voters,
                )
                for line in table.areas
            ),
        ),
    )


def channel_name(voice: Voice, channel: str) -> str:
    """Name the place of voting."""
    match channel:
        case Channel.WEB.value:
            return voice.gettext("Online")
        case Channel.KIOSK.value:
            return voice.gettext("At a kiosk")
        case _:
            return voice.gettext("On paper")
