"""What a ballot must be to be cast. Every fault is named, and all of them at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from talkoot.base.ids import ProjectId
from talkoot.voting.ballot.ballot import Ballot, Mark, in_canonical_order
from talkoot.voting.ballot.definition import BallotDefinition
from talkoot.voting.ballot.rules import VoteType

MAX_MARKS_READ = 10_000
MAX_VALUE = 2**31 - 1
"""The most points or score that a count can hold: more is refused before it is cast."""
"""More marks than any ballot can hold: beyond it nobody filled in a form by hand."""


class FaultKind(StrEnum):
    """Why a ballot cannot be cast."""

    EMPTY = "empty"
    TOO_FEW = "too-few"
    TOO_MANY = "too-many"
    UNKNOWN_PROJECT = "unknown-project"
    REPEATED_PROJECT = "repeated-project"
    OVER_BUDGET = "over-budget"
    VALUE_TOO_LOW = "value-too-low"
    VALUE_TOO_HIGH = "value-too-high"
    SUM_TOO_LOW = "sum-too-low"
    SUM_TOO_HIGH = "sum-too-high"
    RANKING_HAS_GAPS = "ranking-has-gaps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a ballot: what, where, what was found and what is allowed.

    ``found`` and ``allowed`` are numbers of projects, points or cents, as the kind says.
    """

    kind: FaultKind
    project: ProjectId | None = None
    found: int = 0
    allowed: int = 0

    @property
    def words(self) -> str:
        """The fault in plain English; pages say the same in the reader's language."""
        return _WORDS[self.kind].format(
            project=self.project,
            found=self.found,
            allowed=self.allowed,
            found_money=f"{self.found // 100}.{self.found % 100:02}",
            allowed_money=f"{self.allowed // 100}.{self.allowed % 100:02}",
        )


_WORDS = {
    FaultKind.EMPTY: "The ballot is empty: choose at least {allowed}.",
    FaultKind.TOO_FEW: "{found} chosen: choose at least {allowed}.",
    FaultKind.TOO_MANY: "{found} chosen: choose at most {allowed}.",
    FaultKind.UNKNOWN_PROJECT: "Project {project} is not on this ballot.",
    FaultKind.REPEATED_PROJECT: "Project {project} is on the ballot {found} times.",
    FaultKind.OVER_BUDGET: "The chosen projects cost {found_money} together; {allowed_money} fit.",
    FaultKind.VALUE_TOO_LOW: "Project {project} was given {found}; the least is {allowed}.",
    FaultKind.VALUE_TOO_HIGH: "Project {project} was given {found}; the most is {allowed}.",
    FaultKind.SUM_TOO_LOW: "{found} points given: give at least {allowed}.",
    FaultKind.SUM_TOO_HIGH: "{found} points given: give at most {allowed}.",
    FaultKind.RANKING_HAS_GAPS: "The places must be 1, 2, 3 ... without a gap or a tie.",
}


def checked(marks: Sequence[Mark], definition: BallotDefinition) -> Ballot | tuple[Fault, ...]:
    """Give the ballot in canonical order, or every fault it has (at least one)."""
    faults = tuple(_faults(marks[:MAX_MARKS_READ], definition))
    if faults:
        return faults
    return in_canonical_order(Ballot(marks=tuple(marks)), definition)


def _faults(marks: Sequence[Mark], definition: BallotDefinition) -> Iterator[Fault]:
    counted = Counter(mark.project for mark in marks)
    for project, times in counted.items():
        if project not in definition.index:
            yield Fault(kind=FaultKind.UNKNOWN_PROJECT, project=project)
        elif times > 1:
            yield Fault(kind=FaultKind.REPEATED_PROJECT, project=project, found=times, allowed=1)
    yield from _number_faults(len(counted), definition)
    known = [mark for mark in marks if mark.project in definition.index]
    match definition.vote_type:
        case VoteType.APPROVAL | VoteType.ONE:
            yield from _approval_value_faults(known)
        case VoteType.KNAPSACK:
            yield from _approval_value_faults(known)
            yield from _cost_faults(known, definition)
        case VoteType.POINTS:
            yield from _value_faults(known, definition)
            yield from _sum_faults(known, definition)
        case VoteType.SCORES:
            yield from _value_faults(known, definition)
        case VoteType.RANKING:
            if sorted(mark.value for mark in marks) != list(range(1, len(marks) + 1)):
                yield Fault(kind=FaultKind.RANKING_HAS_GAPS)
        case _:
            assert_never(definition.vote_type)


def _number_faults(number: int, definition: BallotDefinition) -> Iterator[Fault]:
    limits = definition.limits
    if number == 0 and limits.min_choices > 0:
        yield Fault(kind=FaultKind.EMPTY, allowed=limits.min_choices)
    elif number < limits.min_choices:
        yield Fault(kind=FaultKind.TOO_FEW, found=number, allowed=limits.min_choices)
    if limits.max_choices is not None and number > limits.max_choices:
        yield Fault(kind=FaultKind.TOO_MANY, found=number, allowed=limits.max_choices)


def _approval_value_faults(marks: Sequence[Mark]) -> Iterator[Fault]:
    for mark in marks:
        if mark.value < 1:
            yield _value_fault(FaultKind.VALUE_TOO_LOW, mark, 1)
        if mark.value > 1:
            yield _value_fault(FaultKind.VALUE_TOO_HIGH, mark, 1)


def _value_faults(marks: Sequence[Mark], definition: BallotDefinition) -> Iterator[Fault]:
    limits = definition.limits
    most = MAX_VALUE if limits.max_value is None else min(limits.max_value, MAX_VALUE)
    for mark in marks:
        if mark.value < limits.min_value:
            yield _value_fault(FaultKind.VALUE_TOO_LOW, mark, limits.min_value)
        if mark.value > most:
            yield _value_fault(FaultKind.VALUE_TOO_HIGH, mark, most)


def _value_fault(kind: FaultKind, mark: Mark, allowed: int) -> Fault:
    return Fault(kind=kind, project=mark.project, found=mark.value, allowed=allowed)


def _sum_faults(marks: Sequence[Mark], definition: BallotDefinition) -> Iterator[Fault]:
    total, limits = sum(mark.value for mark in marks), definition.limits
    if marks and total < limits.min_sum:
        yield Fault(kind=FaultKind.SUM_TOO_LOW, found=total, allowed=limits.min_sum)
    if limits.max_sum is not None and total > limits.max_sum:
        yield Fault(kind=FaultKind.SUM_TOO_HIGH, found=total, allowed=limits.max_sum)


def _cost_faults(marks: Sequence[Mark], definition: BallotDefinition) -> Iterator[Fault]:
    bound = definition.budget if definition.limits.max_cost is None else definition.limits.max_cost
    chosen = {mark.project for mark in marks}
    total = sum(project.cost for project in definition.projects if project.id in chosen)
    if total > bound:
        yield Fault(kind=FaultKind.OVER_BUDGET, found=total, allowed=bound)
