"""Write a ``.pb`` file as the format's own checker wants it: UTF-8 without BOM, LF, no blanks."""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import assert_never

import numpy as np
import numpy.typing as npt

from talkoot.base.i18n import Text
from talkoot.base.ids import ProjectId
from talkoot.base.money import CENTS_PER_UNIT
from talkoot.voting.ballot import (
    BallotDefinition,
    Purpose,
    VoteType,
)
from talkoot.voting.pabulib.rules import rule_words
from talkoot.voting.tally import Profile, Tally, tally_of

I64 = npt.NDArray[np.int64]

_VOTE_TYPES = {
    VoteType.APPROVAL: "approval",
    VoteType.KNAPSACK: "approval",
    VoteType.ONE: "choose-1",
    VoteType.POINTS: "cumulative",
    VoteType.SCORES: "scoring",
    VoteType.RANKING: "ordinal",
}
_SCORED = {VoteType.POINTS, VoteType.SCORES}


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
    profile: Profile,
    winners: Collection[ProjectId],
    head: PbHead,
) -> str:
    """Give the text of the file: a row a ballot, sorted by what the ballots say.

    ``profile`` holds this election's ballots; voters are numbered from 1 in that order, which tells
    nothing about anyone.

    Raises ``ValueError`` for what the format cannot say: a project number with a comma or blanks at
    its ends.
    """
    for project in definition.projects:
        if "," in project.id or project.id != project.id.strip():
            raise ValueError(f"project number {project.id!r} cannot stand in a list")
    out = io.StringIO(newline="")
    sheet = csv.writer(out, delimiter=";", lineterminator="\n")
    sheet.writerows([["META"], ["key", "value"]])
    sheet.writerows([key, _clean(value)] for key, value in _meta(definition, profile, head))
    sheet.writerow(["PROJECTS"])
    sheet.writerows(_projects(definition, tally_of(profile), winners, head))
    sheet.writerow(["VOTES"])
    out.writelines(_votes(definition, profile))
    return out.getvalue()


def _meta(
    definition: BallotDefinition, profile: Profile, head: PbHead
) -> Iterator[tuple[str, str]]:
    yield "description", _said(definition.title, head.language)
    yield "country", head.country
    yield "unit", head.unit
    yield "instance", head.instance
    yield "num_projects", str(len(definition.projects))
    yield "num_votes", str(profile.ballots)
    yield "budget", _money(definition.budget)
    yield "vote_type", _VOTE_TYPES[definition.vote_type]
    yield from rule_words(definition)
    yield "date_begin", head.begin.strftime("%d.%m.%Y")
    yield "date_end", head.end.strftime("%d.%m.%Y")
    for key, number in _limits(definition, profile):
        if number is not None:
            yield key, number
    yield "language", head.language
    yield "currency", definition.currency
    if definition.purpose is Purpose.UNVERIFIED_POLL:
        yield "comment", f"#1: {definition.purpose.label}"
    if sum(project.cost for project in definition.projects) <= definition.budget:
        yield "fully_funded", "1"


def _limits(definition: BallotDefinition, profile: Profile) -> list[tuple[str, str | None]]:
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
    if kind in _SCORED:
        found.append(("min_points", str(limits.min_value)))
        found.append(("max_points", _optional(limits.max_value)))
    if kind is VoteType.POINTS:
        used = int(np.diff(np.append(0, profile.values.cumsum())[profile.indptr]).max(initial=0))
        found.append(("min_sum_points", str(limits.min_sum)))
        found.append(("max_sum_points", str(used if limits.max_sum is None else limits.max_sum)))
    return found


def _optional(number: int | None) -> str | None:
    return None if number is None else str(number)


def _projects(
    definition: BallotDefinition,
    tally: Tally,
    winners: Collection[ProjectId],
    head: PbHead,
) -> Iterator[list[str]]:
    scored = definition.vote_type in _SCORED
    yield ["project_id", "cost", "votes", *(["score"] if scored else []), "name", "selected"]
    for project, votes, score in zip(definition.projects, tally.votes, tally.score, strict=True):
        yield [
            project.id,
            _money(project.cost),
            str(votes),
            *([str(score)] if scored else []),
            _clean(_said(project.name, head.language)) or project.id,
            "1" if project.id in winners else "0",
        ]


def _votes(definition: BallotDefinition, profile: Profile) -> Iterator[str]:
    """The lines of the ballots: each different ballot is put into words once."""
    scored = definition.vote_type in _SCORED
    yield "voter_id;vote;points\n" if scored else "voter_id;vote\n"
    number = 1
    for group in _groups_by_content(profile, definition.vote_type).tolist():
        marks = _in_file_order(profile, definition.vote_type, group)
        cells = [",".join(profile.projects[place] for place, _ in marks)]
        if scored:
            cells.append(",".join(str(value) for _, value in marks))
        after, end = number + int(profile.weights[group]), _line("", *cells)
        yield from (f"{voter}{end}" for voter in range(number, after))
        number = after


def _line(*cells: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\n").writerow(cells)
    return out.getvalue()


def _groups_by_content(profile: Profile, vote_type: VoteType) -> I64:
    """The groups in the order of their ballots' bytes: shorter ballots first, then mark by mark.

    A profile's groups are sorted by projects and values already. A ranking's bytes name the first
    preference first, so that those groups are sorted anew within each length.
    """
    lengths = np.diff(profile.indptr)
    by_length = np.argsort(lengths, kind="stable")
    if vote_type is not VoteType.RANKING:
        return by_length
    found = [np.empty(0, dtype=np.int64)]
    for length in np.unique(lengths).tolist():
        groups = by_length[lengths[by_length] == length]
        cells = profile.indptr[groups][:, None] + np.arange(length)
        preferred = np.argsort(-profile.values[cells], axis=1, kind="stable")
        places = np.take_along_axis(profile.items[cells], preferred, axis=1)
        found.append(groups[np.lexsort(places.T[::-1])] if length else groups)
    return np.concatenate(found)


def _in_file_order(profile: Profile, vote_type: VoteType, group: int) -> list[tuple[int, int]]:
    """A ballot's places and values: points, scores and preferences falling, approvals as listed."""
    some = slice(int(profile.indptr[group]), int(profile.indptr[group + 1]))
    marks = list(zip(profile.items[some].tolist(), profile.values[some].tolist(), strict=True))
    match vote_type:
        case VoteType.POINTS | VoteType.SCORES | VoteType.RANKING:
            return sorted(marks, key=lambda mark: (-mark[1], mark[0]))
        case VoteType.APPROVAL | VoteType.KNAPSACK | VoteType.ONE:
            return marks
        case _:
            assert_never(vote_type)


def _money(cents: int) -> str:
    whole, rest = divmod(cents, CENTS_PER_UNIT)
    return f"{whole}.{rest:02}" if rest else str(whole)


def _said(text: Text, language: str) -> str:
    return text.get(language) or text[min(text)]


def _clean(words: str) -> str:
    """One line, without blanks at its ends or doubled inside."""
    return " ".join(words.split())
