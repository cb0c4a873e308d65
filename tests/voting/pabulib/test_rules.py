"""The words of files for rules: understood, refused where we have none, and written back."""

from dataclasses import replace
from pathlib import Path

import pytest

from talkoot.base.errors import BadFile
from talkoot.base.ids import AreaCode
from talkoot.base.money import Cents
from talkoot.voting.ballot import (
    AllocationRule,
    BallotDefinition,
    Comparison,
    Completion,
    Endowment,
    Fit,
    Limits,
    Pot,
    Rule,
    Stop,
    TieRule,
    VoteType,
)
from talkoot.voting.pabulib import PbElection, read_pb, rule_from, rule_words
from tests.voting.pabulib.test_writer import definition, errors_of, text_of, thirty

HARBOUR = (Path(__file__).resolve().parents[2] / "data" / "harbour.pb").read_text("utf-8")
GREEDY = AllocationRule(rule=Rule.GREEDY, tie=TieRule.CHEAPER)
SHARES = AllocationRule(
    rule=Rule.MES_COST, endowment=Endowment.FLOOR, stop=Stop.INFEASIBLE, tie=TieRule.CHEAPER
)
ADD1 = replace(SHARES, completion=Completion.ADD1)

WORDS = [
    ("greedy", GREEDY),
    ("greedy-no-skip", replace(GREEDY, fit=Fit.STOP)),
    ("greedy-threshold", replace(GREEDY, min_support=3)),
    ("equalshares", SHARES),
    ("equalshares-comparison", replace(SHARES, comparison=Comparison.GREEDY)),
    ("equalshares/add1", ADD1),
    ("equalshares/add1-comparison", replace(ADD1, comparison=Comparison.GREEDY)),
]


def saying(rule: str, threshold: str = "") -> PbElection:
    more = f"min_project_score_threshold;{threshold}\n" if threshold else ""
    return read_pb(HARBOUR.replace("rule;greedy\n", f"rule;{rule}\n{more}").encode())


@pytest.mark.parametrize(("word", "rule"), WORDS)
def test_a_files_word_names_our_rule(word: str, rule: AllocationRule) -> None:
    assert rule_from(saying(word, str(rule.min_support or ""))) == rule


@pytest.mark.parametrize(("word", "rule"), WORDS)
def test_our_rule_is_written_in_the_files_word(word: str, rule: AllocationRule) -> None:
    told = rule_words(definition(VoteType.APPROVAL, Limits(), rule))
    assert told[0] == ("rule", word)
    threshold = [("min_project_score_threshold", "3")] if rule.min_support else []
    assert told[1:] == threshold


@pytest.mark.parametrize(("word", "rule"), WORDS)
def test_what_we_write_is_read_back_and_the_formats_own_checker_finds_no_error(
    word: str, rule: AllocationRule
) -> None:
    election = definition(VoteType.APPROVAL, Limits(max_choices=5), rule)
    text = text_of(election, thirty(election))
    assert f"\nrule;{word}\n" in text
    assert rule_from(read_pb(text.encode())) == rule
    assert errors_of(text) == {}


def test_a_threshold_with_a_part_of_a_point_asks_for_the_next_whole_one() -> None:
    assert rule_from(saying("greedy-no-skip", "2.5")).min_support == 3
    assert rule_from(saying("greedy", "2.0")).min_support == 2


@pytest.mark.parametrize("word", ["greedy-custom", "unknown", "equalshares/add2", ""])
def test_a_word_without_a_rule_of_ours_is_refused(word: str) -> None:
    with pytest.raises(BadFile, match="is not one that can be counted by"):
        rule_from(saying(word))


def test_a_threshold_that_is_no_number_is_refused() -> None:
    with pytest.raises(BadFile, match="min_project_score_threshold: 'many'"):
        rule_from(saying("greedy-threshold", "many"))


def plain(**words: object) -> BallotDefinition:
    found = definition(VoteType.APPROVAL, Limits(), GREEDY)
    return replace(found, **words)  # type: ignore[arg-type]  # each value fits its own field


def first(election: BallotDefinition, **words: object) -> BallotDefinition:
    one = replace(election.projects[0], **words)  # type: ignore[arg-type]  # as above
    return replace(election, projects=(one, *election.projects[1:]))


@pytest.mark.parametrize(
    ("election", "word"),
    [
        (first(plain(), exclusive="site"), "greedy-exclusive"),
        (
            first(plain(allocation=replace(GREEDY, fit=Fit.STOP)), exclusive="site"),
            "unknown",
        ),
        (first(plain(allocation=SHARES), exclusive="site"), "unknown"),
        (first(plain(), pledged=Cents(1)), "unknown"),
        (plain(pots=(Pot(area=None, budget=Cents(100_050)),)), "unknown"),
        (plain(allocation=replace(GREEDY, support_for_cost=3)), "unknown"),
        (plain(allocation=replace(GREEDY, completion=Completion.GREEDY)), "unknown"),
        (plain(allocation=replace(SHARES, min_support=1)), "unknown"),
        (plain(allocation=replace(SHARES, endowment=Endowment.EXACT)), "unknown"),
        (plain(allocation=replace(SHARES, tie=TieRule.POPULAR)), "unknown"),
        (plain(allocation=replace(SHARES, rule=Rule.MES_VALUES)), "unknown"),
        (plain(allocation=replace(ADD1, stop=Stop.EXHAUSTIVE)), "unknown"),
        (plain(allocation=replace(ADD1, completion=Completion.ADD1U)), "unknown"),
        (plain(allocation=AllocationRule(rule=Rule.PHRAGMEN)), "unknown"),
        (plain(areas=(AreaCode("N"),)), "greedy"),
    ],
)
def test_a_word_is_written_only_where_it_says_all_that_decided(
    election: BallotDefinition, word: str
) -> None:
    assert rule_words(election)[0] == ("rule", word)
