"""Each project's support against what it would have needed."""

from collections.abc import Sequence

from talkoot.voting.results import Fate, ProjectResult, Result
from talkoot.web.pictures.kinds import Paying, paying_of, strength_of
from talkoot.web.pictures.rows import FULL, Bar, Line, lines_drawn
from talkoot.web.pictures.shapes import Figure
from talkoot.web.voice import Voice

MOST = 40
"""Lines of the picture; the table holds all projects."""


def support_figure(voice: Voice, result: Result, ordered: Sequence[ProjectResult]) -> Figure | None:
    """Draw how far each project's support reached; nothing where the result does not tell."""
    pairs = [(project, support_of(project, result)) for project in ordered]
    known = [(project, pair) for project, pair in pairs if pair][:MOST]
    if not any(project.turn is None for project, _ in known):
        return None
    longest = max(max(pair) for _, pair in known)
    lines = [_line(voice, result, project, pair, longest) for project, pair in known]
    return Figure(
        title=voice.gettext("Support and what was needed"),
        description=" ".join(f"{line.label}: {line.note}." for line in lines),
        drawings=lines_drawn("support", lines),
    )


def support_of(project: ProjectResult, result: Result) -> tuple[int, int] | None:
    """Give what a project had and what it needed: cents of shares, or votes (points).

    ``None`` where there is no such measure, or where the result does not tell. A project that was
    funded had all it needed.
    """
    match paying_of(result):
        case Paying.SHARES:
            return _money(project)
        case Paying.NOBODY:
            return _votes(project, strength_of(project.votes, project.score, result))
        case Paying.INCOME:
            return None


def _money(project: ProjectResult) -> tuple[int, int] | None:
    if not project.price:
        return None
    if project.fate is Fate.FUNDED:
        return (project.price, project.price)
    if project.money_behind is None:
        return None
    return (min(project.money_behind, project.price), project.price)


def _votes(project: ProjectResult, strength: int) -> tuple[int, int] | None:
    if project.turn is not None:
        return (strength, strength)
    if project.missing_votes is None:
        return None
    return (strength, strength + project.missing_votes)


def _line(
    voice: Voice, result: Result, project: ProjectResult, pair: tuple[int, int], longest: int
) -> Line:
    had, needed = pair
    paid = paying_of(result) is Paying.SHARES
    whole = max(needed if paid else longest, 1)
    funded = project.turn is not None
    written = [
        voice.money(amount, result.currency) if paid else voice.number(amount) for amount in pair
    ]
    return Line(
        label=voice.said(project.name).words,
        note=written[0]
        if had == needed
        else voice.gettext("%(had)s of %(needed)s", had=written[0], needed=written[1]),
        bars=(Bar(start=0, length=had * FULL // whole, look="taken" if funded else "short"),),
        mark=None if funded else needed * FULL // whole,
    )
