"""Made-up entries of a few voters, with few different numbers, so that much is equal."""

from uuid import UUID

from hypothesis import strategies as st

from talkoot.base.bytes import Digest
from talkoot.base.ids import ElectionId, SubmissionId, VoterKey
from talkoot.voting.ballot import Channel, Entry

ELECTION = ElectionId(UUID(int=1))
DEFINITION = Digest(bytes(32))


def entry(
    voter: int, *, rank: int = 1, round_: int = 0, beacon: int = 0, submission: int = 1
) -> Entry:
    return Entry(
        election_id=ELECTION,
        submission_id=SubmissionId(UUID(int=submission)),
        voter_key=VoterKey(voter.to_bytes(16, "big")),
        definition_hash=DEFINITION,
        channel=Channel.WEB,
        rank=rank,
        round=round_,
        beacon=beacon,
        what=bytes(16),
    )


def entries() -> st.SearchStrategy[list[Entry]]:
    small = st.integers(0, 2)
    voters = st.sampled_from([0, 1, 2**64 - 1, 2**64, 2**127, 2**128 - 1])
    one = st.builds(
        entry, voters, rank=small, round_=small, beacon=small, submission=st.integers(1, 3)
    )
    return st.lists(one, max_size=30)
