"""What a ``.pb`` file holds, read and checked but not yet translated into our own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import lcm

from talkoot.base.ids import ProjectId

MINOR_UNITS = 100
"""Money is counted in cents at least; in finer parts where a file has them."""

Cell = tuple[str, str]
"""The raw ``vote`` and ``points`` cells of a ballot: what is the same there is the same ballot."""

Marks = tuple[tuple[int, int], ...]
"""A ballot as read: (place of the project in the file, value) in the ballot's order.

The value is 1 for an approval, the points or score given, the place from 1 in a ranking.
"""


class PbVoteType(StrEnum):
    """META ``vote_type``."""

    APPROVAL = "approval"
    ORDINAL = "ordinal"
    CUMULATIVE = "cumulative"
    SCORING = "scoring"
    CHOOSE_1 = "choose-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something odd that does not stop the reading; ``line`` counts from 1, 0 is the whole file."""

    line: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PbProject:
    """A row of PROJECTS: ``cost`` in currency units, all cells by column name, and its line."""

    id: ProjectId
    cost: Fraction
    columns: Mapping[str, str]
    line: int

    @property
    def name(self) -> str:
        """The project's name, or its number where the file gives none."""
        return self.columns.get("name", "") or self.id


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PbVotes:
    """The rows of VOTES as they stand: cells by the header's columns, and each row's line."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    cells: tuple[Cell, ...]

    def column(self, name: str) -> tuple[str, ...]:
        """Give one column, row by row; empty text where a row is shorter.

        Raises ``KeyError`` for a column that the file does not have.
        """
        if name not in self.header:
            raise KeyError(name)
        at = self.header.index(name)
        return tuple(row[at].strip() if at < len(row) else "" for row in self.rows)


@dataclass(frozen=True, kw_only=True, eq=False)
class PbElection:
    """A whole file. ``marks`` reads each different ballot once; ``counts`` says how many it is."""

    meta: Mapping[str, str]
    vote_type: PbVoteType
    budget: Fraction
    projects: tuple[PbProject, ...]
    votes: PbVotes
    marks: Mapping[Cell, Marks]
    counts: Mapping[Cell, int]
    remarks: tuple[Remark, ...]

    @cached_property
    def minor_units(self) -> int:
        """How many minor units make a currency unit, so that all money is in whole numbers."""
        amounts = (self.budget, *(project.cost for project in self.projects))
        return lcm(MINOR_UNITS, *(amount.denominator for amount in amounts))

    @property
    def ballots(self) -> int:
        """The number of ballots, empty ones included."""
        return len(self.votes.rows)
