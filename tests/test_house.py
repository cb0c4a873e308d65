"""The tools that keep the house: each guard is shown a fault, and finds it."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duplicates import Line, copies
from progress import Failed, step
from rooms import Import, fault_in, room_of

ROOT = Path(__file__).resolve().parents[1]
PURE_ROOMS = ["ballot", "sealing", "dedup", "tally", "allocation", "pabulib"]


def imported(module: str, *, by: str, name: str = "") -> Import:
    return Import(importer=by, place="somewhere.py:1", module=module, name=name)


def lines(*texts: str) -> list[Line]:
    return [Line(number=number, text=text) for number, text in enumerate(texts, start=1)]


@pytest.mark.parametrize(
    ("module", "room"),
    [
        ("talkoot.voting.tally.count", "talkoot.voting.tally"),
        ("talkoot.voting.tally", "talkoot.voting.tally"),
        ("talkoot.rounds.phases", "talkoot.rounds"),
        ("talkoot.base.db.session", "talkoot.base.db"),
        ("talkoot.web.pages.ballot", "talkoot.web"),
        ("talkoot_kiosk.machine", "talkoot_kiosk"),
    ],
)
def test_a_module_belongs_to_the_room_below_the_hallway(module: str, room: str) -> None:
    assert room_of(module) == room


def test_reaching_into_another_rooms_file_is_a_fault() -> None:
    reached = imported("talkoot.voting.ballot.entry", by="talkoot.voting.log.store", name="Entry")
    assert fault_in(reached) is not None


def test_importing_a_file_as_if_it_were_a_word_is_a_fault() -> None:
    reached = imported("talkoot.voting.ballot", by="talkoot.voting.log.store", name="entry")
    assert fault_in(reached) is not None


def test_importing_a_public_word_is_none() -> None:
    reached = imported("talkoot.voting.ballot", by="talkoot.voting.log.store", name="Entry")
    assert fault_in(reached) is None


def test_a_room_may_use_its_own_files() -> None:
    reached = imported("talkoot.voting.ballot.entry", by="talkoot.voting.ballot", name="Entry")
    assert fault_in(reached) is None


def test_a_hallway_may_import_nothing() -> None:
    reached = imported("talkoot.voting.ballot", by="talkoot.voting", name="Entry")
    assert fault_in(reached) is not None


@pytest.mark.parametrize("module", ["talkoot.voting.intake", "talkoot.base.db", "talkoot.base"])
def test_the_kiosk_may_not_know_the_server(module: str) -> None:
    assert fault_in(imported(module, by="talkoot_kiosk.sync")) is not None


@pytest.mark.parametrize("module", ["talkoot.voting.ballot", "talkoot.base.bytes"])
def test_the_kiosk_may_know_the_ballot_and_its_bytes(module: str) -> None:
    assert fault_in(imported(module, by="talkoot_kiosk.sync")) is None


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_that_exists_is_in_the_contract_of_pure_rooms(room: str) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = (c for c in settings["contracts"] if c["name"].startswith("2. Pure rooms"))
    exists = (ROOT / "platform" / "talkoot" / "voting" / room).is_dir()
    assert (f"talkoot.voting.{room}" in contract["source_modules"]) == exists


def test_twelve_equal_lines_in_two_files_are_found_with_their_places() -> None:
    common = [f"line {i}" for i in range(12)]
    files = {"a": lines("x", *common, "y"), "b": lines("p", "q", *common)}
    (copy,) = copies(files)
    assert (copy.first, copy.second, copy.length) == (("a", 2), ("b", 3), 12)


def test_eleven_equal_lines_are_no_copy() -> None:
    common = [f"line {i}" for i in range(11)]
    assert copies({"a": lines(*common, "x"), "b": lines(*common, "y")}) == []


@given(st.lists(st.sampled_from("ab"), max_size=14), st.lists(st.sampled_from("ab"), max_size=14))
def test_a_copy_is_found_exactly_where_a_slow_search_finds_equal_runs(
    one: list[str], two: list[str]
) -> None:
    runs = {
        tuple(texts[i : i + 3])
        for texts in (one, two)
        for i in range(len(texts) - 2)
        if any(
            other[j : j + 3] == texts[i : i + 3]
            for other in (one, two)
            for j in range(len(other) - 2)
            if other is not texts or abs(i - j) >= 3
        )
    }
    assert bool(copies({"a": lines(*one), "b": lines(*two)}, least=3)) == bool(runs)


def test_a_step_that_fails_says_what_the_command_said() -> None:
    command = [sys.executable, "-c", "print('the disk is full'); raise SystemExit(3)"]
    with pytest.raises(Failed, match="the disk is full"):
        step("Trying", command)


def test_a_step_that_never_ends_is_cut_off() -> None:
    command = [sys.executable, "-c", "input() if False else __import__('signal').pause()"]
    with pytest.raises(Failed, match="Waiting failed"):
        step("Waiting", command, limit_s=0.5)


def run_pytest(folder: Path, test: str, *arguments: str, required: str) -> str:
    """The outcome line of a run of one test, on a machine without any browser."""
    (folder / "test_it.py").write_text(test)
    plugins = ["-p", "tests.plugin_full", "-p", "tests.plugin_browser", "-p", "no:cacheprovider"]
    options = ["-o", "markers=browser\nfull", "-c", os.devnull, f"--rootdir={folder}"]
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *options, *arguments, str(folder)],
        cwd=ROOT,
        env={"PATH": str(folder), "TALKOOT_BROWSER_REQUIRED": required},
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.splitlines()[-1]


BROWSER_TEST = "import pytest\n@pytest.mark.browser\ndef test_it(): pass\n"
FULL_TEST = "import pytest\n@pytest.mark.full\ndef test_it(): pass\n"
BOTH = "import pytest\n@pytest.mark.full\n@pytest.mark.browser\ndef test_it(): pass\n"


def test_without_a_browser_a_browser_test_is_skipped(tmp_path: Path) -> None:
    assert "1 skipped" in run_pytest(tmp_path, BROWSER_TEST, required="0")


def test_where_a_browser_is_required_a_skipped_browser_test_fails(tmp_path: Path) -> None:
    assert "1 error" in run_pytest(tmp_path, BROWSER_TEST, required="1")


def test_a_long_test_runs_only_when_asked_for(tmp_path: Path) -> None:
    assert "1 skipped" in run_pytest(tmp_path, FULL_TEST, required="1")
    assert "1 passed" in run_pytest(tmp_path, FULL_TEST, "--full", required="1")


def test_a_long_browser_test_that_nobody_asked_for_is_no_failure(tmp_path: Path) -> None:
    assert "1 skipped" in run_pytest(tmp_path, BOTH, required="1")
