"""Two made-up towns with officials whose keys are made in memory."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from talkoot.base.db import WriteSession
from talkoot.base.ids import ElectionId, MunicipalityId
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import CredentialId, KeyKind, RelyingParty
from talkoot.people import KeyFile, Official, Passkey, official_kept, passkey_added
from talkoot.rounds import municipality_kept, picture_kept, round_kept
from talkoot.voting import log
from tests.web.town import CLOSES, MUNICIPALITY, OPENS, PERSONS, PICTURE, a_round, rules

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PARTY = RelyingParty(id="localhost", origin="http://localhost:8000")
HOME = MUNICIPALITY.id
ABROAD = MunicipalityId(UUID(int=2))
MANAGER = OfficialRole.ELECTION_MANAGER


async def towns(session: WriteSession) -> ElectionId:
    """Keep two towns; give the election that is frozen in the first."""
    await municipality_kept(session, MUNICIPALITY)
    await municipality_kept(session, replace(MUNICIPALITY, id=ABROAD, slug="toinen"))
    await picture_kept(session, PICTURE, "image/svg+xml", b"<svg/>")
    round_ = a_round()
    await round_kept(session, round_)
    definition = log.definition_of(round_, MUNICIPALITY, ElectionId(uuid4()), rules())
    election = await log.frozen(
        session,
        definition,
        round_id=round_.id,
        opens_at=OPENS,
        closes_at=CLOSES,
        grace_s=300,
        persons=PERSONS,
        at=OPENS,
    )
    return election.id


def a_key() -> KeyFile:
    """Give a fresh key in memory."""
    return KeyFile(
        credential_id=CredentialId(secrets.token_bytes(16)),
        private_key=generate_private_key(SECP256R1()),
    )


async def an_official(
    session: WriteSession,
    name: str,
    *,
    town: MunicipalityId = HOME,
    roles: frozenset[OfficialRole] = frozenset({MANAGER}),
) -> tuple[Official, KeyFile]:
    """Keep an official with one key."""
    official = await official_kept(
        session,
        municipality_id=town,
        name=name,
        mail=f"{name.lower().replace(' ', '.')}@koe.example",
        roles=roles,
    )
    return official, await another_key(session, official)


async def another_key(session: WriteSession, official: Official) -> KeyFile:
    """Put one more key of an official on file."""
    key = a_key()
    await passkey_added(session, on_file(official, key))
    return key


def on_file(official: Official, key: KeyFile) -> Passkey:
    """Give a key as it goes on file."""
    return Passkey(
        credential_id=key.credential_id,
        official_id=official.id,
        public_key=key.public_key,
        key_kind=KeyKind.FILE,
        words="koe",
        sign_count=0,
        added_at=AT,
    )
