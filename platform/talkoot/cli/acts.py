"""Acts upon sealed elections, signed on the command line with two passkey files."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click

from talkoot.base.clock import system_clock
from talkoot.base.ids import ElectionId
from talkoot.cli.context import opened_desk
from talkoot.cli.media import signed_by_files
from talkoot.cli.signing import Keys, act_signed
from talkoot.voting import board, log
from talkoot.voting.log import ActKind, Election
from talkoot.voting.roll import secrets_destroyed

BY_THEIR_OWN = {
    ActKind.FREEZE,
    ActKind.AMEND,
    ActKind.REHEARSE,
    ActKind.TALLY,
    ActKind.DESTROY,
    ActKind.COUNT,
}
"""Acts that are more than a signature: they have commands of their own, or no command."""
KINDS = [kind.value for kind in ActKind if kind not in BY_THEIR_OWN]


@click.command()
@click.argument("election", type=click.UUID)
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--say", multiple=True, metavar="NAME=VALUE", help="What the act says besides.")
@signed_by_files
def act(
    election: UUID,
    kind: str,
    *,
    say: Sequence[str],
    key: Sequence[Path],
    key_passphrase_file: Sequence[Path],
    reason: str,
) -> None:
    """Do an act upon ELECTION that two officials sign here with their key files."""
    said = dict(_named(each) for each in say)
    keys = (key, key_passphrase_file)
    found = asyncio.run(_acted(ElectionId(election), ActKind(kind), reason, said, keys))
    click.echo(f"{election}: {kind} is done, and the election is {found.state}")


@click.command()
@click.argument("election", type=click.UUID)
@signed_by_files
def destroy(
    election: UUID, *, key: Sequence[Path], key_passphrase_file: Sequence[Path], reason: str
) -> None:
    """Destroy the keys of a final ELECTION, and every voter key in the database. For good.

    Refused before the time for appeals has passed, and while a declared backup has not expired.
    """
    keys = (key, key_passphrase_file)
    asyncio.run(_acted(ElectionId(election), ActKind.DESTROY, reason, {}, keys))
    click.echo(f"{election}: its keys are destroyed, and nobody can tell any more who voted how")


@click.command(name="declare-backup")
@click.option("--taken", type=click.DateTime(), required=True, help="When it was taken, in UTC.")
@click.option("--expires", type=click.DateTime(), required=True, help="When its last copy is gone.")
@click.option("--place", required=True, help="Where it is kept.")
@click.option("--by", required=True, help="Who declares it.")
def declare_backup(taken: datetime, expires: datetime, place: str, by: str) -> None:
    """Declare a backup of the database: until it expires no election's keys can be destroyed."""
    asyncio.run(_declared(taken.replace(tzinfo=UTC), expires.replace(tzinfo=UTC), place, by))
    click.echo(f"declared: {place}, until {expires:%d.%m.%Y %H:%M} UTC")


async def _declared(taken: datetime, expires: datetime, place: str, by: str) -> None:
    async with opened_desk() as (database, _), database.writing() as session:
        await log.backup_declared(session, taken_at=taken, expires_at=expires, place=place, by=by)


async def _acted(
    election_id: ElectionId, kind: ActKind, reason: str, said: dict[str, str | int], keys: Keys
) -> Election:
    async with opened_desk() as (database, settings), database.writing() as session:
        found = await act_signed(
            session,
            settings,
            await log.election_of(session, election_id),
            kind,
            said,
            keys=keys,
            reason=reason,
            at=system_clock(),
        )
        if kind is ActKind.DESTROY:
            # Before the commit: what the database then still held could be read by nobody. Should
            # the commit fail, the same command destroys the rest.
            secrets_destroyed(settings.keys_folder, election_id)
        await board.ceremonies_recorded(session, election_id)
        return found


def _named(said: str) -> tuple[str, str | int]:
    name, equals, value = said.partition("=")
    if not name or not equals:
        raise click.UsageError(f"--say takes NAME=VALUE, and {said!r} is none")
    return name, int(value) if name == "entries" and value.isdecimal() else value
