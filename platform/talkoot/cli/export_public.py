"""``talkoot export-public``: the public folder of an election, for a mirror or a reader."""

import asyncio
from pathlib import Path
from uuid import UUID

import click

from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.cli.context import opened_desk
from talkoot.voting.results import public_folder


@click.command("export-public")
@click.argument("election", type=click.UUID)
@click.argument("folder", type=click.Path(path_type=Path))
def export_public(election: UUID, folder: Path) -> None:
    """Write all public files of ELECTION into a new FOLDER, which `talkoot verify` checks."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotAllowed(f"{folder} is there already: a public folder needs one of its own")
    number = asyncio.run(_written(ElectionId(election), folder))
    click.echo(f"{folder}: {number} files; check them with: talkoot verify {folder}")


async def _written(election_id: ElectionId, folder: Path) -> int:
    number = 0
    async with opened_desk() as (database, _), database.reading() as session:
        async for name, body in public_folder(session, election_id):
            await asyncio.to_thread(_kept, folder / name, body)
            number += 1
    return number


def _kept(file: Path, body: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    except OSError as err:
        raise NotAllowed(f"{file}: {err.strerror or err}") from err
