"""Counts are the same in any order and any number of parts, and as the slow twin finds them."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.voting.ballot import Ballot, BallotDefinition, VoteType
from talkoot.voting.tally import merged, profile_from_counts, profile_of, tally_of
from talkoot.voting.tally.reference import counted
from tests.voting.tally.made_up import IDS, ballot, definition, elections

Election = tuple[BallotDefinition, list[Ballot]]


def test_equal_ballots_are_one_group_and_empty_ballots_are_counted() -> None:
    some = [ballot(("10", 1), ("b", 1)), ballot(), ballot(("10", 1), ("b", 1))]
    profile = profile_of(some, definition(VoteType.APPROVAL))
    assert profile.projects == IDS
    assert profile.weights.tolist() == [1, 2]
    assert profile.indptr.tolist() == [0, 0, 2]
    assert profile.items.tolist() == [0, 2]
    assert tally_of(profile).ballots == 3
    assert tally_of(profile).votes == (2, 0, 2, 0)


def test_a_ranking_of_three_gives_three_two_and_one() -> None:
    profile = profile_of([ballot(("b", 1), ("2", 2), ("A", 3))], definition(VoteType.RANKING))
    assert tally_of(profile).score == (0, 2, 3, 1)


def test_points_are_added_up() -> None:
    some = [ballot(("10", 3), ("2", 0)), ballot(("10", 4))]
    tally = tally_of(profile_of(some, definition(VoteType.POINTS)))
    assert tally.votes == (2, 1, 0, 0)
    assert tally.score == (7, 0, 0, 0)


def test_profiles_of_different_elections_cannot_be_added() -> None:
    with pytest.raises(ValueError, match="one election"):
        merged([profile_from_counts({}, IDS), profile_from_counts({}, IDS[:2])])
    with pytest.raises(ValueError, match="one election"):
        merged([])


def test_a_ballot_for_an_unknown_project_is_an_error() -> None:
    with pytest.raises(KeyError):
        profile_of([ballot(("nowhere", 1))], definition(VoteType.APPROVAL))


@given(elections())
def test_the_tally_agrees_with_the_slow_twin(election: Election) -> None:
    rules, ballots = election
    assert tally_of(profile_of(ballots, rules)) == counted(ballots, rules)


@given(elections(), st.integers(0, 2**32))
def test_the_profile_does_not_depend_on_order(election: Election, seed: int) -> None:
    rules, ballots = election
    again = Random(seed).sample(ballots, len(ballots))
    assert profile_of(again, rules) == profile_of(ballots, rules)
    assert hash(profile_of(again, rules)) == hash(profile_of(ballots, rules))


@given(elections(), st.integers(1, 5))
def test_ballots_may_be_counted_in_any_number_of_parts(election: Election, parts: int) -> None:
    rules, ballots = election
    pieces = [profile_of(ballots[part::parts], rules) for part in range(parts)]
    assert merged(pieces) == profile_of(ballots, rules)


@given(elections(), st.integers(2, 4))
def test_counting_every_ballot_again_multiplies_every_number(
    election: Election, times: int
) -> None:
    rules, ballots = election
    once, more = (tally_of(profile_of(ballots * n, rules)) for n in (1, times))
    assert more.votes == tuple(times * n for n in once.votes)
    assert more.score == tuple(times * n for n in once.score)
    assert more.ballots == times * once.ballots


@given(elections())
def test_a_profile_gives_back_what_was_counted(election: Election) -> None:
    rules, ballots = election
    profile = profile_of(ballots, rules)
    assert profile_from_counts(profile.counts(), profile.projects) == profile
    assert profile.groups == len(profile.counts())
