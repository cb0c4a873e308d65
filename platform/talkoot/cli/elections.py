"""Opening and closing: acts of two persons, each named."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import click

from talkoot.base.clock import system_clock
from talkoot.base.db import WriteSession
from talkoot.base.i18n import Language, said
from talkoot.base.ids import ElectionId
from talkoot.cli.context import opened_desk
from talkoot.rounds import municipalities, rounds_of
from talkoot.voting import log
from talkoot.voting.log import TwoPersons

Act = Callable[[WriteSession, ElectionId, TwoPersons], Awaitable[str]]


def _persons(command: Callable[..., None]) -> Callable[..., None]:
    for name in ("second", "first"):
        words = f"The {name} of the two persons who answer for this."
        command = click.option(f"--{name}", required=True, help=words)(command)
    return click.argument("election", type=click.UUID)(command)


@click.command()
def elections() -> None:
    """List every election: municipality, round, id, state and how many ballots are recorded."""
    asyncio.run(_listed())


async def _listed() -> None:
    async with opened_desk() as (database, _), database.writing() as session:
        for municipality in await municipalities(session):
            for round_ in await rounds_of(session, municipality.id):
                for election in await log.elections_of_round(session, round_.id):
                    recorded = await log.recorded_count(session, election.id)
                    title, _language = said(round_.title, Language.ENGLISH)
                    click.echo(
                        f"{election.id}  {election.state.value:7} {recorded:>7} ballots  "
                        f"{municipality.slug}/{round_.slug}  {title}"
                    )


@click.command(name="open")
@_persons
def open_(election: UUID, first: str, second: str) -> None:
    """Open a frozen election for voting. Its published times still say from when."""

    async def act(session: WriteSession, id_: ElectionId, persons: TwoPersons) -> str:
        found = await log.opened(session, id_, persons=persons, at=system_clock())
        return f"{id_} is open; ballots are taken from {found.opens_at:%d.%m.%Y %H:%M} UTC"

    asyncio.run(_done(act, election, first, second))


@click.command()
@_persons
def close(election: UUID, first: str, second: str) -> None:
    """Close an election. From then on nothing more can be recorded."""

    async def act(session: WriteSession, id_: ElectionId, persons: TwoPersons) -> str:
        await log.closed(session, id_, persons=persons, at=system_clock())
        return f"{id_} is closed with {await log.recorded_count(session, id_)} ballots recorded"

    asyncio.run(_done(act, election, first, second))


async def _done(act: Act, election: UUID, first: str, second: str) -> None:
    persons = TwoPersons(first, second)
    async with opened_desk() as (database, _):
        async with database.writing() as session:
            words = await act(session, ElectionId(election), persons)
        click.echo(words)
