"""T39: turnout on pages and in the API tells nothing of choices, and of nobody who votes now."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import ReadSession
from talkoot.base.db.embedded import Server
from talkoot.base.ids import ElectionId, ProjectId
from talkoot.voting.ballot import Channel, ballot_from
from talkoot.voting.intake import Door, Recorded
from talkoot.voting.log import all_entries
from talkoot.voting.results import turnout, turnout_taken
from tests.voting.log.made_up import a_cast, a_voter
from tests.web.test_phases_secrecy import answers
from tests.web.town import AT, ROUND, Town, number

LATER = AT + timedelta(hours=6)
VOTERS = 27
WORLDS: tuple[Sequence[int], Sequence[int]] = ([1], [2, 4, 5])
API = "/api/v1/elections/{}/turnout"


@pytest_asyncio.fixture
async def owner(server: Server, database_name: str) -> AsyncIterator[AsyncEngine]:
    """The owner of the database, who alone can make the same hour be counted twice."""
    engine = create_async_engine(server.url(database=database_name), poolclass=NullPool)
    yield engine
    await engine.dispose()


async def all_vote(town: Town, chosen: Sequence[int]) -> None:
    """Let the same people vote, or vote again, some at a kiosk."""
    async with Door(town.database) as door:
        for voter in range(VOTERS):
            channel = Channel.KIOSK if voter < 12 else Channel.WEB
            marks = [number(at) for at in chosen]
            ballot = a_cast(town.election, voter=a_voter(voter), projects=marks, channel=channel)
            assert isinstance(await door.cast(ballot, AT), Recorded)


async def world(
    town: Town, owner: AsyncEngine, chosen: Sequence[int]
) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """Let all vote so, count turnout at one and the same moment, and read everything later."""
    town.clock.at = AT
    await all_vote(town, chosen)
    async with owner.begin() as connection:
        await connection.execute(text("delete from turnout"))
    async with town.desk.writing() as session:
        await turnout_taken(session, town.election.id, AT)
    town.clock.at = LATER
    return await answers(town)


async def test_t39_with_turnout_shown_worlds_that_differ_in_choices_alone_still_answer_alike(
    town: Town, owner: AsyncEngine
) -> None:
    one, other = await world(town, owner, WORLDS[0]), await world(town, owner, WORLDS[1])
    api = f"GET {API.format(town.election.id)}"
    assert b'"at_least":20,"channels":{"web":10,"kiosk":10}' in one[api][2]
    assert b'id="turnout"' in one[f"GET {ROUND}"][2]
    assert one == other


async def test_t39_the_same_crawl_finds_turnout_that_counts_choices(
    town: Town, owner: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a figure of one project is found by the crawl."""

    async def of_one_project(session: ReadSession, election_id: ElectionId) -> dict[Channel, int]:
        found = [entry async for entry in all_entries(session, election_id)]
        ballots = [ballot_from(entry.what, town.election.definition) for entry in found]
        named = [mark.project for ballot in ballots for mark in ballot.marks]
        return {Channel.WEB: named.count(ProjectId(number(2)))}

    monkeypatch.setattr(turnout, "voters_by_channel", of_one_project)
    one, other = await world(town, owner, WORLDS[0]), await world(town, owner, WORLDS[1])
    assert {path for path in one if one[path] != other[path]} >= {f"GET {ROUND}"}


async def shown_around_a_vote(town: Town) -> tuple[bytes, bytes]:
    """Give the round's page before and after one more person has voted and was counted."""
    pages = []
    for voter in (500, 501):
        async with Door(town.database) as door:
            ballot = a_cast(town.election, voter=a_voter(voter), projects=[number(1)])
            assert isinstance(await door.cast(ballot, AT), Recorded)
        async with town.desk.writing() as session:
            await turnout_taken(session, town.election.id, town.clock.at)
        pages.append((await town.visitor().get(API.format(town.election.id))).content)
        town.clock.at += timedelta(hours=1)
    return pages[0], pages[1]


async def test_t39_nobody_sees_a_vote_arrive(town: Town) -> None:
    await all_vote(town, [1])
    before, after = await shown_around_a_vote(town)
    assert before == after == b"null"


async def test_t39_figures_that_are_new_and_exact_show_each_vote_as_it_arrives(
    town: Town, owner: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the six hours and the tens a watcher sees one person vote."""
    monkeypatch.setattr(turnout, "TURNOUT_AGE", timedelta(0))
    monkeypatch.setattr(turnout, "TENS", 1)
    async with owner.begin() as connection:
        await connection.execute(text("alter table turnout drop constraint ck_turnout_whole_tens"))
    await all_vote(town, [1])
    before, after = await shown_around_a_vote(town)
    assert b'"web":16' in before
    assert b'"web":17' in after


async def test_an_election_that_nobody_knows_has_no_turnout(town: Town) -> None:
    unknown = API.format("00000000-0000-0000-0000-00000000ffff")
    assert (await town.visitor().get(unknown)).status_code == 404
