"""What every measurement is made of: a row of figures, medians, and lines that show progress.

A group of measurements is a module that is run by itself, ``python -m tests.bench.NAME``: it prints
its rows on standard output, one JSON object a line, and what it is doing on standard error.
"""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

RUNS = 5
"""Every figure is the median of at least so many runs, unless its row says otherwise."""


class Scale(StrEnum):
    """How much is measured."""

    SHORT = "short"
    """What ends within minutes."""
    FULL = "full"
    """Also what takes an hour."""


class Clock(StrEnum):
    """Which seconds are counted."""

    PROCESSOR = "processor"
    """Of this process on all its threads together: other work changes little. For one thread."""
    WALL = "wall"
    """What a person waits: for work on several threads or in several processes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    ``ratio`` is theirs_s / ours_s, or what ``note`` says where nothing is compared; ``n`` is the
    size of the work, as a rule in ballots; ``runs`` the least number of runs behind a median.
    ``note`` is for people: against whom, under which conditions. A group that cannot be measured
    gives a row without figures, whose note says why.
    """

    name: str
    ratio: float | None = None
    ours_s: float | None = None
    theirs_s: float | None = None
    runs: int = 0
    n: int = 0
    note: str = ""

    def line(self) -> str:
        """The row as it is handed to whoever started this group."""
        return json.dumps(asdict(self))


def row_from(line: str) -> Row:
    """Read a row that a group has printed; ``TypeError`` or ``ValueError`` for other text."""
    return Row(**json.loads(line))


def give(row: Row) -> None:
    """Hand a finished row over at once, so that a later fault does not take it away."""
    print(row.line(), flush=True)  # noqa: T201 - this is how a group answers


def tell(words: str) -> None:
    """Say what is being done."""
    print(f"  {words}", file=sys.stderr, flush=True)  # noqa: T201 - progress is for the person waiting


def scale_from(arguments: Sequence[str]) -> Scale:
    """The scale that the words of the command line ask for."""
    return Scale.FULL if "--full" in arguments else Scale.SHORT


def seconds(work: Callable[[], object], clock: Clock = Clock.PROCESSOR) -> float:
    """The seconds of one call."""
    now = time.process_time if clock is Clock.PROCESSOR else time.perf_counter
    begun = now()
    work()
    return now() - begun


def short_seconds(work: Callable[[], object], *, least_s: float = 0.02) -> float:
    """The processor seconds of one call, from as many calls as fill ``least_s``."""
    calls, took = 1, seconds(work)
    while took < least_s:
        calls = max(2 * calls, int(calls * least_s / max(took, 1e-9)))
        took = seconds(lambda: [work() for _ in range(calls)])  # noqa: B023 - called at once
    return took / calls


def in_turn(
    works: Mapping[str, Callable[[], object]], *, clock: Clock, runs: int = RUNS
) -> dict[str, float]:
    """The median seconds of each work, one run of each in turn, so that all share the weather.

    A run before the first is not counted: it fills caches and lets lazy parts load.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(runs + 1):
        for name, work in works.items():
            gc.collect()
            took = seconds(work, clock)
            if turn:
                taken[name].append(took)
    return {name: statistics.median(some) for name, some in taken.items()}


def compared(
    name: str, *, ours_s: float, theirs_s: float, runs: int, n: int, note: str = ""
) -> Row:
    """A row that sets their seconds against ours."""
    ratio = theirs_s / ours_s if ours_s else None
    return Row(name=name, ratio=ratio, ours_s=ours_s, theirs_s=theirs_s, runs=runs, n=n, note=note)
