"""What we are measured against lives in environments of its own, or is left out with a word."""

import re
import sys
from pathlib import Path

import pytest

from tests.bench import environments, rules
from tests.bench.environments import LOCKS, Environment, NoEnvironment, python_in
from tests.bench.harness import row_from
from tests.shared_data import pabulib_folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(environments, "FOLDER", tmp_path)
    return tmp_path


def commanded(monkeypatch: pytest.MonkeyPatch, *command: str) -> None:
    """Let making an environment be nothing but this command."""
    monkeypatch.setattr(environments, "_commands", lambda *_: [list(command)])


def test_without_its_packages_an_environment_is_refused_in_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commanded(monkeypatch, sys.executable, "-c", "raise SystemExit('no such index')")
    with pytest.raises(NoEnvironment, match="cannot be had here"):
        python_in(Environment.PABUTOOLS)
    assert not list(folder.rglob("stamp"))


def test_an_environment_is_made_once_and_again_when_its_lock_changes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = folder / "made"
    python = folder / "tables" / "bin" / "python"
    words = f"open({str(made)!r}, 'a').write('x'); import pathlib as p;"
    words += f"q = p.Path({str(python)!r}); q.parent.mkdir(parents=True, exist_ok=True); q.touch()"
    commanded(monkeypatch, sys.executable, "-c", words)
    assert python_in(Environment.TABLES) == python
    assert python_in(Environment.TABLES) == python
    assert made.read_text() == "x"
    other = folder / "lock.txt"
    other.write_text("polars==0\n")
    monkeypatch.setitem(environments.LOCKS, Environment.TABLES, other)
    python_in(Environment.TABLES)
    assert made.read_text() == "xx"


def test_without_pabutools_the_rules_say_that_they_were_not_measured(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pabulib_folder()
    commanded(monkeypatch, sys.executable, "-c", "raise SystemExit(1)")
    rules.main(["Netherlands_Assen_2024"])
    row = row_from(capsys.readouterr().out)
    assert (row.name, row.ratio) == ("rules", None)
    assert row.note.startswith("not measured")
    assert not list(folder.rglob("stamp"))


@pytest.mark.parametrize("lock", LOCKS.values(), ids=lambda lock: lock.name)
def test_every_package_of_a_lock_has_its_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    packages = re.findall(r"^\S+==(?:(?!^\S).*\n?)+", text, re.MULTILINE)
    assert packages
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text
