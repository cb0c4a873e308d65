"""A folder in which all is well is read without a fault, whatever was voted on and how."""

import pytest

from talkoot.verify import Report, recount, verified
from talkoot.voting.ballot import AllocationRule, VoteType
from talkoot.voting.results import counted, partition_from
from talkoot.voting.results.ballot_files import csv_of, json_of
from tests.verify.made import SCRIPT, Lies, Made, made, some_entries
from tests.voting.results.made_up import RULES, a_definition


def read(folder: Made) -> Report:
    return verified(
        folder.files.__getitem__, list(folder.files), keys=folder.keys, since=folder.since
    )


@pytest.mark.parametrize("vote_type", list(VoteType))
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule.value)
def test_a_folder_in_which_all_is_well_has_no_fault(
    vote_type: VoteType, rule: AllocationRule
) -> None:
    report = read(made(a_definition(vote_type, rule)))
    assert not report.faults
    assert not report.unchecked
    assert len(report.held) == 8


@pytest.mark.parametrize("voters", [0, 1, 236, 600])
def test_boards_of_one_and_of_several_tiles_are_read(voters: int) -> None:
    definition = a_definition()
    assert not read(made(definition, some_entries(definition, voters))).faults


def test_a_count_that_is_not_yet_final_is_read() -> None:
    assert not read(made(lies=Lies(script=SCRIPT[:-3]))).faults


@pytest.mark.parametrize("vote_type", list(VoteType))
def test_the_ballot_files_of_the_counting_house_are_read(vote_type: VoteType) -> None:
    """Those of the other tests are written from the description; these by the count itself."""
    definition = a_definition(vote_type)
    entries = some_entries(definition, 24)
    profile = counted(partition_from(entries, definition), definition).profile

    def theirs(files: dict[str, bytes]) -> None:
        files["result/ballots.csv"] = csv_of(profile)
        files["result/ballots.json"] = json_of(definition, profile)

    assert not read(made(definition, entries, lies=Lies(results=theirs))).faults


def test_a_rule_that_the_reader_does_not_know_is_said_to_be_not_verified(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(recount.KNOWN, "rule", "phragmen")
    report = read(made())
    assert not report.faults
    assert report.unchecked == ["the count, whose rules are not known here: ['mes-cost']"]


def test_a_definition_at_fault_is_not_counted_by_and_that_is_said() -> None:
    folder = made()
    folder.files["definition.json"] = folder.files["definition.json"].replace(b"Satama", b"Satamo")
    report = read(folder)
    assert "definition.json: not what its hash names" in report.faults
    assert report.unchecked == ["the count, since definition or transcript is at fault"]
