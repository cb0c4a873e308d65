"""What the door seals with: keys of a minute, numbers that tell nothing, and no ballot twice."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import Database
from talkoot.base.db.embedded import Server
from talkoot.base.ids import ElectionId, SubmissionId
from talkoot.voting.intake import AlreadyRecorded, Door, Recorded, Refusal, Refused
from talkoot.voting.intake.seals import EPOCH_BALLOTS, EPOCH_LASTS, Seals
from talkoot.voting.log import append_sealed, epochs_of
from talkoot.voting.sealing import EpochId, Opener, PrivateKey, parts_of
from tests.voting.log.made_up import NOON, a_cast, a_voter, entries_of
from tests.voting.sealing_of import a_sealed_election

ELECTION = ElectionId(UUID(int=3))
TALLY = PrivateKey(seed=bytes(range(32)))
BALLOT = bytes(range(40))


def sealed(seals: Seals, *, seconds: float = 0, submission: UUID | None = None) -> bytes:
    return seals.sealed(
        BALLOT,
        election_id=ELECTION,
        tally_public=TALLY.public,
        submission_id=SubmissionId(submission or uuid4()),
        at=NOON + timedelta(seconds=seconds),
    )


def epoch_of(what: bytes) -> EpochId:
    return parts_of(what).epoch_id


def test_an_epoch_lasts_a_minute_by_the_clock_that_is_given() -> None:
    seals = Seals()
    first, last = sealed(seals), sealed(seals, seconds=EPOCH_LASTS.total_seconds() - 0.001)
    after = sealed(seals, seconds=EPOCH_LASTS.total_seconds())
    assert epoch_of(first) == epoch_of(last)
    assert epoch_of(after) != epoch_of(first)


def test_an_epoch_takes_a_thousand_ballots_and_its_numbers_are_all_different() -> None:
    seals = Seals()
    whats = [sealed(seals) for _ in range(EPOCH_BALLOTS + 1)]
    assert len({epoch_of(what) for what in whats[:-1]}) == 1
    assert epoch_of(whats[-1]) != epoch_of(whats[0])
    numbers = [parts_of(what).number for what in whats[:-1]]
    assert len(set(numbers)) == EPOCH_BALLOTS
    assert numbers != sorted(numbers)


def test_a_key_that_is_over_is_nowhere_in_the_door() -> None:
    seals = Seals()
    sealed(seals)
    (current,) = seals._current.values()
    key = current.epoch.key
    sealed(seals, seconds=60)
    (now,) = seals._current.values()
    assert now.epoch.key != key
    seals.forget()
    assert not seals._current


def test_two_doors_are_two_devices_and_every_epoch_opens_by_the_trustees_key() -> None:
    one, two = Seals(), Seals()
    assert one.device != two.device
    for seals in (one, two):
        what = sealed(seals)
        epochs = seals.unstored([epoch_of(what)])
        found = Opener(TALLY).opened_whats(what, len(what), epochs)
        assert bytes(found.ballots) == BALLOT
        assert not found.failures


async def test_a_repeat_through_another_process_gets_the_same_receipt_and_other_choices_none(
    database: Database, desk: Database
) -> None:
    election = await a_sealed_election(desk)
    ballot = a_cast(election)
    async with Door(database) as door:
        first = await door.cast(ballot, NOON)
    other = a_cast(
        election, voter=ballot.voter_key, submission=ballot.submission_id, projects=["3"]
    )
    async with Door(database) as door:
        assert isinstance(first, Recorded)
        again = await door.cast(ballot, NOON)
        assert again == AlreadyRecorded(entry_hash=first.entry_hash)
        assert await door.cast(other, NOON) == Refused(reason=Refusal.SUBMISSION_REUSED)
    (entry,) = await entries_of(desk, election.id)
    assert entry.submission_id != ballot.submission_id


async def test_every_ballot_has_one_length_and_its_epoch_is_stored_with_it(
    database: Database, desk: Database
) -> None:
    election = await a_sealed_election(desk)
    async with Door(database) as door:
        for at, projects in enumerate((["1"], ["1", "2"], ["4", "5", "6"])):
            await door.cast(a_cast(election, projects=projects), NOON + timedelta(minutes=at))
    entries = await entries_of(desk, election.id)
    assert len({len(entry.what) for entry in entries}) == 1
    async with desk.writing() as session:
        stored = {epoch.id for epoch in await epochs_of(session, election.id)}
    assert stored == {epoch_of(entry.what) for entry in entries}
    assert len(stored) == 3


async def test_t12_a_copy_of_what_another_has_cast_is_refused_by_the_database(
    server: Server, database_name: str, database: Database, desk: Database
) -> None:
    election = await a_sealed_election(desk)
    async with Door(database) as door:
        await door.cast(a_cast(election), NOON)
    (entry,) = await entries_of(desk, election.id)
    copy = type(entry)(
        **{
            **{name: getattr(entry, name) for name in type(entry).__dataclass_fields__},
            "submission_id": SubmissionId(uuid4()),
            "voter_key": a_voter(9),
        }
    )
    with pytest.raises(IntegrityError, match="uq_entry_position"):
        async with desk.writing() as writing:
            await append_sealed(writing, [copy])
    owner = create_async_engine(server.url(database=database_name), poolclass=NullPool)
    async with owner.begin() as connection:
        await connection.execute(text("drop index uq_entry_position"))
    await owner.dispose()
    async with desk.writing() as writing:
        await append_sealed(writing, [copy])
    assert len(await entries_of(desk, election.id)) == 2


async def test_the_web_role_cannot_change_what_it_sealed(
    database: Database, desk: Database
) -> None:
    election = await a_sealed_election(desk)
    async with Door(database) as door:
        await door.cast(a_cast(election), NOON)
    for statement in (
        "update sealing_epoch set epoch = 1",
        "delete from sealing_epoch",
        "delete from sealing",
        "insert into sealing select * from sealing",
        f"select rows_shuffled('{election.id}')",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.writing() as session:
                await session.execute(text(statement))
