"""The frozen ballot definition as JSON, there and back without loss.

Pure. The JSON is for storing; what is compared and published is the hash of the canonical bytes.
Reading is strict: an unknown or a missing field is refused, and nothing is converted silently. Only
what definitions could not say at first may be missing, and then has its default.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from talkoot.base.bytes import Digest
from talkoot.base.errors import BrokenLog
from talkoot.base.ids import AreaCode, ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.ballot import (
    Anchor,
    BallotDefinition,
    Channel,
    Comparison,
    Completion,
    Credential,
    Endowment,
    Fit,
    Leftover,
    Method,
    Purpose,
    Recast,
    Rule,
    Stop,
    TieRule,
    VoteType,
)

_NOTHING = Cents(0)
_Words = dict[str, str]
_Whole = Annotated[int, msgspec.Meta(ge=0)]


class _Project(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: ProjectId
    name: _Words
    cost: Cents
    area: AreaCode | None
    exclusive: str | None = None
    pledged: Cents = _NOTHING


class _Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    min_choices: _Whole
    max_choices: _Whole | None
    max_cost: Cents | None
    min_value: _Whole
    max_value: _Whole | None
    min_sum: _Whole
    max_sum: _Whole | None


class _Allocation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rule: Rule
    completion: Completion
    stop: Stop
    endowment: Endowment
    tie: TieRule
    fit: Fit = Fit.SKIP
    min_support: _Whole = 0
    support_for_cost: _Whole = 0
    comparison: Comparison = Comparison.NONE
    leftover: Leftover = Leftover.KEPT
    lot_seed: str = ""


class _Rank(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    method: Method
    channel: Channel
    rank: _Whole


class _Pot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    area: AreaCode | None
    budget: Cents


class _Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    credential: Credential
    channel: Channel
    anchor: Anchor


class _Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    election_id: ElectionId
    title: _Words
    vote_type: VoteType
    limits: _Limits
    projects: tuple[_Project, ...]
    areas: tuple[AreaCode, ...]
    budget: Cents
    currency: str
    allocation: _Allocation
    recast: Recast
    ranks: tuple[_Rank, ...]
    pots: tuple[_Pot, ...] = ()
    purpose: Purpose = Purpose.BINDING
    routes: tuple[_Route, ...] = ()


def definition_json(definition: BallotDefinition) -> dict[str, Any]:
    """Give the definition as what JSON holds: objects, lists, texts and whole numbers.

    Purpose and routes are there only where they are not the usual ones, so that other programmes
    read what they always read.
    """
    stored = msgspec.convert(definition, _Definition, from_attributes=True)
    plain = msgspec.convert(msgspec.to_builtins(stored), dict[str, Any])
    if definition.purpose is Purpose.BINDING:
        del plain["purpose"]
    if not definition.routes:
        del plain["routes"]
    return plain


def definition_from(json: Mapping[str, Any], expected: Digest) -> BallotDefinition:
    """Read a stored definition.

    Raises :class:`BrokenLog` unless the JSON is exactly a definition and its hash is ``expected``.
    """
    definition = definition_read(json)
    if definition.hash != expected:
        raise BrokenLog(
            f"ballot definition of election {definition.election_id}: "
            f"expected {expected.hex()}, found {definition.hash.hex()}"
        )
    return definition


def definition_read(json: Mapping[str, Any]) -> BallotDefinition:
    """Read a definition, whatever its hash. Raises :class:`BrokenLog` unless it is exactly one."""
    try:
        stored = msgspec.convert(json, _Definition)
        return msgspec.convert(stored, BallotDefinition, from_attributes=True)
    except msgspec.ValidationError as err:
        raise BrokenLog(f"the stored ballot definition cannot be read: {err}") from err


def cannot_be_stored(definition: BallotDefinition) -> bool:
    """Tell whether a text holds the null character, which PostgreSQL's JSON cannot hold."""
    texts = [definition.title, *(project.name for project in definition.projects)]
    words = [word for text in texts for pair in text.items() for word in pair]
    names = [definition.currency, *definition.areas, *(p.id for p in definition.projects)]
    names += [definition.allocation.lot_seed, *(p.exclusive or "" for p in definition.projects)]
    return any("\0" in word for word in (*words, *names))
