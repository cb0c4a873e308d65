"""The stored ballot definition: there and back without loss, and nothing else is read."""

import json
from dataclasses import fields, replace
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.bytes import Digest
from talkoot.base.errors import BrokenLog
from talkoot.base.ids import AreaCode, ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.ballot import (
    AllocationRule,
    Anchor,
    BallotDefinition,
    Channel,
    ChannelRank,
    Comparison,
    Completion,
    Credential,
    Endowment,
    Fit,
    Leftover,
    Limits,
    Method,
    Pot,
    ProjectOnBallot,
    Purpose,
    Recast,
    Route,
    Rule,
    Stop,
    TieRule,
    VoteType,
)
from talkoot.voting.log import definition_from, definition_json
from talkoot.voting.log.definition_json import (
    _Allocation,
    _Definition,
    _Limits,
    _Pot,
    _Project,
    _Rank,
    _Route,
    cannot_be_stored,
)
from tests.voting.log.made_up import a_definition

T = TypeVar("T")
words = st.text(st.characters(codec="utf-8"), max_size=12)
texts = st.dictionaries(st.sampled_from(["fi", "sv", "en", "se"]), words, min_size=1)
whole = st.integers(0, 2**63 - 1)
cents = whole.map(Cents)


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


@st.composite
def definitions(draw: st.DrawFn) -> BallotDefinition:
    areas = draw(st.lists(words.map(AreaCode), unique=True, max_size=3))
    ids = draw(st.lists(st.text(min_size=1, max_size=8), unique=True, min_size=1, max_size=5))
    area = st.sampled_from([None, *areas])
    pots = draw(pots_of([None, *areas]))
    groups = st.none() if pots else st.sampled_from([None, "one site", "another"])
    return BallotDefinition(
        election_id=ElectionId(draw(st.uuids())),
        title=draw(texts),
        vote_type=draw(st.sampled_from(VoteType)),
        limits=draw(
            st.builds(
                Limits,
                min_choices=whole,
                max_choices=maybe(whole),
                max_cost=maybe(cents),
                min_value=whole,
                max_value=maybe(whole),
                min_sum=whole,
                max_sum=maybe(whole),
            )
        ),
        projects=tuple(
            ProjectOnBallot(
                id=ProjectId(i),
                name=draw(texts),
                cost=(cost := draw(cents)),
                area=draw(area),
                exclusive=draw(groups),
                pledged=draw(st.sampled_from([0, cost // 2, cost]).map(Cents)),
            )
            for i in ids
        ),
        areas=tuple(areas),
        budget=Cents(sum(pot.budget for pot in pots)) if pots else draw(cents),
        currency=draw(words),
        allocation=draw(allocations),
        recast=draw(st.sampled_from(Recast)),
        ranks=draw(ranks),
        pots=pots,
        purpose=draw(st.sampled_from(Purpose)),
        routes=draw(routes),
    )


def pots_of(areas: list[AreaCode | None]) -> st.SearchStrategy[tuple[Pot, ...]]:
    """No pots, or one for each area and one for the whole town."""
    one = st.integers(0, 2**60).map(Cents)
    return st.just(()) | st.tuples(*(st.builds(Pot, area=st.just(a), budget=one) for a in areas))


@st.composite
def _allocations(draw: st.DrawFn) -> AllocationRule:
    tie = draw(st.sampled_from(TieRule))
    seeds = {TieRule.LISTED: st.just(""), TieRule.LOT: st.text(min_size=1, max_size=9)}
    return AllocationRule(
        rule=draw(st.sampled_from(Rule)),
        completion=draw(st.sampled_from(Completion)),
        stop=draw(st.sampled_from(Stop)),
        endowment=draw(st.sampled_from(Endowment)),
        tie=tie,
        fit=draw(st.sampled_from(Fit)),
        min_support=draw(whole),
        support_for_cost=draw(whole),
        comparison=draw(st.sampled_from(Comparison)),
        leftover=Leftover.KEPT,
        lot_seed=draw(seeds.get(tie, words)),
    )


allocations = _allocations()


ranks = st.lists(
    st.builds(
        ChannelRank,
        method=st.sampled_from(Method),
        channel=st.sampled_from(Channel),
        rank=st.integers(0, 9),
    ),
    max_size=4,
).map(tuple)


routes = st.lists(
    st.builds(
        Route,
        credential=st.sampled_from(Credential),
        channel=st.sampled_from(Channel),
        anchor=st.sampled_from(Anchor),
    ),
    unique=True,
    max_size=4,
).map(tuple)


@given(definitions())
def test_a_definition_comes_back_equal_and_with_its_hash(definition: BallotDefinition) -> None:
    stored = json.loads(json.dumps(definition_json(definition)))
    again = definition_from(stored, definition.hash)
    assert again == definition
    assert again.hash == definition.hash
    assert again.canonical == definition.canonical


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        (_Definition, BallotDefinition),
        (_Project, ProjectOnBallot),
        (_Limits, Limits),
        (_Allocation, AllocationRule),
        (_Rank, ChannelRank),
        (_Pot, Pot),
        (_Route, Route),
    ],
)
def test_the_stored_form_has_every_field_of_the_kept_one(
    stored: type[msgspec.Struct], kept: type[BallotDefinition]
) -> None:
    assert stored.__struct_fields__ == tuple(field.name for field in fields(kept))


def test_a_definition_stored_before_there_were_more_choices_keeps_its_hash() -> None:
    definition = a_definition()
    plain = definition_json(definition)
    for name in ("fit", "min_support", "support_for_cost", "comparison", "leftover", "lot_seed"):
        del plain["allocation"][name]
    for project in plain["projects"]:
        del project["exclusive"], project["pledged"]
    del plain["pots"]
    assert not {"purpose", "routes"} & set(plain), "they are written only where they say something"
    assert definition_from(plain, definition.hash) == definition


def changes() -> list[tuple[str, dict[str, Any]]]:
    plain = definition_json(a_definition())
    return [
        ("an unknown field", plain | {"colour": "blue"}),
        ("a missing field", {key: plain[key] for key in plain if key != "recast"}),
        ("an unknown word", plain | {"recast": "best-counts"}),
        ("a number as text", plain | {"budget": "100000"}),
        ("a part of a cent", plain | {"budget": 1000.5}),
        ("an unknown field deep inside", plain | {"limits": plain["limits"] | {"max_sums": 3}}),
        ("a missing limit", plain | {"limits": {"min_choices": 1}}),
        ("no project", plain | {"projects": []}),
    ]


@pytest.mark.parametrize("changed", [change for _, change in changes()], ids=dict(changes()))
def test_what_is_not_exactly_a_definition_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(BrokenLog, match="cannot be read"):
        definition_from(changed, Digest(bytes(32)))


def test_a_definition_with_another_hash_is_a_broken_log() -> None:
    definition = a_definition()
    dearer = definition_json(replace(definition, budget=Cents(definition.budget + 1)))
    with pytest.raises(BrokenLog, match=definition.hash.hex()):
        definition_from(dearer, definition.hash)


def test_the_null_character_cannot_be_stored() -> None:
    definition = a_definition()
    assert not cannot_be_stored(definition)
    assert not cannot_be_stored(replace(definition, title={"fi": "\\u0000"}))
    assert cannot_be_stored(replace(definition, title={"fi": "a\0b"}))
