"""The count in parts, here and on one and two workers: ``make bench ONLY=cluster``.

From a folder of eight shards to the sum of their counts, by the wall; starting the cluster is not
in it and told apart. With ``--full`` also ten million ballots.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from talkoot.base.clock import system_clock
from talkoot.voting.cluster import Manifest, counted_by, counted_here, shard_jobs, workers_here
from talkoot.voting.results import PartCount
from tests.bench.harness import RUNS, Clock, Row, Scale, compared, give, scale_from, seconds, tell
from tests.voting.cluster.made_up import a_large_folder

SIZES = {Scale.SHORT: (1_000_000,), Scale.FULL: (1_000_000, 10_000_000)}
PARTS = 8
WORKERS = (1, 2)


def unwatched() -> None:
    """Nobody watches the parts."""


def medians(work: Callable[[], PartCount], expected: bytes | None) -> tuple[float, bytes]:
    """The median seconds and the digest of what stands, which must be as expected."""
    digests = {work().standing}
    taken = [seconds(work, Clock.WALL) for _ in range(RUNS)]
    if len(digests) != 1 or (expected is not None and digests != {expected}):
        raise ValueError("another set of ballots stands")
    return statistics.median(taken), digests.pop()


def in_one_process(manifest: Manifest) -> tuple[float, bytes]:
    """Seconds of the count part after part, and the digest of what stands."""
    return medians(lambda: counted_here(shard_jobs(manifest), one_done=unwatched), None)


def on_workers(manifest: Manifest, number: int, expected: bytes) -> tuple[float, float]:
    """Seconds of the count on so many workers, and of starting them."""
    begun = time.perf_counter()
    with workers_here(number, at=system_clock()) as client:
        started = time.perf_counter() - begun
        work = lambda: counted_by(client, shard_jobs(manifest), one_done=unwatched)  # noqa: E731
        return medians(work, expected)[0], started


def main(scale: Scale) -> None:
    """Give a row for each size and number of workers, against the count in one process."""
    for n in SIZES[scale]:
        with TemporaryDirectory(prefix="talkoot-bench-") as folder:
            tell(f"writing {n:,} ballots in {PARTS} shards")
            manifest = a_large_folder(Path(folder) / "shards", rows=n, parts=PARTS)
            tell("one process, no cluster")
            alone, standing = in_one_process(manifest)
            name = f"cluster/10^{len(str(n)) - 1}"
            give(
                Row(
                    name=f"{name}/here",
                    ours_s=alone,
                    runs=RUNS,
                    n=n,
                    note="one process, part after part, wall seconds",
                )
            )
            for number in WORKERS:
                tell(f"workers: {number}")
                taken, started = on_workers(manifest, number, standing)
                note = (
                    f"one process against {number} of Dask with TLS; starting took {started:.1f} s"
                )
                give(
                    compared(
                        f"{name}/{number}-workers",
                        ours_s=taken,
                        theirs_s=alone,
                        runs=RUNS,
                        n=n,
                        note=note,
                    )
                )


if __name__ == "__main__":
    main(scale_from(sys.argv[1:]))
