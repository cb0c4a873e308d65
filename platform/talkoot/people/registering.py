"""The browser's side of passkeys: what to ask it for, and reading what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.passkeys import (
    Assertion,
    CosePublicKey,
    CredentialId,
    KeyKind,
    RelyingParty,
    assertion_from,
    base64url,
    from_base64url,
    key_in,
)
from talkoot.people.challenges import Purpose, answered
from talkoot.people.keys import Passkey, owner_of, passkey_added
from talkoot.people.officials import Official

ANSWER_MAX = 16_384
"""A registration with a self-made attestation is under 2 kB."""
TIMEOUT_MS = 300_000  # as long as a challenge lives
ES256, EDDSA = -7, -8  # RFC 9053, sections 2.1 and 2.2


class _Named(msgspec.Struct, frozen=True):
    id: str
    type: str = "public-key"


class _Algorithm(msgspec.Struct, frozen=True):
    alg: int
    type: str = "public-key"


class _Site(msgspec.Struct, frozen=True):
    id: str
    name: str = "Talkoot"


class _User(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    name: str
    display_name: str


class _Selection(msgspec.Struct, frozen=True, rename="camel"):
    resident_key: str = "required"
    require_resident_key: bool = True
    user_verification: str = "required"


class RegistrationOptions(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Options for ``navigator.credentials.create`` as JSON; byte strings in base64url."""

    challenge: str
    rp: _Site
    user: _User
    pub_key_cred_params: tuple[_Algorithm, ...] = (_Algorithm(ES256), _Algorithm(EDDSA))
    exclude_credentials: tuple[_Named, ...]
    authenticator_selection: _Selection = _Selection()
    attestation: str = "none"
    timeout: int = TIMEOUT_MS


class AssertionOptions(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Options for ``navigator.credentials.get`` as JSON; byte strings in base64url."""

    challenge: str
    rp_id: str
    allow_credentials: tuple[_Named, ...]
    user_verification: str = "required"
    timeout: int = TIMEOUT_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that a browser has just made."""

    credential_id: CredentialId
    public_key: CosePublicKey
    sign_count: int


def registration_options(
    official: Official, present: Sequence[Passkey], challenge: bytes, party: RelyingParty
) -> RegistrationOptions:
    """Ask for a new passkey that knows its owner by itself and recognises the person each time."""
    return RegistrationOptions(
        challenge=base64url(challenge),
        rp=_Site(party.id),
        user=_User(base64url(official.id.bytes), official.mail, official.name),
        exclude_credentials=_listed(present),
    )


def assertion_options(
    challenge: bytes, party: RelyingParty, present: Sequence[Passkey] = ()
) -> AssertionOptions:
    """Ask for an answer by a passkey that recognises its owner; any on file where none is named."""
    return AssertionOptions(
        challenge=base64url(challenge), rp_id=party.id, allow_credentials=_listed(present)
    )


def _listed(present: Sequence[Passkey]) -> tuple[_Named, ...]:
    return tuple(
        _Named(base64url(each.credential_id))
        for each in present
        if each.key_kind is KeyKind.PASSKEY
    )


def new_key_in(answer: str, *, challenge: bytes, party: RelyingParty) -> NewKey:
    """Read a browser's new passkey. Raises :class:`NotAllowed` for anything but a good one.

    Present and recognised the person must have been; ES256 and EdDSA keys only.
    """
    from webauthn import verify_registration_response  # 0.24 s to import
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.exceptions import WebAuthnException

    if len(answer) > ANSWER_MAX:
        raise NotAllowed("the browser's answer is too long")
    try:
        done = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=[
                COSEAlgorithmIdentifier.ECDSA_SHA_256,
                COSEAlgorithmIdentifier.EDDSA,
            ],
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as err:
        raise NotAllowed("the browser made no passkey that can be used here") from err
    key_in(CosePublicKey(done.credential_public_key))
    return NewKey(
        credential_id=CredentialId(done.credential_id),
        public_key=CosePublicKey(done.credential_public_key),
        sign_count=done.sign_count,
    )


async def registered(
    session: WriteSession,
    official: Official,
    answer: str,
    *,
    words: str,
    party: RelyingParty,
    at: datetime,
) -> Passkey:
    """Put a browser's new passkey on file for an official who was asked for one.

    Raises :class:`NotAllowed`; then nothing was kept, if the caller rolls back.
    """
    challenge = _challenge_in(answer)
    await answered(session, challenge, Purpose.REGISTER, official_id=official.id, at=at)
    made = new_key_in(answer, challenge=challenge, party=party)
    passkey = Passkey(
        credential_id=made.credential_id,
        official_id=official.id,
        public_key=made.public_key,
        key_kind=KeyKind.PASSKEY,
        words=words,
        sign_count=made.sign_count,
        added_at=at,
    )
    await passkey_added(session, passkey)
    return passkey


async def signed_in(
    session: WriteSession, answer: str, *, party: RelyingParty, at: datetime
) -> Official:
    """Tell who answers a sign-in challenge, which is used up. Raises :class:`NotAllowed`."""
    assertion = assertion_in(answer)
    challenge = _challenge_in(answer)
    await answered(session, challenge, Purpose.SIGN_IN, official_id=None, at=at)
    official, _ = await owner_of(session, assertion, challenge=challenge, party=party)
    return official


class _Response(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    client_data_json: str = msgspec.field(name="clientDataJSON")
    authenticator_data: str = ""
    signature: str = ""


class _Answer(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """``PublicKeyCredential.toJSON`` of a browser, as far as it is read here."""

    raw_id: str
    response: _Response


class _ClientData(msgspec.Struct, frozen=True):
    challenge: str


def assertion_in(answer: str) -> Assertion:
    """Read a browser's assertion (``PublicKeyCredential.toJSON``). Raises :class:`NotAllowed`."""
    found = _read(answer)
    return assertion_from(
        {
            "credential_id": found.raw_id,
            "authenticator_data": found.response.authenticator_data,
            "client_data_json": found.response.client_data_json,
            "signature": found.response.signature,
        }
    )


def _challenge_in(answer: str) -> bytes:
    """Give the challenge that the browser says it answers; what follows checks that it did."""
    words = from_base64url(_read(answer).response.client_data_json)
    try:
        return from_base64url(msgspec.json.decode(words, type=_ClientData).challenge)
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        raise NotAllowed("the browser's answer cannot be read") from err


def _read(answer: str) -> _Answer:
    if len(answer) > ANSWER_MAX:
        raise NotAllowed("the browser's answer is too long")
    try:
        return msgspec.json.decode(answer, type=_Answer)
    except (msgspec.DecodeError, UnicodeError) as err:
        raise NotAllowed("the browser's answer cannot be read") from err
