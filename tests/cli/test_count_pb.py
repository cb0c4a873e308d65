"""Counting files on the command line: one JSON line a file, or a reason with its line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from talkoot.cli.count_pb import count_pb
from talkoot.voting.ballot import Rule

RULES = [rule.value for rule in Rule if rule is not Rule.COUNT_ONLY]

DATA = Path(__file__).resolve().parents[1] / "data"
HARBOUR = str(DATA / "harbour.pb")


def run(*words: str) -> Result:
    return CliRunner().invoke(count_pb, words)


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_file_is_counted_into_one_json_line_with_exactly_the_published_keys() -> None:
    result = run(HARBOUR, "--json")
    assert result.exit_code == 0
    (line,) = lines(result)
    assert list(line) == [
        "file",
        "ballots",
        "rule",
        "completion",
        "steps",
        "winners",
        "total_cost",
        "ties_broken",
        "seconds",
    ]
    assert line["file"] == HARBOUR
    assert line["ballots"] == 8
    assert (line["rule"], line["completion"], line["steps"]) == ("greedy", "none", 0)
    assert line["winners"] == ["10", "2", "7"]
    assert line["ties_broken"] == 1


def test_money_is_written_with_exactly_its_own_decimals() -> None:
    assert '"total_cost": 1000.5,' in run(HARBOUR, "--json").stdout
    assert '"total_cost": 100,' in run(str(DATA / "points.pb"), "--json").stdout


def test_files_that_cannot_be_counted_are_named_and_the_others_still_counted(
    tmp_path: Path,
) -> None:
    broken = tmp_path / "broken.pb"
    broken.write_text((DATA / "harbour.pb").read_text("utf-8").replace("vote3;10", "vote3;11"))
    result = run(str(broken), HARBOUR, str(tmp_path / "absent.pb"), "--json")
    assert result.exit_code == 1
    first, second, third = lines(result)
    assert first == {
        "file": str(broken),
        "error": "unknown project '11' on a ballot",
        "line": 29,
    }
    assert second["winners"] == ["10", "2", "7"]
    assert third["line"] == 0


def test_without_json_people_read_a_table() -> None:
    result = run(HARBOUR)
    assert result.exit_code == 0
    assert "3 funded for 1000.5" in result.stdout
    assert "Rowing boats" in result.stdout


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", ["harbour", "points", "ranking", "old_dialect", "parts_of_a_cent"])
def test_every_rule_counts_every_made_up_file(rule: str, name: str) -> None:
    result = run(str(DATA / f"{name}.pb"), "--rule", rule, "--completion", "greedy", "--json")
    assert result.exit_code == 0, result.output
    assert lines(result)[0]["rule"] == rule


@pytest.mark.parametrize("completion", ["add1", "add1u"])
def test_add1_takes_its_stop_rule_endowment_and_tie_rule_from_the_command_line(
    completion: str,
) -> None:
    words = ("--completion", completion, "--stop", "infeasible", "--endowment", "floor")
    result = run(HARBOUR, "--rule", "mes-cost", *words, "--tie", "cheaper", "--json")
    assert result.exit_code == 0
    (line,) = lines(result)
    assert line["completion"] == completion
    assert isinstance(line["steps"], int)


def test_add1_with_a_rule_that_gives_no_money_is_a_wrong_command() -> None:
    result = run(HARBOUR, "--rule", "greedy", "--completion", "add1")
    assert result.exit_code == 2
    assert "mes-cost" in result.output


def test_a_repeated_project_is_remarked_on_in_the_table(tmp_path: Path) -> None:
    file = tmp_path / "repeats.pb"
    file.write_text((DATA / "harbour.pb").read_text("utf-8").replace("vote3;10", "vote3;10,10"))
    assert "line 29: the ballot repeats project 10" in run(str(file)).stdout
