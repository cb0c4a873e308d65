"""A definition that uses everything a rule can say, from entries to the published bytes."""

from dataclasses import replace

import msgspec
import pytest

from talkoot.base.engine import Engine
from talkoot.base.ids import AreaCode
from talkoot.base.money import Cents
from talkoot.voting.ballot import (
    AllocationRule,
    BallotDefinition,
    Comparison,
    Completion,
    Fit,
    Leftover,
    Pot,
    Rule,
    TieRule,
)
from talkoot.voting.results import Fate, Result, counted, partition_from
from tests.voting.results.made_up import a_definition, an_entry, what_of

NORTH = AreaCode("north")


def definition(rule: Rule) -> BallotDefinition:
    """Projects 1 and 2 of the north, of which only one can be; 5 too dear without its pledge."""
    plain = a_definition(
        rule=AllocationRule(
            rule=rule,
            completion=Completion.GREEDY,
            tie=TieRule.CHEAPER,
            fit=Fit.STOP,
            min_support=2,
            support_for_cost=9,
            comparison=Comparison.GREEDY,
            leftover=Leftover.CITY,
            lot_seed="winter fair",
        )
    )
    one, two, three, four, five = plain.projects
    return replace(
        plain,
        areas=(NORTH,),
        pots=(Pot(area=NORTH, budget=Cents(600_00)), Pot(area=None, budget=Cents(400_00))),
        projects=(
            replace(one, area=NORTH, exclusive="harbour"),
            replace(two, area=NORTH, exclusive="harbour"),
            three,
            four,
            replace(five, pledged=Cents(1_150_00)),
        ),
    )


CHOICES = [("1", "3"), ("1", "5"), ("1", "3"), ("2", "3"), ("2", "5"), ("4",), ("1",), ()]


def result(election: BallotDefinition, engine: Engine) -> Result:
    entries = [
        an_entry(election, what_of(election, *((number, 1) for number in some)), voter=voter)
        for voter, some in enumerate(CHOICES, start=1)
    ]
    return counted(partition_from(entries, election), election, engine=engine).result


@pytest.mark.parametrize("rule", [rule for rule in Rule if rule is not Rule.COUNT_ONLY])
def test_kernels_and_slow_twins_publish_the_same_bytes(rule: Rule) -> None:
    election = definition(rule)
    fast, slow = (msgspec.json.encode(result(election, engine)) for engine in Engine)
    assert fast == slow


def test_the_result_names_every_parameter_and_what_became_of_every_pot() -> None:
    found = result(definition(Rule.MES_COST), Engine.KERNELS)
    assert (found.fit, found.min_support, found.support_for_cost) == ("stop", 2, 9)
    assert (found.comparison, found.leftover, found.lot_seed) == ("greedy", "city", "winter fair")
    assert [(pot.area, pot.budget) for pot in found.pots] == [(NORTH, 600_00), (None, 400_00)]
    fates = {project.number: project for project in found.projects}
    assert (fates["2"].fate, fates["2"].blocked_by) == (Fate.EXCLUDED, "1")
    assert (fates["4"].fate, fates["4"].missing_votes) == (Fate.BELOW_MIN_SUPPORT, 1)
    assert {winner.number for winner in found.winners} == {"1", "3", "5"}
    # 300 for the first, 200 for the third, and of the fifth's 1,200 what is not pledged.
    assert found.spent == 300_00 + 200_00 + 50_00
