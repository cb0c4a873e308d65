"""``talkoot seal`` and ``talkoot rehearse``: to whom ballots are sealed, and that they can open."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click

from talkoot.base.clock import system_clock
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.cli.context import opened_desk
from talkoot.cli.media import FILE, contents, signed_by_files, trustee_keys
from talkoot.cli.registrar import registrar_key_drawn
from talkoot.cli.signing import act_signed
from talkoot.voting import board, log
from talkoot.voting.log import Assurance, ElectionState
from talkoot.voting.sealing import (
    BadSetup,
    Rehearsal,
    SealingSetup,
    TrusteeKey,
    TrusteePublic,
    new_setup,
    public_of_file,
    rehearsed,
    trustee_from_json,
)


@click.command()
@click.argument("election", type=click.UUID)
@click.option(
    "--trustee",
    "trustees",
    type=FILE,
    multiple=True,
    required=True,
    help="What a trustee handed over, or a key file.",
)
@click.option("--threshold", type=click.IntRange(min=1), required=True, help="How many must open.")
def seal(election: UUID, trustees: Sequence[Path], threshold: int) -> None:
    """Seal the ballots of a frozen ELECTION to its trustees, of whom --threshold open them.

    The election's key is drawn, wrapped for every group of trustees that may open, and forgotten.
    Of a key file only the public half is read. This is done once, before opening.
    """
    public = [_public_in(contents(file)) for file in trustees]
    setup = asyncio.run(_sealed(ElectionId(election), public, threshold))
    names = ", ".join(trustee.name for trustee in setup.trustees)
    click.echo(f"{setup.election_id} is sealed: any {setup.threshold} of {names} open it")
    click.echo(f"  {len(setup.subsets)} groups can open; SHA-256 {setup.hash.hex()}")


def _public_in(content: bytes) -> TrusteePublic:
    """Read what a trustee handed over; else the public half of a key file."""
    try:
        return trustee_from_json(content)
    except BadSetup:
        return public_of_file(content)


async def _sealed(
    election_id: ElectionId, trustees: Sequence[TrusteePublic], threshold: int
) -> SealingSetup:
    async with opened_desk() as (database, settings), database.writing() as session:
        election = await log.election_of(session, election_id)
        if election.assurance is not Assurance.SEALED:
            raise NotAllowed("this election was frozen as plain, and stays so")
        if election.state is not ElectionState.FROZEN:
            raise NotAllowed(f"the election is {election.state}; it is sealed before it opens")
        if await log.sealing_of(session, election_id) is not None:
            raise NotAllowed("this election's ballots are sealed to its trustees already")
        registrar = registrar_key_drawn(settings, election_id)
        setup = new_setup(
            election_id,
            trustees=trustees,
            threshold=threshold,
            registrar_public=registrar.public,
        )
        await log.sealing_kept(session, setup)
        await board.ceremonies_recorded(session, election_id)
    return setup


@click.command()
@click.argument("election", type=click.UUID)
@click.option(
    "--medium", "media", type=FILE, multiple=True, required=True, help="A trustee's key file."
)
@click.option(
    "--passphrase-file", type=FILE, multiple=True, help="Its passphrase (default: ask for it)."
)
@signed_by_files
def rehearse(  # noqa: PLR0917 - click names every argument
    election: UUID,
    media: Sequence[Path],
    passphrase_file: Sequence[Path],
    key: Sequence[Path],
    key_passphrase_file: Sequence[Path],
    reason: str,
) -> None:
    """Open a dummy ballot of ELECTION with every group of trustees, and with none too small.

    Needs the media of all trustees. Two officials sign that it passed, with their key files. Where
    one group cannot open, nothing is recorded, and the election cannot be opened.
    """
    trustees = trustee_keys(media, passphrase_file)
    keys = (key, key_passphrase_file)
    done = asyncio.run(_rehearsed(ElectionId(election), trustees, keys, reason))
    click.echo(
        f"{election}: {len(done.opened)} groups opened the dummy ballot,"
        f" and {len(done.refused)} that are too small did not"
    )


async def _rehearsed(
    election_id: ElectionId,
    trustees: Sequence[TrusteeKey],
    keys: tuple[Sequence[Path], Sequence[Path]],
    reason: str,
) -> Rehearsal:
    async with opened_desk() as (database, settings), database.writing() as session:
        setup = await log.sealing_of(session, election_id)
        if setup is None:
            raise NotFound(f"the ballots of election {election_id} are sealed to nobody yet")
        done = rehearsed(setup, trustees)
        await act_signed(
            session,
            settings,
            await log.election_of(session, election_id),
            log.ActKind.REHEARSE,
            {"sealing": setup.hash.hex()},
            keys=keys,
            reason=reason,
            at=system_clock(),
        )
        await board.ceremonies_recorded(session, election_id)
    return done
