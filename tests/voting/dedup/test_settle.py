"""Which entry stands is a function of the set of entries, and the slow twin says the same."""

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkoot.base.bytes import Digest
from talkoot.base.ids import VoterKey
from talkoot.voting.ballot import Entry
from talkoot.voting.dedup import EntryColumns, Standing, columns_from, settled
from talkoot.voting.dedup.reference import standing_entries
from tests.voting.dedup.made_up import entries, entry


def standing(log: Sequence[Entry]) -> dict[VoterKey, Digest]:
    rows = settled(columns_from(log)).standing.tolist()
    return {log[row].voter_key: log[row].hash for row in rows}


def test_the_higher_rank_stands_whatever_the_round() -> None:
    log = [entry(1, rank=3), entry(1, rank=1, round_=9)]
    settlement = settled(columns_from(log))
    assert settlement.standing.tolist() == [0]
    assert settlement.fates.tolist() == [Standing.STANDS, Standing.SUPERSEDED]


def test_within_a_rank_the_later_round_stands_then_the_later_beacon() -> None:
    assert settled(columns_from([entry(1, round_=2), entry(1, round_=1)])).standing.tolist() == [0]
    log = [entry(1, beacon=1), entry(1, beacon=2), entry(1, beacon=0)]
    assert settled(columns_from(log)).standing.tolist() == [1]


def test_with_all_else_equal_the_greater_hash_stands() -> None:
    log = [entry(1, submission=number) for number in range(1, 6)]
    best = max(log, key=lambda one: one.hash)
    assert standing(log) == {best.voter_key: best.hash}


def test_the_same_entry_again_is_a_duplicate_and_changes_nothing() -> None:
    log = [entry(1, rank=1), entry(1, rank=2), entry(1, rank=1), entry(1, rank=2)]
    settlement = settled(columns_from(log))
    assert settlement.standing.tolist() == [1]
    assert settlement.fates.tolist() == [
        Standing.SUPERSEDED,
        Standing.STANDS,
        Standing.DUPLICATE,
        Standing.DUPLICATE,
    ]
    assert settlement.number(Standing.DUPLICATE) == 2


def test_no_entries_settle_to_nothing() -> None:
    settlement = settled(columns_from([]))
    assert settlement.standing.tolist() == []
    assert settlement.fates.tolist() == []


def test_a_voter_key_of_another_length_is_refused() -> None:
    short = entry(1)
    object.__setattr__(short, "voter_key", VoterKey(b"short"))
    with pytest.raises(ValueError, match="row 0: voter_key has 5 bytes, not 16"):
        columns_from([short])


def test_columns_that_do_not_fit_together_are_refused() -> None:
    good = columns_from([entry(1), entry(2)])
    with pytest.raises(ValueError, match="do not fit together"):
        EntryColumns(voter=good.voter, precedence=good.precedence[:1], entry_hash=good.entry_hash)


@given(entries())
def test_settling_agrees_with_the_slow_twin(log: list[Entry]) -> None:
    assert standing(log) == standing_entries(log)


@given(entries(), st.integers(0, 2**32))
def test_settling_does_not_depend_on_order_or_repetition(log: list[Entry], seed: int) -> None:
    random = Random(seed)
    again = log + random.sample(log, random.randint(0, len(log)))
    random.shuffle(again)
    assert standing(again) == standing(log)


@given(entries(), st.integers(1, 4))
def test_the_log_may_be_cut_by_voter_into_any_number_of_parts(log: list[Entry], parts: int) -> None:
    pieces = [[e for e in log if e.voter_key[-1] % parts == part] for part in range(parts)]
    together: dict[VoterKey, Digest] = {}
    for piece in pieces:
        together |= standing(piece)
    assert together == standing(log)


@given(entries())
def test_every_entry_has_one_fate_and_standing_is_sorted_by_voter(log: list[Entry]) -> None:
    settlement = settled(columns_from(log))
    keys = [log[row].voter_key for row in settlement.standing.tolist()]
    assert keys == sorted(set(keys))
    assert settlement.number(Standing.STANDS) == len({e.voter_key for e in log})
    different = len({e.hash for e in log})
    assert settlement.number(Standing.DUPLICATE) == len(log) - different
    assert np.isin(settlement.fates, list(Standing)).all()
