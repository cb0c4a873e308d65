"""Made-up columns: keys that share their first bits, entries that share the first of their hash."""

import numpy as np
from hypothesis import strategies as st

from talkoot.voting.dedup import U8, EntryColumns, precedence_of
from talkoot.voting.dedup.columns import I64, U64

HASH_BYTES = 32


def columns(voter: U64, order: U64, entry_hash: U8) -> EntryColumns:
    return EntryColumns(
        voter=voter, precedence=precedence_of(order, entry_hash), entry_hash=entry_hash
    )


def spread_columns(number: int, *, voters: int, seed: int) -> EntryColumns:
    """As in an election: keys and hashes as a hash gives them; some voters more than once."""
    draw = np.random.default_rng(seed)
    keys = draw.integers(0, 2**64, (voters, 2), dtype=np.uint64)
    return columns(
        keys[draw.integers(0, voters, number)],
        draw.integers(0, 3, number, dtype=np.uint64) << np.uint64(56),
        draw.integers(0, 256, (number, HASH_BYTES), dtype=np.uint8),
    )


@st.composite
def alike_columns(draw: st.DrawFn) -> EntryColumns:
    """Few voters and few hashes, chosen so that all but the last bits of either may be equal."""
    number = draw(st.integers(0, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    halves = np.array([0, 1, 2**32 - 1, 2**32, 2**63, 2**64 - 2**32, 2**64 - 1], np.uint64)
    halves = halves[: draw(st.integers(1, len(halves)))]
    hashes = np.zeros((number, HASH_BYTES), np.uint8)
    hashes[:, draw(st.sampled_from([0, 7, 8, 31]))] = random.integers(0, 3, number)
    hashes[:, 31] |= random.integers(0, 2, number, dtype=np.uint8)
    return columns(
        halves[random.integers(0, len(halves), (number, 2))],
        random.integers(0, 2, number, dtype=np.uint64) << np.uint64(56),
        hashes,
    )


def picked(entries: EntryColumns, rows: I64) -> EntryColumns:
    return EntryColumns(
        voter=entries.voter[rows],
        precedence=entries.precedence[rows],
        entry_hash=entries.entry_hash[rows],
    )
