"""The public board: a tree over ballots and records, signed, witnessed, and proved leaf by leaf."""

from talkoot.voting.board.ceremonies import ceremonies_recorded
from talkoot.voting.board.due import Due, boards_due
from talkoot.voting.board.entries_read import entries_checked
from talkoot.voting.board.fsck import checked
from talkoot.voting.board.keys import board_key, create_board_key, key_in, new_key
from talkoot.voting.board.leaves import Kind, Leaf
from talkoot.voting.board.notes import (
    BadNote,
    Checkpoint,
    Note,
    SigningKey,
    Use,
    VerifierKey,
    cosigned,
    is_signed,
    origin_of,
)
from talkoot.voting.board.public import BoardFile, board_file, board_files, witnessed
from talkoot.voting.board.publish import BATCH_MIN, Closing, published
from talkoot.voting.board.receipts import (
    Fate,
    Found,
    Proof,
    found_for,
    holds,
    named_by,
    proof_for,
)
from talkoot.voting.board.rows import COLUMNS_LEFT_OUT, COVERS, NOT_COMMITTED, rows_records
from talkoot.voting.board.rows_read import RowsChecked, rows_checked
from talkoot.voting.board.store import (
    Board,
    ballots_waiting,
    board_for,
    board_of,
    last_note,
    record_added,
    size_of,
    started,
    waiting_count,
    witnesses_named,
)
from talkoot.voting.board.tiles import Tile
from talkoot.voting.board.tree import (
    TILE_HEIGHT,
    TILE_WIDTH,
    Span,
    consistency_ranges,
    extends,
    proof_of,
)

__all__ = [
    "BATCH_MIN",
    "COLUMNS_LEFT_OUT",
    "COVERS",
    "NOT_COMMITTED",
    "TILE_HEIGHT",
    "TILE_WIDTH",
    "BadNote",
    "Board",
    "BoardFile",
    "Checkpoint",
    "Closing",
    "Due",
    "Fate",
    "Found",
    "Kind",
    "Leaf",
    "Note",
    "Proof",
    "RowsChecked",
    "SigningKey",
    "Span",
    "Tile",
    "Use",
    "VerifierKey",
    "ballots_waiting",
    "board_file",
    "board_files",
    "board_for",
    "board_key",
    "board_of",
    "boards_due",
    "ceremonies_recorded",
    "checked",
    "consistency_ranges",
    "cosigned",
    "create_board_key",
    "entries_checked",
    "extends",
    "found_for",
    "holds",
    "is_signed",
    "key_in",
    "last_note",
    "named_by",
    "new_key",
    "origin_of",
    "proof_for",
    "proof_of",
    "published",
    "record_added",
    "rows_checked",
    "rows_records",
    "size_of",
    "started",
    "waiting_count",
    "witnessed",
    "witnesses_named",
]
