"""Measures, and writes one table: ``make bench``, or ``make bench ONLY=dedup`` for one group.

Every group is a module of ``tests/bench`` that runs in a process of its own and prints its rows.
``--full`` measures what takes an hour; any other words go to the group as they are, such as the
name of an election for ``rules``. Rows go into ``tests/bench/results.json`` and, for people, into
``tests/bench/RESULTS.md``; a group that was not measured this time keeps its rows of last time.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.harness import Row, row_from  # noqa: E402 - the path is set first
from tests.bench.machine import machine, usage  # noqa: E402
from tests.bench.report import Report  # noqa: E402

GROUPS = {
    "dedup": "dedup and tally of made ballots, against DuckDB, Polars, NumPy and C",
    "rules": "the rules on real elections, against pabutools",
    "count": "from PostgreSQL to the result",
    "cluster": "the count on one and two workers of a cluster",
    "start": "the first call of a process, with and without compiled kernels at hand",
    "intake": "ballots a second through the door",
    "sealed": "sealed ballots, from the closed log to the published result",
}
ONLY = "--only"
QUIET = 0.1
"""Processors that other work may take before the report calls the machine busy."""


def main(arguments: list[str]) -> int:
    """Measure the groups asked for; 1 where one of them could not finish."""
    names, words = chosen(arguments)
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        print(f"No such group: {', '.join(unknown)}. There are: {', '.join(GROUPS)}.")
        return 2
    report = Report.read()
    print(f"On {machine()}.", flush=True)
    failed = []
    for name in names:
        print(f"{name}: {GROUPS[name]}", flush=True)
        before, rows = usage(), list[Row]()
        try:
            rows.extend(measured(name, words))  # what came before a fault stays
        except RuntimeError as fault:
            print(f"  {fault}", flush=True)
            failed.append(name)
        others = before.others(usage())
        busy = f"other work took {others:.1f} processors" if others > QUIET else ""
        report.take(name, rows, machine=machine(), busy=busy)
        report.write(GROUPS)
    print(report.table(names))
    return 1 if failed else 0


def chosen(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The groups after ``--only`` (all without it), and the words that are for them."""
    words = list(arguments)
    if ONLY not in words:
        return list(GROUPS), words
    at = words.index(ONLY)
    return words[at + 1 : at + 2], words[:at] + words[at + 2 :]


def measured(name: str, words: Sequence[str]) -> Iterator[Row]:
    """The rows of a group, as it gives them. Raises ``RuntimeError`` where it ends in a fault."""
    command = [sys.executable, "-m", f"tests.bench.{name}", *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout or ():
            yield row_from(line)
    if child.returncode:
        raise RuntimeError(f"{name} ended with {child.returncode}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
