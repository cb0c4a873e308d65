"""``talkoot verify``: a folder or an address, every fault in words, and an exit status to trust."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from talkoot.base.errors import BadFile
from talkoot.cli import verify as command
from tests.verify.board import Files
from tests.verify.made import SCRIPT, Lies, Made, made


def written(files: Files, folder: Path) -> Path:
    for name, body in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    return folder


def verify(*words: str | Path) -> Result:
    return CliRunner().invoke(command.verify, [str(word) for word in words])


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder at an address of this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def well() -> Made:
    return made()


@pytest.fixture
def folder(well: Made, tmp_path: Path) -> Path:
    return written(well.files, tmp_path / "public")


def test_a_folder_in_which_all_holds_ends_with_status_0(folder: Path) -> None:
    found = verify(folder)
    assert found.exit_code == 0
    assert found.output.endswith("all of this holds\n")


def test_it_says_what_it_did_not_check_and_what_no_check_could_show(folder: Path) -> None:
    found = verify(folder).output
    assert "not verified: that the keys of log and witnesses are the right ones" in found
    assert "not verified: that the board continues what it showed before" in found
    assert "this does not prove that each ballot says what its voter meant" in found


def test_with_what_the_caller_kept_there_is_less_that_it_did_not_check(
    well: Made, folder: Path, tmp_path: Path
) -> None:
    kept = written({"keys.json": well.keys, "checkpoint": well.since}, tmp_path)
    found = verify(folder, "--keys", kept / "keys.json", "--since", kept / "checkpoint")
    assert found.exit_code == 0
    assert "not verified" not in found.output


def test_every_fault_has_its_line_and_the_status_is_1(folder: Path) -> None:
    (folder / "result" / "tables.json").write_bytes(b"{}")
    (folder / "sealing.json").unlink()
    found = verify(folder)
    assert found.exit_code == 1
    assert "fault: sealing.json: " in found.output
    assert "fault: result/tables.json: " in found.output
    assert found.output.endswith("2 faults\n")


def test_t20_a_town_that_showed_somebody_else_another_board_is_found_out(
    folder: Path, tmp_path: Path
) -> None:
    """Both boards are signed by the same log and witnesses, and hold the same ballots."""
    other = {"sealing": "devices", "devices": "sealing"}
    forked = made(lies=Lies(script=tuple(other.get(step, step) for step in SCRIPT)))
    (tmp_path / "kept").write_bytes(forked.since)
    found = verify(folder, "--since", tmp_path / "kept")
    assert found.exit_code == 1
    assert "fault: the checkpoint you kept: its 6 leaves are not the first 6" in found.output
    assert verify(folder).exit_code == 0


def test_the_same_folder_is_read_from_an_address(folder: Path) -> None:
    with served(folder) as address:
        assert verify(address).exit_code == 0
        assert verify(address + "/").exit_code == 0
        (folder / "result" / "ballots.csv").write_bytes(b"projects,values\n")
        assert verify(address).exit_code == 1


def test_an_address_that_anybody_on_the_way_could_alter_is_refused() -> None:
    found = verify("http://vote.example/public")
    assert isinstance(found.exception, BadFile)


def test_a_server_that_never_ends_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "MOST_BYTES", 1000)
    found = verify(folder)
    assert found.exit_code == 1
    assert "more, or slower, than can be taken in" in found.output


def test_a_server_that_sends_on_elsewhere_is_not_followed(folder: Path) -> None:
    """A folder's address without its last stroke is a redirect, and so is no file."""
    with served(folder) as address, pytest.raises(ValueError, match="sends on"):
        command.reader(address)("board")
