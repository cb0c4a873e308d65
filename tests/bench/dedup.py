"""Dedup and tally of made ballots against DuckDB, Polars, NumPy and C: ``make bench ONLY=dedup``.

Every size is a process of its own, in the environment that has DuckDB and Polars, with our source
roots and packages on its path: all are given the same arrays and take turns. Once with one thread
each, by processor seconds, and once with as many threads as each takes by itself, by the clock on
the wall; ours uses one in both.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.bench.dedup_race import SIZES, Threads, name_of
from tests.bench.environments import ROOT, Environment, NoEnvironment, python_in
from tests.bench.harness import RUNS, Row, give, row_from, tell

SOURCE_ROOTS = ("platform", "kiosk", "firmware_bridge")


def main() -> None:
    """Give every row of this group."""
    python = _python()
    ours: dict[int, float] = {}
    for threads in Threads:
        for n in SIZES:
            tell(f"{n:,} ballots, threads: {threads}")
            for row in _rows(python, threads, "tests.bench.dedup_race", str(n), threads):
                give(row)
                if threads is Threads.ONE and row.ours_s is not None:
                    ours[n] = row.ours_s
    for n in SIZES[1:]:
        tell(f"memory of {n:,} ballots")
        for row in _rows(python, Threads.ONE, "tests.bench.dedup_memory", str(n)):
            give(row)
    if len(ours) == len(SIZES):
        give(_slope(ours))


def _python() -> Path:
    try:
        return python_in(Environment.TABLES)
    except NoEnvironment as fault:
        give(Row(name="dedup/duckdb-and-polars", note=f"not measured: {fault}"))
        return Path(sys.executable)


def _rows(python: Path, threads: Threads, module: str, *words: str) -> Iterator[Row]:
    """The rows that a module prints in a process of its own."""
    packages = Path(np.__file__).parents[1]
    path = os.pathsep.join(str(one) for one in (ROOT, *(ROOT / s for s in SOURCE_ROOTS), packages))
    environment = {**os.environ, "PYTHONPATH": path}
    if threads is Threads.ONE:
        environment |= {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [str(python), "-m", module, *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None, "started with a pipe"
        for line in child.stdout:
            yield row_from(line)
    if child.returncode:
        raise RuntimeError(f"{module} {' '.join(words)} ended with {child.returncode}")


def _slope(ours: dict[int, float]) -> Row:
    """How much more a ballot costs among many than among few: 1 is a straight line."""
    few, many = min(ours), max(ours)
    each = {n: ours[n] / n * 1e9 for n in ours}
    steps = ", ".join(f"{name_of(n)}: {each[n]:.0f} ns" for n in sorted(ours))
    return Row(
        name="dedup/slope",
        ratio=each[many] / each[few],
        ours_s=ours[many],
        runs=RUNS,
        n=many,
        note=f"a ballot among {name_of(many)} against one among {name_of(few)} ({steps})",
    )


if __name__ == "__main__":
    main()
