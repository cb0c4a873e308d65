"""Every real file at hand is read, agrees with its own columns, and poses a whole definition."""

from uuid import UUID

import pytest

from talkoot.base.ids import ElectionId
from talkoot.voting.ballot import AllocationRule, Rule
from talkoot.voting.pabulib import (
    PbElection,
    ballots_from,
    definition_from,
    problem_from,
    profile_from,
    read_pb,
    refused_by_limits,
)
from talkoot.voting.tally import profile_of
from tests.shared_data import pabulib_folder, real_election

ELECTION = ElectionId(UUID(int=5))
GREEDY = AllocationRule(rule=Rule.GREEDY)


def differing(pb: PbElection, column: str, counted: tuple[int, ...]) -> set[str]:
    return {
        project.id
        for project, number in zip(pb.projects, counted, strict=True)
        if column in project.columns and int(project.columns[column] or 0) != number
    }


@pytest.mark.full
def test_every_file_is_read_and_counts_what_its_own_columns_say() -> None:
    for file in sorted(pabulib_folder().glob("*.pb*")):
        pb = read_pb(file.read_bytes())
        tally = problem_from(pb).tally
        # Where ballots repeat projects, the files' own column counts them again.
        repeats = any(remark.line for remark in pb.remarks)
        assert bool(differing(pb, "votes", tally.votes)) == repeats, file.name
        if pb.vote_type in ("cumulative", "ordinal"):
            assert differing(pb, "score", tally.score) == set(), file.name
        assert definition_from(pb, ELECTION, GREEDY).projects


@pytest.mark.parametrize(
    "name", ["Switzerland_Zurich_D10", "Switzerland_Zurich_S5R", "France_Toulouse_2022"]
)
def test_the_short_way_to_the_profile_is_the_same_as_ballot_by_ballot(name: str) -> None:
    pb = real_election(name)
    definition = definition_from(pb, ELECTION, GREEDY)
    assert profile_from(pb) == profile_of(ballots_from(pb, definition), definition)


def test_ballots_that_break_their_files_own_limits_are_named_and_not_lost() -> None:
    pb = real_election("Worldwide_Mechanical_Turk_Utilities_7")
    definition = definition_from(pb, ELECTION, GREEDY)
    refused = refused_by_limits(pb, definition)
    assert len(refused) == 16
    assert refused[0].line == 53
    assert refused[0].words == "99 points given: give at least 100."
    assert len(ballots_from(pb, definition)) == pb.ballots == 75


def test_the_old_and_the_new_dialect_of_one_election_count_the_same() -> None:
    old, new = (real_election(f"{p}oland_{w}arszawa_2017_{g}oclaw") for p, w, g in ("pwg", "PWG"))
    votes = [
        dict(zip((p.id for p in pb.projects), problem_from(pb).tally.votes, strict=True))
        for pb in (old, new)
    ]
    assert votes[0] == votes[1]
    assert old.budget == new.budget
