"""The frozen ballot definition: what is voted on, how, and how it will be counted."""

from dataclasses import dataclass
from functools import cached_property

from talkoot.base.bytes import Digest, Tag, digest, pre, text, u64
from talkoot.base.i18n import Text
from talkoot.base.ids import AreaCode, ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.ballot.rules import (
    AllocationRule,
    Channel,
    ChannelRank,
    Method,
    Recast,
    VoteType,
)

SHORT_HASH_SYMBOLS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectOnBallot:
    """A project as frozen: its number, name, cost in cents and area (``None``: the whole town)."""

    id: ProjectId
    name: Text
    cost: Cents
    area: AreaCode | None = None


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

    @cached_property
    def index(self) -> dict[ProjectId, int]:
        """Each project's place in the listed order, from 0."""
        return {project.id: place for place, project in enumerate(self.projects)}

    @cached_property
    def canonical(self) -> bytes:
        """The bytes that are hashed; ``docs/wire.md`` describes them."""
        return pre(Tag.BALLOT_DEFINITION, *_head(self), *_body(self))

    @cached_property
    def hash(self) -> Digest:
        """SHA-256 of the canonical bytes."""
        return digest(Tag.BALLOT_DEFINITION, *_head(self), *_body(self))

    @property
    def short_hash(self) -> str:
        """The first symbols of the hash, as people compare them."""
        return self.hash.hex()[:SHORT_HASH_SYMBOLS]

    def rank(self, method: Method, channel: Channel) -> int:
        """Give the published rank of a ballot; raises ``KeyError`` where none was published."""
        return {(r.method, r.channel): r.rank for r in self.ranks}[method, channel]

    @property
    def capacity(self) -> int:
        """How many projects a ballot can hold at the most."""
        most = self.limits.max_choices
        return len(self.projects) if most is None else min(most, len(self.projects))


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


def _pack_list(items: list[bytes]) -> bytes:
    return pre(Tag.BALLOT_DEFINITION, *items)


def _pack_text(words: Text) -> bytes:
    return _pack_list(
        [text(part) for language in sorted(words) for part in (language, words[language])]
    )


def _pack_project(project: ProjectOnBallot) -> bytes:
    area = b"" if project.area is None else text(project.area)
    return _pack_list([text(project.id), _pack_text(project.name), u64(project.cost), area])


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
