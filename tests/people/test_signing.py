"""Two persons sign: the likeliest abuses, each refused, each beside the act that is none."""

from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from talkoot.base.bytes import Digest
from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.ids import ElectionId
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import Assertion, KeyKind, RelyingParty, Signature, rechecked
from talkoot.people import (
    PROPOSAL_LIFE,
    REASON_MAX,
    Ending,
    KeyFile,
    Official,
    Proposal,
    asserted,
    disabled,
    passkey_removed,
    proposal_ended,
    proposal_for_update,
    proposal_signed,
    proposals_of,
    proposed,
    second_signature_of,
    signatures_of,
    waits,
)
from tests.people.made_up import (
    ABROAD,
    AT,
    HOME,
    MANAGER,
    PARTY,
    an_official,
    another_key,
    towns,
)

CHALLENGE = bytes(range(32))
OTHER = bytes(32)
SECOND = timedelta(seconds=1)


async def pair(
    session: WriteSession,
    *assertions: Assertion,
    challenge: bytes = CHALLENGE,
    roles: frozenset[OfficialRole] = frozenset({MANAGER}),
) -> tuple[Signature, Signature]:
    return await signatures_of(session, HOME, challenge, assertions, roles=roles, party=PARTY)


def answer(key: KeyFile, challenge: bytes = CHALLENGE, party: RelyingParty = PARTY) -> Assertion:
    return asserted(key, challenge, party)


async def test_two_managers_sign_an_act(session: WriteSession) -> None:
    await towns(session)
    aino, key = await an_official(session, "Aino")
    otto, other = await an_official(session, "Otto")
    first, second = await pair(session, answer(key), answer(other))
    assert (first.official_id, second.official_id) == (aino.id, otto.id)
    assert (first.name, first.role, first.key_kind) == ("Aino", MANAGER, KeyKind.FILE)
    for each in (first, second):
        rechecked(each, challenge=CHALLENGE, rp_id=PARTY.id, origin=PARTY.origin)


async def test_one_person_with_two_passkeys_is_one_person(session: WriteSession) -> None:
    await towns(session)
    aino, key = await an_official(session, "Aino")
    _, other = await an_official(session, "Otto")
    second = await another_key(session, aino)
    for keys in ((key, second), (key, key)):
        with pytest.raises(NotAllowed, match="different persons"):
            await pair(session, *(answer(each) for each in keys))
    await pair(session, answer(second), answer(other))


async def test_one_name_under_two_accounts_is_one_person(session: WriteSession) -> None:
    await towns(session)
    _, key = await an_official(session, "Aino")
    _, other = await an_official(session, "AINO ", town=ABROAD)
    with pytest.raises(NotAllowed):
        await pair(session, answer(key), answer(other))


async def test_an_official_of_another_municipality_is_refused(session: WriteSession) -> None:
    await towns(session)
    _, key = await an_official(session, "Aino")
    _, abroad = await an_official(session, "Otto", town=ABROAD)
    with pytest.raises(NotAllowed, match="this municipality"):
        await pair(session, answer(key), answer(abroad))


async def test_a_disabled_official_is_refused(session: WriteSession) -> None:
    await towns(session)
    _, key = await an_official(session, "Aino")
    otto, other = await an_official(session, "Otto")
    await pair(session, answer(key), answer(other))
    await disabled(session, otto.id, at=AT)
    with pytest.raises(NotAllowed, match="any more"):
        await pair(session, answer(key), answer(other))


async def test_a_role_that_may_not_is_refused(session: WriteSession) -> None:
    await towns(session)
    _, key = await an_official(session, "Aino")
    both = frozenset({OfficialRole.EDITOR, OfficialRole.REGISTRAR_OFFICER})
    _, other = await an_official(session, "Otto", roles=both)
    with pytest.raises(NotAllowed, match="no role"):
        await pair(session, answer(key), answer(other))
    allowed = frozenset({MANAGER, OfficialRole.REGISTRAR_OFFICER})
    _, second = await pair(session, answer(key), answer(other), roles=allowed)
    assert second.role is OfficialRole.REGISTRAR_OFFICER


async def test_the_answer_to_another_acts_challenge_is_refused(session: WriteSession) -> None:
    await towns(session)
    _, key = await an_official(session, "Aino")
    _, other = await an_official(session, "Otto")
    with pytest.raises(NotAllowed, match="another challenge"):
        await pair(session, answer(key), answer(other, OTHER))
    await pair(session, answer(key, OTHER), answer(other, OTHER), challenge=OTHER)


async def test_a_passkey_used_at_another_address_is_refused(session: WriteSession) -> None:
    await towns(session)
    _, key = await an_official(session, "Aino")
    _, other = await an_official(session, "Otto")
    elsewhere = replace(PARTY, origin="http://localhost.evil:8000")
    with pytest.raises(NotAllowed, match="another address"):
        await pair(session, answer(key), answer(other, party=elsewhere))


async def test_a_passkey_that_did_not_recognise_its_owner_is_refused(
    session: WriteSession,
) -> None:
    await towns(session)
    _, key = await an_official(session, "Aino")
    _, other = await an_official(session, "Otto")
    good = answer(other)
    data = bytearray(good.authenticator_data)
    data[32] &= ~0x04
    with pytest.raises(NotAllowed, match="without recognising"):
        await pair(session, answer(key), replace(good, authenticator_data=bytes(data)))


async def test_a_removed_or_unknown_passkey_is_refused(session: WriteSession) -> None:
    await towns(session)
    _, key = await an_official(session, "Aino")
    otto, other = await an_official(session, "Otto")
    await another_key(session, otto)
    await passkey_removed(session, otto.id, other.credential_id)
    with pytest.raises(NotAllowed, match="not on file"):
        await pair(session, answer(key), answer(other))


async def test_one_or_three_signatures_are_not_two(session: WriteSession) -> None:
    await towns(session)
    keys = [(await an_official(session, name))[1] for name in ("Aino", "Otto", "Iida")]
    for some in (keys[:0], keys[:1], keys):
        with pytest.raises(NotAllowed, match="two persons"):
            await pair(session, *(answer(key) for key in some))


async def joined(session: WriteSession, first: Signature, assertion: Assertion) -> Signature:
    return await second_signature_of(
        session, HOME, CHALLENGE, first, assertion, roles={MANAGER}, party=PARTY
    )


async def test_a_first_signature_on_file_is_joined_by_another_person(
    session: WriteSession,
) -> None:
    await towns(session)
    aino, key = await an_official(session, "Aino")
    otto, other = await an_official(session, "Otto")
    first, _ = await pair(session, answer(key), answer(other))
    assert (await joined(session, first, answer(other))).official_id == otto.id
    with pytest.raises(NotAllowed, match="different persons"):
        await joined(session, first, answer(await another_key(session, aino)))
    with pytest.raises(NotAllowed, match="another challenge"):
        await joined(session, first, answer(other, OTHER))


async def test_a_first_signature_is_worth_nothing_once_its_key_or_person_is_gone(
    session: WriteSession,
) -> None:
    await towns(session)
    aino, key = await an_official(session, "Aino")
    _, other = await an_official(session, "Otto")
    first, _ = await pair(session, answer(key), answer(other))
    for changed, words in (
        (replace(first, assertion=answer(key, OTHER)), "another challenge"),
        (replace(first, public_key=other.public_key), "not of its key"),
    ):
        with pytest.raises(NotAllowed, match=words):
            await joined(session, changed, answer(other))
    await another_key(session, aino)
    await passkey_removed(session, aino.id, key.credential_id)
    with pytest.raises(NotAllowed, match="not on file any more"):
        await joined(session, first, answer(other))
    await disabled(session, aino.id, at=AT)
    with pytest.raises(NotAllowed, match="not an official"):
        await joined(session, first, answer(other))


async def test_a_passkey_that_counts_must_count_on(session: WriteSession) -> None:
    await towns(session)
    aino, key = await an_official(session, "Aino")
    other = (await an_official(session, "Otto"))[1]
    counting = CountingKey(key)
    await pair(session, counting.answer(7), answer(other))
    for copied in (7, 6, 0):
        with pytest.raises(NotAllowed, match="copied"):
            await pair(session, counting.answer(copied), answer(other))
    first, _ = await pair(session, counting.answer(8), answer(other))
    assert first.official_id == aino.id


@dataclass(frozen=True, slots=True)
class CountingKey:
    """An authenticator that keeps a counter, as security keys do."""

    key: KeyFile

    def answer(self, count: int) -> Assertion:
        """Answer the challenge with this counter."""
        good = asserted(self.key, CHALLENGE, PARTY)
        data = good.authenticator_data[:33] + count.to_bytes(4, "big")
        message = data + sha256(good.client_data_json).digest()
        signature = self.key.private_key.sign(message, ECDSA(SHA256()))
        return replace(good, authenticator_data=data, signature=signature)


async def a_proposal(
    session: WriteSession, election_id: ElectionId, official: Official, reason: str = "Aika on."
) -> Proposal:
    return await proposed(
        session,
        municipality_id=HOME,
        election_id=election_id,
        kind="open",
        state="frozen",
        definition_hash=Digest(bytes(32)),
        reason=reason,
        by=official.id,
        at=AT,
    )


async def test_a_proposal_waits_for_two_and_ends(session: WriteSession) -> None:
    election_id = await towns(session)
    aino, key = await an_official(session, "Aino")
    _, other = await an_official(session, "Otto")
    proposal = await a_proposal(session, election_id, aino)
    assert waits(proposal, AT)
    signatures = await pair(session, answer(key), answer(other))
    for place, signature in enumerate(signatures):
        proposal = await proposal_signed(session, proposal, signature, at=AT + place * SECOND)
    assert proposal.signatures == signatures
    assert await proposals_of(session, [election_id]) == (proposal,)
    await proposal_ended(session, proposal, Ending.DONE, at=AT)
    done = await proposal_for_update(session, HOME, proposal.id)
    assert not waits(done, AT)
    with pytest.raises(NotAllowed, match="is done"):
        await proposal_signed(session, done, signatures[0], at=AT)
    with pytest.raises(NotAllowed, match="is done"):
        await proposal_ended(session, done, Ending.WITHDRAWN, at=AT)


async def test_nobody_signs_a_proposal_twice(session: WriteSession) -> None:
    election_id = await towns(session)
    aino, key = await an_official(session, "Aino")
    _, other = await an_official(session, "Otto")
    first, _ = await pair(session, answer(key), answer(other))
    before = await a_proposal(session, election_id, aino)
    signed = await proposal_signed(session, before, first, at=AT)
    with pytest.raises(NotAllowed, match="different persons"):
        await proposal_signed(session, signed, first, at=AT)
    with pytest.raises(NotAllowed, match="signed this already"):
        await proposal_signed(session, before, first, at=AT)  # as read before the first signature


async def test_one_act_waits_for_an_election_at_a_time(session: WriteSession) -> None:
    election_id = await towns(session)
    aino, _ = await an_official(session, "Aino")
    first = await a_proposal(session, election_id, aino)
    with pytest.raises(NotAllowed, match="another proposal waits"):
        await a_proposal(session, election_id, aino)
    await proposal_ended(session, first, Ending.WITHDRAWN, at=AT)
    second = await a_proposal(session, election_id, aino)
    assert second.nonce != first.nonce


async def test_a_proposal_expires_and_makes_room(session: WriteSession) -> None:
    election_id = await towns(session)
    aino, key = await an_official(session, "Aino")
    _, other = await an_official(session, "Otto")
    first, _ = await pair(session, answer(key), answer(other))
    proposal = await a_proposal(session, election_id, aino)
    end = AT + PROPOSAL_LIFE
    assert waits(proposal, end - SECOND)
    with pytest.raises(NotAllowed, match="expired"):
        await proposal_signed(session, proposal, first, at=end)
    again = await proposed(
        session,
        municipality_id=HOME,
        election_id=election_id,
        kind="open",
        state="frozen",
        definition_hash=Digest(bytes(32)),
        reason="Uudestaan.",
        by=aino.id,
        at=end,
    )
    old = await proposal_for_update(session, HOME, proposal.id)
    assert (old.ending, old.ended_at) == (Ending.EXPIRED, end)
    assert waits(again, end)


@pytest.mark.parametrize("reason", ["", "  \n", "x" * (REASON_MAX + 1), "a\0b"])
async def test_an_act_needs_a_reason(session: WriteSession, reason: str) -> None:
    election_id = await towns(session)
    aino, _ = await an_official(session, "Aino")
    with pytest.raises(NotAllowed, match="reason"):
        await a_proposal(session, election_id, aino, reason)


async def test_another_municipality_finds_no_proposal_of_ours(session: WriteSession) -> None:
    election_id = await towns(session)
    aino, _ = await an_official(session, "Aino")
    proposal = await a_proposal(session, election_id, aino)
    with pytest.raises(NotFound):
        await proposal_for_update(session, ABROAD, proposal.id)
