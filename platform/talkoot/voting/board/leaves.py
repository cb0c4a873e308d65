"""What a leaf of the board says: the hash of a ballot, or of a public record. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from talkoot.base.bytes import DIGEST_BYTES, Digest, Tag, pre, text
from talkoot.voting.board.tree import leaf_hash


class Kind(StrEnum):
    """What a leaf names. All but ``BALLOT`` name a record by its SHA-256."""

    BALLOT = "ballot"
    DEFINITION = "definition"
    SEALING = "sealing"
    DEVICES = "devices"
    ACT = "act"
    JOURNAL = "journal"
    TRANSCRIPT = "transcript"
    RESULT = "result"
    DESTRUCTION = "destruction"
    ROWS = "rows"


_HEADS = {
    kind: pre(Tag.BOARD_LEAF, text(kind.value), bytes(DIGEST_BYTES))[:-DIGEST_BYTES]
    for kind in Kind
}
LEAF_BYTES_MAX = max(len(head) for head in _HEADS.values()) + DIGEST_BYTES


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf: ``content`` is the entry's hash or the record's SHA-256, 32 bytes."""

    kind: Kind
    content: bytes

    @property
    def octets(self) -> bytes:
        """The leaf as the tree holds it: ``PRE("board-leaf", kind, content)``."""
        return _HEADS[self.kind] + self.content

    @property
    def hash(self) -> Digest:
        """The leaf's hash in the tree."""
        return leaf_hash(self.octets)
