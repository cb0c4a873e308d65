"""The public folder of an election, file by file: ``docs/public_files.md``."""

from collections.abc import AsyncIterator

import msgspec

from talkoot.base.db import ReadSession
from talkoot.base.ids import ElectionId
from talkoot.voting.board import board_files, board_of
from talkoot.voting.log import Assurance, definition_json, election_of, sealing_of
from talkoot.voting.results.store import public_file, public_files_of
from talkoot.voting.sealing import setup_to_json


async def public_folder(
    session: ReadSession, election_id: ElectionId
) -> AsyncIterator[tuple[str, bytes]]:
    """Give every file by its name below the folder, with its bytes, as far as there are any yet.

    Raises :class:`NotFound` for an unknown election, and :class:`BrokenLog` where its rows do not
    fit each other.
    """
    election = await election_of(session, election_id)
    definition = election.definition
    said = {**definition_json(definition), "hash": definition.hash.hex()}
    if election.assurance is Assurance.PLAIN:
        said["assurance"] = Assurance.PLAIN.value
    yield "definition.json", msgspec.json.format(msgspec.json.encode(said), indent=2) + b"\n"
    setup = await sealing_of(session, election_id)
    if setup is not None:
        yield "sealing.json", setup_to_json(setup.without_wraps())
    if await board_of(session, election_id) is not None:
        async for file in board_files(session, election_id):
            yield f"board/{file.name}", file.body
    for name in await public_files_of(session, election_id):
        yield f"result/{name.name}", (await public_file(session, election_id, name.name)).body
