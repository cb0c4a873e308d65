"""The budget as a flow: where money comes from on the left, what it pays for on the right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from talkoot.web.pictures.shapes import (
    Anchor,
    Breadth,
    Drawing,
    Path,
    Rect,
    Shape,
    Words,
    fitted,
    spread,
)

GAP = 10
"""Units between two nodes of a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A source or a target: what it is called, and its look."""

    label: str
    note: str
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """So much money, in cents, from one source to one target, by their places."""

    source: int
    target: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Where the columns stand, in units."""

    money_height: int
    row: int
    left_x: int
    node_width: int
    right_x: int
    words_x: int


_PLANS = {
    Breadth.WIDE: _Plan(
        money_height=340, row=34, left_x=300, node_width=22, right_x=560, words_x=598
    ),
    Breadth.NARROW: _Plan(
        money_height=300, row=48, left_x=22, node_width=14, right_x=104, words_x=128
    ),
}


@dataclass(frozen=True, slots=True)
class _Box:
    """A node's place from above, and its height."""

    y: int
    height: int


def flow_drawn(
    name: str, sources: Sequence[Node], targets: Sequence[Node], streams: Sequence[Stream]
) -> tuple[Drawing, ...]:
    """Draw the flow in both breadths. The streams of all targets together are the whole."""
    return tuple(_drawn(name, breadth, sources, targets, streams) for breadth in _PLANS)


def _drawn(
    name: str,
    breadth: Breadth,
    sources: Sequence[Node],
    targets: Sequence[Node],
    streams: Sequence[Stream],
) -> Drawing:
    plan = _PLANS[breadth]
    left = _column([_sum(streams, source=at) for at in range(len(sources))], plan)
    right = _column([_sum(streams, target=at) for at in range(len(targets))], plan)
    shapes = [
        *_bands(streams, targets, left, right, plan),
        *_left(sources, left, plan, breadth),
        *_right(targets, right, plan, breadth),
    ]
    bottom = max(box.y + max(box.height, plan.row) for box in (*left, *right))
    return Drawing(
        id=f"{name}-{breadth.look}", breadth=breadth, height=bottom, shapes=tuple(shapes)
    )


def _sum(streams: Sequence[Stream], *, source: int | None = None, target: int | None = None) -> int:
    return sum(
        stream.amount
        for stream in streams
        if source in {None, stream.source} and target in {None, stream.target}
    )


def _column(amounts: list[int], plan: _Plan) -> list[_Box]:
    """Lay nodes out from above, their heights as their amounts, with room for words at each."""
    ends = spread(amounts, sum(amounts), plan.money_height)
    boxes, y = [], 0
    for start, end in zip([0, *ends], ends, strict=False):
        boxes.append(_Box(y, end - start))
        y += max(end - start, plan.row) + GAP
    return boxes


def _bands(
    streams: Sequence[Stream],
    targets: Sequence[Node],
    left: list[_Box],
    right: list[_Box],
    plan: _Plan,
) -> Iterator[Shape]:
    """Draw each stream as a band; at both ends the bands of a node fill it from above."""
    starts = _cuts(streams, [stream.source for stream in streams], left)
    ends = _cuts(streams, [stream.target for stream in streams], right)
    x1, x2 = plan.left_x + plan.node_width, plan.right_x
    middle = (x1 + x2) // 2
    for stream, (top, bottom), (top_end, bottom_end) in zip(streams, starts, ends, strict=True):
        yield Path(
            d=(
                f"M{x1} {top}C{middle} {top} {middle} {top_end} {x2} {top_end}"
                f"V{bottom_end}C{middle} {bottom_end} {middle} {bottom} {x1} {bottom}Z"
            ),
            look=f"band band-{targets[stream.target].look}",
        )


def _cuts(streams: Sequence[Stream], nodes: list[int], boxes: list[_Box]) -> list[tuple[int, int]]:
    """Cut each node's height among its streams, in their order."""
    cuts: dict[int, tuple[int, int]] = {}
    for node, box in enumerate(boxes):
        mine = [at for at, one in enumerate(nodes) if one == node]
        amounts = [streams[at].amount for at in mine]
        ends = spread(amounts, sum(amounts), box.height)
        for at, start, end in zip(mine, [0, *ends], ends, strict=False):
            cuts[at] = (box.y + start, box.y + end)
    return [cuts[at] for at in range(len(streams))]


def _left(
    sources: Sequence[Node], boxes: list[_Box], plan: _Plan, breadth: Breadth
) -> Iterator[Shape]:
    """Draw the sources: with their words where there is room, else with their letter."""
    for at, (node, box) in enumerate(zip(sources, boxes, strict=True)):
        yield _node(node, box, plan.left_x, plan)
        x, middle = plan.left_x - 10, box.y + max(box.height // 2, 12)
        if breadth is Breadth.WIDE:
            words = (node.label, "word"), (node.note, "word word-note")
            for line, (text, look) in enumerate(words):
                yield Words(
                    x=x,
                    y=middle + 20 * line - 4,
                    words=fitted(text, x),
                    look=look,
                    anchor=Anchor.END,
                )
        else:
            yield Words(
                x=x, y=middle + 5, words=letter(at), look="word word-note", anchor=Anchor.END
            )


def letter(at: int) -> str:
    """Name the sources A, B, C ... where there is no room for words."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[at % 26]


def _right(
    targets: Sequence[Node], boxes: list[_Box], plan: _Plan, breadth: Breadth
) -> Iterator[Shape]:
    for node, box in zip(targets, boxes, strict=True):
        yield _node(node, box, plan.right_x, plan)
        room = breadth.value - plan.words_x
        if breadth is Breadth.WIDE:
            y = box.y + max(box.height // 2, 12) + 5
            yield Words(x=plan.words_x, y=y, words=fitted(node.label, room - 110))
            yield Words(
                x=breadth.value, y=y, words=node.note, look="word word-note", anchor=Anchor.END
            )
        else:
            y = box.y + max(box.height // 2 - 5, 14)
            yield Words(x=plan.words_x, y=y, words=fitted(node.label, room))
            yield Words(x=plan.words_x, y=y + 20, words=node.note, look="word word-note")


def _node(node: Node, box: _Box, x: int, plan: _Plan) -> Rect:
    return Rect(
        x=x,
        y=box.y,
        width=plan.node_width,
        height=max(box.height, 1),
        look=f"node node-{node.look}",
    )
