"""The same parts on one machine, one after another: the least memory, and no Dask."""

from collections.abc import Callable, Sequence

from talkoot.voting.cluster.work import Job, part_counted
from talkoot.voting.results import PartCount, added

FAN_IN = 8
"""How many partial sums are added at once, so that no machine ever holds those of all parts."""

Progress = Callable[[], None]


def counted_here(jobs: Sequence[Job], *, one_done: Progress) -> PartCount:
    """Count every part in this process, and add up.

    ``one_done`` is called for each part as it is finished. Raises what counting a part raises.
    """
    held: list[PartCount] = []
    for job in jobs:
        held.append(part_counted(job))
        one_done()
        if len(held) == FAN_IN:
            held = [added(held)]
    return added(held)
