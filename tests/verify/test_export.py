"""The folder that the rooms themselves write from the database is read without a fault."""

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from talkoot.base.db import Database
from talkoot.base.db.embedded import Server
from talkoot.verify import verified
from talkoot.voting.results import public_folder
from tests.rehearsal.tables import filled
from tests.verify.board import Files
from tests.verify.made import Made, made, some_entries
from tests.voting.results.made_up import a_definition


async def exported(server: Server, name: str, desk: Database, voters: int) -> tuple[Made, Files]:
    definition = a_definition()
    entries = some_entries(definition, voters)
    folder = made(definition, entries)
    engine = create_async_engine(server.url(database=name), poolclass=NullPool)
    async with engine.connect() as connection:
        await filled(connection, folder, entries)
        await connection.commit()
    await engine.dispose()
    async with desk.reading() as session:
        return folder, {
            file: body async for file, body in public_folder(session, definition.election_id)
        }


async def test_what_the_rooms_write_from_the_database_holds(
    server: Server, database_name: str, desk: Database
) -> None:
    folder, files = await exported(server, database_name, desk, 300)
    report = verified(files.__getitem__, list(files), keys=folder.keys, since=folder.since)
    assert not report.faults
    assert set(files) == set(folder.files)
