"""Elections in the database in which everybody has voted, some of them twice or wrongly."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import Database
from talkoot.base.db.embedded import Server
from talkoot.voting.log import (
    Election,
    append_entries,
    claim_next_for_update,
    closed,
    replace_standing,
)
from talkoot.voting.results import public_file, published
from tests.voting.cluster.made_up import entries_of_some
from tests.voting.log.made_up import CLOSES, PERSONS
from tests.voting.results.made_up import a_definition, a_town_with_an_open_election

VOTERS = 60


async def an_election_with_entries(desk: Database) -> Election:
    """Still open."""
    election = await a_town_with_an_open_election(desk, a_definition())
    entries = list(dict.fromkeys(entries_of_some(election.definition, VOTERS)))
    async with desk.writing() as session:
        await append_entries(session, entries)
        for turn in (1, 2):
            some = sorted(
                (entry for entry in entries if entry.round == turn), key=lambda e: e.voter_key
            )
            await claim_next_for_update(session, some)
            await replace_standing(session, some)
    return election


async def a_voted_election(desk: Database) -> Election:
    """Closed."""
    election = await an_election_with_entries(desk)
    async with desk.writing() as session:
        return await closed(session, election.id, persons=PERSONS, at=CLOSES)


async def published_files(desk: Database, election: Election) -> list[bytes]:
    """Publish, and give the public files' bytes."""
    async with desk.writing() as session:
        await published(session, election.id, persons=PERSONS, at=CLOSES)
        names = ("ballots.pb", "result.json")
        return [(await public_file(session, election.id, name)).body for name in names]


async def as_the_owner(server: Server, database_name: str, statement: str) -> None:
    """Run a statement past all grants, as whoever owns the database could."""
    engine = create_async_engine(server.url(database=database_name), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
