"""The table that measurements end in, and what they are made of."""

import json
from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.harness import Clock, Row, compared, in_turn, row_from
from tests.bench.machine import Usage, machine, processor, usage
from tests.bench.report import Report, cells, duration

GROUPS = {"dedup": "dedup and tally", "rules": "the rules"}
KEYS = {"ratio", "ours_s", "theirs_s", "runs", "n"}


def a_row(name: str = "dedup/10^5/c") -> Row:
    return compared(name, ours_s=0.5, theirs_s=2.0, runs=5, n=100_000, note="by hand")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(report, "PAGE", tmp_path / "RESULTS.md")
    return tmp_path


def test_the_ratio_is_their_seconds_by_ours() -> None:
    assert a_row().ratio == 4


def test_a_row_survives_the_way_from_its_group() -> None:
    assert row_from(a_row().line()) == a_row()


def test_both_files_hold_every_row_and_name_the_machine(files: Path) -> None:
    written = Report()
    written.take("rules", [a_row("rules/greedy/Here")], machine="a machine", busy="")
    written.take("dedup", [a_row()], machine="a machine", busy="other work took 1 processor")
    written.write(GROUPS)
    found = json.loads((files / "results.json").read_text())
    assert list(found) == ["dedup/10^5/c", "rules/greedy/Here"]
    assert all(row.keys() >= KEYS for row in found.values())
    page = (files / "RESULTS.md").read_text()
    assert "a machine (other work took 1 processor)" in page
    assert "| dedup/10^5/c | 4 | 500 ms | 2 s | 5 | 100,000 | by hand |" in page
    assert Report.read(files / "results.json") == written


def test_a_group_that_was_measured_again_loses_its_old_rows_and_others_keep_theirs() -> None:
    written = Report()
    written.take("rules", [a_row("rules/greedy/Here")], machine="old", busy="")
    written.take("dedup", [a_row("dedup/10^6/c")], machine="old", busy="")
    written.take("dedup", [a_row()], machine="new", busy="")
    assert set(written.rows) == {"rules/greedy/Here", "dedup/10^5/c"}


def test_what_could_not_be_measured_is_a_row_that_says_why() -> None:
    written = Report()
    written.take(
        "dedup", [Row(name="dedup/10^5/c", note="no C compiler here")], machine="", busy=""
    )
    assert cells("dedup/10^5/c", written.rows["dedup/10^5/c"])[1:] == (
        "",
        "",
        "",
        "",
        "",
        "no C compiler here",
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (2.0, "2 s"), (0.0123, "12.3 ms"), (1e-5, "10 µs"), (5e-8, "50 ns")],
)
def test_seconds_are_told_in_the_unit_that_suits_them(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words


def test_all_take_turns_and_the_first_turn_does_not_count() -> None:
    called: list[str] = []
    works = {name: lambda name=name: called.append(name) for name in ("ours", "theirs")}
    taken = in_turn(works, clock=Clock.WALL, runs=5)
    assert called == ["ours", "theirs"] * 6
    assert all(0 <= seconds < 1 for seconds in taken.values())


def test_the_machine_is_named_without_a_host_or_a_path(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text("processor\t: 0\nmodel name\t: A Fine Processor\nflags\t: fpu\n")
    assert processor(file) == "A Fine Processor"
    assert "cores" in machine()
    assert "/" not in machine()


def test_other_work_is_what_the_processors_did_beyond_our_own() -> None:
    before = Usage(wall_s=10, all_s=100, own_s=5)
    assert before.others(Usage(wall_s=20, all_s=115, own_s=15)) == 0.5
    assert before.others(Usage(wall_s=20, all_s=110, own_s=15)) == 0
    now = usage()
    assert now.all_s >= now.own_s > 0
