"""A file in our own words: a frozen definition, and ballots as our intake would be given them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from talkoot.base.errors import BadFile
from talkoot.base.i18n import Text
from talkoot.base.ids import ElectionId
from talkoot.base.money import CENTS_PER_UNIT, Cents
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    Ballot,
    BallotDefinition,
    Fault,
    Limits,
    Mark,
    ProjectOnBallot,
    Recast,
    VoteType,
    checked,
    in_canonical_order,
)
from talkoot.voting.pabulib.election import PbElection, PbProject, PbVoteType
from talkoot.voting.pabulib.numbers import amount_from, whole_from
from talkoot.voting.pabulib.votes import Cell

_LANGUAGE = re.compile("[a-z]{2}", re.ASCII)

_VOTE_TYPES = {
    PbVoteType.APPROVAL: VoteType.APPROVAL,
    PbVoteType.CHOOSE_1: VoteType.ONE,
    PbVoteType.CUMULATIVE: VoteType.POINTS,
    PbVoteType.SCORING: VoteType.SCORES,
    PbVoteType.ORDINAL: VoteType.RANKING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRefusal:
    """A ballot of the file that the file's own limits do not allow: its line, voter and faults."""

    line: int
    voter: str
    faults: tuple[Fault, ...]

    @property
    def words(self) -> str:
        """All faults in plain English."""
        return " ".join(fault.words for fault in self.faults)


def definition_from(
    pb: PbElection, election_id: ElectionId, allocation: AllocationRule
) -> BallotDefinition:
    """Give the frozen definition that the file describes.

    Raises :class:`BadFile` for money with parts of a cent and for limits that are no numbers.
    """
    budget = _cents(pb.budget, 0)
    return BallotDefinition(
        election_id=election_id,
        title=_text(pb, pb.meta.get("description") or pb.meta.get("instance") or "Pabulib"),
        vote_type=_vote_type(pb),
        limits=_limits(pb),
        projects=tuple(_project(pb, project) for project in pb.projects),
        areas=(),
        budget=budget,
        currency=pb.meta.get("currency") or "XXX",
        allocation=allocation,
        recast=Recast.FIRST_COUNTS,
        ranks=DEFAULT_RANKS,
    )


def _vote_type(pb: PbElection) -> VoteType:
    if pb.vote_type is PbVoteType.APPROVAL and pb.meta.get("max_sum_cost"):
        return VoteType.KNAPSACK
    return _VOTE_TYPES[pb.vote_type]


def _text(pb: PbElection, words: str) -> Text:
    """Words in the file's language; old files write its name out, and then English is assumed."""
    language = pb.meta.get("language", "").lower()
    return {language if _LANGUAGE.fullmatch(language) else "en": words}


def _project(pb: PbElection, project: PbProject) -> ProjectOnBallot:
    return ProjectOnBallot(
        id=project.id,
        name=_text(pb, project.name),
        cost=_cents(project.cost, project.line),
    )


def _cents(amount: Fraction, line: int) -> Cents:
    cents = amount * CENTS_PER_UNIT
    if cents.denominator != 1:
        raise BadFile("an amount of money has parts of a cent", line=line)
    return Cents(int(cents))


def _limits(pb: PbElection) -> Limits:
    """The limits that META declares, with the format's defaults."""
    if pb.vote_type is PbVoteType.CHOOSE_1:
        return Limits(min_choices=1, max_choices=1)
    least, most = _number(pb, "min_length"), _number(pb, "max_length")
    choices = Limits(min_choices=1 if least is None else least, max_choices=most)
    if pb.vote_type is PbVoteType.APPROVAL and (max_cost := pb.meta.get("max_sum_cost")):
        return replace(choices, max_cost=_max_cost(max_cost))
    if pb.vote_type not in (PbVoteType.CUMULATIVE, PbVoteType.SCORING):
        return choices
    return replace(
        choices,
        min_value=max(_number(pb, "min_points") or 0, 0),
        max_value=_number(pb, "max_points"),
        min_sum=_number(pb, "min_sum_points") or 0,
        max_sum=_number(pb, "max_sum_points"),
    )


def _number(pb: PbElection, key: str) -> int | None:
    cell = pb.meta.get(key)
    try:
        return whole_from(cell) if cell else None
    except ValueError as err:
        raise BadFile(f"{key}: {err}") from err


def _max_cost(cell: str) -> Cents:
    try:
        return _cents(amount_from(cell), 0)
    except ValueError as err:
        raise BadFile(f"max_sum_cost: {err}") from err


def ballots_from(pb: PbElection, definition: BallotDefinition) -> Sequence[Ballot]:
    """Give every ballot of the file, row by row, also those that the limits do not allow.

    The definition must be the file's own (:func:`definition_from`).
    """
    ballots = {cell: _ballot(pb, cell, definition) for cell in pb.marks}
    return [ballots[cell] for cell in pb.votes.cells]


def _ballot(pb: PbElection, cell: Cell, definition: BallotDefinition) -> Ballot:
    return in_canonical_order(Ballot(marks=_marks(pb, cell)), definition)


def _marks(pb: PbElection, cell: Cell) -> tuple[Mark, ...]:
    return tuple(
        Mark(project=pb.projects[place].id, value=value) for place, value in pb.marks[cell]
    )


def refused_by_limits(pb: PbElection, definition: BallotDefinition) -> Sequence[LimitRefusal]:
    """Name the ballots that the definition's limits refuse, with line and every fault.

    Real files hold such ballots; they count in the file's own count but cannot pass an intake.
    """
    faults = {cell: checked(_marks(pb, cell), definition) for cell in pb.marks}
    voters = pb.votes.column("voter_id")
    refusals = []
    for cell, line, voter in zip(pb.votes.cells, pb.votes.lines, voters, strict=True):
        found = faults[cell]
        if not isinstance(found, Ballot):
            refusals.append(LimitRefusal(line=line, voter=voter, faults=found))
    return refusals
