"""The way from PostgreSQL to the result at full size: the votes that were made are counted."""

from datetime import timedelta

import pytest

from talkoot.base.db import Database
from talkoot.voting.log import closed
from talkoot.voting.results import Accounting, public_file, published, recounted
from tests.voting.log.made_up import NOON, PERSONS
from tests.voting.results.made_up import a_town_with_an_open_election
from tests.voting.results.many import AGAIN, a_large_definition, entries_copied

LATER = NOON + timedelta(days=9)


@pytest.mark.parametrize("n", [100_000, pytest.param(1_000_000, marks=pytest.mark.full)])
async def test_what_was_copied_into_the_log_is_counted_and_published(
    desk: Database, n: int
) -> None:
    election = await a_town_with_an_open_election(desk, a_large_definition())
    async with desk.writing() as session:
        votes = await entries_copied(session, election, n, 1)
    async with desk.writing() as session:
        await closed(session, election.id, persons=PERSONS, at=LATER)
    seen: list[tuple[int, int]] = []
    async with desk.writing() as session:
        count = await published(
            session,
            election.id,
            persons=PERSONS,
            at=LATER,
            progress=lambda read, every: seen.append((read, every)),
        )
    standing = n - n // AGAIN
    assert count.result.accounting == Accounting(
        entries=n, counted=standing, superseded=n // AGAIN, spoiled=0
    )
    assert [project.votes for project in count.result.projects] == votes.tolist()
    assert count.channels.votes.sum(axis=0).tolist() == votes.tolist()
    assert int(count.channels.ballots.sum()) == standing
    assert seen[-1] == (n, n)
    assert seen == sorted(seen)
    async with desk.writing() as session:
        body = (await public_file(session, election.id, "ballots.pb")).body
        again = await recounted(session, election.id)
    assert body.count(b"\n") > standing
    assert f"\n{standing};".encode() in body
    assert f"\n{standing + 1};".encode() not in body
    assert (again.result, again.profile) == (count.result, count.profile)
