"""However a file is damaged, it is read or refused with a reason: nothing else ever happens."""

from pathlib import Path
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.base.errors import BadFile
from talkoot.base.ids import ElectionId
from talkoot.voting.allocation import allocated
from talkoot.voting.ballot import AllocationRule, Rule
from talkoot.voting.pabulib import (
    ballots_from,
    definition_from,
    problem_from,
    read_pb,
    refused_by_limits,
)

DATA = Path(__file__).resolve().parents[2] / "data"
FILES = [(DATA / f"{name}.pb").read_bytes() for name in ("harbour", "points", "ranking")]
ELECTION = ElectionId(UUID(int=9))
GREEDY = AllocationRule(rule=Rule.GREEDY)
PIECES = [b";", b"\n", b'"', b",", b"-", b"1e99", b"META", b"VOTES\n", b"\r", b"\x00", b"\xff", b""]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with a few spans replaced."""
    data = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 12)))
        data = data[:start] + draw(st.sampled_from(PIECES) | st.binary(max_size=4)) + data[end:]
    return data


def complaint(data: bytes) -> BadFile | None:
    """Count the file, or give the reason why it cannot be."""
    try:
        pb = read_pb(data)
        definition = definition_from(pb, ELECTION, GREEDY)
    except BadFile as err:
        return err
    assert len(ballots_from(pb, definition)) == pb.ballots
    assert len(refused_by_limits(pb, definition)) <= pb.ballots
    problem = problem_from(pb)
    assert allocated(problem, GREEDY).total_cost <= problem.budget
    return None


def counted_or_refused(data: bytes) -> None:
    found = complaint(data)
    if found is not None:
        assert found.reason
        assert 0 <= found.line <= data.count(b"\n") + data.count(b"\r") + 1


@given(damaged())
@settings(max_examples=300, deadline=None)
def test_a_damaged_file_is_counted_or_refused_with_a_reason(data: bytes) -> None:
    counted_or_refused(data)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_at_all_are_refused_with_a_reason(data: bytes) -> None:
    counted_or_refused(data)
    counted_or_refused(b"\x1f\x8b" + data)
