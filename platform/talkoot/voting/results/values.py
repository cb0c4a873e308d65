"""A published result: frozen, complete, and the same bytes for whoever counts again."""

from enum import StrEnum

import msgspec

from talkoot.base.i18n import Text
from talkoot.voting.results.figures import (
    Alternative,
    AreaTable,
    ChannelTable,
    PotResult,
    Step,
)


class Fate(StrEnum):
    """What became of a project, so that a page can say it in a sentence."""

    FUNDED = "funded"
    """By the rule itself."""
    FUNDED_BY_COMPLETION = "funded-by-completion"
    """By votes, from the money that the rule left over."""
    NOT_ENOUGH_LEFT = "not-enough-left"
    """When its turn came it cost ``missing`` cents more than what was left."""
    TOO_LITTLE_SUPPORT = "too-little-support"
    """Its supporters' shares were ``missing`` cents short of its cost."""
    DEARER_THAN_BUDGET = "dearer-than-budget"
    """It alone costs ``missing`` cents more than the whole budget."""
    NO_VOTES = "no-votes"
    """Nobody chose it."""
    BELOW_MIN_SUPPORT = "below-min-support"
    """It has ``missing_votes`` fewer votes (points) than a project needs to take part."""
    NOT_ELIGIBLE = "not-eligible"
    """It has ``missing_votes`` fewer votes than a project of its cost needs to take part."""
    EXCLUDED = "excluded"
    """``blocked_by`` is funded, and of the two only one can be."""
    STOPPED_BEFORE = "stopped-before"
    """The rule ended at ``blocked_by``, which no longer fitted."""
    COUNTED = "counted"
    """An option of a poll: counted, and nothing is funded."""


class ProjectResult(msgspec.Struct, frozen=True, kw_only=True):
    """One project's figures. ``turn`` is its place in the order of selection, from 1.

    ``votes``: ballots that name it; ``score``: points, scores or Borda points given to it (equal to
    ``votes`` on approval ballots); ``supporters``: ballots that give it more than zero;
    ``missing``: cents, as its fate says; ``tied_with``: the numbers of projects that were exactly
    equal to it when it was selected. ``pledged``: cents of the cost that others pay. ``pot``: the
    code of the area from whose pot it is paid, ``None`` without one.

    ``money_behind``: what its supporters had left of their shares at the end; ``out_after``: the
    number of steps (of its pot) after which that no longer covered its cost, 0 where it never did,
    and ``behind_then`` what it was at that moment; both in whole cents, rounded down.
    ``missing_votes``: so many votes (points) more would have let it take part or, where projects
    are taken by votes, would have funded it, all else unchanged; ``blocked_by``: what excluded it,
    where the rule ended before it, or the project that it then would have come before.
    """

    number: str
    name: Text
    area: str | None
    cost: int
    votes: int
    score: int
    fate: Fate
    turn: int | None = None
    missing: int = 0
    tied_with: tuple[str, ...] = ()
    supporters: int | None = None
    pledged: int = 0
    pot: str | None = None
    money_behind: int | None = None
    out_after: int | None = None
    behind_then: int | None = None
    missing_votes: int | None = None
    blocked_by: str | None = None

    @property
    def price(self) -> int:
        """What the budget would pay for it."""
        return self.cost - self.pledged


class Accounting(msgspec.Struct, frozen=True, kw_only=True):
    """The accounting identity: ``entries == counted + superseded + spoiled``."""

    entries: int
    counted: int
    superseded: int
    spoiled: int

    @property
    def holds(self) -> bool:
        """Tell whether every entry is accounted for."""
        return self.entries == self.counted + self.superseded + self.spoiled


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one election. Money is in cents; projects stand in listed order.

    ``steps``: the number of the last Add1 step tried, one currency unit a voter each.
    ``fit`` to ``lot_seed`` are the rest of the published rule, ``pots`` what became of each pot (of
    the budget, where there is but one), ``rounds`` how each funded project came about, in order of
    selection. ``satisfied[k]``: voters of whose choices exactly k are funded; ``alternatives``:
    what other rules would have made of the same ballots; ``blank``: counted ballots that choose
    nothing. What a result published by an earlier version does not say has its default. ``areas``:
    turnout by area, left out of the bytes where it is not told; ``purpose``: said where the
    election is not a binding one.
    """

    election_id: str
    definition_hash: str
    title: Text
    vote_type: str
    rule: str
    completion: str
    stop: str
    endowment: str
    tie: str
    currency: str
    budget: int
    spent: int
    steps: int
    ties_broken: int
    accounting: Accounting
    projects: tuple[ProjectResult, ...]
    fit: str = "skip"
    min_support: int = 0
    support_for_cost: int = 0
    comparison: str = "none"
    leftover: str = "kept"
    lot_seed: str = ""
    blank: int | None = None
    pots: tuple[PotResult, ...] = ()
    rounds: tuple[Step, ...] = ()
    satisfied: tuple[int, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    channels: ChannelTable | None = None
    areas: AreaTable | msgspec.UnsetType = msgspec.UNSET
    purpose: str | msgspec.UnsetType = msgspec.UNSET

    @property
    def winners(self) -> tuple[ProjectResult, ...]:
        """The funded projects in order of selection."""
        funded = [project for project in self.projects if project.turn is not None]
        return tuple(sorted(funded, key=lambda project: project.turn or 0))
