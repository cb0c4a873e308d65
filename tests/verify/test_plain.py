"""A plain election's folder is read and recounted, and what it cannot show is said in words."""

import json

import pytest

from talkoot.verify import Report, verified
from talkoot.verify.reader import PLAIN, Check
from talkoot.voting.ballot import AllocationRule, VoteType
from talkoot.voting.log import definition_json
from talkoot.voting.results import counted, files_of, partition_from
from tests.verify.board import Board, Files, Town
from tests.verify.made import HEAD, some_entries, unaltered
from tests.voting.results.made_up import RULES, a_definition


def plain(
    vote_type: VoteType = VoteType.APPROVAL, rule: AllocationRule = RULES[2], *, board: str = ""
) -> Files:
    """What a plain election publishes; ``board``: what is wrong with its board, or "whole"."""
    definition = a_definition(vote_type, rule)
    entries = some_entries(definition, 24)
    count = counted(partition_from(entries, definition), definition)
    said = definition_json(definition) | {"hash": definition.hash.hex(), "assurance": "plain"}
    files = {f"result/{file.name}": file.body for file in files_of(definition, HEAD, count)}
    files["definition.json"] = json.dumps(said).encode()
    if board:
        leaves = Board(Town(), definition, unaltered)
        leaves.record("definition", definition.canonical)
        for entry in entries[board == "one ballot short" :]:
            leaves.add("ballot", bytes(entry.hash))
        files |= leaves.files()
    return files


def read(files: Files, **kept: bytes) -> Report:
    return verified(files.__getitem__, list(files), **kept)


@pytest.mark.parametrize("vote_type", list(VoteType))
@pytest.mark.parametrize("board", ["", "whole"])
def test_a_plain_election_is_recounted_with_a_word_on_what_it_cannot_show(
    vote_type: VoteType, board: str
) -> None:
    report = read(plain(vote_type, board=board))
    assert not report.faults
    assert report.unchecked == list(PLAIN)
    assert "recounted from the ballots: votes, winners, their order" in report.held
    assert any("the board" in held for held in report.held) is bool(board)


def test_other_winners_than_the_ballots_give_are_named() -> None:
    files = plain()
    said = json.loads(files["result/result.json"])
    said["projects"][0]["votes"] += 1
    files["result/result.json"] = json.dumps(said).encode()
    assert any("the recount" in fault for fault in read(files).faults)


def test_a_ballot_that_the_board_has_not_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the control: with nobody accounting for ballots it passes."""
    files = plain(board="one ballot short")
    assert any("on a board" in fault for fault in read(files).faults)

    def believed(check: Check) -> None:
        check.t = json.loads(check.read("result/result.json"))

    monkeypatch.setattr(Check, "plain", believed)
    assert not read(files).faults


def test_who_has_kept_a_boards_keys_is_told_that_the_board_is_gone() -> None:
    files = plain(board="whole")
    kept = files["board/keys.json"]
    assert not read(files, keys=kept).faults
    bare = {name: body for name, body in files.items() if not name.startswith("board/")}
    assert any(fault.startswith("board: ") for fault in read(bare, keys=kept).faults)


def test_a_sealed_election_does_not_pass_for_one_without_keys() -> None:
    files = plain(board="whole")
    said = json.loads(files["definition.json"])
    del said["assurance"]
    files["definition.json"] = json.dumps(said).encode()
    faults = read(files).faults
    assert any(fault.startswith("sealing.json: ") for fault in faults)
    assert any(fault.startswith("result/transcript.json: ") for fault in faults)
