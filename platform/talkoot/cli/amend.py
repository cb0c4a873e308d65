"""``talkoot amend``: a frozen ballot is corrected, in public, with a reason, by two officials."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click
import msgspec

from talkoot.base.clock import system_clock
from talkoot.base.errors import BadFile, NotAllowed, TalkootError
from talkoot.base.i18n import Language
from talkoot.base.ids import ElectionId
from talkoot.cli.context import opened_desk
from talkoot.cli.media import FILE, contents, signed_by_files
from talkoot.cli.signing import Keys, act_signed
from talkoot.voting import board, log
from talkoot.voting.ballot import BallotDefinition, outline_of
from talkoot.voting.log import ActKind, Election
from talkoot.web.corrections import changes_in_words
from talkoot.web.voice import Voice


@click.command()
@click.argument("election", type=click.UUID)
@click.argument("ballot", type=FILE)
@click.option("--yes", is_flag=True, help="Do not ask whether the changes are meant.")
@signed_by_files
def amend(  # noqa: PLR0917 - click names every argument
    election: UUID,
    ballot: Path,
    yes: bool,  # noqa: FBT001 - click gives it so
    key: Sequence[Path],
    key_passphrase_file: Sequence[Path],
    reason: str,
) -> None:
    """Correct the frozen ballot of ELECTION: from now on it is the one in the file BALLOT.

    BALLOT has the form of the public definition.json. The changes are said in words first. Two
    officials sign with their key files; reason and changes are public. Rehearse again afterwards.
    """
    keys = (key, key_passphrase_file)
    made = asyncio.run(_amended(ElectionId(election), contents(ballot), keys, reason, ask=not yes))
    click.echo(f"{election} is amended; SHA-256 of its ballot {made.definition.hash.hex()}")


async def _amended(
    election_id: ElectionId, body: bytes, keys: Keys, reason: str, *, ask: bool
) -> Election:
    async with opened_desk() as (database, settings), database.writing() as session:
        election = await log.election_of(session, election_id)
        new = _ballot_in(body)
        changes = changes_in_words(
            Voice(language=Language.ENGLISH),
            outline_of(election.definition.canonical),
            outline_of(new.canonical),
        )
        if not changes:
            raise NotAllowed("nothing would change: this is the ballot as it is")
        click.echo("\n".join(changes))
        if ask:
            click.confirm("Is that what should change?", abort=True, err=True)
        payload = {"definition_hash": new.hash.hex()}
        found = await act_signed(
            session,
            settings,
            election,
            ActKind.AMEND,
            payload,
            keys=keys,
            reason=reason,
            at=system_clock(),
            definition=new,
        )
        await board.ceremonies_recorded(session, election_id)
        return found


def _ballot_in(body: bytes) -> BallotDefinition:
    """Read a ballot. Its field ``hash``, of the ballot that it was copied from, says nothing."""
    try:
        plain = msgspec.json.decode(body, type=dict[str, object])
        plain.pop("hash", None)
        return log.definition_read(plain)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, TalkootError) as err:
        raise BadFile(f"this is no ballot definition: {err}") from err
