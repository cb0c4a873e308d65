"""T15: how many ballots are like no other is told, and two say so before many are published."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.engine import Engine
from talkoot.base.errors import NotAllowed
from talkoot.voting.ballot import VoteType
from talkoot.voting.results import MUCH, counted, partition_from, said_of_unique, unique_ballots
from talkoot.voting.results.ballot_files import csv_of
from tests.voting.results.made_up import a_definition, an_entry, what_of

MANY, TWINS = 40, Engine.TWINS


@given(st.lists(st.sets(st.sampled_from("12345"), min_size=1, max_size=3), max_size=30))
@settings(deadline=None, max_examples=40)
def test_t15_unique_ballots_are_those_that_no_other_equals_and_marks_are_published_in_order(
    ballots: list[set[str]],
) -> None:
    definition = a_definition(VoteType.APPROVAL)
    entries = [
        an_entry(
            definition,
            what_of(definition, *((project, 1) for project in sorted(chosen))),
            voter=number,
            submission=number,
        )
        for number, chosen in enumerate(ballots, 1)
    ]
    count = counted(partition_from(entries, definition, engine=TWINS), definition, engine=TWINS)
    alone = [one for one in ballots if ballots.count(one) == 1]
    assert unique_ballots(count.profile) == len(alone)
    lines = csv_of(count.profile).decode().splitlines()[1:]
    projects = [line.replace('"', "").split(",") for line in lines]
    halves = ["".join(cells[: len(cells) // 2]) for cells in projects]
    assert sorted(halves) == sorted("".join(sorted(one)) for one in ballots)


@pytest.mark.parametrize(("unique", "ballots"), [(0, 0), (0, 10), (3, 10), (30, 100)])
def test_t15_few_unique_ballots_need_no_word(unique: int, ballots: int) -> None:
    assert said_of_unique(unique, ballots, None) == {}


def test_t15_above_thirty_per_cent_both_who_sign_say_the_very_number() -> None:
    with pytest.raises(NotAllowed, match=r"13 of 40 ballots \(32 %\) are like no other"):
        said_of_unique(13, MANY, None)
    with pytest.raises(NotAllowed, match="13 ballots are like no other, and 12 were confirmed"):
        said_of_unique(13, MANY, 12)
    assert said_of_unique(13, MANY, 13) == {"unique_ballots": 13}
    assert MUCH * MANY == 12
    assert said_of_unique(12, MANY, 12) == {}
