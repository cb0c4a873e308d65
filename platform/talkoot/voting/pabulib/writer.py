"""Write a ``.pb`` file as the format's own checker wants it: UTF-8 without BOM, LF, no blanks."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from talkoot.base.i18n import Text
from talkoot.base.ids import ProjectId
from talkoot.base.money import CENTS_PER_UNIT
from talkoot.voting.ballot import (
    AllocationRule,
    Ballot,
    BallotDefinition,
    Completion,
    Endowment,
    Rule,
    Stop,
    TieRule,
    VoteType,
)

_VOTE_TYPES = {
    VoteType.APPROVAL: "approval",
    VoteType.KNAPSACK: "approval",
    VoteType.ONE: "choose-1",
    VoteType.POINTS: "cumulative",
    VoteType.SCORES: "scoring",
    VoteType.RANKING: "ordinal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PbHead:
    """What a file says of itself besides the definition.

    ``country`` is a country's English name, ``unit`` the municipality, ``instance`` the year or
    edition; ``language`` chooses the words of a text written in several.
    """

    country: str
    unit: str
    instance: str
    begin: date
    end: date
    language: str = "en"


def pb_text(
    definition: BallotDefinition,
    ballots: Sequence[Ballot],
    winners: Collection[ProjectId],
    head: PbHead,
) -> str:
    """Give the text of the file. Voters are numbered from 1 in the order given.

    Raises ``ValueError`` for what the format cannot say: a project number with a comma or blanks at
    its ends.
    """
    for project in definition.projects:
        if "," in project.id or project.id != project.id.strip():
            raise ValueError(f"project number {project.id!r} cannot stand in a list")
    out = io.StringIO(newline="")
    sheet = csv.writer(out, delimiter=";", lineterminator="\n")
    sheet.writerows([["META"], ["key", "value"]])
    sheet.writerows([key, _clean(value)] for key, value in _meta(definition, ballots, head))
    sheet.writerow(["PROJECTS"])
    sheet.writerows(_projects(definition, ballots, winners, head))
    sheet.writerow(["VOTES"])
    sheet.writerows(_votes(definition, ballots))
    return out.getvalue()


def _meta(
    definition: BallotDefinition, ballots: Sequence[Ballot], head: PbHead
) -> Iterator[tuple[str, str]]:
    yield "description", _said(definition.title, head.language)
    yield "country", head.country
    yield "unit", head.unit
    yield "instance", head.instance
    yield "num_projects", str(len(definition.projects))
    yield "num_votes", str(len(ballots))
    yield "budget", _money(definition.budget)
    yield "vote_type", _VOTE_TYPES[definition.vote_type]
    yield "rule", _rule(definition.allocation)
    yield "date_begin", head.begin.strftime("%d.%m.%Y")
    yield "date_end", head.end.strftime("%d.%m.%Y")
    for key, number in _limits(definition, ballots):
        if number is not None:
            yield key, number
    yield "language", head.language
    yield "currency", definition.currency
    if sum(project.cost for project in definition.projects) <= definition.budget:
        yield "fully_funded", "1"


def _limits(
    definition: BallotDefinition, ballots: Sequence[Ballot]
) -> list[tuple[str, str | None]]:
    limits, kind = definition.limits, definition.vote_type
    if kind is VoteType.ONE:
        return [("min_length", "1"), ("max_length", "1")]
    most = None if limits.max_choices is None else str(definition.capacity)
    found: list[tuple[str, str | None]] = [
        ("min_length", str(limits.min_choices)),
        ("max_length", most),
    ]
    if kind is VoteType.KNAPSACK:
        bound = definition.budget if limits.max_cost is None else limits.max_cost
        found.append(("max_sum_cost", _money(bound)))
    if kind in (VoteType.POINTS, VoteType.SCORES):
        found.append(("min_points", str(limits.min_value)))
        found.append(("max_points", _optional(limits.max_value)))
    if kind is VoteType.POINTS:
        used = max((sum(mark.value for mark in b.marks) for b in ballots), default=0)
        found.append(("min_sum_points", str(limits.min_sum)))
        found.append(("max_sum_points", str(used if limits.max_sum is None else limits.max_sum)))
    return found


def _optional(number: int | None) -> str | None:
    return None if number is None else str(number)


def _rule(allocation: AllocationRule) -> str:
    """The format's word for a rule, where it means exactly this rule with all its parameters."""
    equal_shares = (
        allocation.rule is Rule.MES_COST
        and allocation.endowment is Endowment.FLOOR
        and allocation.tie is TieRule.CHEAPER
    )
    if equal_shares and allocation.completion is Completion.NONE:
        return "equalshares"
    if equal_shares and (allocation.completion, allocation.stop) == (
        Completion.ADD1,
        Stop.INFEASIBLE,
    ):
        return "equalshares/add1"
    if allocation.rule is Rule.GREEDY:
        return "greedy"
    return "unknown"


def _projects(
    definition: BallotDefinition,
    ballots: Sequence[Ballot],
    winners: Collection[ProjectId],
    head: PbHead,
) -> Iterator[list[str]]:
    scored = definition.vote_type in (VoteType.POINTS, VoteType.SCORES)
    votes = Counter(mark.project for ballot in ballots for mark in ballot.marks)
    score: Counter[ProjectId] = Counter()
    for ballot in ballots if scored else ():
        score.update({mark.project: mark.value for mark in ballot.marks})
    yield ["project_id", "cost", "votes", *(["score"] if scored else []), "name", "selected"]
    for project in definition.projects:
        yield [
            project.id,
            _money(project.cost),
            str(votes[project.id]),
            *([str(score[project.id])] if scored else []),
            _clean(_said(project.name, head.language)) or project.id,
            "1" if project.id in winners else "0",
        ]


def _votes(definition: BallotDefinition, ballots: Sequence[Ballot]) -> Iterator[list[str]]:
    scored = definition.vote_type in (VoteType.POINTS, VoteType.SCORES)
    yield ["voter_id", "vote", *(["points"] if scored else [])]
    for number, ballot in enumerate(ballots, start=1):
        marks = _in_file_order(definition, ballot)
        row = [str(number), ",".join(mark[0] for mark in marks)]
        yield [*row, ",".join(str(mark[1]) for mark in marks)] if scored else row


def _in_file_order(definition: BallotDefinition, ballot: Ballot) -> list[tuple[ProjectId, int]]:
    """Points and scores falling, rankings by place, approvals as listed."""
    marks = [(mark.project, mark.value) for mark in ballot.marks]
    index = definition.index
    match definition.vote_type:
        case VoteType.POINTS | VoteType.SCORES:
            return sorted(marks, key=lambda mark: (-mark[1], index[mark[0]]))
        case VoteType.RANKING:
            return sorted(marks, key=lambda mark: mark[1])
        case VoteType.APPROVAL | VoteType.KNAPSACK | VoteType.ONE:
            return sorted(marks, key=lambda mark: index[mark[0]])
        case _:
            assert_never(definition.vote_type)


def _money(cents: int) -> str:
    whole, rest = divmod(cents, CENTS_PER_UNIT)
    return f"{whole}.{rest:02}" if rest else str(whole)


def _said(text: Text, language: str) -> str:
    return text.get(language) or text[min(text)]


def _clean(words: str) -> str:
    """One line, without blanks at its ends or doubled inside."""
    return " ".join(words.split())
