"""The public board: its key, what is published on it, its witnesses, and whether it is whole."""

import asyncio
import logging
import signal
from datetime import timedelta
from uuid import UUID

import click

from talkoot.base.clock import system_clock
from talkoot.base.errors import BrokenLog
from talkoot.base.ids import ElectionId
from talkoot.cli.context import opened_desk
from talkoot.voting import board as boards
from talkoot.voting.board import Closing, VerifierKey
from talkoot.voting.log import ENDED_STATES, head_of

SHOWN_FAULTS = 1_000
_election = click.argument("election", type=click.UUID)


@click.group()
def board() -> None:
    """Keep the public board of an election."""


@board.command()
@_election
def start(election: UUID) -> None:
    """Draw the key of an election's board, and begin the board with what is known so far."""
    key = asyncio.run(_started(ElectionId(election)))
    click.echo(f"the board of {election} is signed by the key")
    click.echo(f"  {key}")


async def _started(election_id: ElectionId) -> VerifierKey:
    async with opened_desk() as (database, settings), database.writing() as session:
        key = boards.create_board_key(settings.keys_folder, election_id).verifier
        await boards.started(session, election_id, key)
        await boards.ceremonies_recorded(session, election_id)
        return key


@board.command()
@_election
def publish(election: UUID) -> None:
    """Append what waits, ten ballots at least while voting is open, and sign the board."""
    asyncio.run(_published(ElectionId(election)))


async def _published(election_id: ElectionId) -> None:
    async with opened_desk() as (database, settings):
        key = boards.board_key(settings.keys_folder, election_id)
        async with database.writing() as session:
            head = await head_of(session, election_id)
            ended = head is not None and head.state in ENDED_STATES
            closing = Closing.CLOSED if ended else Closing.STILL_OPEN
            at = system_clock()
            last = await boards.published(session, election_id, at=at, signer=key, closing=closing)
            waiting = await boards.waiting_count(session, election_id)
    size = 0 if last is None else last.size
    click.echo(f"{size} leaves are signed, {waiting} ballots wait")


@board.command()
@click.option(
    "--every",
    default=10,
    show_default=True,
    type=click.IntRange(min=1),
    help="Minutes between batches while voting is open.",
)
def run(every: int) -> None:
    """Publish the boards of all elections until it is told to stop.

    `talkoot run`, and `talkoot serve` where it has the officials' log-in, do so themselves; more
    than one at a time does no harm.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    asyncio.run(_run(timedelta(minutes=every)))


async def _run(every: timedelta) -> None:
    from talkoot.web.publishing import Publisher

    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with opened_desk() as (database, settings):
        click.echo("publishing the boards; Ctrl+C stops it")
        await Publisher(database, settings.keys_folder, system_clock, every=every).run(stop)


@board.command()
@_election
@click.argument("keys", nargs=-1)
@click.option("--quorum", required=True, type=click.IntRange(min=0), help="How many should sign.")
def witnesses(election: UUID, keys: tuple[str, ...], quorum: int) -> None:
    """Take signatures of these witnesses, and tell readers how many to demand."""
    known = tuple(VerifierKey.read(key) for key in keys)
    asyncio.run(_named(ElectionId(election), known, quorum))
    click.echo(f"{quorum} witnesses should sign the board of {election}")


async def _named(election_id: ElectionId, keys: tuple[VerifierKey, ...], quorum: int) -> None:
    async with opened_desk() as (database, _), database.writing() as session:
        await boards.witnesses_named(session, election_id, keys, quorum=quorum)


@board.command()
@_election
def fsck(election: UUID) -> None:
    """Read the whole board again and name whatever is not as it was appended."""
    faults, size = asyncio.run(_checked(ElectionId(election)))
    for fault in faults[:SHOWN_FAULTS]:
        click.echo(fault)
    if faults:
        raise BrokenLog(f"{len(faults)} faults on a board of {size} leaves")
    click.echo(f"{size} leaves, no fault")


async def _checked(election_id: ElectionId) -> tuple[list[str], int]:
    async with opened_desk() as (database, _), database.writing() as session:
        faults = await boards.checked(session, election_id)
        return faults, await boards.size_of(session, election_id)
