"""Officials: invited, listed, disabled; and passkeys in files, for ceremonies without browsers."""

import asyncio
from pathlib import Path
from uuid import UUID

import click

from talkoot.base.clock import system_clock
from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialId, OfficialRole
from talkoot.base.passkeys import KeyKind, relying_party
from talkoot.cli.context import opened_desk
from talkoot.people import (
    Official,
    Passkey,
    disabled,
    invited,
    key_file_made,
    official_kept,
    official_of,
    officials_of,
    passkey_added,
    passkeys_of,
)
from talkoot.rounds import municipality_called


@click.group()
def official() -> None:
    """Officials of a municipality: who may propose and sign acts at the desk."""


@official.command()
@click.argument("municipality")
@click.option("--name", help="The person's full name, as acts will show it.")
@click.option("--mail", required=True, help="The person's mail address: one official each.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in OfficialRole]),
    help="A role; may be repeated. Needed for a new official.",
)
def invite(municipality: str, name: str | None, mail: str, roles: tuple[str, ...]) -> None:
    """Print a link by which an official registers a passkey: once, within 24 hours.

    A mail address that is on file gets a new link (an older one is worth nothing then); for a new
    one, --name and --role put the person on file.
    """
    asyncio.run(_invited(municipality, name, mail, roles))


async def _invited(slug: str, name: str | None, mail: str, roles: tuple[str, ...]) -> None:
    async with opened_desk() as (database, settings):
        async with database.writing() as session:
            town = await municipality_called(session, slug)
            present = await officials_of(session, town.id)
            found = next((one for one in present if one.mail == mail.strip().lower()), None)
            if found is None:
                found = await official_kept(
                    session,
                    municipality_id=town.id,
                    name=name or "",
                    mail=mail,
                    roles=[OfficialRole(role) for role in roles],
                )
            elif name or roles:
                raise click.UsageError(f"{found.mail} is on file: invite by --mail alone")
            invitation = await invited(session, found.id, at=system_clock())
        link = f"{relying_party(settings.address).origin}/fi/desk/invitation#{invitation.token}"
        click.echo(f"{found.id}  {found.name}")
        click.echo(f"once, until {invitation.expires_at:%d.%m.%Y %H:%M} UTC: {link}")


@official.command(name="list")
@click.argument("municipality")
def list_(municipality: str) -> None:
    """List a municipality's officials: id, name, roles, passkeys, and who is disabled."""
    asyncio.run(_listed(municipality))


async def _listed(slug: str) -> None:
    async with opened_desk() as (database, _), database.writing() as session:
        town = await municipality_called(session, slug)
        for one in await officials_of(session, town.id):
            click.echo(_line(one, await passkeys_of(session, one.id)))


def _line(one: Official, keys: tuple[Passkey, ...]) -> str:
    roles = ",".join(role.value for role in OfficialRole if role in one.roles)
    in_files = sum(key.key_kind is KeyKind.FILE for key in keys)
    held = f"{len(keys)} passkeys ({in_files} in files)"
    state = "" if one.disabled_at is None else f"  disabled {one.disabled_at:%d.%m.%Y}"
    return f"{one.id}  {one.name} <{one.mail}>  {roles}  {held}{state}"


@official.command()
@click.argument("official_id", type=click.UUID)
def disable(official_id: UUID) -> None:
    """End an official's work at once: sessions, invitation and the right to sign."""
    asyncio.run(_disabled(OfficialId(official_id)))


async def _disabled(official_id: OfficialId) -> None:
    async with opened_desk() as (database, _):
        async with database.writing() as session:
            gone = await disabled(session, official_id, at=system_clock())
        click.echo(f"{gone.name} is disabled")


@official.command(name="passkey-file")
@click.argument("official_id", type=click.UUID)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Read the passphrase from this file's first line instead of asking for it.",
)
def passkey_file(official_id: UUID, file: Path, passphrase_file: Path | None) -> None:
    """Make a passkey in FILE under a passphrase and put it on the official's list.

    Weaker than a real passkey, and shown as such wherever it signs.
    """
    if file.exists():
        raise NotAllowed(f"there is a file {file} already")
    if passphrase_file is None:
        passphrase = str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True))
    else:
        passphrase = passphrase_file.read_text(encoding="utf-8").partition("\n")[0]
    asyncio.run(_filed(OfficialId(official_id), file, passphrase))


async def _filed(official_id: OfficialId, file: Path, passphrase: str) -> None:
    async with opened_desk() as (database, _):
        async with database.writing() as session:
            owner = await official_of(session, official_id)
            if owner.disabled_at is not None:
                raise NotAllowed(f"{owner.name!r} is not an official any more")
            key = await asyncio.to_thread(key_file_made, file, passphrase)
            await passkey_added(
                session,
                Passkey(
                    credential_id=key.credential_id,
                    official_id=owner.id,
                    public_key=key.public_key,
                    key_kind=KeyKind.FILE,
                    words=file.name,
                    sign_count=0,
                    added_at=system_clock(),
                ),
            )
        click.echo(f"{file} is a passkey of {owner.name}: keep it and its passphrase apart")
