"""A scheduler and workers as processes of their own, started by the commands of docs/scale.md."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

from talkoot.base.clock import system_clock
from talkoot.voting.cluster import Scheduler, certificates

ROOT = Path(__file__).resolve().parents[3]
DASK = (sys.executable, "-m", "dask")
START_S = 120.0
STOP_S = 30.0


class Machines:
    """A scheduler, and workers without a nanny: whoever is killed stays dead."""

    def __init__(self, folder: Path) -> None:
        self.workers: list[subprocess.Popen[bytes]] = []
        self.tls = certificates(folder / "tls", "node", at=system_clock(), valid=timedelta(days=1))
        self._folder = folder
        words = ("scheduler", "--protocol", "tls", "--host", "127.0.0.1", "--port", "0")
        self.process = self._started(*words, "--no-dashboard", told=subprocess.PIPE)
        assert self.process.stderr is not None
        self.scheduler = Scheduler(address=_address(self.process), tls=self.tls)
        self._drain = threading.Thread(target=self.process.stderr.read)
        self._drain.start()

    def more_workers(self, number: int) -> None:
        """Start so many workers; they report to the scheduler when they are ready."""
        words = ("--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard")
        place = ("--local-directory", str(self._folder), "--death-timeout", str(START_S))
        for _ in range(number):
            self.workers.append(
                self._started("worker", self.scheduler.address, *words, *place, told=None)
            )

    def _started(self, *words: str, told: int | None) -> subprocess.Popen[bytes]:
        tls = (
            *("--tls-ca-file", str(self.tls.authority)),
            *("--tls-cert", str(self.tls.certificate)),
            *("--tls-key", str(self.tls.key)),
        )
        return subprocess.Popen(
            [*DASK, *words, *tls],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if told is None else told,
        )

    def stop(self) -> None:
        """End every process, and wait until they are gone."""
        for process in (*self.workers, self.process):
            process.terminate()
        for process in (*self.workers, self.process):
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._drain.join()
        assert self.process.stderr is not None
        self.process.stderr.close()


def _address(scheduler: subprocess.Popen[bytes]) -> str:
    """Read what the scheduler says of itself until it names its address."""
    assert scheduler.stderr is not None
    limit = threading.Timer(START_S, scheduler.kill)
    limit.start()
    try:
        return _named(scheduler.stderr)
    finally:
        limit.cancel()


def _named(told: IO[bytes]) -> str:
    said = []
    for line in told:
        said.append(line.decode())
        if "Scheduler at:" in said[-1]:
            return said[-1].rpartition(" ")[2].strip()
    raise AssertionError("the scheduler ended: " + "".join(said))


@contextmanager
def machines(folder: Path, *, workers: int) -> Iterator[Machines]:
    made = Machines(folder)
    try:
        made.more_workers(workers)
        yield made
    finally:
        made.stop()


def ends_its_worker(_job: object) -> None:
    """A part that is too large for any worker's memory, as the operating system answers it."""
    os._exit(1)
