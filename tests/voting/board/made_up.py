"""A board in a database: an election with entries as bare rows, and a key that signs."""

import random
from collections.abc import Sequence
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from talkoot.base.bytes import Digest
from talkoot.base.db import WriteSession
from talkoot.base.ids import ElectionId, SubmissionId
from talkoot.voting.ballot import Channel, Entry
from talkoot.voting.board import SigningKey, Use, ballots_waiting, origin_of, started
from talkoot.voting.log import append_entries
from tests.voting.log.made_up import a_definition, a_frozen_election, a_voter


def a_key(election_id: ElectionId) -> SigningKey:
    """A key that signs an election's board."""
    return SigningKey(origin_of(election_id), Use.LOG, Ed25519PrivateKey.generate())


async def a_board(session: WriteSession) -> tuple[ElectionId, SigningKey]:
    election = await a_frozen_election(session, a_definition())
    key = a_key(election.id)
    await started(session, election.id, key.verifier)
    return election.id, key


async def cast(session: WriteSession, election_id: ElectionId, count: int) -> Sequence[Digest]:
    """Record ballots and let them wait, as the door does."""
    entries = [
        Entry(
            election_id=election_id,
            submission_id=SubmissionId(uuid4()),
            voter_key=a_voter(random.getrandbits(120)),
            definition_hash=Digest(bytes(32)),
            channel=Channel.WEB,
            rank=1,
            round=1,
            beacon=0,
            what=b"\0\0\0\0",
        )
        for _ in range(count)
    ]
    await append_entries(session, entries)
    await ballots_waiting(session, [(election_id, entry.hash) for entry in entries])
    return [entry.hash for entry in entries]
