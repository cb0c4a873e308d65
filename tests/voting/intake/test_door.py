"""The one door: what it records, what it refuses, and that it answers only what is so."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from talkoot.base.bytes import Digest
from talkoot.base.db import Database, WriteSession
from talkoot.base.db.embedded import Login, Server
from talkoot.base.errors import NotAllowed, Unavailable
from talkoot.base.ids import ElectionId, ProjectId, VoterKey
from talkoot.voting.ballot import Entry, FaultKind, Mark, Method, Recast
from talkoot.voting.intake import (
    AlreadyRecorded,
    Cast,
    Door,
    LogStore,
    NotRecorded,
    Outcome,
    Recorded,
    Refusal,
    Refused,
)
from talkoot.voting.intake.door import BATCH_MAX, WAITING_MAX, WAITING_OF_ONE_VOTER_MAX
from talkoot.voting.log import recorded_count, standing_of
from talkoot.voting.sealing import SealedEpoch, stored_submission
from tests.voting.log.made_up import (
    CLOSES,
    GRACE_S,
    NOON,
    OPENS,
    a_cast,
    a_definition,
    a_frozen_election,
    a_voter,
    entries_of,
)
from tests.voting.sealing_of import Opening


async def count(database: Database, election_id: ElectionId) -> int:
    async with database.writing() as session:
        return await recorded_count(session, election_id)


async def test_a_recorded_ballot_is_in_the_log_and_stands(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    ballot = a_cast(election)
    async with Door(database) as door:
        outcome = await door.cast(ballot, NOON)
        async with database.writing() as session:
            standing = await standing_of(session, election.id, ballot.voter_key)
    (entry,) = await entries_of(desk, election.id)
    assert outcome == Recorded(entry_hash=entry.hash, replaced=False)
    assert standing == entry.hash
    stored = {ballot.submission_id, stored_submission(ballot.submission_id)}
    assert entry.submission_id in stored
    assert (entry.rank, entry.round) == (1, 1)


@pytest.mark.parametrize("recast", Recast)
async def test_the_same_submission_twice_is_one_entry(
    database: Database, desk: Database, opening: Opening, recast: Recast
) -> None:
    election = await opening(desk, recast=recast)
    ballot = a_cast(election)
    async with Door(database) as door:
        first = await door.cast(ballot, NOON)
        again = await door.cast(ballot, NOON + timedelta(minutes=1))
        late = await door.cast(ballot, CLOSES + timedelta(days=1))
    assert isinstance(first, Recorded)
    assert again == late == AlreadyRecorded(entry_hash=first.entry_hash)
    assert await count(database, election.id) == 1


@pytest.mark.parametrize("recast", Recast)
async def test_a_submission_sent_at_once_through_many_processes_is_one_entry(
    database: Database, desk: Database, opening: Opening, recast: Recast
) -> None:
    election = await opening(desk, recast=recast)
    ballot = a_cast(election)
    async with Door(database) as one, Door(database) as two, Door(database) as three:
        outcomes = await asyncio.gather(
            *(door.cast(ballot, NOON) for door in (one, two, three, one, two, three))
        )
    (entry,) = await entries_of(desk, election.id)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        *["AlreadyRecorded"] * 5,
        "Recorded",
    ]
    assert {outcome.entry_hash for outcome in outcomes if not isinstance(outcome, Refused)} == {
        entry.hash
    }


async def test_a_submission_of_another_voter_or_content_is_refused(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    ballot = a_cast(election)
    async with Door(database) as door:
        await door.cast(ballot, NOON)
        for other in (
            replace(ballot, voter_key=a_voter(7)),
            replace(ballot, marks=(Mark(project=ProjectId("3")),)),
            replace(ballot, marks=()),
            replace(ballot, method=Method.STRONG),
        ):
            assert await door.cast(other, NOON) == Refused(reason=Refusal.SUBMISSION_REUSED)
        both = a_cast(election)
        outcomes = await asyncio.gather(
            door.cast(both, NOON), door.cast(replace(both, voter_key=a_voter(8)), NOON)
        )
    assert isinstance(outcomes[0], Recorded)
    assert outcomes[1] == Refused(reason=Refusal.SUBMISSION_REUSED)
    assert await count(database, election.id) == 2


async def test_a_second_ballot_replaces_the_first_where_the_round_says_so(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    voter = a_voter(1)
    async with Door(database) as door:
        outcomes = await asyncio.gather(
            *(door.cast(a_cast(election, voter=voter, projects=[p]), NOON) for p in "123")
        )
        async with database.writing() as session:
            standing = await standing_of(session, election.id, voter)
    assert [isinstance(o, Recorded) and o.replaced for o in outcomes] == [False, True, True]
    entries = sorted(await entries_of(desk, election.id), key=lambda entry: entry.round)
    assert [entry.round for entry in entries] == [1, 2, 3]
    assert standing == entries[-1].hash


async def test_a_ballot_of_lower_rank_is_recorded_and_does_not_stand(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    voter = a_voter(1)
    async with Door(database) as door:
        strong = await door.cast(a_cast(election, voter=voter, method=Method.STRONG), NOON)
        code = await door.cast(a_cast(election, voter=voter, projects=["3"]), NOON)
        async with database.writing() as session:
            standing = await standing_of(session, election.id, voter)
    assert isinstance(strong, Recorded)
    assert isinstance(code, Recorded)
    assert not code.replaced
    assert standing == strong.entry_hash
    assert await count(database, election.id) == 2


async def test_a_second_ballot_is_refused_where_the_first_counts(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk, recast=Recast.FIRST_COUNTS)
    voter = a_voter(1)
    async with Door(database) as door:
        outcomes = await asyncio.gather(
            *(door.cast(a_cast(election, voter=voter), NOON) for _ in range(3))
        )
    assert isinstance(outcomes[0], Recorded)
    assert outcomes[1:] == [Refused(reason=Refusal.ALREADY_VOTED)] * 2
    assert await count(database, election.id) == 1


async def test_what_cannot_be_recorded_is_refused_with_its_reason(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    unopened = a_definition()
    async with desk.writing() as session:
        not_open = await a_frozen_election(session, unopened)
    valid = a_cast(election)
    cases = [
        (replace(valid, election_id=ElectionId(uuid4())), NOON, Refusal.UNKNOWN_ELECTION),
        (a_cast(not_open), NOON, Refusal.NOT_OPEN_YET),
        (valid, OPENS - timedelta(microseconds=1), Refusal.NOT_OPEN_YET),
        (valid, CLOSES + timedelta(seconds=GRACE_S), Refusal.CLOSED),
        (replace(valid, definition_hash=Digest(bytes(32))), NOON, Refusal.WRONG_DEFINITION),
        (a_cast(election, projects=["1", "nine"]), NOON, Refusal.INVALID_BALLOT),
    ]
    async with Door(database) as door:
        outcomes = await asyncio.gather(
            *(
                door.cast(replace(cast, voter_key=a_voter(n)), at)
                for n, (cast, at, _) in enumerate(cases[-3:])
            )
        )
        for cast, at, reason in cases:
            outcome = await door.cast(cast, at)
            assert isinstance(outcome, Refused)
            assert outcome.reason is reason
        assert len(outcomes) == 3
        assert await count(database, election.id) == 0
        last = CLOSES + timedelta(seconds=GRACE_S, microseconds=-1)
        assert isinstance(await door.cast(valid, last), Recorded)


async def test_an_invalid_ballot_is_refused_with_every_fault(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    async with Door(database) as door:
        outcome = await door.cast(a_cast(election, projects=["1", "1", "2", "3", "4"]), NOON)
        huge = replace(a_cast(election), marks=(Mark(project=ProjectId("1"), value=2**80),))
        beyond = await door.cast(huge, NOON)
    assert isinstance(outcome, Refused)
    assert {fault.kind for fault in outcome.faults} == {
        FaultKind.REPEATED_PROJECT,
        FaultKind.TOO_MANY,
    }
    assert isinstance(beyond, Refused)
    assert [fault.kind for fault in beyond.faults] == [FaultKind.VALUE_TOO_HIGH]


async def test_a_method_without_a_published_rank_is_not_allowed(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk, definition=replace(a_definition(), ranks=()))
    async with Door(database) as door:
        with pytest.raises(NotAllowed, match="takes no ballots"):
            await door.cast(a_cast(election), NOON)


class CountingStore(LogStore):
    """Notes how many ballots each transaction was given."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    async def append_entries(self, session: WriteSession, entries: Sequence[Entry]) -> None:
        self.sizes.append(len(entries))
        await super().append_entries(session, entries)

    async def append_sealed(
        self, session: WriteSession, entries: Sequence[Entry], epochs: Collection[SealedEpoch]
    ) -> None:
        self.sizes.append(len(entries))
        await super().append_sealed(session, entries, epochs)


async def test_what_waits_is_recorded_together_and_a_batch_has_an_end(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    store = CountingStore()
    async with Door(database, store=store) as door:
        outcomes = await asyncio.gather(
            *(door.cast(a_cast(election), NOON) for _ in range(BATCH_MAX + 100))
        )
    assert all(isinstance(outcome, Recorded) for outcome in outcomes)
    assert store.sizes == [BATCH_MAX, 100]


async def test_one_bad_ballot_does_not_take_the_others_with_it(
    database: Database, desk: Database, opening: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    election = await opening(desk)
    bad = replace(a_cast(election), voter_key=VoterKey(b"\xab" * 15))
    async with Door(database) as door:
        first, refused, last = await asyncio.gather(
            door.cast(a_cast(election), NOON),
            door.cast(bad, NOON),
            door.cast(a_cast(election), NOON),
            return_exceptions=True,
        )
    assert isinstance(first, Recorded)
    assert isinstance(last, Recorded)
    assert isinstance(refused, NotRecorded)
    assert await count(database, election.id) == 2
    told = caplog.text + str(refused)
    assert "23514" in told
    assert "abab" not in told


async def test_leaving_the_door_records_what_it_had_accepted(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    async with Door(database) as door:
        waiting = [asyncio.ensure_future(door.cast(a_cast(election), NOON)) for _ in range(20)]
        await asyncio.sleep(0)
    assert all(isinstance(outcome, Recorded) for outcome in await asyncio.gather(*waiting))
    with pytest.raises(Unavailable):
        await door.cast(a_cast(election), NOON)
    assert await count(database, election.id) == 20


async def test_who_has_gone_does_not_disturb_the_others(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    async with Door(database) as door:
        gone, here = (asyncio.ensure_future(door.cast(a_cast(election), NOON)) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        assert isinstance(await here, Recorded)
    assert gone.cancelled()


async def crowd(door: Door, casts: list[Cast]) -> list[asyncio.Task[Outcome]]:
    """Let these ballots wait at a door that nobody has opened."""
    waiting = [asyncio.create_task(door.cast(cast, NOON)) for cast in casts]
    await asyncio.sleep(0)
    return waiting


async def test_more_than_may_wait_are_turned_away_at_once(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    door = Door(database)
    waiting = await crowd(door, [a_cast(election) for _ in range(WAITING_MAX)])
    with pytest.raises(Unavailable, match="too many ballots wait"):
        await door.cast(a_cast(election), NOON)
    for one in waiting:
        one.cancel()


async def test_one_voter_cannot_fill_the_line(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    door, voter = Door(database), a_voter(1)
    casts = [a_cast(election, voter=voter) for _ in range(WAITING_OF_ONE_VOTER_MAX)]
    waiting = await crowd(door, casts)
    with pytest.raises(Unavailable, match="of this voter"):
        await door.cast(a_cast(election, voter=voter), NOON)
    async with door:
        assert isinstance(await door.cast(a_cast(election), NOON), Recorded)
    assert all(isinstance(one.result(), Recorded) for one in waiting)


async def test_an_error_beside_an_open_door_goes_on_its_way(
    database: Database, desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    waiting: list[asyncio.Task[Outcome]] = []

    async def failing() -> None:
        async with Door(database) as door:
            waiting.extend(await crowd(door, [a_cast(election)]))
            raise KeyError

    with pytest.raises(KeyError):
        await failing()
    assert isinstance(await waiting[0], Recorded)


class LosesTheAnswer(Database):
    """The connection breaks after the commit and before the answer, the first time."""

    broken = False

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[WriteSession]:
        async with super().writing() as session:
            yield session
        if not self.broken:
            self.broken = True
            raise Unavailable("the database went away")


async def test_who_got_no_answer_learns_by_asking_again(
    server: Server, database_name: str, desk: Database, opening: Opening
) -> None:
    election = await opening(desk, recast=Recast.FIRST_COUNTS)
    losing = LosesTheAnswer(server.url(login=Login.APP, database=database_name))
    ballot = a_cast(election)
    async with Door(losing) as door:
        with pytest.raises(Unavailable, match="went away"):
            await door.cast(ballot, NOON)
        again = await door.cast(ballot, NOON)
    await losing.close()
    (entry,) = await entries_of(desk, election.id)
    assert again == AlreadyRecorded(entry_hash=entry.hash)


async def test_where_there_is_no_database_nothing_is_acknowledged(
    desk: Database, opening: Opening
) -> None:
    election = await opening(desk)
    nowhere = Database("postgresql://talkoot_app@/talkoot?host=/nowhere")
    async with Door(nowhere) as door:
        outcomes = await asyncio.gather(
            *(door.cast(a_cast(election), NOON) for _ in range(5)), return_exceptions=True
        )
    await nowhere.close()
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 5
