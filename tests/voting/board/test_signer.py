"""T19, the control: a signer that does not read the board again signs over what was altered."""

import pytest

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting.board import checked, publish, published
from talkoot.voting.board.fsck import Findings, tree_read
from tests.voting.board.made_up import cast
from tests.voting.board.test_store import a_signed_board, flipped
from tests.voting.log.made_up import NOON


async def not_looking(session: ReadSession, election_id: ElectionId) -> Findings:
    """Read the tree, and look away from whatever does not fit."""
    found = await tree_read(session, election_id)
    found.faults.clear()
    return found


def nothing_wrong(*_: object) -> list[str]:
    return []


@pytest.mark.parametrize("table", ["board_leaf", "board_node", "board_record"])
async def test_t19_a_signer_that_looks_away_signs_over_a_flipped_bit(
    session: WriteSession, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    monkeypatch.setattr(publish, "tree_read", not_looking)
    monkeypatch.setattr(publish, "note_faults", nothing_wrong)
    id_, key = await a_signed_board(session, 5)
    last = await published(session, id_, at=NOON, signer=key)
    assert last is not None
    await flipped(session, id_, table, 1)
    await cast(session, id_, 10)
    signed = await published(session, id_, at=NOON, signer=key)
    assert signed is not None
    assert signed.size == last.size + 10
    # It stands there under a signature, and only who reads all of it again finds out.
    assert await checked(session, id_) != []
