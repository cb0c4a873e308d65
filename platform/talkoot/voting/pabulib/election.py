"""What a ``.pb`` file holds, read and checked but not yet translated into our own words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import NamedTuple, Protocol

from talkoot.base.ids import ProjectId
from talkoot.voting.pabulib.votes import Cell, Marks, PbVotes

MINOR_UNITS = 100
"""Money is counted in cents at least; in finer parts where a file has them."""


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


class Places(NamedTuple):
    """The columns of VOTES that count, from 0; ``points`` is -1 where the type has none."""

    voter: int
    vote: int
    points: int


class Found(Protocol):
    """The rows of VOTES told apart, before anything in them is understood."""

    def votes(
        self, places: Places, vote_type: PbVoteType, projects: tuple[PbProject, ...]
    ) -> tuple[PbVotes, Iterable[Remark]]:
        """Read the ballots, and what is odd about some of them.

        Raises :class:`BadFile` naming the first row that is no ballot of a new voter, and after
        that the first ballot that cannot be read.
        """


@dataclass(frozen=True, kw_only=True, eq=False)
class PbElection:
    """A whole file."""

    meta: Mapping[str, str]
    vote_type: PbVoteType
    budget: Fraction
    projects: tuple[PbProject, ...]
    votes: PbVotes
    remarks: tuple[Remark, ...]

    @cached_property
    def minor_units(self) -> int:
        """How many minor units make a currency unit, so that all money is in whole numbers."""
        amounts = (self.budget, *(project.cost for project in self.projects))
        return lcm(MINOR_UNITS, *(amount.denominator for amount in amounts))

    @property
    def ballots(self) -> int:
        """The number of ballots, empty ones included."""
        return len(self.votes)

    @property
    def marks(self) -> Mapping[Cell, Marks]:
        """Each different ballot, read once."""
        return self.votes.marks

    @property
    def counts(self) -> Mapping[Cell, int]:
        """How many ballots there are of each."""
        return self.votes.counts
