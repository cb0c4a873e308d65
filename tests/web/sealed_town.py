"""A sealed election of a town's round: frozen, rehearsed and opened by acts that two signed."""

import secrets
from datetime import timedelta

from talkoot.base.db import WriteSession
from talkoot.rounds import Round
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.board import SigningKey, create_board_key, started
from talkoot.voting.log import (
    DRAFT,
    ActKind,
    ActRequest,
    Election,
    freeze_payload,
    frozen_sealed,
    sealing_kept,
)
from tests.voting.log.sealed import done, signed
from tests.voting.sealing_of import a_setup
from tests.web.town import CLOSES, OPENS, Town


async def opened_sealed(
    session: WriteSession, round_: Round, definition: BallotDefinition
) -> Election:
    """Freeze a sealed election, seal it to trustees, rehearse and open it."""
    request = ActRequest(
        election_id=definition.election_id,
        kind=ActKind.FREEZE,
        state=DRAFT,
        definition_hash=definition.hash,
        reason="Valmis.",
        nonce=secrets.token_bytes(16),
        payload=freeze_payload(
            opens_at=OPENS,
            closes_at=CLOSES,
            grace_s=round_.grace_s,
            appeals_until=CLOSES + timedelta(days=30),
        ),
    )
    by = signed(request)
    await frozen_sealed(session, definition, request, round_id=round_.id, signed=by, at=OPENS)
    await sealing_kept(session, a_setup(definition))
    await done(session, definition.election_id, ActKind.REHEARSE)
    return await done(session, definition.election_id, ActKind.OPEN)


async def board_started(town: Town) -> SigningKey:
    """Begin the board of a town's election, and give the key that signs it."""
    key = create_board_key(town.settings.keys_folder, town.election.id)
    async with town.desk.writing() as session:
        await started(session, town.election.id, key.verifier)
    return key
