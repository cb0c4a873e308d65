"""pabutools in a process and an environment of its own: what it decides, and how long it takes."""

import gzip
import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from tests.bench.environments import Environment, python_in

PEER = Path(__file__).with_name("pabutools_peer.py")
STARTING_S = 120.0

Job = Mapping[str, str | int | Sequence[str]]


class Form(StrEnum):
    """How pabutools holds ballots. Which is faster depends on how many are equal."""

    LIST = "list"
    MULTI = "multi"


class TooLong(Exception):
    """It did not answer within the limit; its process has been ended."""


class NotItsRule(Exception):
    """It has no such rule for ballots of this kind; the text is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What the peer says first."""

    pabutools: str
    gmpy2: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """An election as pabutools read it; ``approvals``: its ballots have no points and no places.

    Seconds are processor seconds.
    """

    ballots: int
    projects: int
    different: int
    approvals: bool
    parse_s: float
    grouping_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What it decided, in its order. ``steps`` of Add1 is ``None`` where they were not counted."""

    winners: tuple[str, ...]
    steps: int | None
    seconds: float


class Peer:
    """A running pabutools with one election open. Every wait for it has an end."""

    def __init__(self, file: Path, form: Form) -> None:
        """Start it and open a plain ``.pb`` file.

        Raises :class:`~tests.bench.environments.NoEnvironment`, :class:`TooLong`.
        """
        self._process = subprocess.Popen(
            [str(python_in(Environment.PABUTOOLS)), str(PEER)],
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            | {"PYTHONHASHSEED": "0"},  # it folds over sets: at least the same way every time
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self.versions = msgspec.json.decode(self._line(STARTING_S), type=Versions)
        opened = self._asked({"job": "open", "file": str(file), "form": form}, STARTING_S)
        self.sizes = msgspec.json.decode(opened, type=Sizes)

    def decide(
        self, rule: str, *, completion: str = "none", stop: str = "exhaustive", limit_s: float
    ) -> Verdict:
        """Decide by one of our rules' names. Raises :class:`TooLong` or :class:`NotItsRule`."""
        job = {"job": "decide", "rule": rule, "completion": completion, "stop": stop}
        return _verdict(self._asked(job, limit_s))

    def raised(self, rule: str, steps: int, *, limit_s: float) -> Verdict:
        """Decide by equal shares with so many currency units more for every voter."""
        return _verdict(self._asked({"job": "raised", "rule": rule, "steps": steps}, limit_s))

    def by_percent(self, rule: str, *, limit_s: float) -> Verdict:
        """Decide by equal shares, completed in pabutools' own steps of a percent of the budget."""
        return _verdict(self._asked({"job": "percent", "rule": rule}, limit_s))

    def completed(self, before: Sequence[str], *, limit_s: float) -> Verdict:
        """Go on greedily by votes after these winners; they come first in the answer."""
        return _verdict(self._asked({"job": "completed", "before": before}, limit_s))

    def end(self) -> None:
        """Let it go."""
        self._process.kill()
        self._process.communicate()

    def _asked(self, job: Job, limit_s: float) -> bytes:
        assert self._process.stdin is not None, "started with pipes"
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        return self._line(limit_s)

    def _line(self, limit_s: float) -> bytes:
        pipe = self._process.stdout
        assert pipe is not None, "started with pipes"
        until, line = time.monotonic() + limit_s, b""
        while not line.endswith(b"\n"):
            left = max(until - time.monotonic(), 0)
            if not select.select([pipe], [], [], left)[0]:
                self.end()
                raise TooLong(f"no answer within {limit_s:.0f} s")
            some = pipe.read(65536)
            if not some:
                raise RuntimeError("pabutools ended without an answer; its words are above")
            line += some
        return line


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    winners: tuple[str, ...] = ()
    steps: int | None = None
    seconds: float = 0.0
    error: str | None = None


def _verdict(line: bytes) -> Verdict:
    answer = msgspec.json.decode(line, type=_Answer)
    if answer.error is not None:
        raise NotItsRule(answer.error)
    return Verdict(winners=answer.winners, steps=answer.steps, seconds=answer.seconds)


@contextmanager
def plain(file: Path) -> Iterator[Path]:
    """Give a file without compression: itself, or a copy that lives as long as the block."""
    if file.suffix != ".gz":
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="talkoot-bench-") as folder:
        copy = Path(folder) / "election.pb"
        copy.write_bytes(gzip.decompress(file.read_bytes()))
        yield copy


@contextmanager
def opened(file: Path, form: Form) -> Iterator[Peer]:
    """A peer with this election open, gone at the end. Raises as :class:`Peer`."""
    with plain(file) as copy:
        peer = Peer(copy, form)
        try:
            yield peer
        finally:
            peer.end()
