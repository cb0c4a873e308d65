"""Proofs of ballots: whoever signs meanwhile, and where no board has been started."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from talkoot.base.bytes import Digest
from talkoot.base.db import ReadSession, WriteSession
from talkoot.voting.board import (
    Board,
    Fate,
    SigningKey,
    Use,
    found_for,
    holds,
    named_by,
    proof_for,
    published,
    receipts,
)
from talkoot.voting.board.public import checkpoint_of
from tests.voting.board.made_up import a_board, cast
from tests.voting.log.made_up import NOON, a_definition, a_frozen_election


async def test_a_proof_holds_though_the_board_is_signed_again_while_it_is_made(
    session: WriteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_, key = await a_board(session)
    [first, *_] = await cast(session, id_, 12)
    await published(session, id_, at=NOON, signer=key)

    async def more() -> None:
        await cast(session, id_, 10)
        await published(session, id_, at=NOON, signer=key)

    async def overtaken(reading: ReadSession, board: Board) -> bytes:
        await more()
        found = await checkpoint_of(reading, board)
        await more()
        return found

    monkeypatch.setattr(receipts, "checkpoint_of", overtaken)
    proof = await proof_for(session, id_, first)
    assert proof is not None
    assert holds(proof, key.verifier)


async def test_a_proof_holds_for_its_own_ballot_and_the_boards_own_key_alone(
    session: WriteSession,
) -> None:
    id_, key = await a_board(session)
    [first, second, *_] = await cast(session, id_, 12)
    await published(session, id_, at=NOON, signer=key)
    proof = await proof_for(session, id_, first)
    assert proof is not None
    assert holds(proof, key.verifier)
    stranger = SigningKey(key.name, Use.LOG, Ed25519PrivateKey.generate())
    assert not holds(proof, stranger.verifier)
    assert not holds(replace(proof, entry=second), key.verifier)
    assert not holds(replace(proof, index=proof.index ^ 1), key.verifier)


async def test_a_ballot_waits_too_where_nobody_has_started_the_board(session: WriteSession) -> None:
    election = await a_frozen_election(session, a_definition())
    [ballot] = await cast(session, election.id, 1)
    assert (await found_for(session, election.id, ballot[:8])).fate is Fate.WAITING
    assert (await found_for(session, election.id, Digest(bytes(32)))).fate is Fate.UNKNOWN
    assert await proof_for(session, election.id, ballot) is None


def test_letters_that_no_number_has_are_the_digits_they_look_like() -> None:
    assert named_by("OaIl–0000 0000‑ffff") == bytes.fromhex("0a1100000000ffff")
    assert named_by("gggg-0000-0000-0000") is None
