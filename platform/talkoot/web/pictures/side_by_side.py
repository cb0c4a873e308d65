"""What two rules would have funded, back to back: to the left by votes, to the right by shares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from talkoot.voting.results import Result
from talkoot.web.pictures.shapes import (
    Anchor,
    Breadth,
    Drawing,
    Figure,
    Rect,
    Shape,
    Words,
    fitted,
)
from talkoot.web.voice import Voice

MOST = 40
"""Lines of the picture; the table holds all projects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A project that one rule or both would have funded, and its cost in cents."""

    label: str
    cost: int
    left: bool
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Where the two sides stand, in units."""

    head: int
    pitch: int
    base: int
    label_width: int
    bar_y: int
    bar_height: int
    middle: int
    arm: int


_PLANS = {
    Breadth.WIDE: _Plan(
        head=36, pitch=34, base=22, label_width=390, bar_y=6, bar_height=20, middle=705, arm=285
    ),
    Breadth.NARROW: _Plan(
        head=32, pitch=54, base=18, label_width=358, bar_y=26, bar_height=16, middle=179, arm=171
    ),
}
_HALF_GAP = 5


def pairs_of(voice: Voice, result: Result) -> tuple[Pair, ...]:
    """Give the projects: those funded by both rules, by votes alone, by equal shares alone."""
    if not result.alternatives:
        return ()
    greedy, shares = (set(one.winners) for one in result.alternatives)
    pairs = [
        Pair(
            label=voice.said(project.name).words,
            cost=project.price,
            left=project.number in greedy,
            right=project.number in shares,
        )
        for project in result.projects
        if project.number in greedy | shares
    ]
    return tuple(sorted(pairs, key=lambda pair: (not (pair.left and pair.right), pair.right)))


def side_by_side_figure(voice: Voice, result: Result) -> Figure | None:
    """Draw both outcomes; nothing where neither funds anything."""
    pairs = pairs_of(voice, result)
    if not pairs:
        return None
    heads = (voice.gettext("By votes"), voice.gettext("By equal shares"))
    return Figure(
        title=voice.gettext("Two ways of counting, side by side"),
        description=_in_words(voice, pairs),
        drawings=tuple(
            Drawing(
                id=f"sides-{breadth.look}",
                breadth=breadth,
                height=plan.head + plan.pitch * min(len(pairs), MOST),
                shapes=tuple(_shapes(pairs[:MOST], heads, plan)),
            )
            for breadth, plan in _PLANS.items()
        ),
    )


def where_in_words(voice: Voice, pair: Pair) -> str:
    """Say by which of the two rules a project would be carried out."""
    if pair.left and pair.right:
        return voice.gettext("Both ways")
    return voice.gettext("Only by votes") if pair.left else voice.gettext("Only by equal shares")


def _in_words(voice: Voice, pairs: Sequence[Pair]) -> str:
    parts: dict[str, list[str]] = {}
    for pair in pairs:
        parts.setdefault(where_in_words(voice, pair), []).append(pair.label)
    return " ".join(f"{where}: {', '.join(names)}." for where, names in parts.items())


def _shapes(pairs: Sequence[Pair], heads: tuple[str, str], plan: _Plan) -> Iterator[Shape]:
    left, right = plan.middle - _HALF_GAP, plan.middle + _HALF_GAP
    yield Words(
        x=left - 6, y=18, words=fitted(heads[0], left - 6), look="word word-note", anchor=Anchor.END
    )
    yield Words(x=right + 6, y=18, words=fitted(heads[1], plan.arm), look="word word-note")
    longest = max(pair.cost for pair in pairs) or 1
    for at, pair in enumerate(pairs):
        top = plan.head + at * plan.pitch
        yield Words(x=0, y=top + plan.base, words=fitted(pair.label, plan.label_width))
        length = max(pair.cost * plan.arm // longest, 2)
        look = "both" if pair.left and pair.right else "single"
        y = top + plan.bar_y
        yield Rect(x=plan.middle - 1, y=y - 4, width=2, height=plan.bar_height + 8, look="axis")
        if pair.left:
            yield Rect(x=left - length, y=y, width=length, height=plan.bar_height, look=look)
        if pair.right:
            yield Rect(x=right, y=y, width=length, height=plan.bar_height, look=look)
