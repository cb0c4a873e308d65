"""From a round and the rules agreed for it to the definition that is frozen."""

from dataclasses import replace
from uuid import UUID

import pytest

from talkoot.base.ids import ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.rounds import Round
from talkoot.voting.ballot import AllocationRule, Leftover, Limits, Pot, Recast, Rule, VoteType
from talkoot.voting.log import ElectionRules, definition_of
from tests.rounds.test_rounds import a_municipality, a_round

ONE, TWO, THREE = (ProjectId(number) for number in "123")
TOWN = a_municipality()
ROUND: Round = a_round(TOWN)
AGREED = ElectionRules(
    vote_type=VoteType.APPROVAL,
    limits=Limits(),
    budget=Cents(1_000_00),
    allocation=AllocationRule(rule=Rule.GREEDY, leftover=Leftover.CITY),
    recast=Recast.LAST_COUNTS,
    pots=(
        Pot(area=None, budget=Cents(400_00)),
        Pot(area=ROUND.projects[1].area, budget=Cents(600_00)),
    ),
    groups=((TWO, THREE),),
    pledges={ONE: Cents(50_00)},
)


def test_pots_groups_and_pledges_reach_the_definition() -> None:
    definition = definition_of(ROUND, TOWN, ElectionId(UUID(int=1)), AGREED)
    assert definition.pots == AGREED.pots
    one, two, three = definition.projects
    assert (one.exclusive, one.pledged, one.price) == (None, 50_00, 50_00)
    assert two.exclusive == three.exclusive == "2, 3"
    assert (two.pledged, two.price) == (0, 200_00)
    assert [definition.pot_of(project) for project in definition.projects] == [
        None,
        two.area,
        three.area,
    ]


def test_without_them_the_definition_says_nothing_of_them() -> None:
    plain = replace(
        AGREED, pots=(), groups=(), pledges={}, allocation=AllocationRule(rule=Rule.GREEDY)
    )
    definition = definition_of(ROUND, TOWN, ElectionId(UUID(int=1)), plain)
    assert definition.pots == ()
    assert {project.exclusive for project in definition.projects} == {None}
    assert {project.pledged for project in definition.projects} == {0}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"groups": ((TWO, ProjectId("9")),)}, "no project '9'"),
        ({"groups": ((TWO, THREE), (THREE,))}, "'3' is named twice"),
        ({"pledges": {ProjectId("9"): Cents(1)}}, "no project '9'"),
        ({"pledges": {ONE: Cents(100_01)}}, "not between 0 and its cost"),
        ({"groups": ((ONE, TWO),)}, "belong to different pots"),
        ({"budget": Cents(1)}, "make up the budget"),
    ],
)
def test_rules_that_do_not_fit_the_round_are_refused(words: dict[str, object], reason: str) -> None:
    agreed = replace(AGREED, **words)  # type: ignore[arg-type]  # each value fits its own field
    with pytest.raises(ValueError, match=reason):
        definition_of(ROUND, TOWN, ElectionId(UUID(int=1)), agreed)
