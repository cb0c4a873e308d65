"""``talkoot freeze-sealed``: a round becomes a sealed election, and its ballot cannot change."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import click
import msgspec

from talkoot.base.clock import system_clock
from talkoot.base.errors import BadFile, NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.cli.context import opened_desk
from talkoot.cli.media import FILE, contents, signed_by_files
from talkoot.cli.signing import Keys, signed_here
from talkoot.rounds import Phase, PhaseKind, Round, municipality_called, round_called
from talkoot.voting import log
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.log import (
    DRAFT,
    STEPS,
    ActKind,
    ActRequest,
    Assurance,
    Election,
    ElectionRules,
    freeze_payload,
)
from talkoot.voting.roll import create_keys


@click.command("freeze-sealed")
@click.argument("municipality")
@click.argument("round_", metavar="ROUND")
@click.argument("rules", type=FILE)
@click.option(
    "--appeals-until", type=click.DateTime(), required=True, help="When appeals end, in UTC."
)
@signed_by_files
def freeze_sealed(  # noqa: PLR0917 - click names every argument
    municipality: str,
    round_: str,
    rules: Path,
    appeals_until: datetime,
    key: Sequence[Path],
    key_passphrase_file: Sequence[Path],
    reason: str,
) -> None:
    """Freeze the ballot of a ROUND, under the RULES in a JSON file, as a sealed election.

    Voting lasts as long as the round's phase of voting. Draws the election's secret keys, too.
    """
    agreed = _rules_in(rules)
    end, keys = appeals_until.replace(tzinfo=UTC), (key, key_passphrase_file)
    made = asyncio.run(_frozen((municipality, round_), agreed, end, keys, reason))
    click.echo(f"{made.id} is frozen; voting from {made.opens_at:%d.%m.%Y %H:%M} UTC")
    click.echo(f"  SHA-256 of its ballot {made.definition.hash.hex()}")


def _rules_in(file: Path) -> ElectionRules:
    """Read the rules. Raises :class:`BadFile`, also for a word that no rule has."""
    content = contents(file)
    try:
        rules = msgspec.json.decode(content, type=ElectionRules)
        given = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as err:
        raise BadFile(f"{file}: {err}") from err
    known = msgspec.to_builtins(rules)
    for within in ((), ("limits",), ("allocation",)):
        there, mine = given, known
        for name in within:
            there, mine = there[name], mine[name]
        strangers = set(there) - set(mine)
        if strangers:
            raise BadFile(f"{file}: there is no rule {min(strangers)!r}")
    return rules


async def _frozen(
    named: tuple[str, str], rules: ElectionRules, appeals_until: datetime, keys: Keys, reason: str
) -> Election:
    async with opened_desk() as (database, settings), database.writing() as session:
        town = await municipality_called(session, named[0])
        round_ = await round_called(session, town.id, named[1])
        try:
            definition = log.definition_of(round_, town, ElectionId(uuid4()), rules)
        except ValueError as err:
            raise NotAllowed(str(err)) from err
        request = _request(definition, round_, appeals_until, reason)
        roles = STEPS[Assurance.SEALED][ActKind.FREEZE].roles
        by = await signed_here(session, settings, request, town.id, roles=roles, keys=keys)
        made = await log.frozen_sealed(
            session, definition, request, round_id=round_.id, signed=by, at=system_clock()
        )
        create_keys(settings.keys_folder, made.id)
    return made


def _request(
    definition: BallotDefinition, round_: Round, appeals_until: datetime, reason: str
) -> ActRequest:
    voting = _voting(round_)
    return ActRequest(
        election_id=definition.election_id,
        kind=ActKind.FREEZE,
        state=DRAFT,
        definition_hash=definition.hash,
        reason=reason,
        nonce=secrets.token_bytes(16),
        payload=freeze_payload(
            opens_at=voting.starts_at,
            closes_at=voting.ends_at,
            grace_s=round_.grace_s,
            appeals_until=appeals_until,
        ),
    )


def _voting(round_: Round) -> Phase:
    """Give the round's phase of voting. Raises :class:`NotAllowed` where it has none, or two."""
    found = [phase for phase in round_.phases if phase.kind is PhaseKind.VOTING]
    if len(found) != 1:
        raise NotAllowed(f"the round has {len(found)} phases of voting, and needs one")
    return found[0]
