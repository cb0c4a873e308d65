"""How pages speak: the reader's language, exact amounts, rules and faults as sentences."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.i18n import Language
from talkoot.base.ids import ElectionId
from talkoot.base.money import Cents
from talkoot.rounds import Kind
from talkoot.voting.ballot import (
    AllocationRule,
    BallotDefinition,
    Comparison,
    Completion,
    Endowment,
    Fault,
    FaultKind,
    Fit,
    Leftover,
    Limits,
    Mark,
    Recast,
    Rule,
    Stop,
    TieRule,
    VoteType,
)
from talkoot.voting.log import definition_of
from talkoot.web.counting import counting, exactly_counted, parameters
from talkoot.web.errors import ANSWERS, Trouble
from talkoot.web.pages.limits import running_of
from talkoot.web.trouble import words_for
from talkoot.web.voice import Said, Voice, preferred
from talkoot.web.words import changing, choosing, fault_in_words
from tests.web.counted import POTS, definition_under
from tests.web.town import MUNICIPALITY, a_round, number, rules

FINNISH, ENGLISH = Voice(language=Language.FINNISH), Voice(language=Language.ENGLISH)
VOICES = [Voice(language=language) for language in Language]


def definition(vote_type: VoteType, limits: Limits) -> BallotDefinition:
    agreed = rules(vote_type, limits=limits)
    return definition_of(a_round(), MUNICIPALITY, ElectionId(UUID(int=7)), agreed)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", Language.FINNISH),
        ("de", Language.FINNISH),
        ("sv-FI,sv;q=0.9,fi;q=0.8", Language.SWEDISH),
        ("de;q=1, en;q=0.5", Language.ENGLISH),
        ("fi;q=0.3, se;q=0.9", Language.NORTHERN_SAMI),
        ("sv;q=0, en;q=0.1", Language.ENGLISH),
        ("sv;q=x, en;q=0.1", Language.ENGLISH),
        ("*", Language.FINNISH),
    ],
)
def test_the_browsers_wish_is_followed(header: str, language: Language) -> None:
    assert preferred(header) is language


@given(st.text())
def test_any_wish_at_all_gives_a_language(header: str) -> None:
    assert preferred(header) in Language


def test_words_in_another_language_say_so_and_are_escaped() -> None:
    assert FINNISH.said({"sv": "<b>"}).__html__() == '<span lang="sv">&lt;b&gt;</span>'
    assert Said("<b>").__html__() == "&lt;b&gt;"


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.language)
@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_words_and_a_status(voice: Voice, trouble: Trouble) -> None:
    words = words_for(voice, trouble)
    assert words.heading
    assert words.advice.endswith(".")
    assert 400 <= ANSWERS[trouble].status <= 503


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.language)
@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_has_words(voice: Voice, kind: FaultKind) -> None:
    ballot = definition(VoteType.APPROVAL, Limits(max_choices=3))
    fault = Fault(kind=kind, project=ballot.projects[0].id, found=5, allowed=3)
    words = fault_in_words(voice, fault, ballot)
    assert words
    assert "%(" not in words


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.language)
@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("completion", Completion)
@pytest.mark.parametrize("tie", TieRule)
def test_every_rule_is_told(voice: Voice, rule: Rule, completion: Completion, tie: TieRule) -> None:
    seed = "winter fair" if tie is TieRule.LOT else ""
    named = AllocationRule(rule=rule, completion=completion, tie=tie, lot_seed=seed)
    told = counting(voice, named, "EUR")
    assert all(sentence.endswith(".") for sentence in told)
    assert (len(told) == 1) == (rule is Rule.COUNT_ONLY)
    assert len({changing(voice, recast) for recast in Recast}) == 2


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.language)
@pytest.mark.parametrize("rule", [Rule.MES_COST, Rule.MES_CARDINALITY, Rule.MES_VALUES])
@pytest.mark.parametrize("stop", Stop)
@pytest.mark.parametrize("endowment", Endowment)
@pytest.mark.parametrize("leftover", Leftover)
def test_the_rest_of_the_rule_is_told(
    voice: Voice, rule: Rule, stop: Stop, endowment: Endowment, leftover: Leftover
) -> None:
    named = AllocationRule(
        rule=rule,
        completion=Completion.ADD1,
        stop=stop,
        endowment=endowment,
        leftover=leftover,
        tie=TieRule.CHEAPER,
        lot_seed="winter fair",
    )
    told = list(exactly_counted(voice, definition_under(named, pots=POTS)))
    assert len(told) == 5 + (endowment is Endowment.FLOOR)
    assert len([words for words in told if "winter fair" in words]) == 1
    assert all("%(" not in words for words in told)


SHARES = AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1)
VOTES = AllocationRule(rule=Rule.GREEDY)
DIFFERENT = (
    SHARES,
    replace(SHARES, rule=Rule.MES_CARDINALITY),
    replace(SHARES, rule=Rule.MES_VALUES),
    replace(SHARES, completion=Completion.ADD1U),
    replace(SHARES, completion=Completion.GREEDY),
    replace(SHARES, completion=Completion.NONE),
    replace(SHARES, stop=Stop.INFEASIBLE),
    replace(SHARES, endowment=Endowment.FLOOR),
    replace(SHARES, min_support=10),
    replace(SHARES, min_support=11),
    replace(SHARES, support_for_cost=3),
    replace(SHARES, comparison=Comparison.GREEDY),
    replace(SHARES, leftover=Leftover.CITY),
    replace(SHARES, tie=TieRule.CHEAPER),
    replace(SHARES, tie=TieRule.POPULAR),
    replace(SHARES, tie=TieRule.LOT, lot_seed="winter fair"),
    replace(SHARES, tie=TieRule.LOT, lot_seed="summer fair"),
    VOTES,
    replace(VOTES, fit=Fit.STOP),
    replace(VOTES, rule=Rule.GREEDY_PER_COST),
    replace(VOTES, rule=Rule.PHRAGMEN),
)


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.language)
def test_different_rules_are_told_differently(voice: Voice) -> None:
    told = {
        (
            *counting(voice, rule, "EUR"),
            *exactly_counted(voice, definition_under(rule, pots=POTS)),
        )
        for rule in DIFFERENT
    }
    assert len(told) == len(DIFFERENT)


def test_the_rule_is_printed_in_the_words_of_the_programme() -> None:
    named = AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1U, min_support=7)
    assert parameters(named) == (
        "rule=mes-cost completion=add1u stop=exhaustive endowment=exact tie=listed fit=skip "
        "min-support=7 support-for-cost=0 comparison=none leftover=kept"
    )


@pytest.mark.parametrize(
    ("vote_type", "limits", "words"),
    [
        (VoteType.APPROVAL, Limits(max_choices=1), "Choose 1 project."),
        (VoteType.APPROVAL, Limits(max_choices=5), "Choose up to 5 projects."),
        (VoteType.APPROVAL, Limits(), "Choose as many projects as you like."),
        (VoteType.ONE, Limits(max_choices=1), "Choose one project."),
        (
            VoteType.POINTS,
            Limits(max_sum=10),
            "You have 10 points to share out among the projects.",
        ),
        (
            VoteType.POINTS,
            Limits(max_sum=10, max_value=4),
            "You have 10 points to share out among the projects, at most 4 to one project.",
        ),
    ],
)
def test_how_to_choose_is_said_by_the_frozen_limits(
    vote_type: VoteType, limits: Limits, words: str
) -> None:
    assert choosing(ENGLISH, definition(vote_type, limits), Kind.BUDGET) == words


def test_a_knapsack_says_the_sum() -> None:
    ballot = definition(VoteType.KNAPSACK, Limits(max_cost=Cents(1_234_56)))
    assert "€1,234.56" in choosing(ENGLISH, ballot, Kind.BUDGET)


def test_the_count_says_what_is_used_and_left() -> None:
    ballot = definition(VoteType.KNAPSACK, Limits())
    marks = (Mark(project=ballot.projects[0].id), Mark(project=ballot.projects[3].id))
    running = running_of(ENGLISH, ballot, marks)
    assert running.status == "Used €4,900 of €12,000. Left: €7,100."
    finnish = running_of(FINNISH, ballot, marks).status
    assert finnish == "Käytetty 4 900 € / 12 000 €. Jäljellä 7 100 €.".replace(
        " 900 €", "\N{NO-BREAK SPACE}900\N{NO-BREAK SPACE}€"
    ).replace("12 000 €", "12\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}€").replace(
        "7 100 €", "7\N{NO-BREAK SPACE}100\N{NO-BREAK SPACE}€"
    )


def test_the_count_says_when_it_is_too_much() -> None:
    ballot = definition(VoteType.APPROVAL, Limits(max_choices=1))
    marks = tuple(Mark(project=project.id) for project in ballot.projects[:2])
    running = running_of(ENGLISH, ballot, marks)
    assert running.is_over
    assert running.status == "Chosen: 2 of 1. Too much: leave some out."


@given(st.integers(min_value=0, max_value=10**11), st.sampled_from(VOICES))
def test_running_money_is_written_as_everywhere_else(amount: int, voice: Voice) -> None:
    ballot = definition(VoteType.KNAPSACK, Limits(max_cost=Cents(amount)))
    running = running_of(voice, ballot, ())
    if amount:
        assert voice.money(amount, "EUR") in running.status


def test_a_fault_names_the_project_in_the_readers_language() -> None:
    ballot = definition(VoteType.APPROVAL, Limits())
    fault = Fault(kind=FaultKind.REPEATED_PROJECT, project=ballot.projects[0].id, found=2)
    assert number(1) not in fault_in_words(FINNISH, fault, ballot)
    assert "Hanke <1> fi" in fault_in_words(FINNISH, fault, ballot)
