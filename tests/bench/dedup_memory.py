"""What dedup and tally need above their input: ``python -m tests.bench.dedup_memory N``.

By the kernel's own figures of this process: the highest resident memory after its mark was reset,
less what was resident before. Several runs in one process, so that what a run leaves counts too.
"""

import statistics
import sys

from tests.bench.dedup_race import name_of, ours
from tests.bench.harness import RUNS, Row, give, seconds
from tests.bench.made import made
from tests.bench.memory import forget_highest, resident


def measure(n: int) -> Row:
    """The median of the bytes a ballot above the input."""
    ours(made(1000))  # loads the kernels
    election = made(n)
    above, taken = [], []
    for _ in range(RUNS):
        forget_highest()
        before = resident("VmRSS")
        taken.append(seconds(lambda: ours(election)))
        above.append((resident("VmHWM") - before) / n)
    size = statistics.median(above)
    return Row(
        name=f"dedup/{name_of(n)}/memory",
        ratio=size,
        ours_s=statistics.median(taken),
        runs=RUNS,
        n=n,
        note="bytes of resident memory above the input, a ballot (the ratio); goal: at most 64",
    )


if __name__ == "__main__":
    give(measure(int(sys.argv[1])))
