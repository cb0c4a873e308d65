"""What changed between two ballots, read from their canonical bytes alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.bytes import Tag, pre
from talkoot.base.errors import BrokenLog
from talkoot.base.ids import AreaCode, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.ballot import (
    BallotDefinition,
    ChangeKind,
    Limits,
    Pot,
    ProjectOnBallot,
    VoteType,
    changes_between,
    outline_of,
)
from tests.voting.ballot.made_up import definition

NAMES = st.dictionaries(st.sampled_from(["fi", "sv", "en", "se"]), st.text(min_size=1), min_size=1)
PROJECTS = st.lists(
    st.builds(
        ProjectOnBallot,
        id=st.sampled_from("abcdef").map(ProjectId),
        name=NAMES,
        cost=st.integers(0, 2**63).map(Cents),
        area=st.sampled_from([None, AreaCode("north")]),
        exclusive=st.sampled_from([None, "g"]),
    ),
    min_size=1,
    unique_by=lambda project: project.id,
).map(tuple)


def ballots() -> st.SearchStrategy[BallotDefinition]:
    """Ballots of one election that differ in what people look at."""
    return st.builds(
        lambda title, projects, budget: replace(
            definition(VoteType.APPROVAL),
            title=title,
            projects=projects,
            budget=Cents(budget),
            areas=AREAS,
        ),
        NAMES,
        PROJECTS,
        st.integers(0, 2**63),
    )


AREAS = (AreaCode("north"),)


def kinds(before: BallotDefinition, after: BallotDefinition) -> list[ChangeKind]:
    found = changes_between(outline_of(before.canonical), outline_of(after.canonical))
    return [change.kind for change in found]


@given(ballots())
def test_the_outline_says_what_the_definition_says(ballot: BallotDefinition) -> None:
    outline = outline_of(ballot.canonical)
    assert (outline.budget, outline.currency) == (ballot.budget, ballot.currency)
    assert [(p.id, p.cost, p.area) for p in outline.projects] == [
        (p.id, p.cost, p.area) for p in ballot.projects
    ]


@given(ballots(), ballots())
def test_nothing_is_said_only_of_the_same_ballot(
    first: BallotDefinition, second: BallotDefinition
) -> None:
    assert (kinds(first, second) == []) == (first.hash == second.hash)
    assert kinds(first, first) == []


def test_each_change_is_told_by_its_kind() -> None:
    old = replace(
        definition(VoteType.APPROVAL),
        areas=AREAS,
        projects=tuple(
            ProjectOnBallot(id=ProjectId(id_), name={"fi": id_}, cost=Cents(100)) for id_ in "abc"
        ),
    )
    a, b, c = old.projects
    for changed, expected in (
        ({"title": {"fi": "Toinen"}}, [ChangeKind.TITLE]),
        ({"budget": Cents(old.budget + 1)}, [ChangeKind.BUDGET]),
        ({"projects": (a, b)}, [ChangeKind.REMOVED]),
        ({"projects": (a, b, c, replace(c, id=ProjectId("d")))}, [ChangeKind.ADDED]),
        ({"projects": (replace(a, cost=Cents(99)), b, c)}, [ChangeKind.COST]),
        ({"projects": (replace(a, name={"sv": "a"}), b, c)}, [ChangeKind.NAME]),
        ({"projects": (replace(a, area=AreaCode("north")), b, c)}, [ChangeKind.PROJECT]),
        ({"projects": (replace(a, pledged=Cents(1)), b, c)}, [ChangeKind.PROJECT]),
        ({"projects": (b, a, c)}, [ChangeKind.ORDER]),
        ({"limits": Limits(max_choices=1)}, [ChangeKind.RULES]),
        ({"pots": (Pot(area=None, budget=old.budget),)}, [ChangeKind.RULES]),
    ):
        assert kinds(old, replace(old, **changed)) == expected, changed


@pytest.mark.parametrize("fault", ["cut", "longer", "other", "nothing"])
def test_bytes_that_are_no_ballot_are_refused(fault: str) -> None:
    whole = definition(VoteType.APPROVAL).canonical
    broken = {
        "cut": whole[:-1],
        "longer": whole + b"\0",
        "other": pre(Tag.BALLOT, whole),
        "nothing": b"",
    }[fault]
    with pytest.raises(BrokenLog):
        outline_of(broken)
