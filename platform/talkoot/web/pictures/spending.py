"""How the budget was spent: step by step where votes decide, as a flow where shares pay."""

from collections.abc import Sequence

from talkoot.voting.results import Result, Step
from talkoot.web.pictures.flow import Node, Stream, flow_drawn
from talkoot.web.pictures.kinds import Paying, paying_of
from talkoot.web.pictures.rows import FULL, Bar, Line, lines_drawn
from talkoot.web.pictures.shapes import Figure, spread
from talkoot.web.voice import Voice

MOST = 24
"""Lines of a picture: more than these are drawn as one, and stand in the table one by one."""

BY_SHARES = ("free", "rule")
"""The phases in which voters' own money pays."""
BY_VOTES = ("completion", "comparison")
"""The phases in which projects are taken by votes."""


def spending_figure(voice: Voice, result: Result) -> Figure | None:
    """Draw the budget; nothing where nothing is funded or the steps are not known."""
    if not result.rounds or not result.budget:
        return None
    if paying_of(result) is not Paying.NOBODY:
        drawings = flow_drawn("spending", *_flow(voice, result))
    else:
        drawings = lines_drawn("spending", _stairs(voice, result))
    return Figure(
        title=voice.gettext("How the money was shared"),
        description=_in_words(voice, result),
        drawings=drawings,
    )


def sources_of(voice: Voice, result: Result) -> tuple[Node, ...]:
    """Give where the money of a flow comes from, what is left over last. Without empty ones."""
    return tuple(node for node, amount in _sources(voice, result) if amount)


def _sources(voice: Voice, result: Result) -> list[tuple[Node, int]]:
    more = sum(step.cost for step in result.rounds if step.phase in BY_VOTES)
    shares = result.spent - more
    left = result.budget - result.spent

    def node(label: str, amount: int, look: str) -> tuple[Node, int]:
        note = voice.money(amount, result.currency)
        return Node(label=label, note=note, look=look), amount

    return [
        node(voice.gettext("Paid from the voters’ shares"), shares, "shares"),
        node(voice.gettext("Paid from the remaining money, by votes"), more, "more"),
        node(voice.gettext("Left over"), left, "left"),
    ]


def _flow(voice: Voice, result: Result) -> tuple[Sequence[Node], Sequence[Node], Sequence[Stream]]:
    sources = _sources(voice, result)
    kept = [at for at, (_, amount) in enumerate(sources) if amount]
    targets: list[Node] = []
    streams: list[Stream] = []
    for label, amount, source in _targets(voice, result):
        if source in kept:
            streams.append(Stream(source=kept.index(source), target=len(targets), amount=amount))
            note = voice.money(amount, result.currency)
            targets.append(Node(label=label, note=note, look=sources[source][0].look))
    return [sources[at][0] for at in kept], targets, streams


def _targets(voice: Voice, result: Result) -> list[tuple[str, int, int]]:
    """Give label, amount and source of each target; many small ones of a source as one."""
    found = []
    for source, phases in enumerate((BY_SHARES, BY_VOTES)):
        steps = [step for step in result.rounds if step.phase in phases and step.cost]
        found += [(*one, source) for one in _together(voice, result, steps)]
    left = result.budget - result.spent
    return [*found, (voice.gettext("Left over"), left, 2)]


def _together(voice: Voice, result: Result, steps: Sequence[Step]) -> list[tuple[str, int]]:
    """Give the first projects one by one and, where they are many, the rest as one."""
    names = {project.number: voice.said(project.name).words for project in result.projects}
    some = steps if len(steps) <= MOST else steps[: MOST - 1]
    rest = steps[len(some) :]
    found = [(names[step.number], step.cost) for step in some]
    if rest:
        words = voice.ngettext("%(n)s more project", "%(n)s more projects", len(rest))
        found.append((words, sum(step.cost for step in rest)))
    return found


def _stairs(voice: Voice, result: Result) -> list[Line]:
    """Give a line for each step: what was spent before it, and what it takes of the budget."""
    steps = [step for step in result.rounds if step.cost]
    found = [*_together(voice, result, steps)]
    found.append((voice.gettext("Left over"), result.budget - result.spent))
    ends = spread([amount for _, amount in found], result.budget, FULL)
    return [
        Line(
            label=label,
            note=voice.money(amount, result.currency),
            bars=(
                Bar(start=0, length=start, look="spent"),
                Bar(start=start, length=end - start, look=look),
            ),
        )
        for (label, amount), start, end, look in zip(
            found,
            [0, *ends],
            ends,
            ["taken"] * (len(found) - 1) + ["left"],
            strict=False,
        )
    ]


def _in_words(voice: Voice, result: Result) -> str:
    parts = [f"{node.label}: {node.note}." for node in sources_of(voice, result)]
    if paying_of(result) is Paying.NOBODY:
        parts = parts[-1:] if result.budget > result.spent else []
    steps = [step for step in result.rounds if step.cost]
    named = [
        f"{label}: {voice.money(amount, result.currency)}."
        for label, amount in _together(voice, result, steps)
    ]
    return " ".join([*named, *parts])
