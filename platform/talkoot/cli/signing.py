"""An act upon a sealed election, signed on the command line by two officials' key files."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import MunicipalityId
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import relying_party
from talkoot.base.settings import Settings
from talkoot.cli.media import contents
from talkoot.people import asserted, key_file_opened, signatures_of
from talkoot.rounds import round_of
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.log import (
    ActKind,
    ActRequest,
    Election,
    Signed,
    act_challenge,
    moved,
    step_for,
)

Keys = tuple[Sequence[Path], Sequence[Path]]
"""Key files, and the files of their passphrases: as many, or none."""


async def act_signed(
    session: WriteSession,
    settings: Settings,
    election: Election,
    kind: ActKind,
    payload: Mapping[str, str | int],
    *,
    keys: Keys,
    reason: str,
    at: datetime,
    definition: BallotDefinition | None = None,
) -> Election:
    """Do an act that two key files sign here and now. Raises :class:`NotAllowed` as they do.

    ``definition``: the new ballot, for an amendment alone.
    """
    request = ActRequest(
        election_id=election.id,
        kind=kind,
        state=election.state.value,
        definition_hash=election.definition.hash,
        reason=reason,
        nonce=secrets.token_bytes(16),
        payload=payload,
    )
    step = step_for(election.assurance, kind, election.state)
    if step is None:
        raise NotAllowed(f"the election is {election.state}, and {kind} does not fit that")
    round_ = await round_of(session, election.round_id)
    town = round_.municipality_id
    by = await signed_here(session, settings, request, town, roles=step.roles, keys=keys)
    return await moved(session, request, by=by, at=at, definition=definition)


async def signed_here(
    session: WriteSession,
    settings: Settings,
    request: ActRequest,
    municipality_id: MunicipalityId,
    *,
    roles: frozenset[OfficialRole],
    keys: Keys,
) -> Signed:
    """Have two key files sign a request. Raises :class:`NotAllowed` as they do."""
    challenge, party = act_challenge(request), relying_party(settings.address)
    files, passphrases = keys
    if passphrases and len(passphrases) != len(files):
        raise click.UsageError("give a --key-passphrase-file for every --key, or for none")
    assertions = [
        asserted(key_file_opened(file, _passphrase(file, passphrases, place)), challenge, party)
        for place, file in enumerate(files)
    ]
    signatures = await signatures_of(
        session, municipality_id, challenge, assertions, roles=roles, party=party
    )
    return Signed(signatures=signatures, party=party)


def _passphrase(file: Path, passphrases: Sequence[Path], place: int) -> str:
    if passphrases:
        return contents(passphrases[place]).decode().rstrip("\r\n")
    return str(click.prompt(f"Passphrase of {file}", hide_input=True, err=True))
