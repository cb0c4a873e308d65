"""One size of the dedup group: ``python -m tests.bench.dedup_race N one|default``."""

import importlib.util
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from talkoot.voting.dedup import Settlement, settled
from talkoot.voting.tally import tally_columns
from tests.bench.harness import RUNS, Clock, Row, compared, give, in_turn, seconds, tell
from tests.bench.in_c import Loop, compiled
from tests.bench.made import PROJECTS, Made, made

if TYPE_CHECKING:
    from tests.bench.tables import Answer, DuckTables, PolarsFrames

SIZES = (100_000, 1_000_000, 10_000_000)
MOST_FOR_NUMPY = 1_000_000
"""It sorts everything: ten times as many take it a quarter of an hour."""

Counts = list[int]
Way = Callable[[], Counts]


class Threads(StrEnum):
    """How many threads those take who can take several."""

    ONE = "one"
    DEFAULT = "default"


def name_of(n: int) -> str:
    """A power of ten, as it is written in the table."""
    return f"10^{len(str(n)) - 1}"


def ours(election: Made) -> Counts:
    """Settle every entry and count the ballots that stand, as ``results`` does."""
    return tallied(election, settled(election.entries))


def tallied(election: Made, settlement: Settlement) -> Counts:
    """Count the ballots that stand."""
    counts = tally_columns(election.choices, PROJECTS, times=settlement.stands)
    votes: Counts = counts.votes[0].tolist()
    return votes


def must_be_ours(election: Made, theirs: "Settlement | Answer", whose: str) -> None:
    """Raise ``ValueError`` unless they settle every row as we do."""
    mine = settled(election.entries)
    for name in ("standing", "fates", "superseded_by"):
        if not np.array_equal(getattr(mine, name), getattr(theirs, name)):
            raise ValueError(f"{whose} gives other {name}")


def fastest(ways: Mapping[str, Way], expected: Counts) -> Way:
    """The faster of one's ways to ask, when each has been tried twice; all must be right."""
    taken: dict[str, float] = {}
    for name, way in ways.items():
        if way() != expected:
            raise ValueError(f"other counts by {name}")
        taken[name] = seconds(way, Clock.WALL)
    return ways[min(taken, key=taken.__getitem__)]


def tables(election: Made, threads: Threads, expected: Counts) -> dict[str, Way]:
    """Those that are only in an environment of their own, by both questions."""
    if importlib.util.find_spec("duckdb") is None or importlib.util.find_spec("polars") is None:
        return {}
    from tests.bench.tables import DuckTables, PolarsFrames

    tell("loading DuckDB and Polars")
    duck = DuckTables(election, 1 if threads is Threads.ONE else None)
    polars = PolarsFrames(election)
    ways = {
        "duckdb/counts-only": fastest(duck.counts_only(), expected),
        "polars/counts-only": fastest({"polars": polars.counts_only}, expected),
    }
    for name, tabled in (("duckdb", duck), ("polars", polars)):
        must_be_ours(election, tabled.same_answer(), name)
        whole = partial(counts_of, tabled)
        ways[f"{name}/same-answer"] = fastest({name: whole}, expected)
    return ways


def counts_of(tabled: "DuckTables | PolarsFrames") -> Counts:
    """The counts, when everything has been answered."""
    return tabled.same_answer().counts


def alone(election: Made, loop: Loop | None, expected: Counts) -> dict[str, Way]:
    """Those that have one thread anyway."""
    from tests.bench.arrays import numpy_way

    ways: dict[str, Way] = {}
    if loop is not None:
        must_be_ours(election, loop.settled(election), "C")
        ways["c"] = lambda: loop.tallied(election, loop.settled(election))
    if election.n <= MOST_FOR_NUMPY:
        ways["numpy"] = numpy_way(election)
    return {name: fastest({name: way}, expected) for name, way in ways.items()}


def race(n: int, threads: Threads) -> None:
    """Measure all in turn and give a row for each of the others."""
    tell("making ballots")
    election = made(n)
    expected = ours(election)
    with compiled() as loop:
        ways = tables(election, threads, expected)
        if threads is Threads.ONE:
            ways |= alone(election, loop, expected)
            if loop is None:
                give(Row(name=f"dedup/{name_of(n)}/c", note="not measured: no C compiler here"))
        tell(f"taking turns: ours, {', '.join(ways)}")
        clock = Clock.PROCESSOR if threads is Threads.ONE else Clock.WALL
        taken = in_turn({"ours": lambda: ours(election), **ways}, clock=clock)
    words = "one thread" if threads is Threads.ONE else "its default threads, ours one"
    for name in ways:
        suffix = "" if threads is Threads.ONE else "/default-threads"
        give(
            compared(
                f"dedup/{name_of(n)}/{name}{suffix}",
                ours_s=taken["ours"],
                theirs_s=taken[name],
                runs=RUNS,
                n=n,
                note=f"dedup and tally, {words}, {clock} seconds",
            )
        )


if __name__ == "__main__":
    race(int(sys.argv[1]), Threads(sys.argv[2]))
