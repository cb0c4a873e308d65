"""What we write, the format's own checker accepts and our reader reads back."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pabulib.checker import Checker

from talkoot.base.errors import BadFile
from talkoot.base.ids import ElectionId, ProjectId
from talkoot.base.money import Cents
from talkoot.voting.allocation import allocated, problem_of
from talkoot.voting.ballot import (
    DEFAULT_RANKS,
    AllocationRule,
    Ballot,
    BallotDefinition,
    Completion,
    Endowment,
    Limits,
    Mark,
    ProjectOnBallot,
    Recast,
    Rule,
    Stop,
    TieRule,
    VoteType,
)
from talkoot.voting.pabulib import PbHead, ballots_from, definition_from, pb_text, read_pb
from talkoot.voting.tally import profile_of

ELECTION = ElectionId(UUID(int=3))
HEAD = PbHead(
    country="Finland",
    unit="Satamala",
    instance="2031",
    begin=date(2031, 3, 1),
    end=date(2031, 3, 9),
)
NAMES = ("Jetty", 'A "big" boat; red', "Sauna, wood-fired", "Bird tower", "Well")
IDS = tuple(ProjectId(number) for number in ("10", "2", "S/3", "7", "b;c"))
COSTS = (40_025, 30_000, 50_000, 20_000, 70_000)
GREEDY = AllocationRule(rule=Rule.GREEDY)


def definition(
    vote_type: VoteType, limits: Limits, rule: AllocationRule = GREEDY
) -> BallotDefinition:
    return BallotDefinition(
        election_id=ELECTION,
        title={"en": "Made up"},
        vote_type=vote_type,
        limits=limits,
        projects=tuple(
            ProjectOnBallot(id=number, name={"en": name}, cost=Cents(cost))
            for number, name, cost in zip(IDS, NAMES, COSTS, strict=True)
        ),
        areas=(),
        budget=Cents(100_050),
        currency="EUR",
        allocation=rule,
        recast=Recast.FIRST_COUNTS,
        ranks=DEFAULT_RANKS,
    )


KINDS = [
    definition(VoteType.APPROVAL, Limits(max_choices=5)),
    definition(VoteType.KNAPSACK, Limits(max_cost=Cents(300_000))),
    definition(VoteType.ONE, Limits(min_choices=1, max_choices=1)),
    definition(VoteType.POINTS, Limits(min_value=1, max_value=4, max_sum=20)),
    definition(VoteType.SCORES, Limits(min_value=0, max_value=4)),
    definition(VoteType.RANKING, Limits(max_choices=5)),
]


@st.composite
def ballots(draw: st.DrawFn, rules: BallotDefinition) -> list[Ballot]:
    most = 1 if rules.vote_type is VoteType.ONE else 5
    found = []
    for some in draw(
        st.lists(st.lists(st.sampled_from(IDS), unique=True, min_size=1, max_size=most), min_size=1)
    ):
        if rules.vote_type is VoteType.RANKING:
            marks = [Mark(project=p, value=place) for place, p in enumerate(some, start=1)]
        else:
            scored = rules.vote_type in (VoteType.POINTS, VoteType.SCORES)
            values = st.integers(1, 4) if scored else st.just(1)
            marks = [Mark(project=p, value=draw(values)) for p in sorted(some, key=IDS.index)]
        found.append(Ballot(marks=tuple(marks)))
    return found


@st.composite
def elections(draw: st.DrawFn) -> tuple[BallotDefinition, list[Ballot]]:
    rules = draw(st.sampled_from(KINDS))
    return rules, draw(ballots(rules))


def errors_of(text: str) -> object:
    """What the format's own checker calls errors; its warnings are opinions on the town."""
    results = Checker().process_files([text])
    return results[1]["results"].get("errors", {})


def text_of(rules: BallotDefinition, some: list[Ballot]) -> str:
    outcome = allocated(problem_of(profile_of(some, rules), rules), rules.allocation)
    return pb_text(rules, profile_of(some, rules), outcome.winners, HEAD)


@given(elections())
@settings(max_examples=80, deadline=None)
def test_what_is_written_is_read_back(election: tuple[BallotDefinition, list[Ballot]]) -> None:
    rules, some = election
    pb = read_pb(text_of(rules, some).encode())
    again = definition_from(pb, ELECTION, rules.allocation)
    assert again.canonical == rules.canonical
    assert profile_of(ballots_from(pb, again), again) == profile_of(some, rules)
    assert pb.remarks == ()


def thirty(rules: BallotDefinition) -> list[Ballot]:
    """Thirty different-looking ballots without equal totals for greedy."""
    found = []
    for voter in range(30):
        places = [at for at in range(5) if voter % (at + 2) == 0] or [0]
        places = places[:1] if rules.vote_type is VoteType.ONE else places
        ranked = rules.vote_type is VoteType.RANKING
        marks = [Mark(project=IDS[at], value=n if ranked else 1) for n, at in enumerate(places, 1)]
        found.append(Ballot(marks=tuple(marks)))
    return found


@pytest.mark.parametrize("rules", KINDS, ids=lambda rules: rules.vote_type.value)
def test_the_formats_own_checker_finds_no_error(rules: BallotDefinition) -> None:
    assert errors_of(text_of(rules, thirty(rules))) == {}


@pytest.mark.parametrize("completion", [Completion.NONE, Completion.ADD1])
def test_the_checker_confirms_our_winners_by_equal_shares(completion: Completion) -> None:
    rule = AllocationRule(
        rule=Rule.MES_COST,
        completion=completion,
        stop=Stop.INFEASIBLE,
        endowment=Endowment.FLOOR,
        tie=TieRule.CHEAPER,
    )
    rules = definition(VoteType.APPROVAL, Limits(max_choices=5), rule)
    text = text_of(rules, thirty(rules))
    assert "\nrule;equalshares" in text
    assert errors_of(text) == {}


def test_the_checker_would_have_found_wrong_winners() -> None:
    """Shows that the test above can fail."""
    rules = definition(VoteType.APPROVAL, Limits(max_choices=5))
    text = pb_text(rules, profile_of(thirty(rules), rules), [IDS[4]], HEAD)
    assert errors_of(text) != {}


def test_the_text_has_no_mark_no_carriage_return_and_no_blanks_around_cells() -> None:
    text = text_of(KINDS[0], thirty(KINDS[0]))
    assert text.startswith("META\nkey;value\n")
    assert "\r" not in text
    assert " ;" not in text
    assert "; " not in text.replace('"A ""big"" boat; red"', "")


def test_a_project_number_that_cannot_stand_in_a_list_is_refused() -> None:
    rules = KINDS[0]
    bad = ProjectOnBallot(id=ProjectId("1,2"), name={"en": "x"}, cost=Cents(1))
    other = replace(rules, projects=(bad,))
    with pytest.raises(ValueError, match="cannot stand in a list"):
        pb_text(other, profile_of([], other), [], HEAD)


def test_money_with_parts_of_a_cent_cannot_become_a_definition() -> None:
    text = text_of(KINDS[0], thirty(KINDS[0])).replace("budget;1000.50", "budget;1000.505")
    with pytest.raises(BadFile, match="parts of a cent"):
        definition_from(read_pb(text.encode()), ELECTION, GREEDY)
