"""What an allocation rule answers: the winners, how each came about, and why the others did not."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from talkoot.base.ids import ProjectId


class Phase(StrEnum):
    """Which part of the rule funded a project."""

    FREE = "free"
    """It costs nothing and has a supporter (Method of Equal Shares)."""
    RULE = "rule"
    COMPLETION = "completion"
    """Greedy by votes with what the rule left."""


class FateKind(StrEnum):
    """What became of a project."""

    FUNDED = "funded"
    DEARER_THAN_BUDGET = "dearer-than-budget"
    """It costs more than the whole budget; ``missing`` is the difference."""
    NO_SUPPORT = "no-support"
    """No ballot supports it."""
    NOT_AFFORDABLE_LEFT = "not-affordable-left"
    """When its turn came, ``missing`` more than was left would have been needed."""
    TOO_LITTLE_SUPPORT = "too-little-support"
    """Its supporters held ``money_behind`` at the end; ``missing`` is what they lacked."""
    STOPPED_BEFORE = "stopped-before"
    """Phragmen stopped at another project before this one's turn came."""
    COUNTED_ONLY = "counted-only"
    """A poll: nothing is funded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One funded project, in order of selection. Money is in minor units.

    ``measure`` is what the round compared, exactly: for greedy the votes or score (per minor unit
    of cost for greedy-per-cost; ``None`` where the cost is zero); for the Method of Equal Shares
    rho, the highest payment per unit of utility (``None`` where the project was free); for Phragmen
    the load of its supporters (``None`` without supporters).
    ``payers`` counts ballots that paid something, ``short`` those of them that paid all they had
    and less than the full share. ``tied_with`` names the projects that were exactly as good in
    this round, and ``left`` is what remained of the budget.
    ``price`` is what a supporter who was not short paid per unit of value (for an approval: what
    each paid), and ``effective_votes`` is the cost divided by it: the number of supporters who
    could have paid the whole cost at that price (both only for the Method of Equal Shares).
    """

    winner: ProjectId
    phase: Phase
    measure: Fraction | None
    payers: int
    short: int
    tied_with: tuple[ProjectId, ...]
    left: int
    price: Fraction | None = None
    effective_votes: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one project; amounts are exact, in minor units.

    ``out_after`` is the number of rounds (of :attr:`Allocation.rounds`) after which its supporters
    no longer held its cost, 0 where they never did, and ``behind_then`` what they held at that
    moment (both only for the Method of Equal Shares; ``money_behind`` is what they hold last).
    """

    project: ProjectId
    kind: FateKind
    missing: Fraction = Fraction(0)
    money_behind: Fraction | None = None
    out_after: int | None = None
    behind_then: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The outcome of a rule.

    ``steps`` is the number k of Add1 steps tried, one currency unit a voter each: the last one gave
    the first exhaustive outcome, which is returned, or the first infeasible one, and then the
    outcome of step k - 1 is returned (0 without Add1).
    ``ties_broken`` is the number of rounds of the run returned, completion included, in which two
    or more projects were exactly equal best among those that could still be funded, so that the
    tie rule spoke. Projects funded free of cost are no rounds in that sense.
    ``endowment`` is each voter's money in the run returned by the Method of Equal Shares, else
    ``None``.
    ``fates`` follow the listed order.
    """

    winners: tuple[ProjectId, ...]
    rounds: tuple[Round, ...]
    total_cost: int
    steps: int
    ties_broken: int
    endowment: Fraction | None
    fates: tuple[Fate, ...]
