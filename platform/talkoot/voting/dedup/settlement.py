"""What becomes of each entry: the answer of this room."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from talkoot.voting.dedup.columns import I64, U8

Rows = npt.NDArray[np.int64]


class Standing(IntEnum):
    """What became of an entry."""

    STANDS = 0
    """It counts."""
    SUPERSEDED = 1
    """Another entry of the same voter has the greater sort key."""
    DUPLICATE = 2
    """The same entry is there already: a repeat of the same bytes is one entry."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settlement:
    """Which entries stand.

    ``standing``: int64, rows of the entries that count, sorted by voter key, one a voter;
    ``fates``: uint8 (n,), a :class:`Standing` for each row given; ``superseded_by``: int64 (n,),
    for a superseded row the row of its voter that stands, for a duplicate the row that it repeats,
    and -1 for a row that stands. Of equal entries the first row speaks for all; which row that is
    depends on the order given, what it holds does not.
    """

    standing: Rows
    fates: U8
    superseded_by: I64

    @property
    def stands(self) -> U8:
        """1 for a row that stands, else 0: uint8 (n,)."""
        stands: U8 = (self.fates == Standing.STANDS).view(np.uint8)
        return stands

    def number(self, fate: Standing) -> int:
        """How many rows had this fate."""
        return int(np.count_nonzero(self.fates == fate))
