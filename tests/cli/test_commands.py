"""The command line as a person meets it: other processes, real files, plain answers."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from talkoot.base.db.embedded import Server
from tests.conftest import drop_home, on_server

DATA = Path(__file__).parents[1] / "data"
ELECTION = re.compile(r"election ([0-9a-f-]{36})")
CODE = re.compile(r"^ {4}([2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{5})$", re.MULTILINE)
START_S = 90.0
MAIN = "from talkoot.cli import main; main()"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    drop_home(folder)


def environment(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "TALKOOT_HOME": str(home), **more}


def talkoot(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", MAIN, *words],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )


def test_an_election_is_imported_closed_counted_and_exported_by_two_persons(
    home: Path, tmp_path: Path
) -> None:
    imported = talkoot(home, "import-pb", "--votes", str(DATA / "village.pb"))
    assert imported.returncode == 0, imported.stderr
    assert "ballots recorded" in imported.stdout
    election = ELECTION.findall(imported.stdout)[0]

    early = talkoot(home, "export-pb", election)
    assert early.returncode == 1
    assert "nothing is shown before it closes" in early.stderr

    alone = talkoot(home, "close", election, "--first", "Aino", "--second", " aino")
    assert alone.returncode == 1
    assert "two different persons" in alone.stderr

    persons = ("--first", "Aino", "--second", "Otto")
    assert talkoot(home, "count", election, *persons).returncode == 1
    assert talkoot(home, "close", election, *persons).returncode == 0
    assert "is counted" in talkoot(home, "count", election, *persons).stdout
    listed = talkoot(home, "elections")
    assert f"{election}  counted" in listed.stdout

    out = tmp_path / "out.pb"
    assert talkoot(home, "export-pb", election, "--out", str(out)).returncode == 0
    again = talkoot(home, "count-pb", "--json", str(out))
    assert '"winners": [' in again.stdout, again.stderr
    assert _winners(again.stdout) == _winners(
        talkoot(home, "count-pb", "--json", str(DATA / "village.pb")).stdout
    )


def _winners(line: str) -> str:
    found = re.search(r'"winners": (\[[^\]]*\])', line)
    assert found, line
    return found.group(1)


def test_a_bad_file_is_refused_with_line_and_reason_and_the_good_one_goes_on(
    home: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.pb"
    body = (DATA / "village.pb").read_text(encoding="utf-8")
    bad.write_text(re.sub(r"(?m)^vote_type;.*$", "vote_type;shouting", body), encoding="utf-8")
    both = talkoot(home, "import-pb", str(bad), str(DATA / "points.pb"))
    assert both.returncode == 1
    refused, imported = both.stdout.splitlines()[1:]
    assert re.search(r"bad\.pb +\d+ +[\d.]+ +refused: line \d+: .*shouting", refused)
    assert "imported as" in imported


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _started(home: Path, port: int) -> tuple[subprocess.Popen[str], str]:
    """Start `talkoot run` and wait until its pages answer; give it and what it printed."""
    out = home.parent / f"out-{port}-{time.monotonic_ns()}.txt"
    with out.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, "run"],
            env=environment(home, TALKOOT_PORT=str(port)),
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
        )
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200:
                return process, out.read_text(encoding="utf-8")
        except httpx2.TransportError:
            pass
    process.kill()
    pytest.fail(out.read_text(encoding="utf-8"))


def test_run_brings_up_the_town_and_a_second_run_finds_it(home: Path) -> None:
    port = _free_port()
    first, said = _started(home, port)
    codes = CODE.findall(said)
    assert len(codes) == 3, said
    page = httpx2.get(f"http://127.0.0.1:{port}/fi/suvisalmi", timeout=10)
    assert page.status_code == 200
    assert "Meidän Suvisalmi" in page.text
    taken = subprocess.run(
        [sys.executable, "-c", MAIN, "run"],
        env=environment(home, TALKOOT_PORT=str(port)),
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )
    assert taken.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in taken.stderr
    first.send_signal(signal.SIGINT)
    first.wait(START_S)

    second, said_again = _started(home, port)
    assert CODE.findall(said_again) == codes
    second.send_signal(signal.SIGINT)
    second.wait(START_S)
    gone = talkoot(home, "demo", "--reset")
    assert gone.returncode == 0, gone.stderr
    assert not (home / "demo-codes.txt").exists()


def test_a_killed_process_leaves_no_database_behind(home: Path) -> None:
    process, _said = _started(home, _free_port())
    server = _server_of(home)
    process.kill()
    process.wait(START_S)
    end = time.monotonic() + START_S
    while Path(f"/proc/{server}").exists() and time.monotonic() < end:
        pass
    assert not Path(f"/proc/{server}").exists()


def _server_of(home: Path) -> int:
    from talkoot.base.db import embedded

    place = embedded.place_of(home, embedded.service_account())
    return int((place / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])


async def test_a_database_without_a_schema_is_told_in_one_sentence(
    server: Server, home: Path
) -> None:
    await on_server(server, "create database bare")
    asked = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", MAIN, "elections"],
        env=environment(home, TALKOOT_DATABASE_URL=server.url(database="bare")),
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )
    assert asked.returncode == 1
    assert "talkoot migrate" in asked.stderr
    assert "Traceback" not in asked.stderr
