"""``talkoot journal``: what devices wrote without a network comes into the log."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from talkoot.base.clock import system_clock
from talkoot.base.db import Database, WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId, VoterKey
from talkoot.base.settings import Settings
from talkoot.cli.context import opened_desk
from talkoot.cli.media import FILE, contents
from talkoot.cli.registrar import registrar_key
from talkoot.voting import log
from talkoot.voting.intake import (
    Reconciled,
    Registrar,
    SegmentRefused,
    Taken,
    journal_taken,
    journals_settled,
)
from talkoot.voting.roll import CodeHasher, holder_of, keys_for

_election = click.argument("election", type=click.UUID)


@click.group()
def journal() -> None:
    """Take in what devices wrote without a network."""


@journal.command()
@_election
@click.argument("files", nargs=-1, type=FILE)
def take(election: UUID, files: Sequence[Path]) -> None:
    """Take journal FILES of devices of ELECTION in, and settle what waits, as far as it can be.

    The same file may come any number of times. Without files only what waits is settled: once
    voting has ended, and after two persons have let a late journal in or declared a device lost.
    """
    asyncio.run(_taken(ElectionId(election), files))


async def _taken(election_id: ElectionId, files: Sequence[Path]) -> None:
    refused = []
    async with opened_desk() as (database, settings), CodeHasher() as hasher:
        for file in files:
            came = await file_taken(
                database, settings, hasher, election_id, contents(file), at=system_clock()
            )
            if isinstance(came, SegmentRefused):
                refused.append(f"{file}: {came.reason}, at entry {came.index + 1}")
            else:
                click.echo(f"{file}: {_said(came)}")
        done = await waiting_settled(database, settings, hasher, election_id, at=system_clock())
    click.echo(_state(done))
    if refused:
        raise NotAllowed(f"nothing was taken of {'; '.join(refused)}")


async def file_taken(
    database: Database,
    settings: Settings,
    hasher: CodeHasher,
    election_id: ElectionId,
    content: bytes,
    *,
    at: datetime,
) -> Taken | SegmentRefused:
    """Take a journal file in that arrived at ``at``, in a transaction of its own."""
    async with database.writing() as session:
        registrar = registrar_for(session, settings, hasher, election_id)
        return await journal_taken(session, election_id, content, registrar=registrar, at=at)


async def waiting_settled(
    database: Database,
    settings: Settings,
    hasher: CodeHasher,
    election_id: ElectionId,
    *,
    at: datetime,
) -> Reconciled:
    """Settle what waits, as far as it can be, in a transaction of its own."""
    async with database.writing() as session:
        registrar = registrar_for(session, settings, hasher, election_id)
        return await journals_settled(session, election_id, registrar=registrar, at=at)


def registrar_for(
    session: WriteSession, settings: Settings, hasher: CodeHasher, election_id: ElectionId
) -> Registrar:
    """Give what opens *who* and finds the voter: the roll is asked here, the log elsewhere."""
    keys = keys_for(settings.keys_folder, election_id)

    async def voter_of(typed: str) -> VoterKey | None:
        return await holder_of(session, typed, election_id=election_id, keys=keys, hasher=hasher)

    return Registrar(key=registrar_key(settings, election_id), voter_of=voter_of)


def _said(came: Taken) -> str:
    aside = ", ".join(f"{number} {reason}" for reason, number in sorted(came.quarantined.items()))
    parts = [
        f"{came.new} entries are new and {came.known} were known",
        f"{came.recorded} ballots recorded",
        f"in quarantine: {aside or 'none'}",
    ]
    if came.head is not None:
        head = came.head
        parts.append(f"all has arrived up to {head.epoch}/{head.seq} {head.hash.hex()}")
    if came.missing is not None:
        parts.append(f"entry {came.missing} is missing, and what comes after it was not kept")
    if came.frozen:
        parts.append("ALARM: the device told two stories, and is frozen")
    return "; ".join(parts)


def _state(done: Reconciled) -> str:
    devices = ", ".join(f"{number} {state}" for state, number in sorted(done.devices.items()))
    waiting = ", ".join(f"{number} {reason}" for reason, number in sorted(done.waiting.items()))
    return (
        f"settled now: {done.taken} taken, {done.rejected} rejected;"
        f" waiting: {waiting or 'none'}; devices: {devices or 'none'}"
    )


@journal.command()
@_election
def status(election: UUID) -> None:
    """Say which journals of ELECTION have arrived, and what is in quarantine."""
    for line in asyncio.run(_status(ElectionId(election))):
        click.echo(line)


async def _status(election_id: ElectionId) -> list[str]:
    async with opened_desk() as (database, _), database.writing() as session:
        lines = []
        for one in await log.devices_of(session, election_id):
            for found in await log.journals_of(session, election_id, one.device_id):
                closed = "open" if found.close is None else "closed"
                lines.append(
                    f"{one.device_id.hex()}/{found.epoch}: {one.state}, {closed},"
                    f" {found.length} entries, head {found.head.hex()}"
                )
        for reason, settled, number in await log.quarantine_by_reason(session, election_id):
            lines.append(f"quarantine: {number} {reason}, {settled or 'waiting'}")
        return lines
