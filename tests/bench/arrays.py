"""The same question to NumPy: what its users write without a compiler."""

from collections.abc import Callable

import numpy as np

from tests.bench.made import PROJECTS, Made


def numpy_way(made: Made) -> Callable[[], list[int]]:
    """NumPy alone: everything sorted, the last of each voter taken, marks counted."""
    entries, choices = made.entries, made.choices
    lengths = np.diff(choices.indptr)

    def work() -> list[int]:
        voter, precedence = entries.voter, entries.precedence
        order = np.lexsort((precedence[:, 1], precedence[:, 0], voter[:, 1], voter[:, 0]))
        ordered = voter[order]
        last = np.ones(made.n, np.bool_)
        last[:-1] = np.any(ordered[1:] != ordered[:-1], axis=1)
        stands = np.zeros(made.n, np.bool_)
        stands[order[last]] = True
        marks = choices.items[np.repeat(stands, lengths)]
        counts: list[int] = np.bincount(marks, minlength=PROJECTS).tolist()
        return counts

    return work
