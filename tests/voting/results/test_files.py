"""The public files of the same ballots are the same bytes, now as when they were first written."""

import pytest

from talkoot.base.engine import Engine
from talkoot.voting.ballot import VoteType
from talkoot.voting.results import counted, partition_from, pb_of
from tests.voting.results.recorded_elections import TOWN, an_election, recorded


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize("vote_type", list(VoteType))
def test_a_recorded_election_is_written_as_it_was_recorded(
    vote_type: VoteType, engine: Engine
) -> None:
    election, entries = an_election(vote_type)
    definition = election.definition
    count = counted(partition_from(entries, definition, engine=engine), definition, engine=engine)
    assert pb_of(election, TOWN, count).encode() == recorded(vote_type)
