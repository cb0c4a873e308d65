"""``talkoot export-log``: a closed ballot box as files, for a machine without a network."""

import asyncio
from pathlib import Path
from uuid import UUID

import click

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import VOTER_KEY_BYTES, ElectionId
from talkoot.cli.context import opened_desk
from talkoot.voting import board, log
from talkoot.voting.results import AreaVoters, BoxHead, Device, box_exported
from talkoot.voting.roll import voters_by_area

CLOSED = {"closed", "reconciling", "tallied", "counted"}
"""The states in which nothing more can be recorded, and ballots are still there."""
BEFORE_THE_COUNT = {"closed", "reconciling"}
"""Those of them in which the database writes the rows anew, so that none shows when it was cast."""
CONFIDENTIAL = (
    "CONFIDENTIAL like the log itself: this folder holds every voter's key beside a sealed ballot,"
    " and the trustees' wraps. Carry it to the machine of the count, and destroy it afterwards."
)


@click.command("export-log")
@click.argument("election", type=click.UUID)
@click.argument("folder", type=click.Path(path_type=Path))
def export_log(election: UUID, folder: Path) -> None:
    """Write a closed ELECTION's sealed ballots, and all that counts them, into a new FOLDER.

    No key that opens a ballot is in it but the trustees' wraps. Rows go by their hashes, which tell
    nothing of the order in which ballots were cast.
    """
    head = asyncio.run(_exported(ElectionId(election), folder))
    click.echo(f"{folder}: {head.entries} entries, {len(head.files)} files with their SHA-256")
    click.echo(CONFIDENTIAL, err=True)


async def _exported(election_id: ElectionId, folder: Path) -> BoxHead:
    async with opened_desk() as (database, settings), database.writing() as session:
        return await exported(session, election_id, folder, keys=settings.keys_folder)


async def exported(
    session: WriteSession, election_id: ElectionId, folder: Path, *, keys: Path | None = None
) -> BoxHead:
    """Export, once the rows show no order of casting. Raises :class:`NotAllowed` before closing.

    ``keys`` is the folder of elections' keys, by which the roll counts who has voted by area;
    without it the box says nothing of areas.
    """
    election = await log.election_of(session, election_id)
    if election.state.value not in CLOSED:
        raise NotAllowed(f"the election is {election.state}; nothing is shown before it closes")
    note = await _note(session, election_id)
    if election.state.value in BEFORE_THE_COUNT:
        await log.rows_shuffled(session, election_id)
    try:
        return await box_exported(
            session,
            election,
            folder,
            checkpoint=note.decode(),
            devices=await _devices(session, election_id),
            areas=() if keys is None else await _areas(session, election_id, keys),
        )
    except OSError as err:
        raise NotAllowed(f"{folder}: {err.strerror or err}") from err


async def _areas(
    session: ReadSession, election_id: ElectionId, keys: Path
) -> tuple[AreaVoters, ...]:
    """Let the roll count by area who has voted. It learns of keys, and of no entry."""
    table = await log.read_standing(session, election_id)
    raw = table.voter.astype(">u8").tobytes()
    voted = {raw[at : at + VOTER_KEY_BYTES] for at in range(0, len(raw), VOTER_KEY_BYTES)}
    return tuple(
        AreaVoters(area=one.area, on_roll=one.on_roll, voters=one.voters)
        for one in await voters_by_area(session, keys, election_id, voted)
    )


async def _note(session: WriteSession, election_id: ElectionId) -> bytes:
    """Give the board's newest note, up to which will be counted; empty where there is no board."""
    if await board.board_of(session, election_id) is None:
        return b""
    note = await board.last_note(session, election_id)
    if note is None or await board.waiting_count(session, election_id):
        raise NotAllowed("ballots wait for the board: run `talkoot board publish` before the count")
    return note


async def _devices(session: WriteSession, election_id: ElectionId) -> tuple[Device, ...]:
    return tuple(
        Device(
            device=device.device_id.hex(),
            state=device.state.value,
            head="" if device.head is None else device.head.hex(),
            entries=device.entries or 0,
        )
        for device in await log.devices_of(session, election_id)
    )
