"""One size of the dedup group: ``python -m tests.bench.dedup_race N one|default``."""

import importlib.util
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np

from talkoot.voting.dedup import Settlement, Standing, settled
from talkoot.voting.tally import tally_columns
from tests.bench.harness import RUNS, Clock, Row, compared, give, in_turn, seconds, tell
from tests.bench.in_c import Loop, compiled
from tests.bench.made import PROJECTS, Made, made

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
    return counted(election, settled(election.entries))


def counted(election: Made, settlement: Settlement) -> Counts:
    """Count the ballots that stand, in the order in which they lie in memory."""
    rows = np.flatnonzero(settlement.fates == Standing.STANDS)
    counts = tally_columns(election.choices, PROJECTS, rows=rows)
    votes: Counts = counts.votes[0].tolist()
    return votes


def same(loop: Loop, election: Made) -> None:
    """Whether the loop in C gives the very arrays that the kernels give."""
    mine, theirs = settled(election.entries), loop.settled(election)
    for name in ("standing", "fates", "superseded_by"):
        if not np.array_equal(getattr(mine, name), getattr(theirs, name)):
            raise ValueError(f"the loop in C gives other {name}")


def fastest(ways: Mapping[str, Way], expected: Counts) -> Way:
    """The faster of one's ways to ask, when each has been tried twice; all must be right."""
    taken: dict[str, float] = {}
    for name, way in ways.items():
        if way() != expected:
            raise ValueError(f"other counts by {name}")
        taken[name] = seconds(way, Clock.WALL)
    return ways[min(taken, key=taken.__getitem__)]


def tables(election: Made, threads: Threads, expected: Counts) -> dict[str, Way]:
    """Those that are only in an environment of their own."""
    if importlib.util.find_spec("duckdb") is None or importlib.util.find_spec("polars") is None:
        return {}
    from tests.bench.tables import duckdb_ways, polars_way

    tell("loading DuckDB and Polars")
    asked = duckdb_ways(election, 1 if threads is Threads.ONE else None)
    return {
        "duckdb": fastest(asked, expected),
        "polars": fastest({"polars": polars_way(election)}, expected),
    }


def alone(election: Made, loop: Loop | None, expected: Counts) -> dict[str, Way]:
    """Those that have one thread anyway."""
    from tests.bench.arrays import numpy_way

    ways: dict[str, Way] = {}
    if loop is not None:
        same(loop, election)
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
        suffix = "" if threads is Threads.ONE else "-default-threads"
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
