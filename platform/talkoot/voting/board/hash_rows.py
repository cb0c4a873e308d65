"""The hashes of a large board's level in one array, and such a board read in one stream. NumPy."""

from collections.abc import Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

from talkoot.base.byte_rows import taken
from talkoot.base.bytes import DIGEST_BYTES, Digest
from talkoot.base.db import ReadSession
from talkoot.base.errors import BrokenLog
from talkoot.base.hash_rows import hashed_rows, paired
from talkoot.base.ids import ElectionId
from talkoot.voting.board.leaves import Kind, Leaf
from talkoot.voting.board.tree import TILE_HEIGHT, TILE_WIDTH, full_tiles
from talkoot.voting.log import RawRows, copied_rows

U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]

LARGE = 4_096
"""From so many leaves on a board is read in one stream: loading the kernels takes a second, and
so long do 100,000 leaves take one by one."""

_LEAVES = (
    "select index, kind, content, hash from board_leaf where election_id = $1 and index >= $2"
    " order by index"
)
_FIELDS = 4
_INDEX_BYTES = 8
BALLOT_HEAD = b"\0" + Leaf(Kind.BALLOT, bytes(DIGEST_BYTES)).octets[:-DIGEST_BYTES]
"""What stands before a ballot's hash where its leaf is hashed."""
_BALLOT = np.frombuffer(Kind.BALLOT.value.encode(), dtype=np.uint8)


class HashRows(Sequence[bytes]):
    """Hashes, uint8 (n, 32), as a sequence of bytes."""

    def __init__(self, rows: U8) -> None:
        self.rows = rows

    def __len__(self) -> int:
        """How many there are."""
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> bytes: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[bytes]: ...

    def __getitem__(self, at: int | slice) -> bytes | Sequence[bytes]:
        """One hash, or those of a slice."""
        if isinstance(at, slice):
            return [bytes(row) for row in self.rows[at]]
        return bytes(self.rows[at])

    def after(self, hashes: Sequence[bytes]) -> "HashRows":
        """These, and those given before them."""
        before = np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, DIGEST_BYTES)
        return HashRows(np.concatenate([before, self.rows]))

    def full_tiles(self) -> list[Digest]:
        """The root of each full tile, as :func:`talkoot.voting.board.tree.full_tiles` has it."""
        level = self.rows[: len(self) // TILE_WIDTH * TILE_WIDTH]
        for _ in range(TILE_HEIGHT):
            level = paired(level)
        return [Digest(row.tobytes()) for row in level]


class LeavesRead:
    """All leaves of a board, in arrays. ``index``: int64 (n,), rising; ``content``, ``stored``:
    uint8 (n, 32), what a leaf says and the hash it was stored by; ``others``: the row and the kind
    of each that is no ballot.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[I64, U8, U8]] = []
        self.others: dict[int, str] = {}
        self.rows = 0

    def add(self, batch: RawRows) -> None:
        """Take the next rows. Raises :class:`BrokenLog` for a field of another length."""
        expected = (_INDEX_BYTES, DIGEST_BYTES, DIGEST_BYTES)
        if np.any(batch.length[:, [0, 2, 3]] != expected):
            raise BrokenLog("a leaf of the board has fields of another length")
        index = taken(batch.raw, batch.at[:, 0], _INDEX_BYTES).view(">i8").reshape(-1)
        is_ballot = batch.length[:, 1] == len(_BALLOT)
        padded = np.concatenate([batch.raw, np.zeros(len(_BALLOT), np.uint8)])
        words = taken(padded, batch.at[:, 1], len(_BALLOT))
        is_ballot &= np.all(words == _BALLOT, axis=1)
        for row in np.flatnonzero(~is_ballot).tolist():
            at, length = int(batch.at[row, 1]), int(batch.length[row, 1])
            self.others[self.rows + row] = batch.raw[at : at + length].tobytes().decode()
        content = taken(batch.raw, batch.at[:, 2], DIGEST_BYTES)
        stored = taken(batch.raw, batch.at[:, 3], DIGEST_BYTES)
        self._parts.append((index.astype(np.int64), content, stored))
        self.rows += len(batch)

    def columns(self) -> tuple[I64, U8, U8]:
        """Give index, content and stored hash of all."""
        nothing = (np.empty(0, np.int64), *(np.empty((0, DIGEST_BYTES), np.uint8) for _ in "ab"))
        index, content, stored = zip(nothing, *self._parts, strict=True)
        return np.concatenate(index), np.concatenate(content), np.concatenate(stored)


async def leaves_read(
    session: ReadSession, election_id: ElectionId, *, first: int = 0
) -> LeavesRead:
    """Read all leaves from the one with index ``first`` on."""
    found = LeavesRead()
    await copied_rows(session, _LEAVES, (election_id, first), fields=_FIELDS, sink=found.add)
    return found


def at_their_places(index: I64, hashes: U8) -> HashRows:
    """Put each hash at its index, and zeros where there is none."""
    size = int(index[-1]) + 1 if len(index) else 0
    if size == len(index):
        return HashRows(hashes)
    rows = np.zeros((size, DIGEST_BYTES), dtype=np.uint8)
    rows[index] = hashes
    return HashRows(rows)


def tiles_over(hashes: Sequence[bytes]) -> Sequence[bytes]:
    """The root of each full tile of a row that begins where a tile begins, in whatever form."""
    return hashes.full_tiles() if isinstance(hashes, HashRows) else full_tiles(hashes)


def ballots_hashed(content: U8) -> U8:
    """The leaf hashes of ballots, as :attr:`Leaf.hash` gives each."""
    return hashed_rows(BALLOT_HEAD, content)
