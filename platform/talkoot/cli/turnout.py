"""``talkoot turnout``: count who has voted, for the figures that are shown six hours later."""

import asyncio
from uuid import UUID

import click

from talkoot.base.clock import system_clock
from talkoot.base.ids import ElectionId
from talkoot.cli.context import opened_desk
from talkoot.voting.results import TURNOUT_AGE, Snapshot, turnout_taken

SAID = {
    Snapshot.TAKEN: "who has voted is counted; it is shown, in whole tens, in {hours} hours",
    Snapshot.TAKEN_THIS_HOUR: "who has voted was counted in this hour already",
    Snapshot.NOT_OPEN: "the election is not open; nothing is counted",
}


@click.command()
@click.argument("election", type=click.UUID)
def turnout(election: UUID) -> None:
    """Count who has voted in an open ELECTION so far, at most once an hour.

    Nothing of it is printed. Pages show it once it is six hours old, rounded down to whole tens,
    and by channel only where ten have voted by each. Nothing is counted of what was chosen.
    """
    done = asyncio.run(_taken(ElectionId(election)))
    click.echo(SAID[done].format(hours=TURNOUT_AGE.seconds // 3600))


async def _taken(election_id: ElectionId) -> Snapshot:
    async with opened_desk() as (database, _), database.writing() as session:
        return await turnout_taken(session, election_id, system_clock())
