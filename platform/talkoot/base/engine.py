"""Which of two programmes counts: the compiled kernels, or their slow twins in plain Python."""

from enum import StrEnum


class Engine(StrEnum):
    """Who counts. Both give the same answer; anyone may ask the other (``TALKOOT_SLOW=1``)."""

    KERNELS = "kernels"
    """Compiled loops over arrays: what counts elections."""
    TWINS = "twins"
    """Plain Python that is meant to be read, one ballot after another; about 100 times slower."""
