"""Ballots are opened: from their bytes to choices, and which of them are spoiled."""

from dataclasses import dataclass
from typing import assert_never

import numpy as np
import numpy.typing as npt

from talkoot.base.engine import Engine
from talkoot.voting.ballot import BallotDefinition, VoteType, padded_length
from talkoot.voting.tally.choices import SHORT_ITEMS, Choices
from talkoot.voting.tally.opened_reference import opened_one_by_one

U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]

_UNBOUNDED = 2**62 - 1
"""More than any sum of values that fit 32 bits, and than any money that is counted here."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opened:
    """Ballots after opening: ``choices``, one row each, and ``spoiled``, uint8 (n,).

    ``spoiled`` is 0 for a valid ballot and 1 for one that is not canonical or not allowed; its row
    of choices is empty. A valid ballot's row may be empty as well: a blank ballot.
    """

    choices: Choices
    spoiled: U8


def opened(
    raw: U8, at: I64, length: I64, definition: BallotDefinition, *, engine: Engine = Engine.KERNELS
) -> Opened:
    """Open ballots whose bytes lie in ``raw`` (bytes,) from ``at`` (n,) on, ``length`` (n,) each.

    A ballot is spoiled unless its bytes are canonical and the definition allows its marks; a value
    of 2^31 or more spoils it too. Raises ``ValueError`` where a ballot lies outside ``raw``.
    """
    if len(at) != len(length) or np.any(at < 0) or np.any(length < 0):
        raise ValueError("places and lengths of ballots do not fit together")
    if len(at) and int((at + length).max()) > len(raw):
        raise ValueError("a ballot lies outside of the bytes")
    if engine is Engine.TWINS or not _fits_kernels(definition):
        whats = (
            raw[start : start + size].tobytes()
            for start, size in zip(at.tolist(), length.tolist(), strict=True)
        )
        choices, spoiled = opened_one_by_one(whats, definition)
        return Opened(choices=choices, spoiled=spoiled)
    return _opened(raw, at, length, definition)


def _opened(raw: U8, at: I64, length: I64, definition: BallotDefinition) -> Opened:
    from talkoot.voting.tally.opened_kernels import ballots_checked, choices_filled

    rules, costs = _rules_of(definition)
    seen = np.full(len(costs), -1, dtype=np.int64)
    indptr = np.zeros(len(at) + 1, dtype=np.int64)
    spoiled = np.empty(len(at), dtype=np.uint8)
    ballots_checked(raw, at, length, rules, costs, seen, indptr[1:], spoiled)
    np.cumsum(indptr, out=indptr)
    marks = int(indptr[-1])
    short = len(costs) <= SHORT_ITEMS
    items = np.empty(marks, dtype=np.uint16) if short else np.empty(marks, dtype=np.uint32)
    valued = definition.vote_type not in _APPROVING
    values = np.empty(marks if valued else 0, dtype=np.int32)
    choices_filled(raw, at, int(rules[0]), indptr, items, values)
    return Opened(
        choices=Choices(indptr=indptr, items=items, values=values if valued else None),
        spoiled=spoiled,
    )


_APPROVING = {VoteType.APPROVAL, VoteType.KNAPSACK, VoteType.ONE}


def _most_cost(definition: BallotDefinition) -> int | None:
    """The bound on what a ballot's projects cost together; ``None``: it cannot be passed."""
    if definition.vote_type is not VoteType.KNAPSACK:
        return None
    limits, all_costs = definition.limits, sum(project.cost for project in definition.projects)
    bound = definition.budget if limits.max_cost is None else limits.max_cost
    return None if all_costs <= bound else bound


def _fits_kernels(definition: BallotDefinition) -> bool:
    """Whether a ballot's cost fits 64 bits: the slow twin counts in whole numbers of any size."""
    most = _most_cost(definition)
    return most is None or most < _UNBOUNDED


def _rules_of(definition: BallotDefinition) -> tuple[I64, I64]:
    """The ballot's rules and the projects' costs as the kernels read them."""
    from talkoot.voting.tally import opened_kernels as kernels

    limits, most_cost = definition.limits, _most_cost(definition)
    rules = np.zeros(kernels.RULES, dtype=np.int64)
    rules[kernels.LENGTH] = padded_length(definition)
    rules[kernels.CAPACITY] = definition.capacity
    rules[kernels.MIN_CHOICES] = _bounded(limits.min_choices)
    rules[kernels.MAX_VALUE] = rules[kernels.MAX_SUM] = _UNBOUNDED
    rules[kernels.MAX_COST] = _UNBOUNDED if most_cost is None else most_cost
    match definition.vote_type:
        case VoteType.APPROVAL | VoteType.ONE | VoteType.KNAPSACK:
            rules[kernels.KIND] = kernels.APPROVED
        case VoteType.RANKING:
            rules[kernels.KIND] = kernels.RANKED
        case VoteType.POINTS | VoteType.SCORES:
            rules[kernels.KIND] = kernels.BOUNDED
            rules[kernels.MIN_VALUE] = _bounded(limits.min_value)
            rules[kernels.MAX_VALUE] = _bounded(limits.max_value)
        case _:
            assert_never(definition.vote_type)
    if definition.vote_type is VoteType.POINTS:
        rules[kernels.MIN_SUM] = _bounded(limits.min_sum)
        rules[kernels.MAX_SUM] = _bounded(limits.max_sum)
    most = 0 if most_cost is None else most_cost + 1
    costs = [min(int(project.cost), most) for project in definition.projects]
    return rules, np.array(costs, dtype=np.int64)


def _bounded(number: int | None) -> int:
    """A limit as 64 bits hold it: beyond :data:`_UNBOUNDED` nothing is left to tell apart."""
    return _UNBOUNDED if number is None else max(-_UNBOUNDED, min(number, _UNBOUNDED))
