"""The threat model is held by the suite: what it promises has a test, and each test its row."""

import re
from pathlib import Path

import pytest

from tests.threats import ROOT, named_after_rows, page_of, suite_in

MODEL = (ROOT / "docs" / "threat_model.md").read_text(encoding="utf-8")
TESTED = (2, *range(5, 25), 37, 39)
"""The rows that concern what this version has: each has a test named after it."""
HERE = ("in the same test", "in the first test")
"""How the model says that a test brings its own control."""


def rows() -> dict[int, list[str]]:
    """The cells of each row of the model's tables, by the row's number."""
    lines = [line for line in MODEL.splitlines() if re.match(r"\| T\d+ \|", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {int(line[0][1:]): line[1:] for line in cells}


def promises() -> list[str]:
    """What the model promises, one a line."""
    _, _, after = MODEL.partition("## What we promise\n")
    return [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("- ")]


def names_in(text: str) -> set[str]:
    return set(re.findall(r"`(test_\w+)`", text))


def test_the_page_of_tests_by_threat_is_what_the_suite_holds() -> None:
    page = (ROOT / "docs" / "threat_tests.md").read_text(encoding="utf-8")
    assert page == page_of(named_after_rows()), "run .venv/bin/python -m tests.threats"


def test_every_test_that_the_threat_model_names_exists() -> None:
    known = {name for names in suite_in().values() for name in names}
    assert len(names_in(MODEL)) > 40
    assert names_in(MODEL) - known == set()


def test_every_row_that_a_test_is_named_after_stands_in_the_threat_model() -> None:
    assert {one.row for one in named_after_rows()} <= set(rows())


@pytest.mark.parametrize("row", TESTED)
def test_every_row_names_a_test_of_its_own_and_a_control(row: int) -> None:
    *_, test, control = rows()[row]
    own = {one.name for one in named_after_rows() if one.row == row}
    assert names_in(test) & own, f"T{row} names no test that is named after it"
    assert names_in(control) or control.startswith(HERE), f"T{row} names no control"


def test_every_promise_names_its_test() -> None:
    assert len(promises()) >= 10
    assert [line for line in promises() if not names_in(line)] == []


def test_a_page_that_lacks_a_test_is_noticed(tmp_path: Path) -> None:
    """The control."""
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_one.py").write_text("def test_t7_one() -> None:\n    assert True\n")
    (folder / "test_two.py").write_text("async def test_t9_t12_two() -> None:\n    assert True\n")
    page = page_of(named_after_rows(tmp_path))
    assert [line for line in page.splitlines() if line.startswith("- ")] == [
        "- `test_t7_one`",
        "- `test_t9_t12_two`",
        "- `test_t9_t12_two`",
    ]
    (folder / "test_two.py").unlink()
    assert page_of(named_after_rows(tmp_path)) != page
