"""Which entry of each voter stands, and why the others do not: a function of the set of entries.

Pure: no database, clock, network, settings, randomness or logging.
"""

from talkoot.voting.dedup.columns import U8, EntryColumns, columns_from, precedence_of
from talkoot.voting.dedup.settle import Settler, joined, settled, warm
from talkoot.voting.dedup.settlement import Settlement, Standing

__all__ = [
    "U8",
    "EntryColumns",
    "Settlement",
    "Settler",
    "Standing",
    "columns_from",
    "joined",
    "precedence_of",
    "settled",
    "warm",
]
