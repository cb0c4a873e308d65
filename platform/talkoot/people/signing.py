"""Two persons sign one act: whose assertions they are, and whether they may."""

from collections.abc import Collection, Sequence

from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import MunicipalityId
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import Assertion, RelyingParty, Signature, rechecked
from talkoot.people.keys import owner_of, passkeys_of
from talkoot.people.officials import enabled_for_share

PERSONS = 2


async def signature_of(
    session: WriteSession,
    municipality_id: MunicipalityId,
    challenge: bytes,
    assertion: Assertion,
    *,
    roles: Collection[OfficialRole],
    party: RelyingParty,
) -> Signature:
    """Give the signature that an assertion is.

    Raises :class:`NotAllowed` unless an enabled official of this municipality with one of the
    roles answered this very challenge.
    """
    official, passkey = await owner_of(session, assertion, challenge=challenge, party=party)
    if official.municipality_id != municipality_id:
        raise NotAllowed("this passkey is not on file in this municipality")
    role = next((each for each in OfficialRole if each in roles and each in official.roles), None)
    if role is None:
        raise NotAllowed(f"{official.name!r} has no role that may do this")
    return Signature(
        official_id=official.id,
        name=official.name,
        role=role,
        credential_id=passkey.credential_id,
        key_kind=passkey.key_kind,
        public_key=passkey.public_key,
        assertion=assertion,
    )


async def signatures_of(
    session: WriteSession,
    municipality_id: MunicipalityId,
    challenge: bytes,
    assertions: Sequence[Assertion],
    *,
    roles: Collection[OfficialRole],
    party: RelyingParty,
) -> tuple[Signature, Signature]:
    """Give the two signatures of an act.

    Raises :class:`NotAllowed` unless they are two, of two different persons (one person's second
    passkey is the same person), each as :func:`signature_of` demands.
    """
    if len(assertions) != PERSONS:
        raise NotAllowed(f"two persons must sign, and {len(assertions)} did")
    first, second = [
        await signature_of(session, municipality_id, challenge, assertion, roles=roles, party=party)
        for assertion in assertions
    ]
    check_two_persons(first, second)
    return first, second


async def second_signature_of(
    session: WriteSession,
    municipality_id: MunicipalityId,
    challenge: bytes,
    first: Signature,
    assertion: Assertion,
    *,
    roles: Collection[OfficialRole],
    party: RelyingParty,
) -> Signature:
    """Give the second signature of an act whose first is on file, perhaps since yesterday.

    Raises :class:`NotAllowed` unless the first still holds (its person is enabled and has the role,
    its key is on file), the second is as :func:`signature_of` demands, and they are two persons.
    """
    rechecked(first, challenge=challenge, rp_id=party.id, origin=party.origin)
    signer = await enabled_for_share(session, first.official_id)
    keys = {key.credential_id: key.public_key for key in await passkeys_of(session, signer.id)}
    if keys.get(first.credential_id) != first.public_key:
        raise NotAllowed(f"the passkey that {first.name!r} signed with is not on file any more")
    if signer.municipality_id != municipality_id or not signer.roles & set(roles):
        raise NotAllowed(f"{first.name!r} has no role that may do this")
    second = await signature_of(
        session, municipality_id, challenge, assertion, roles=roles, party=party
    )
    check_two_persons(first, second)
    return second


def check_two_persons(first: Signature, second: Signature) -> None:
    """Raise :class:`NotAllowed` where both signatures are one person's."""
    same_name = first.name.strip().casefold() == second.name.strip().casefold()
    if first.official_id == second.official_id or same_name:
        raise NotAllowed(f"two different persons must sign, and {first.name!r} is one")
