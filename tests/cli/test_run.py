"""`talkoot run` as a person meets it: started, used, stopped, killed, started again, reset."""

import os
import re
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from talkoot.base.db import embedded
from tests.cli.processes import START_S, WITHOUT_A_COMPILER, environment, talkoot
from tests.conftest import drop_home

CODE = re.compile(r"^ {4}([2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{5})$", re.MULTILINE)
KNOCK_S = 0.1
DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A started town: its process, its address and what it printed before it answered."""

    process: subprocess.Popen[bytes]
    address: str
    said: str

    @property
    def codes(self) -> list[str]:
        """The codes to vote with that were printed."""
        return CODE.findall(self.said)

    def get(self, path: str) -> httpx2.Response:
        """Ask for a page."""
        return httpx2.get(f"{self.address}{path}", timeout=START_S)

    def elections(self) -> dict[str, str]:
        """Each round's election, by the API."""
        (town,) = self.get("/api/v1/municipalities").json()
        return {line["round"]: line["id"] for line in town["elections"]}

    def signs_in(self, code: str) -> int:
        """The status of signing in to the open round with a code."""
        election = self.elections()["meidan-suvisalmi"]
        path = f"{self.address}/api/v1/elections/{election}/sign-in"
        return httpx2.post(path, json={"code": code}, timeout=START_S).status_code

    def ends(self, number: signal.Signals) -> int:
        """Send a signal, and give the status that the process ends with."""
        self.process.send_signal(number)
        return self.process.wait(START_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A home in which the first run has loaded the demonstration, and what that run showed."""

    home: Path
    codes: list[str]
    elections: dict[str, str]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """The first run: it loads, shows three codes that work, and leaves when it is told to."""
    home = tmp_path_factory.mktemp("run") / "home"
    with running(home) as first:
        assert len(first.codes) == 3, first.said
        page = first.get("/fi/suvisalmi")
        assert page.status_code == 200
        assert "Meidän Suvisalmi" in page.text
        assert [first.signs_in(code) for code in first.codes] == [201, 201, 201]
        elections, server = first.elections(), server_of(home)
        assert first.ends(signal.SIGINT) == 0
        assert gone(server, within_s=START_S)
    yield Loaded(home=home, codes=first.codes, elections=elections)
    drop_home(home)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(home: Path) -> Iterator[Running]:
    """Start `talkoot run` and wait until it answers; whatever happens, it does not outlive us."""
    port = free_port()
    out = home.parent / f"{port}.txt"
    with out.open("wb") as file:
        process = subprocess.Popen(
            [*WITHOUT_A_COMPILER, "run"],  # on a fresh clone the kernels are not compiled yet
            env=environment(home, TALKOOT_PORT=str(port)),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        assert answers(process, address), out.read_text(encoding="utf-8")
        yield Running(process=process, address=address, said=out.read_text(encoding="utf-8"))
        assert "Traceback" not in out.read_text(encoding="utf-8")
    finally:
        process.kill()
        process.wait(START_S)


def answers(process: subprocess.Popen[bytes], address: str) -> bool:
    """Knock until the pages answer; ``False`` where the process ends before."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            return httpx2.get(f"{address}/healthz", timeout=START_S).status_code == 200
        except httpx2.TransportError:
            if gone(process.pid, within_s=KNOCK_S):
                return False
    return False


def gone(pid: int, *, within_s: float) -> bool:
    """Wait for the end of a process, ours or not, at most so long."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within_s)[0])
    finally:
        os.close(handle)


def server_of(home: Path) -> int:
    """The process of the town's PostgreSQL."""
    place = embedded.place_of(home, embedded.service_account())
    return int((place / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])


def test_a_second_run_finds_the_town_as_it_was_and_the_codes_still_work(loaded: Loaded) -> None:
    with running(loaded.home) as second:
        assert second.codes == loaded.codes
        assert second.elections() == loaded.elections
        assert [second.signs_in(code) for code in second.codes] == [201, 201, 201]


def test_a_service_manager_can_end_it(loaded: Loaded) -> None:
    with running(loaded.home) as town:
        server = server_of(loaded.home)
        assert town.ends(signal.SIGTERM) == 0
        assert gone(server, within_s=0), "it must stop its database before it ends"


def test_a_running_town_is_neither_started_twice_nor_reset(loaded: Loaded) -> None:
    with running(loaded.home) as town:
        port = town.address.rpartition(":")[2]
        taken = talkoot(loaded.home, "run", TALKOOT_PORT=port)
        assert taken.returncode == 1
        assert f"cannot listen on 127.0.0.1:{port}" in taken.stderr
        twice = talkoot(loaded.home, "run", TALKOOT_PORT=str(free_port()))
        assert twice.returncode == 1
        assert "Talkoot is already running on the data in" in twice.stderr
        reset = talkoot(loaded.home, "demo", "--reset")
        assert reset.returncode == 1
        assert "the database is running" in reset.stderr
        assert town.signs_in(town.codes[0]) == 201


def test_a_killed_town_leaves_no_database_behind_and_loses_nothing(loaded: Loaded) -> None:
    with running(loaded.home) as town:
        server = server_of(loaded.home)
        assert town.ends(signal.SIGKILL) == -signal.SIGKILL
        assert gone(server, within_s=START_S)
    with running(loaded.home) as again:
        assert again.codes == loaded.codes
        assert again.elections() == loaded.elections


def test_reset_leaves_nothing_of_what_was(tmp_path: Path) -> None:
    home = tmp_path / "home"
    imported = talkoot(home, "import-pb", str(DATA / "points.pb"))
    assert imported.returncode == 0, imported.stderr
    (home / "demo-codes.txt").write_text("AAAAA-BBBB-CCCCC\n", encoding="ascii")
    assert list((home / "keys").iterdir())
    done = talkoot(home, "demo", "--reset")
    assert (done.returncode, done.stderr) == (0, "")
    assert not (home / "demo-codes.txt").exists()
    assert not (home / "keys").exists()
    listed = talkoot(home, "elections")
    assert (listed.returncode, listed.stdout) == (0, "")
    drop_home(home)
