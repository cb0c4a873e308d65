"""The kernels of a count, before they are needed."""

from talkoot.voting import dedup, log, tally


def warm() -> None:
    """Compile what reads, opens, settles and groups, or load it where that was done before.

    While rows are on their way from the database it would keep them waiting.
    """
    from talkoot.base import hash_rows_kernel
    from talkoot.voting.results import digest_kernel

    del digest_kernel, hash_rows_kernel
    for room in (log, dedup, tally):
        room.warm()
