"""Devices of an election: enrolled before it opens, listed, and revoked when one is not trusted."""

import asyncio
from pathlib import Path
from uuid import UUID

import click

from talkoot.base.db import WriteSession
from talkoot.base.errors import BadFile, NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.base.settings import Settings
from talkoot.cli.context import opened_desk
from talkoot.cli.media import FILE, contents
from talkoot.voting import board, log
from talkoot.voting.ballot import (
    DeviceCertificate,
    certificate_of_raw,
    certificate_raw,
    device_named,
    shown_fingerprint,
)
from talkoot.voting.intake import device_revoked

_election = click.argument("election", type=click.UUID)


@click.group()
def device() -> None:
    """Keep the devices that take ballots without a network."""


@device.command()
@_election
@click.argument("key", type=FILE)
@click.option("--place", required=True, help="Where it stands, as it will be published.")
@click.option("--out", required=True, type=FILE, help="A new file for its certificate.")
def enrol(election: UUID, key: Path, place: str, out: Path) -> None:
    """Enrol a device for ELECTION by its public key, before voting opens.

    KEY holds the device's Ed25519 public key, 32 bytes in hexadecimal. The board's key signs the
    certificate; the list of all certificates goes on the board when voting opens.
    """
    if out.exists():
        raise NotAllowed(f"{out} is there already: a certificate needs a file of its own")
    public = _public_in(key)
    raw = asyncio.run(_enrolled(ElectionId(election), public, place))
    out.write_bytes(raw)
    found = certificate_of_raw(raw)
    click.echo(f"{found.device.hex()} is enrolled: {found.place}")
    click.echo(f"  compare on its screen: {shown_fingerprint(found.public)}")


def _public_in(file: Path) -> bytes:
    try:
        return bytes.fromhex(contents(file).decode().strip())
    except ValueError as err:
        raise BadFile(f"{file} holds no public key in hexadecimal") from err


async def _enrolled(election_id: ElectionId, public: bytes, place: str) -> bytes:
    async with opened_desk() as (database, settings), database.writing() as session:
        return await enrolled(session, settings, election_id, public=public, place=place)


async def enrolled(
    session: WriteSession,
    settings: Settings,
    election_id: ElectionId,
    *,
    public: bytes,
    place: str,
) -> bytes:
    """Enrol a device and give its certificate as it travels.

    Raises :class:`NotAllowed` once the election is open, for a device that is enrolled, and where
    the board has not begun: its key signs.
    """
    if await board.board_of(session, election_id) is None:
        raise NotAllowed("begin the board first: its key signs the certificates of devices")
    certificate = DeviceCertificate(
        election_id=election_id,
        device=device_named(election_id, public),
        public=public,
        place=place,
    )
    signer = board.board_key(settings.keys_folder, election_id)
    raw = certificate_raw(certificate, signer.private.sign)
    await log.device_enrolled(session, election_id, certificate.device, raw)
    return raw


@device.command("list")
@_election
def list_(election: UUID) -> None:
    """List the devices of ELECTION, and what became of each."""
    for line in asyncio.run(_listed(ElectionId(election))):
        click.echo(line)


async def _listed(election_id: ElectionId) -> list[str]:
    async with opened_desk() as (database, _), database.writing() as session:
        holds = await log.holds_of(session, election_id)
        lines = []
        for one in await log.devices_of(session, election_id):
            place = certificate_of_raw(one.certificate).place
            held = ", ".join(sorted(holds.get(one.device_id, ())))
            arrived = sum(
                journal.length
                for journal in await log.journals_of(session, election_id, one.device_id)
            )
            state = f"{one.state}{f' ({held})' if held else ''}"
            lines.append(f"{one.device_id.hex()}  {state}, {arrived} entries arrived: {place}")
        return lines


@device.command()
@_election
@click.argument("device_id", metavar="DEVICE")
@click.option("--by", required=True, help="Who answers for this.")
@click.option("--reason", required=True, help="Why, as it will be published.")
def revoke(election: UUID, device_id: str, by: str, reason: str) -> None:
    """Trust a device of ELECTION no more: whatever arrives from it now waits in quarantine.

    One person is enough, for it must be quick; what is done with what waits two persons decide.
    """
    new = asyncio.run(_revoked(ElectionId(election), device_id, by, reason))
    click.echo(f"{device_id} {'is revoked' if new else 'was revoked before'}")


async def _revoked(election_id: ElectionId, device_id: str, by: str, reason: str) -> bool:
    if not by.strip() or not reason.strip():
        raise NotAllowed("say who revokes the device, and why")
    async with opened_desk() as (database, _), database.writing() as session:
        known = {
            one.device_id.hex(): one.device_id for one in await log.devices_of(session, election_id)
        }
        if device_id not in known:
            raise NotFound(f"no device {device_id} is enrolled for this election")
        return await device_revoked(
            session, election_id, known[device_id], by=by.strip(), reason=reason.strip()
        )
