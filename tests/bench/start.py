"""The first call of a process: ``make bench ONLY=start``.

A fresh process counts ten ballots, with the kernels' machine code on disk and, in a folder of its
own, without it, when every kernel is compiled first. What a second call takes is told beside.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from tempfile import TemporaryDirectory

from tests.bench.environments import ROOT
from tests.bench.harness import RUNS, compared, give, tell

COLD_RUNS = 3
CHILD = """
import json, time
begun = time.perf_counter()
from tests.bench.start import first_calls
print(json.dumps(first_calls(begun)))
"""


def first_calls(begun: float) -> dict[str, float]:
    """Seconds of importing, of the first dedup and tally, of the first allocation, of a second."""
    from talkoot.base.ids import ProjectId
    from talkoot.voting.allocation import AllocationProblem
    from talkoot.voting.ballot import AllocationRule, Completion, Rule
    from talkoot.voting.tally import profile_from_choices
    from tests.bench.dedup_race import ours
    from tests.bench.made import PROJECTS, made
    from tests.bench.posed import decided_by_us

    election = made(10)
    at = [begun, time.perf_counter()]
    ours(election)
    at.append(time.perf_counter())
    projects = tuple(ProjectId(str(place)) for place in range(PROJECTS))
    profile = profile_from_choices(election.choices, projects)
    problem = AllocationProblem(profile=profile, costs=(100,) * PROJECTS, budget=1000)
    rules = [
        AllocationRule(rule=Rule.GREEDY),
        AllocationRule(rule=Rule.MES_COST, completion=Completion.ADD1),
        AllocationRule(rule=Rule.PHRAGMEN),
    ]
    for rule in rules:
        decided_by_us(problem, rule)
    at.append(time.perf_counter())
    ours(election)
    for rule in rules:
        decided_by_us(problem, rule)
    at.append(time.perf_counter())
    names = ("imports", "dedup and tally", "allocation", "again")
    return {name: at[i + 1] - at[i] for i, name in enumerate(names)}


def fresh(cache: str | None) -> dict[str, float]:
    """The seconds of a fresh process; with a folder for machine code of its own where named."""
    environment = dict(os.environ)
    if cache is not None:
        environment["NUMBA_CACHE_DIR"] = cache
    command = [sys.executable, "-c", CHILD]
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True, text=True
    )
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def total(parts: dict[str, float]) -> float:
    """All before the second call."""
    return sum(seconds for name, seconds in parts.items() if name != "again")


def main() -> None:
    """Give one row: with machine code on disk against without."""
    tell("compiling")
    fresh(None)
    warm = [fresh(None) for _ in range(RUNS)]
    cold = []
    for run in range(COLD_RUNS):
        tell(f"without machine code, run {run + 1} of {COLD_RUNS}")
        with TemporaryDirectory(prefix="talkoot-bench-") as folder:
            cold.append(fresh(folder))
    warm.sort(key=total)
    middle = warm[len(warm) // 2]
    parts = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in middle.items())
    give(
        compared(
            "start/first-call",
            ours_s=total(middle),
            theirs_s=statistics.median(total(one) for one in cold),
            runs=COLD_RUNS,
            n=10,
            note=f"first count of a process: kernels from disk against compiled anew ({parts})",
        )
    )


if __name__ == "__main__":
    main()
