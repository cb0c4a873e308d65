"""Pictures with a line for each project or number: its name, its bars, and a note."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from talkoot.web.pictures.shapes import (
    Anchor,
    Breadth,
    Drawing,
    Rect,
    Shape,
    Words,
    fitted,
    width_of,
)

FULL = 1000
"""The length of a whole track, in its own units."""
GAP = 12
"""Units between a track and its note."""
TRACK_WIDTH_MIN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar on the track: where it starts and how long it is, of :data:`FULL`."""

    start: int
    length: int
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; ``mark`` is a tick on the track, for what would have been needed."""

    label: str
    note: str
    bars: tuple[Bar, ...]
    mark: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Where things stand in a line, in units of the picture."""

    pitch: int
    base: int
    label_width: int
    track_x: int
    track_y: int
    track_width_max: int
    track_height: int
    note_base: int


_PLANS = {
    Breadth.WIDE: _Plan(
        pitch=38,
        base=22,
        label_width=380,
        track_x=400,
        track_y=7,
        track_width_max=400,
        track_height=20,
        note_base=22,
    ),
    Breadth.NARROW: _Plan(
        pitch=60,
        base=18,
        label_width=358,
        track_x=0,
        track_y=27,
        track_width_max=222,
        track_height=18,
        note_base=41,
    ),
}


def lines_drawn(name: str, lines: Sequence[Line]) -> tuple[Drawing, ...]:
    """Draw lines one below the other, in both breadths."""
    return tuple(
        Drawing(
            id=f"{name}-{breadth.look}",
            breadth=breadth,
            height=plan.pitch * len(lines),
            shapes=tuple(_shapes(lines, breadth, plan)),
        )
        for breadth, plan in _PLANS.items()
    )


def _shapes(lines: Sequence[Line], breadth: Breadth, plan: _Plan) -> Iterator[Shape]:
    room = breadth.value - plan.track_x - max(width_of(line.note) for line in lines) - GAP
    track = max(min(plan.track_width_max, room), TRACK_WIDTH_MIN)
    for at, line in enumerate(lines):
        top = at * plan.pitch
        yield Words(x=0, y=top + plan.base, words=fitted(line.label, plan.label_width))
        yield from _bars(line, top, track, plan)
        yield Words(
            x=breadth.value,
            y=top + plan.note_base,
            words=line.note,
            look="word word-note",
            anchor=Anchor.END,
        )


def _bars(line: Line, top: int, track: int, plan: _Plan) -> Iterator[Shape]:
    def placed(position: int) -> int:
        return plan.track_x + position * track // FULL

    def rect(start: int, end: int, look: str) -> Rect:
        x = placed(start)
        return Rect(
            x=x,
            y=top + plan.track_y,
            width=max(placed(end) - x, 2 if end > start else 0),
            height=plan.track_height,
            look=look,
        )

    yield rect(0, FULL, "track")
    for bar in line.bars:
        if bar.length:
            yield rect(bar.start, bar.start + bar.length, bar.look)
    if line.mark is not None:
        yield Rect(
            x=placed(line.mark) - 2,
            y=top + plan.track_y - 5,
            width=4,
            height=plan.track_height + 10,
            look="need",
        )
