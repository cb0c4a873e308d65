"""T39: turnout before the close is in tens, hours old, and counted once an hour at the most."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from talkoot.base.db import Database
from talkoot.voting.ballot import Channel
from talkoot.voting.intake import Door, Recorded
from talkoot.voting.log import Election, ElectionState
from talkoot.voting.results import TURNOUT_AGE, Snapshot, Turnout, turnout_shown, turnout_taken
from talkoot.voting.results.turnout import told_of
from tests.voting.log.made_up import NOON, a_cast, a_voter, an_open_election
from tests.voting.results.test_publish import closed_by_two

BOTH = (Channel.WEB, Channel.KIOSK)
HOUR = timedelta(hours=1)


async def cast(database: Database, election: Election, voters: Mapping[Channel, range]) -> None:
    """Let these voters cast; who has voted before votes again."""
    async with Door(database) as door:
        for channel, numbers in voters.items():
            for number in numbers:
                ballot = a_cast(election, voter=a_voter(number), channel=channel)
                assert isinstance(await door.cast(ballot, NOON), Recorded)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, (0, {})),
        ({Channel.WEB: 9}, (0, {})),
        ({Channel.WEB: 134}, (130, {})),
        ({Channel.WEB: 134, Channel.KIOSK: 9}, (140, {})),
        ({Channel.WEB: 134, Channel.KIOSK: 19}, (140, {Channel.KIOSK: 10, Channel.WEB: 130})),
        ({Channel.WEB: 134, Channel.KIOSK: 19, Channel.PAPER: 30}, (180, {})),
    ],
)
def test_t39_turnout_is_told_in_tens_and_by_channel_only_where_ten_came_by_each(
    counts: Mapping[Channel, int], told: tuple[int, Mapping[Channel, int]]
) -> None:
    assert told_of(counts, BOTH) == told


@given(
    st.dictionaries(st.sampled_from(Channel), st.integers(0, 45)), st.sets(st.sampled_from(Channel))
)
def test_t39_whatever_is_told_holds_for_more_than_one_number_of_voters_and_no_small_one(
    counts: Mapping[Channel, int], channels: set[Channel]
) -> None:
    every, by_channel = told_of(counts, channels)
    assert every % 10 == 0
    assert every <= sum(counts.values())
    assert set(by_channel) in (set(), channels)
    for channel, number in by_channel.items():
        assert 10 <= number <= counts[channel] < number + 10


async def test_t39_what_is_counted_is_shown_six_hours_later_and_counted_once_an_hour(
    database: Database, desk: Database
) -> None:
    election = await an_open_election(desk)
    state = ElectionState.OPEN
    await cast(database, election, {Channel.WEB: range(25), Channel.KIOSK: range(25, 37)})
    at = NOON + timedelta(minutes=7)
    async with desk.writing() as session:
        assert await turnout_taken(session, election.id, at) is Snapshot.TAKEN
    await cast(database, election, {Channel.WEB: range(100, 140)})
    async with desk.writing() as session:
        late = at + timedelta(minutes=50)
        assert await turnout_taken(session, election.id, late) is Snapshot.TAKEN_THIS_HOUR
        assert await turnout_taken(session, election.id, at + HOUR) is Snapshot.TAKEN
    first = Turnout(at=at, voters=30, channels={Channel.KIOSK: 10, Channel.WEB: 20})
    second = Turnout(at=at + HOUR, voters=70, channels={Channel.KIOSK: 10, Channel.WEB: 60})
    shown = {
        at + TURNOUT_AGE - timedelta(microseconds=1): None,
        at + TURNOUT_AGE: first,
        at + HOUR + TURNOUT_AGE - timedelta(microseconds=1): first,
        at + HOUR + TURNOUT_AGE: second,
    }
    async with database.reading() as session:
        for moment, expected in shown.items():
            assert await turnout_shown(session, election.id, state, moment) == expected
        counted = await turnout_shown(session, election.id, ElectionState.COUNTED, NOON + 20 * HOUR)
        assert counted is None


async def test_a_closed_election_is_not_counted_again_and_few_voters_are_told_of_nothing(
    database: Database, desk: Database
) -> None:
    election = await an_open_election(desk)
    await cast(database, election, {Channel.WEB: range(9)})
    async with desk.writing() as session:
        assert await turnout_taken(session, election.id, NOON) is Snapshot.TAKEN
        later = NOON + TURNOUT_AGE
        assert await turnout_shown(session, election.id, ElectionState.OPEN, later) is None
    await closed_by_two(desk, election)
    async with desk.writing() as session:
        assert await turnout_taken(session, election.id, NOON + HOUR) is Snapshot.NOT_OPEN


async def test_who_serves_pages_counts_no_turnout_and_nobody_keeps_an_exact_number(
    database: Database, desk: Database
) -> None:
    election = await an_open_election(desk)
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.writing() as session:
            await turnout_taken(session, election.id, NOON)
    exact = text("insert into turnout values (:id, :at, :at, 13, '{}')")
    with pytest.raises(IntegrityError, match="whole_tens"):
        async with desk.writing() as session:
            await session.execute(exact, {"id": election.id, "at": NOON})
