"""The named choices of a round's rules. Each is part of the frozen ballot definition."""

from dataclasses import dataclass
from enum import StrEnum


class VoteType(StrEnum):
    """How a voter marks the ballot."""

    APPROVAL = "approval"
    """Approve up to k projects."""
    KNAPSACK = "knapsack"
    """Approve projects whose costs together fit a sum, usually the budget."""
    ONE = "one"
    """Choose one project."""
    POINTS = "points"
    """Share out points (cumulative ballot): each project some, all together at most a sum."""
    SCORES = "scores"
    """Score projects, each by itself, within a range."""
    RANKING = "ranking"
    """Put projects in order of preference."""


class Rule(StrEnum):
    """The allocation rule: from ballots, costs and budget to funded projects."""

    GREEDY = "greedy"
    """By votes (or points): what almost all towns do (Faliszewski and others, IJCAI 2023)."""
    GREEDY_PER_COST = "greedy-per-cost"
    """By votes (or points) per unit of cost (Talmon, Faliszewski, AAAI 2019)."""
    MES_COST = "mes-cost"
    """Method of Equal Shares, cost utilities (Peters, Pierczynski, Skowron, NeurIPS 2021)."""
    MES_CARDINALITY = "mes-cardinality"
    """Method of Equal Shares, where every project counts the same to its supporters."""
    MES_VALUES = "mes-values"
    """Method of Equal Shares, where a project is worth the points, score or Borda points given."""
    PHRAGMEN = "phragmen"
    """Sequential Phragmen (Brill and others, AAAI 2017; for budgets Los and others, IJCAI 2022)."""
    COUNT_ONLY = "count-only"
    """A poll: counts are published and nothing is funded."""


class Completion(StrEnum):
    """What follows when the Method of Equal Shares leaves money.

    Add1 and Add1U are those of the published rules of towns (equalshares.net; Faliszewski and
    others, IJCAI 2023); Peters, Pierczynski and Skowron (NeurIPS 2021) discuss completions.
    """

    NONE = "none"
    ADD1 = "add1"
    """Run again with one currency unit more per voter, until the stop rule says."""
    ADD1U = "add1u"
    """Add1, then greedy by votes with what is left."""
    GREEDY = "greedy"
    """Greedy by votes with what is left."""


class Stop(StrEnum):
    """When Add1 stops. It changes real winners, so it is part of the rules."""

    EXHAUSTIVE = "exhaustive"
    """At the first outcome after which no supported project fits, or the last feasible one."""
    INFEASIBLE = "infeasible"
    """At the last outcome before the first that costs more than the budget."""


class Endowment(StrEnum):
    """The money each voter starts with."""

    EXACT = "exact"
    """Budget divided by voters, as a fraction."""
    FLOOR = "floor"
    """The same, rounded down to a whole currency unit."""


class TieRule(StrEnum):
    """Which of exactly equal projects comes first."""

    LISTED = "listed"
    """The order of the ballot definition."""
    CHEAPER = "cheaper"
    """Lower cost, then more votes, then the order of the ballot definition."""
    POPULAR = "popular"
    """More votes, then lower cost, then the order of the ballot definition."""
    LOT = "lot"
    """The lot drawn from the published seed: SHA-256 of seed and project number, smallest first."""


class Fit(StrEnum):
    """What greedy does at a project that no longer fits the money left."""

    SKIP = "skip"
    """It passes over that project and goes on down the list."""
    STOP = "stop"
    """It ends there (*no-skip*)."""


class Comparison(StrEnum):
    """Whether the outcome must stand a comparison with another one before it is final.

    As Wieliczka and Swiecie published it in 2023.
    """

    NONE = "none"
    GREEDY = "greedy"
    """If strictly more voters have more funded choices under greedy by votes, that one stands."""


class Leftover(StrEnum):
    """Where the money goes that an area's pot does not spend."""

    KEPT = "kept"
    """It is not spent."""
    CITY = "city"
    """Into the pot of the whole town, which is decided last."""


class Recast(StrEnum):
    """Whether a voter may vote again."""

    FIRST_COUNTS = "first-counts"
    """No: a second ballot is refused at the door."""
    LAST_COUNTS = "last-counts"
    """Yes: the later ballot stands in place of the earlier."""


class Method(StrEnum):
    """How the voter was identified."""

    STRONG = "strong"
    CARD = "card"
    CODE = "code"
    PROVISIONAL = "provisional"


class Channel(StrEnum):
    """Where the ballot was cast."""

    WEB = "web"
    KIOSK = "kiosk"
    PAPER = "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRule:
    """All that decides the winners besides ballots, costs and budget.

    ``fit`` is for greedy, wherever it runs. ``min_support``: a project with fewer votes (points,
    where ballots give points) takes no part; 0 asks for none, 1 bars what nobody chose.
    ``support_for_cost``: with d above 0, a project takes no part if its share of the voters is
    smaller than a d-th of its share of the budget. ``lot_seed``: the published words of the lot,
    needed for *lot*; with *cheaper* and *popular* it may be given, and then the lot decides last,
    in place of the listed order.
    """

    rule: Rule
    completion: Completion = Completion.NONE
    stop: Stop = Stop.EXHAUSTIVE
    endowment: Endowment = Endowment.EXACT
    tie: TieRule = TieRule.LISTED
    fit: Fit = Fit.SKIP
    min_support: int = 0
    support_for_cost: int = 0
    comparison: Comparison = Comparison.NONE
    leftover: Leftover = Leftover.KEPT
    lot_seed: str = ""

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a lot without a seed, or numbers below zero."""
        if self.tie is TieRule.LOT and not self.lot_seed:
            raise ValueError("a lot needs a published seed")
        if self.tie is TieRule.LISTED and self.lot_seed:
            raise ValueError("a seed decides nothing where the listed order breaks ties")
        if self.min_support < 0 or self.support_for_cost < 0:
            raise ValueError("a support that is asked for cannot be negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRank:
    """The rank of ballots so identified and cast there; a voter's highest rank stands."""

    method: Method
    channel: Channel
    rank: int


DEFAULT_RANKS: tuple[ChannelRank, ...] = tuple(
    ChannelRank(method=method, channel=channel, rank=rank)
    for method, rank in (
        (Method.STRONG, 3),
        (Method.CARD, 2),
        (Method.CODE, 1),
        (Method.PROVISIONAL, 0),
    )
    for channel in Channel
)
"""Strong identification 3, library card 2, code 1, provisional 0, the same on every channel."""
