"""The public board: a tree over ballots and records, signed, witnessed, and proved leaf by leaf."""

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
from talkoot.voting.board.receipts import Fate, Found, Proof, found_for, named_by, proof_for
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

__all__ = [
    "BATCH_MIN",
    "BadNote",
    "Board",
    "BoardFile",
    "Checkpoint",
    "Closing",
    "Fate",
    "Found",
    "Kind",
    "Leaf",
    "Note",
    "Proof",
    "SigningKey",
    "Use",
    "VerifierKey",
    "ballots_waiting",
    "board_file",
    "board_files",
    "board_for",
    "board_key",
    "board_of",
    "checked",
    "cosigned",
    "create_board_key",
    "found_for",
    "is_signed",
    "key_in",
    "last_note",
    "named_by",
    "new_key",
    "origin_of",
    "proof_for",
    "published",
    "record_added",
    "size_of",
    "started",
    "waiting_count",
    "witnessed",
    "witnesses_named",
]
