"""Acts upon sealed elections, signed on the command line with two passkey files."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click
import msgspec

from talkoot.base.clock import system_clock
from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.base.passkeys import relying_party
from talkoot.base.settings import Settings
from talkoot.cli.context import opened_desk
from talkoot.people import KeyFile, asserted, key_file_opened, signatures_of
from talkoot.rounds import round_of
from talkoot.voting import board, log
from talkoot.voting.log import ActKind, ActRequest, Election, ElectionState, Signed
from talkoot.voting.roll import secrets_destroyed

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
BY_THEIR_OWN = {ActKind.FREEZE, ActKind.AMEND, ActKind.DESTROY, ActKind.COUNT}
"""Acts that need more than names and values."""
DESTROYED = ("pseudonym key", "code pepper", "registrar key", "wraps", "voter keys", "sessions")
KINDS = [kind.value for kind in ActKind if kind not in BY_THEIR_OWN]


@click.command()
@click.argument("election", type=click.UUID)
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--reason", required=True, help="Why; it is published with the act.")
@click.option("--say", multiple=True, metavar="NAME=VALUE", help="What the act says besides.")
@click.option(
    "--signed-by", type=FILE, multiple=True, required=True, help="A passkey file (twice)."
)
@click.option(
    "--passphrase-file", type=FILE, multiple=True, help="Its passphrase (default: ask for it)."
)
def act(  # noqa: PLR0917  click gives them by name
    election: UUID,
    kind: str,
    reason: str,
    say: Sequence[str],
    signed_by: Sequence[Path],
    passphrase_file: Sequence[Path],
) -> None:
    """Do an act upon ELECTION that two officials sign here with their passkey files."""
    said = dict(_named(each) for each in say)
    keys = _keys(signed_by, passphrase_file)
    found = asyncio.run(_acted(ElectionId(election), ActKind(kind), reason, said, keys))
    click.echo(f"{election}: {kind} is done, and the election is {found.state}")


@click.command()
@click.argument("election", type=click.UUID)
@click.option("--reason", required=True, help="Why; it is published with the act.")
@click.option(
    "--signed-by", type=FILE, multiple=True, required=True, help="A passkey file (twice)."
)
@click.option(
    "--passphrase-file", type=FILE, multiple=True, help="Its passphrase (default: ask for it)."
)
def destroy(
    election: UUID, reason: str, signed_by: Sequence[Path], passphrase_file: Sequence[Path]
) -> None:
    """Destroy the keys of a final ELECTION, and every voter key in the database. For good.

    Refused before the time for appeals has passed, and while a declared backup has not expired.
    """
    keys = _keys(signed_by, passphrase_file)
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
    election_id: ElectionId,
    kind: ActKind,
    reason: str,
    said: dict[str, str | int],
    keys: Sequence[KeyFile],
) -> Election:
    async with opened_desk() as (database, settings), database.writing() as session:
        election = await log.election_of(session, election_id)
        request = ActRequest(
            election_id=election.id,
            kind=kind,
            state=election.state.value,
            definition_hash=election.definition.hash,
            reason=reason,
            nonce=secrets.token_bytes(16),
            payload=said,
        )
        signed = await _signed(session, election, request, keys, settings)
        found = await log.moved(session, request, by=signed, at=system_clock())
        if kind is ActKind.DESTROY:
            # Before the commit: what the database then still held could be read by nobody, and if
            # the commit fails the same command destroys the rest.
            secrets_destroyed(settings.keys_folder, election_id)
        await _on_the_board(session, election_id, found)
        return found


async def _on_the_board(session: WriteSession, election_id: ElectionId, found: Election) -> None:
    """Put every act on the election's board, where it has one; what is there already stays.

    That keys were destroyed is told by a record of its own beside the act.
    """
    if await board.board_of(session, election_id) is None:
        return
    for each in await log.acts_of(session, election_id):
        record = msgspec.json.encode(log.act_record(each), order="deterministic")
        await board.record_added(session, election_id, board.Kind.ACT, record)
    if found.state is ElectionState.KEYS_DESTROYED:
        told = {"election": str(election_id), "destroyed": DESTROYED}
        record = msgspec.json.encode(told, order="deterministic")
        await board.record_added(session, election_id, board.Kind.DESTRUCTION, record)


async def _signed(
    session: WriteSession,
    election: Election,
    request: ActRequest,
    keys: Sequence[KeyFile],
    settings: Settings,
) -> Signed:
    step = log.step_for(election.assurance, request.kind, election.state)
    if step is None:
        raise NotAllowed(f"the election is {election.state}, and {request.kind} does not fit that")
    party, challenge = relying_party(settings.address), log.act_challenge(request)
    round_ = await round_of(session, election.round_id)
    signatures = await signatures_of(
        session,
        round_.municipality_id,
        challenge,
        [asserted(key, challenge, party) for key in keys],
        roles=step.roles,
        party=party,
    )
    return Signed(signatures=signatures, party=party)


def _named(said: str) -> tuple[str, str | int]:
    name, equals, value = said.partition("=")
    if not name or not equals:
        raise click.UsageError(f"--say takes NAME=VALUE, and {said!r} is none")
    return name, int(value) if name == "entries" and value.isdecimal() else value


def _keys(files: Sequence[Path], passphrase_files: Sequence[Path]) -> tuple[KeyFile, ...]:
    if passphrase_files and len(passphrase_files) != len(files):
        raise click.UsageError("give a --passphrase-file for each --signed-by, or none")
    words = [path.read_text(encoding="utf-8").partition("\n")[0] for path in passphrase_files] or [
        str(click.prompt(f"Passphrase of {path.name}", hide_input=True)) for path in files
    ]
    return tuple(key_file_opened(path, word) for path, word in zip(files, words, strict=True))
