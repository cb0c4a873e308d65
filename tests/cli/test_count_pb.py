"""Counting files on the command line: one JSON line a file, or a reason with its line."""

import hashlib
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
        "stop",
        "endowment",
        "tie",
        "lot_seed",
        "fit",
        "min_support",
        "support_for_cost",
        "comparison",
        "ties",
        "compared",
    ]
    assert line["file"] == HARBOUR
    assert line["ballots"] == 8
    assert (line["rule"], line["completion"], line["steps"]) == ("greedy", "none", 0)
    assert line["winners"] == ["10", "2", "7"]
    assert line["ties_broken"] == 1
    assert line["ties"] == [{"winner": "10", "equal": ["2"], "by": "listed"}]
    assert line["compared"] is None


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


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--tie", "lot"), "needs --lot-seed"),
        (("--lot-seed", "spring"), "needs --tie lot, cheaper or popular"),
        (("--rule", "file", "--fit", "stop"), "takes all that it needs from the file"),
        (("--min-support", "-1"), "-1"),
    ],
)
def test_what_does_not_go_together_is_a_wrong_command(words: tuple[str, ...], reason: str) -> None:
    result = run(HARBOUR, *words)
    assert result.exit_code == 2
    assert reason in result.output


def test_every_parameter_is_printed_with_the_outcome() -> None:
    words = ("--tie", "lot", "--lot-seed", "spring", "--fit", "stop", "--min-support", "2")
    more = ("--support-for-cost", "9", "--comparison", "greedy", "--rule", "phragmen")
    (line,) = lines(run(HARBOUR, *words, *more, "--json"))
    assert (line["tie"], line["lot_seed"], line["fit"]) == ("lot", "spring", "stop")
    assert (line["min_support"], line["support_for_cost"], line["comparison"]) == (2, 9, "greedy")
    assert isinstance(line["compared"], dict)
    table = run(HARBOUR, *words, *more).stdout
    assert "fit stop, minimum support 2" in table
    assert "stands" in table


def test_a_lot_is_drawn_from_its_seed_alone() -> None:
    by_seed = {
        seed: lines(run(HARBOUR, "--tie", "lot", "--lot-seed", seed, "--json"))[0]["winners"]
        for seed in "abcdefgh"
    }
    assert {str(winners[:2]) for winners in by_seed.values() if isinstance(winners, list)} == {
        "['10', '2']",
        "['2', '10']",
    }
    for seed, winners in by_seed.items():
        first = min("10", "2", key=lambda one: hashlib.sha256((seed + one).encode()).digest())
        assert isinstance(winners, list)
        assert winners[0] == first


def test_of_exclusive_projects_only_the_first_is_funded() -> None:
    (line,) = lines(run(HARBOUR, "--exclusive", "10,2", "--json"))
    assert line["winners"] == ["10", "S/3", "7"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("10,99",), "'99', which is no project"),
        (("10,2", "2,7"), "'2' twice"),
    ],
)
def test_groups_of_projects_that_the_file_does_not_have_are_refused(
    words: tuple[str, ...], reason: str
) -> None:
    result = run(HARBOUR, *(word for group in words for word in ("--exclusive", group)))
    assert result.exit_code == 1
    assert reason in result.stdout


def as_file(tmp_path: Path, meta: str) -> Result:
    text = (DATA / "harbour.pb").read_text("utf-8")
    file = tmp_path / "named.pb"
    file.write_text(text.replace("rule;greedy\n", meta))
    return run(str(file), "--rule", "file", "--json")


def test_a_file_is_counted_as_it_says_itself(tmp_path: Path) -> None:
    meta = "rule;greedy-no-skip\nmin_project_score_threshold;3\n"
    (line,) = lines(as_file(tmp_path, meta))
    assert (line["rule"], line["fit"], line["min_support"]) == ("greedy", "stop", 3)
    (line,) = lines(as_file(tmp_path, "rule;equalshares/add1-comparison\n"))
    assert (line["rule"], line["completion"], line["stop"]) == ("mes-cost", "add1", "infeasible")
    assert line["comparison"] == "greedy"


@pytest.mark.parametrize(
    ("meta", "reason"),
    [
        ("rule;greedy-custom\n", "'greedy-custom'"),
        ("rule;greedy-exclusive\n", "use --exclusive"),
        ("rule;greedy-threshold\nmin_project_score_threshold;many\n", "threshold: 'many'"),
    ],
)
def test_a_file_whose_rule_cannot_be_counted_by_is_refused(
    tmp_path: Path, meta: str, reason: str
) -> None:
    result = as_file(tmp_path, meta)
    assert result.exit_code == 1
    (line,) = lines(result)
    assert reason in str(line["error"])


def test_the_slow_twins_count_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    words = (HARBOUR, str(DATA / "ranking.pb"), "--rule", "mes-values", "--completion", "add1u")
    fast = [one | {"seconds": 0} for one in lines(run(*words, "--json"))]
    monkeypatch.setenv("TALKOOT_SLOW", "1")
    assert [one | {"seconds": 0} for one in lines(run(*words, "--json"))] == fast


def test_a_repeated_project_is_remarked_on_in_the_table(tmp_path: Path) -> None:
    file = tmp_path / "repeats.pb"
    file.write_text((DATA / "harbour.pb").read_text("utf-8").replace("vote3;10", "vote3;10,10"))
    assert "line 29: the ballot repeats project 10" in run(str(file)).stdout
