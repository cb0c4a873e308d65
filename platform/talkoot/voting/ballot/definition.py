"""The frozen ballot definition: what is voted on, how, and how it will be counted."""

from dataclasses import dataclass
from functools import cached_property

from talkoot.base.bytes import Digest, Tag, digest, pre, text, u64
from talkoot.base.i18n import Text
from talkoot.base.ids import AreaCode, ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.ballot.routes import LETTER_ROUTES, Purpose, Route, why_not_binding
from talkoot.voting.ballot.rules import (
    AllocationRule,
    Channel,
    ChannelRank,
    Leftover,
    Method,
    Recast,
    VoteType,
)

SHORT_HASH_SYMBOLS = 7
MAX_RANK = 255
"""So that rank, round and beacon fit one number of 64 bits where entries are settled."""
_NOTHING = Cents(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectOnBallot:
    """A project as frozen: its number, name, cost in cents and area (``None``: the whole town).

    Of the projects with the same ``exclusive`` name at most one is funded. ``pledged``: cents of
    the cost that others have promised to pay, so that the budget pays the rest.
    """

    id: ProjectId
    name: Text
    cost: Cents
    area: AreaCode | None = None
    exclusive: str | None = None
    pledged: Cents = _NOTHING

    @property
    def price(self) -> Cents:
        """What the budget pays for it, in cents."""
        return Cents(self.cost - self.pledged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pot:
    """A part of the budget, in cents, for the projects of one area (``None``: the whole town)."""

    area: AreaCode | None
    budget: Cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a ballot may hold. Which limits apply depends on the vote type.

    ``max_cost`` is in cents (knapsack); ``min_value``/``max_value`` bound one project's points or
    score; ``min_sum``/``max_sum`` bound all points together. ``None`` means without bound.
    """

    min_choices: int = 1
    max_choices: int | None = None
    max_cost: Cents | None = None
    min_value: int = 1
    max_value: int | None = None
    min_sum: int = 0
    max_sum: int | None = None


@dataclass(frozen=True, kw_only=True)
class BallotDefinition:
    """Everything that must not change once voting opens. Its hash is on every ballot page.

    Projects keep the order in which the round lists them; that order is the tie rule *listed*.
    Without ``pots`` there is one budget for all; with pots the budget is their sum, a project
    belongs to the pot of its area if that area has one, and else to the pot of the whole town.
    ``routes``: by what voters are let in, and where; where none is named, by codes from letters.
    """

    election_id: ElectionId
    title: Text
    vote_type: VoteType
    limits: Limits
    projects: tuple[ProjectOnBallot, ...]
    areas: tuple[AreaCode, ...]
    budget: Cents
    currency: str
    allocation: AllocationRule
    recast: Recast
    ranks: tuple[ChannelRank, ...]
    pots: tuple[Pot, ...] = ()
    purpose: Purpose = Purpose.BINDING
    routes: tuple[Route, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what can never be voted on. Raises ``ValueError`` naming the fault."""
        ids = [project.id for project in self.projects]
        if not ids:
            raise ValueError("a ballot needs at least one project")
        if len(set(ids)) != len(ids):
            raise ValueError("two projects have the same number")
        unknown = {p.area for p in self.projects if p.area is not None} - set(self.areas)
        if unknown:
            raise ValueError(f"unknown area {min(unknown)!r}")
        if self.budget < 0 or any(project.cost < 0 for project in self.projects):
            raise ValueError("money cannot be negative")
        for project in self.projects:
            if not 0 <= project.pledged <= project.cost:
                raise ValueError(f"pledges for project {project.id} are not between 0 and its cost")
            if project.exclusive == "":
                raise ValueError(f"the group of project {project.id} has no name")
        if any(not 0 <= rank.rank <= MAX_RANK for rank in self.ranks):
            raise ValueError(f"a channel's rank is a number from 0 to {MAX_RANK}")
        if len(set(self.routes)) != len(self.routes):
            raise ValueError("a route is named twice")
        _check_pots(self)

    @cached_property
    def index(self) -> dict[ProjectId, int]:
        """Each project's place in the listed order, from 0."""
        return {project.id: place for place, project in enumerate(self.projects)}

    @cached_property
    def canonical(self) -> bytes:
        """The bytes that are hashed; ``docs/wire.md`` describes them."""
        return pre(Tag.BALLOT_DEFINITION, *_head(self), *_body(self), *_tail(self))

    @cached_property
    def hash(self) -> Digest:
        """SHA-256 of the canonical bytes."""
        return digest(Tag.BALLOT_DEFINITION, *_head(self), *_body(self), *_tail(self))

    @property
    def short_hash(self) -> str:
        """The first symbols of the hash, as people compare them."""
        return self.hash.hex()[:SHORT_HASH_SYMBOLS]

    def pot_of(self, project: ProjectOnBallot) -> AreaCode | None:
        """The area of the pot that pays for a project; ``None`` is the whole town's."""
        return project.area if any(pot.area == project.area for pot in self.pots) else None

    def rank(self, method: Method, channel: Channel) -> int:
        """Give the published rank of a ballot; raises ``KeyError`` where none was published."""
        return {(r.method, r.channel): r.rank for r in self.ranks}[method, channel]

    @property
    def ways(self) -> tuple[Route, ...]:
        """The routes that hold."""
        return self.routes or LETTER_ROUTES

    @property
    def why_not_frozen(self) -> tuple[str, ...]:
        """Every reason why this cannot be frozen, in words. A poll that claims nothing has none."""
        binding = self.purpose is Purpose.BINDING
        return why_not_binding(self.ways) if binding else ()

    @property
    def capacity(self) -> int:
        """How many projects a ballot can hold at the most."""
        most = self.limits.max_choices
        return len(self.projects) if most is None else min(most, len(self.projects))


def _check_pots(d: BallotDefinition) -> None:
    if not d.pots:
        return
    areas = [pot.area for pot in d.pots]
    if len(set(areas)) != len(areas) or not set(areas) <= {None, *d.areas}:
        raise ValueError("a pot needs an area of the election, and an area one pot at the most")
    if any(pot.budget < 0 for pot in d.pots) or sum(pot.budget for pot in d.pots) != d.budget:
        raise ValueError("the pots together must make up the budget")
    if d.allocation.leftover is Leftover.CITY and None not in areas:
        raise ValueError("what areas leave cannot go to a pot of the whole town that is not there")
    homes: dict[str, AreaCode | None] = {}
    for project in d.projects:
        home = d.pot_of(project)
        if home not in areas:
            raise ValueError(f"there is no pot for project {project.id}")
        if project.exclusive and homes.setdefault(project.exclusive, home) != home:
            raise ValueError(f"projects of group {project.exclusive!r} belong to different pots")


def _head(d: BallotDefinition) -> list[bytes]:
    a = d.allocation
    words = (
        d.vote_type,
        d.currency,
        a.rule,
        a.completion,
        a.stop,
        a.endowment,
        a.tie,
        d.recast,
    )
    return [
        d.election_id.bytes,
        _pack_text(d.title),
        *(text(word) for word in words),
        u64(d.budget),
    ]


def _body(d: BallotDefinition) -> list[bytes]:
    return [
        _pack_limits(d.limits),
        _pack_list([text(area) for area in d.areas]),
        _pack_list([_pack_project(project) for project in d.projects]),
        _pack_list([_pack_rank(rank) for rank in d.ranks]),
    ]


def _tail(d: BallotDefinition) -> list[bytes]:
    """What a definition may say besides: nothing at all where it says nothing besides.

    So the bytes of definitions from before these choices existed are what they were.
    """
    a, defaults = d.allocation, AllocationRule(rule=d.allocation.rule)
    choices = (
        ("fit", a.fit, defaults.fit),
        ("min-support", str(a.min_support), str(defaults.min_support)),
        ("support-for-cost", str(a.support_for_cost), str(defaults.support_for_cost)),
        ("comparison", a.comparison, defaults.comparison),
        ("leftover", a.leftover, defaults.leftover),
        ("lot-seed", a.lot_seed, defaults.lot_seed),
    )
    said = [_pack_list([text(n), text(word)]) for n, word, default in choices if word != default]
    said += [_pack_list([text("pot"), *_pot_fields(pot)]) for pot in d.pots]
    if d.purpose is not Purpose.BINDING:
        said.append(_pack_list([text("purpose"), text(d.purpose)]))
    said += [_pack_list([text("route"), *_route_fields(route)]) for route in d.routes]
    return [_pack_list(said)] if said else []


def _pot_fields(pot: Pot) -> tuple[bytes, bytes]:
    return (b"" if pot.area is None else text(pot.area), u64(pot.budget))


def _route_fields(route: Route) -> tuple[bytes, bytes, bytes]:
    return (text(route.credential), text(route.channel), text(route.anchor))


def _pack_list(items: list[bytes]) -> bytes:
    return pre(Tag.BALLOT_DEFINITION, *items)


def _pack_text(words: Text) -> bytes:
    return _pack_list(
        [text(part) for language in sorted(words) for part in (language, words[language])]
    )


def _pack_project(project: ProjectOnBallot) -> bytes:
    area = b"" if project.area is None else text(project.area)
    fields = [text(project.id), _pack_text(project.name), u64(project.cost), area]
    if project.exclusive is not None or project.pledged:
        exclusive = b"" if project.exclusive is None else text(project.exclusive)
        fields += [exclusive, u64(project.pledged)]
    return _pack_list(fields)


def _pack_rank(rank: ChannelRank) -> bytes:
    return _pack_list([text(rank.method), text(rank.channel), u64(rank.rank)])


def _pack_limits(limits: Limits) -> bytes:
    numbers = (
        limits.min_choices,
        limits.max_choices,
        limits.max_cost,
        limits.min_value,
        limits.max_value,
        limits.min_sum,
        limits.max_sum,
    )
    return _pack_list([b"" if number is None else u64(number) for number in numbers])
