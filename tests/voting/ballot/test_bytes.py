"""A ballot has one encoding, as long as every other of its election, and a definition one hash."""

from dataclasses import fields, replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.ids import AreaCode, ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.ballot import (
    AllocationRule,
    Ballot,
    BallotDefinition,
    Comparison,
    Completion,
    Endowment,
    Fit,
    Leftover,
    Limits,
    Mark,
    NotCanonical,
    Pot,
    Recast,
    Rule,
    Stop,
    TieRule,
    VoteType,
    ballot_bytes,
    ballot_from,
    in_canonical_order,
    padded_length,
)
from tests.voting.ballot.made_up import definition, filled_in

BASE = definition(VoteType.APPROVAL)
FIRST = BASE.projects[0]

POTS = (
    Pot(area=None, budget=Cents(1)),
    Pot(area=BASE.areas[0], budget=Cents(BASE.budget - 1)),
)

CHANGES: list[BallotDefinition] = [
    replace(BASE, election_id=ElectionId(UUID(int=12))),
    replace(BASE, title={"en": "Made up"}),
    replace(BASE, vote_type=VoteType.KNAPSACK),
    replace(BASE, projects=tuple(reversed(BASE.projects))),
    replace(BASE, projects=(replace(FIRST, id=ProjectId("1")), *BASE.projects[1:])),
    replace(BASE, projects=(replace(FIRST, name={"fi": "10"}), *BASE.projects[1:])),
    replace(BASE, projects=(replace(FIRST, cost=Cents(101)), *BASE.projects[1:])),
    replace(BASE, projects=(replace(FIRST, area=None), *BASE.projects[1:])),
    replace(BASE, areas=(AreaCode("S"), AreaCode("N"))),
    replace(BASE, budget=Cents(601)),
    replace(BASE, currency="SEK"),
    replace(BASE, recast=Recast.FIRST_COUNTS),
    replace(BASE, ranks=BASE.ranks[1:]),
    *(
        replace(BASE, limits=replace(BASE.limits, **{field.name: Cents(3)}))
        for field in fields(Limits)
    ),
    replace(BASE, allocation=AllocationRule(rule=Rule.PHRAGMEN)),
    replace(BASE, allocation=replace(BASE.allocation, completion=Completion.GREEDY)),
    replace(BASE, allocation=replace(BASE.allocation, stop=Stop.INFEASIBLE)),
    replace(BASE, allocation=replace(BASE.allocation, endowment=Endowment.FLOOR)),
    replace(BASE, allocation=replace(BASE.allocation, tie=TieRule.POPULAR)),
    replace(BASE, allocation=replace(BASE.allocation, tie=TieRule.POPULAR, lot_seed="a")),
    replace(BASE, allocation=replace(BASE.allocation, tie=TieRule.POPULAR, lot_seed="b")),
    replace(BASE, allocation=replace(BASE.allocation, fit=Fit.STOP)),
    replace(BASE, allocation=replace(BASE.allocation, min_support=1)),
    replace(BASE, allocation=replace(BASE.allocation, min_support=2)),
    replace(BASE, allocation=replace(BASE.allocation, support_for_cost=1)),
    replace(BASE, allocation=replace(BASE.allocation, comparison=Comparison.GREEDY)),
    replace(BASE, projects=(replace(FIRST, exclusive="one"), *BASE.projects[1:])),
    replace(BASE, projects=(replace(FIRST, exclusive="two"), *BASE.projects[1:])),
    replace(BASE, projects=(replace(FIRST, pledged=Cents(3)), *BASE.projects[1:])),
    replace(BASE, pots=(Pot(area=None, budget=BASE.budget),)),
    replace(
        BASE,
        pots=(Pot(area=None, budget=BASE.budget),),
        allocation=replace(BASE.allocation, leftover=Leftover.CITY),
    ),
    replace(BASE, pots=POTS),
    replace(BASE, pots=tuple(reversed(POTS))),
]


def test_the_hash_changes_with_every_single_field() -> None:
    hashes = {BASE.hash, *(changed.hash for changed in CHANGES)}
    assert len(hashes) == 1 + len(CHANGES)


def test_the_hash_does_not_depend_on_the_order_in_which_languages_were_written() -> None:
    turned = {language: BASE.title[language] for language in reversed(list(BASE.title))}
    assert replace(BASE, title=turned).hash == BASE.hash


@given(filled_in())
def test_a_ballot_is_read_back_from_its_bytes(found: tuple[BallotDefinition, Ballot]) -> None:
    rules, ballot = found
    assert ballot_from(ballot_bytes(ballot, rules), rules) == in_canonical_order(ballot, rules)


@given(filled_in())
def test_all_ballots_of_an_election_are_equally_long(
    found: tuple[BallotDefinition, Ballot],
) -> None:
    rules, ballot = found
    assert len(ballot_bytes(ballot, rules)) == padded_length(rules) == 4 + 12 * rules.capacity


@given(filled_in(), st.integers(0, 2**16), st.integers(1, 255))
def test_other_bytes_are_another_ballot_or_none(
    found: tuple[BallotDefinition, Ballot], at: int, flip: int
) -> None:
    rules, ballot = found
    what = bytearray(ballot_bytes(ballot, rules))
    what[at % len(what)] ^= flip
    try:
        read = ballot_from(bytes(what), rules)
    except NotCanonical:
        return
    assert read != in_canonical_order(ballot, rules)
    assert ballot_bytes(read, rules) == bytes(what)


@pytest.mark.parametrize("what", [b"", b"\0" * 4, b"\xff" * 28, b"\0" * 29])
def test_bytes_of_another_length_are_no_ballot(what: bytes) -> None:
    with pytest.raises(NotCanonical):
        ballot_from(what, BASE)


def test_marks_in_another_order_than_listed_are_not_canonical() -> None:
    good = ballot_bytes(Ballot(marks=(Mark(project=FIRST.id), Mark(project=ProjectId("2")))), BASE)
    swapped = good[:4] + good[16:28] + good[4:16]
    with pytest.raises(NotCanonical):
        ballot_from(swapped, BASE)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"projects": ()}, "at least one project"),
        ({"projects": (FIRST, FIRST)}, "the same number"),
        ({"areas": ()}, "unknown area"),
        ({"budget": Cents(-1)}, "cannot be negative"),
        ({"projects": (replace(FIRST, pledged=Cents(FIRST.cost + 1)),)}, "not between 0 and"),
        ({"projects": (replace(FIRST, pledged=Cents(-1)),)}, "not between 0 and"),
        ({"projects": (replace(FIRST, exclusive=""),)}, "has no name"),
        ({"pots": (POTS[0],)}, "make up the budget"),
        ({"pots": (POTS[0], POTS[0])}, "an area one pot"),
        ({"pots": (Pot(area=AreaCode("moon"), budget=BASE.budget),)}, "an area of the election"),
        ({"pots": (Pot(area=BASE.areas[1], budget=BASE.budget),)}, "no pot for project"),
        (
            {
                "pots": POTS,
                "projects": tuple(
                    replace(project, exclusive="x", area=area)
                    for project, area in zip(BASE.projects[:2], (None, BASE.areas[0]), strict=True)
                ),
            },
            "belong to different pots",
        ),
        (
            {
                "pots": (Pot(area=BASE.areas[0], budget=BASE.budget),),
                "allocation": replace(BASE.allocation, leftover=Leftover.CITY),
            },
            "not there",
        ),
    ],
)
def test_a_definition_that_can_never_be_voted_on_is_refused(
    change: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        replace(BASE, **change)  # type: ignore[arg-type]  # each value fits its own field
