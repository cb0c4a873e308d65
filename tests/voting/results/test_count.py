"""The whole count against a slow twin, and against every order in which entries may come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.bytes import Digest
from talkoot.base.engine import Engine
from talkoot.base.errors import BrokenLog
from talkoot.voting.allocation import problem_of
from talkoot.voting.allocation.reference import Outcome, reference
from talkoot.voting.ballot import BallotDefinition, Entry, VoteType, padded_length
from talkoot.voting.dedup import columns_from
from talkoot.voting.results import Accounting, Count, Fate, partition_from, set_digest
from talkoot.voting.results import counted as counted_partition
from talkoot.voting.results.digest import UNSALTED
from talkoot.voting.tally import profile_from_counts
from tests.voting.results.made_up import COSTS, a_definition, an_entry, elections, what_of

A, B, C, D, E = (("1", 1), ("2", 1), ("3", 1), ("4", 1), ("5", 1))
Marks = dict[str, int]


def counted(entries: Sequence[Entry], definition: BallotDefinition) -> Count:
    return counted_partition(partition_from(entries, definition), definition)


def standing_digest(entries: Sequence[Entry]) -> bytes:
    """The slow twin's digest of a set of entries."""
    columns = columns_from(entries)
    rows = np.arange(len(entries))
    return set_digest(columns.voter, columns.entry_hash, rows, UNSALTED, engine=Engine.TWINS)


def standing(entries: Sequence[Entry]) -> dict[bytes, Entry]:
    """The slow twin: of each voter's entries the one with the greatest key, entry by entry."""
    best: dict[bytes, Entry] = {}
    for entry in entries:
        key = (entry.rank, entry.round, entry.beacon, entry.hash)
        other = best.get(entry.voter_key)
        if other is None or key > (other.rank, other.round, other.beacon, other.hash):
            best[entry.voter_key] = entry
    return best


def marks_in(what: bytes, definition: BallotDefinition) -> Marks | None:
    """The slow twin: a ballot's marks from its bytes; ``None`` where it is spoiled."""
    number, ids = int.from_bytes(what[:4], "big"), [p.id for p in definition.projects]
    rows = [what[4 + 12 * at : 16 + 12 * at] for at in range(min(number, definition.capacity))]
    if number > definition.capacity or any(what[4 + 12 * number :]):
        return None
    places = [(int.from_bytes(r[:4], "big"), int.from_bytes(r[4:], "big")) for r in rows]
    by = 1 if definition.vote_type is VoteType.RANKING else 0
    if any(place >= len(ids) for place, _ in places) or places != sorted(
        places, key=lambda pair: pair[by]
    ):
        return None
    marks: Marks = {ids[place]: value for place, value in places}
    return marks if len(marks) == number and lawful(marks, definition) else None


def lawful(marks: Marks, definition: BallotDefinition) -> bool:
    """The slow twin: whether the made-up limits allow these marks."""
    values, limits = list(marks.values()), definition.limits
    if not marks or len(marks) > (limits.max_choices or len(COSTS)):
        return False
    match definition.vote_type:
        case VoteType.APPROVAL | VoteType.ONE:
            return set(values) == {1}
        case VoteType.KNAPSACK:
            cost = sum(p.cost for p in definition.projects if p.id in marks)
            return set(values) == {1} and cost <= (limits.max_cost or 0)
        case VoteType.POINTS:
            return min(values) >= 1 and sum(values) <= (limits.max_sum or 0)
        case VoteType.SCORES:
            return max(values) <= (limits.max_value or 0)
        case VoteType.RANKING:
            return sorted(values) == list(range(1, len(marks) + 1))


def amounts(marks: Marks, definition: BallotDefinition) -> Marks:
    """What each mark adds to the score: in a ranking of l, l for the first place."""
    if definition.vote_type is VoteType.RANKING:
        return {project: len(marks) + 1 - place for project, place in marks.items()}
    return marks


def expected(ballots: Sequence[Marks], definition: BallotDefinition) -> Outcome:
    """The exact rules, slowly, over the twin's ballots."""
    ids = tuple(project.id for project in definition.projects)
    choices = Counter(
        tuple((at, marks[project]) for at, project in enumerate(ids) if project in marks)
        for marks in ballots
    )
    profile = profile_from_counts(choices, ids)
    return reference(problem_of(profile, definition), definition.allocation)


@given(elections())
@settings(max_examples=150, deadline=None)
def test_the_count_agrees_with_a_slow_twin(
    election: tuple[BallotDefinition, list[Entry]],
) -> None:
    definition, entries = election
    count = counted(entries, definition)
    best = standing(entries)
    opened = [marks_in(entry.what, definition) for entry in best.values()]
    ballots = [amounts(marks, definition) for marks in opened if marks is not None]
    votes = Counter(project for marks in ballots for project in marks)
    scores = Counter[str]()
    for marks in ballots:
        scores.update(marks)
    different = len({entry.hash for entry in entries})
    assert count.standing == standing_digest(list(best.values()))
    assert count.result.accounting == Accounting(
        entries=different,
        counted=len(ballots),
        superseded=different - len(best),
        spoiled=len(best) - len(ballots),
    )
    for project in count.result.projects:
        assert (project.votes, project.score) == (votes[project.number], scores[project.number])
    outcome = expected(ballots, definition)
    assert tuple(p.number for p in count.result.winners) == outcome.winners
    assert (count.result.spent, count.result.steps) == (outcome.total_cost, outcome.steps)


@given(elections(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_t24_the_result_does_not_depend_on_the_order_of_entries(
    election: tuple[BallotDefinition, list[Entry]], random: Random
) -> None:
    definition, entries = election
    again = entries + random.sample(entries, k=len(entries) // 2)
    random.shuffle(again)
    first, second = counted(entries, definition), counted(again, definition)
    assert msgspec.json.encode(first.result) == msgspec.json.encode(second.result)
    assert first.profile == second.profile
    assert first.standing == second.standing


@given(elections())
@settings(max_examples=100, deadline=None)
def test_every_project_has_the_fate_that_its_figures_tell(
    election: tuple[BallotDefinition, list[Entry]],
) -> None:
    definition, entries = election
    result = counted(entries, definition).result
    assert [p.turn for p in result.winners] == list(range(1, len(result.winners) + 1))
    assert sum(p.cost for p in result.winners) == result.spent <= result.budget
    for project in result.projects:
        funded = project.fate in {Fate.FUNDED, Fate.FUNDED_BY_COMPLETION}
        assert funded == (project.turn is not None)
        assert project.missing >= 0
        if project.fate is Fate.DEARER_THAN_BUDGET:
            assert project.missing == project.cost - result.budget > 0
        if project.fate is Fate.NO_VOTES:
            assert project.score == 0


def test_a_known_election_comes_out_as_worked_by_hand() -> None:
    definition = a_definition()
    ballots = [(A, B), (A, E), (B, C), (C,), (A, C, D)]
    entries = [
        an_entry(definition, what_of(definition, *marks), voter=voter)
        for voter, marks in enumerate(ballots, 1)
    ]
    result = counted(entries, definition).result
    assert [(p.number, p.votes, p.turn) for p in result.projects] == [
        ("1", 3, 1),
        ("2", 2, None),
        ("3", 3, 2),
        ("4", 1, 3),
        ("5", 1, None),
    ]
    # 300 + 200 are spent when No 2 (500.50) comes: 500 are left, half a unit too few.
    assert result.projects[1].fate is Fate.NOT_ENOUGH_LEFT
    assert result.projects[1].missing == 50
    assert result.projects[0].tied_with == ("3",)
    assert result.projects[4].fate is Fate.DEARER_THAN_BUDGET
    assert result.projects[4].missing == 200_00
    assert result.accounting == Accounting(entries=5, counted=5, superseded=0, spoiled=0)


def test_only_the_last_ballot_of_a_voter_counts_and_the_others_are_accounted_for() -> None:
    definition = a_definition()
    first = an_entry(definition, what_of(definition, A), voter=1, submission=1, round_=1)
    second = an_entry(definition, what_of(definition, B), voter=1, submission=2, round_=2)
    result = counted([second, first, second], definition).result
    assert [project.votes for project in result.projects] == [0, 1, 0, 0, 0]
    assert result.accounting == Accounting(entries=2, counted=1, superseded=1, spoiled=0)


SPOILED = {
    "too many projects": what_of(
        a_definition(VoteType.SCORES), ("1", 1), ("2", 1), ("3", 1), ("4", 1)
    )[: padded_length(a_definition())],
    "a value where only approval is": what_of(a_definition(), ("1", 7)),
    "nothing chosen": what_of(a_definition()),
    "a project that is not there": b"\0\0\0\1\0\0\0\x09" + b"\0" * 7 + b"\1" + bytes(24),
    "bytes behind the end": what_of(a_definition(), A)[:-1] + b"\1",
    "a wrong length": what_of(a_definition(), A) + b"\0",
    "no bytes": b"",
}


@pytest.mark.parametrize("what", SPOILED.values(), ids=SPOILED.keys())
def test_a_spoiled_ballot_counts_for_nothing_and_is_accounted_for(what: bytes) -> None:
    definition = a_definition()
    good = an_entry(definition, what_of(definition, A), voter=1)
    entries = [good, an_entry(definition, what, voter=2)]
    count = counted(entries, definition)
    assert [project.votes for project in count.result.projects] == [1, 0, 0, 0, 0]
    assert count.result.accounting == Accounting(entries=2, counted=1, superseded=0, spoiled=1)
    assert count.standing == standing_digest(entries)
    assert count.profile.ballots == 1


def test_a_spoiled_ballot_still_stands_in_place_of_an_earlier_one() -> None:
    definition = a_definition()
    good = an_entry(definition, what_of(definition, A), voter=1, submission=1, round_=1)
    spoiled = an_entry(definition, b"\xff" * 40, voter=1, submission=2, round_=2)
    result = counted([good, spoiled], definition).result
    assert result.accounting == Accounting(entries=2, counted=0, superseded=1, spoiled=1)


@pytest.mark.parametrize("vote_type", list(VoteType))
def test_an_election_without_a_ballot_has_a_result(vote_type: VoteType) -> None:
    result = counted([], a_definition(vote_type)).result
    assert result.accounting == Accounting(entries=0, counted=0, superseded=0, spoiled=0)
    assert {project.votes for project in result.projects} == {0}


def test_an_entry_of_another_definition_is_a_broken_log() -> None:
    definition = a_definition()
    entry = an_entry(definition, what_of(definition, A), voter=1)
    other = replace(entry, definition_hash=Digest(bytes(32)))
    with pytest.raises(BrokenLog, match=other.hash.hex()):
        counted([entry, other], definition)
