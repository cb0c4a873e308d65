"""What an allocation rule answers: the winners, how each came about, and why the others did not."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from talkoot.base.ids import AreaCode, ProjectId


class Phase(StrEnum):
    """Which part of the rule funded a project."""

    FREE = "free"
    """It costs nothing and has a supporter (Method of Equal Shares)."""
    RULE = "rule"
    COMPLETION = "completion"
    """Greedy by votes with what the rule left."""
    COMPARISON = "comparison"
    """Greedy by votes, whose outcome stands because more voters fare better with it."""


class TieBy(StrEnum):
    """What decided between exactly equal projects."""

    CHEAPER = "cheaper"
    VOTES = "votes"
    LOT = "lot"
    LISTED = "listed"


class FateKind(StrEnum):
    """What became of a project. The first that holds, in this order, is told."""

    FUNDED = "funded"
    COUNTED_ONLY = "counted-only"
    """A poll: nothing is funded."""
    DEARER_THAN_BUDGET = "dearer-than-budget"
    """It costs more than the whole budget (of its pot); ``missing`` is the difference."""
    NO_SUPPORT = "no-support"
    """No ballot supports it."""
    BELOW_MIN_SUPPORT = "below-min-support"
    """It has ``missing_votes`` fewer votes (points) than a project needs to take part."""
    NOT_ELIGIBLE = "not-eligible"
    """It has ``missing_votes`` fewer votes than a project of its cost needs to take part."""
    EXCLUDED = "excluded"
    """``blocked_by`` was funded, and of the two only one can be."""
    NOT_AFFORDABLE_LEFT = "not-affordable-left"
    """When its turn came, ``missing`` more than was left would have been needed."""
    TOO_LITTLE_SUPPORT = "too-little-support"
    """Its supporters held ``money_behind`` at the end; ``missing`` is what they lacked."""
    STOPPED_BEFORE = "stopped-before"
    """The rule ended at ``blocked_by``, which did not fit, before this one's turn came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One funded project, in order of selection. Money is in minor units.

    ``measure`` is what the round compared, exactly: for greedy the votes or score (per minor unit
    of cost for greedy-per-cost; ``None`` where the cost is zero); for the Method of Equal Shares
    rho, the highest payment per unit of utility (``None`` where the project was free); for Phragmen
    the load of its supporters (``None`` without supporters).
    ``payers`` counts ballots that paid something, ``short`` those of them that paid all they had
    and less than the full share. ``tied_with`` names the projects that were exactly as good in
    this round, ``tie_by`` what decided between the winner and the next of them, and ``left`` is
    what remained of the budget, of that of the ``pot`` (the area's, ``None`` for the whole town's)
    where there are pots.
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
    tie_by: TieBy | None = None
    pot: AreaCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one project; amounts are exact, in minor units.

    ``money_behind``: what its supporters held at the end (Method of Equal Shares). There,
    ``out_after`` is the number of rounds (of its pot) after which they no longer held its cost, 0
    where they never did, and ``behind_then`` what they held at that moment.
    ``missing_votes``: by how many votes (points) it missed. Below a minimum, so many more let it
    take part. Where projects are taken by votes, so many more, all else unchanged, fund it; fewer
    do not. ``blocked_by``: what excluded it, where the rule ended before it, or else the project
    that it then would have come before.
    """

    project: ProjectId
    kind: FateKind
    missing: Fraction = Fraction(0)
    money_behind: Fraction | None = None
    missing_votes: int | None = None
    blocked_by: ProjectId | None = None
    out_after: int | None = None
    behind_then: Fraction | None = None
    pot: AreaCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The comparison of the rule's outcome with greedy by votes.

    ``greedy`` voters have more funded choices under greedy, ``rule`` voters under the rule;
    ``rejected`` are the winners of the outcome that does not stand.
    """

    greedy: int
    rule: int
    rejected: tuple[ProjectId, ...]

    @property
    def greedy_stands(self) -> bool:
        """Whether strictly more voters fare better under greedy."""
        return self.greedy > self.rule


@dataclass(frozen=True, slots=True, kw_only=True)
class PotOutcome:
    """What became of a pot, or of the whole budget where there are no pots.

    ``budget`` is its own money, ``brought`` what areas left to it, ``spent`` what its projects
    take. ``ballots``: with pots those that name at least one of its projects, else all. ``steps``
    and ``endowment`` as in :class:`Allocation`.
    """

    area: AreaCode | None
    budget: int
    brought: int
    spent: int
    ballots: int
    steps: int
    endowment: Fraction | None
    compared: Compared | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The outcome of a rule.

    ``steps`` is the number k of Add1 steps tried, one currency unit a voter each: the last one gave
    the first exhaustive outcome, which is returned, or the first infeasible one, and then the
    outcome of step k - 1 is returned (0 without Add1, the sum over all pots where there are pots).
    ``ties_broken`` is the number of rounds of the run returned, completion included, in which two
    or more projects were exactly equal best among those that could still be funded, so that the
    tie rule spoke. Projects funded free of cost are no rounds in that sense.
    ``endowment`` is each voter's money in the run returned by the Method of Equal Shares, else
    ``None``; with more than one pot every pot has its own, and this is ``None``.
    ``fates`` follow the listed order, ``rounds`` and ``winners`` the order of selection, one pot
    after another; ``pots`` the order in which they were decided, the whole town's last.
    """

    winners: tuple[ProjectId, ...]
    rounds: tuple[Round, ...]
    total_cost: int
    steps: int
    ties_broken: int
    endowment: Fraction | None
    fates: tuple[Fate, ...]
    pots: tuple[PotOutcome, ...] = ()
