"""The running count on a ballot: what is counted, how much there is, and how a page says it."""

from dataclasses import dataclass

from talkoot.voting.ballot import BallotDefinition, Mark, VoteType
from talkoot.web.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What the bar at the foot of the ballot counts, for the page and for its script.

    ``counts`` is ``projects``, ``money`` or ``points``; ``limit`` is 0 where there is none.
    ``says`` holds ``{used}``, ``{limit}`` and ``{left}``; ``over`` is said above the limit.
    """

    counts: str
    limit: int
    used: int
    says: str
    over: str
    group: str
    decimal: str
    unit: str

    @property
    def status(self) -> str:
        """The sentence for what is used now."""
        return self._filled(self.says) + (f" {self.over}" if self.is_over else "")

    @property
    def is_over(self) -> bool:
        """Tell whether more is used than there is."""
        return bool(self.limit) and self.used > self.limit

    @property
    def bar_max(self) -> int:
        """The full length of the bar."""
        return self.limit or max(self.used, 1)

    def _filled(self, template: str) -> str:
        left = max(self.limit - self.used, 0)
        return template.format(
            used=self._written(self.used), limit=self._written(self.limit), left=self._written(left)
        )

    def _written(self, value: int) -> str:
        """Write a number as the script does: grouped, cents only where there are some."""
        if self.counts != "money":
            return f"{value:,}".replace(",", self.group)
        whole, cents = divmod(value, 100)
        written = f"{whole:,}".replace(",", self.group)
        if cents:
            written += f"{self.decimal}{cents:02}"
        return self.unit.replace("#", written)


def running_of(voice: Voice, definition: BallotDefinition, marks: tuple[Mark, ...]) -> Running:
    """Give the count for what is marked now."""
    counts, limit, used = _figures(definition, marks)
    return Running(
        counts=counts,
        limit=limit,
        used=used,
        says=_says(voice, counts, limit),
        over=voice.gettext("Too much: leave some out."),
        group=voice.group_symbol,
        decimal=voice.decimal_symbol,
        unit=voice.money(0, definition.currency).replace("0", "#"),
    )


def _figures(definition: BallotDefinition, marks: tuple[Mark, ...]) -> tuple[str, int, int]:
    limits = definition.limits
    match definition.vote_type:
        case VoteType.KNAPSACK:
            costs = {project.id: project.cost for project in definition.projects}
            bound = definition.budget if limits.max_cost is None else limits.max_cost
            return "money", bound, sum(costs.get(mark.project, 0) for mark in marks)
        case VoteType.POINTS:
            return "points", limits.max_sum or 0, sum(mark.value for mark in marks)
        case VoteType.ONE:
            return "projects", 1, len(marks)
        case _:
            return "projects", limits.max_choices or 0, len(marks)


def _says(voice: Voice, counts: str, limit: int) -> str:
    if counts == "money":
        return voice.gettext("Used {used} of {limit}. Left: {left}.")
    if counts == "points":
        return voice.gettext("Points given: {used} of {limit}. Left: {left}.")
    if limit:
        return voice.gettext("Chosen: {used} of {limit}.")
    return voice.gettext("Chosen: {used}.")
