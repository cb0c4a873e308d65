"""Signing in: right codes, wrong codes, and answers that tell a guesser nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from talkoot.base.db import WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting.roll import (
    AnchorScheme,
    Code,
    Mistype,
    Mistyped,
    Origin,
    Proof,
    SignedIn,
    SignInRefusal,
    SignInRefused,
    activate,
    grouped,
    import_roll,
    issue_codes,
    sign_in,
    voter_key,
    with_check,
)
from talkoot.voting.roll.codes import ALPHABET
from tests.voting.roll.conftest import (
    AREAS,
    AT,
    KEYS,
    CountingHasher,
    Town,
    a_town,
    an_election,
    roll_of,
)

HOME = Origin(network="192.0.2.0/24")
COUNTS = text("select coalesce(sum(wrong), 0) from roll_throttle")


async def tried(
    session: WriteSession, hasher: CountingHasher, election_id: ElectionId, typed: str
) -> SignedIn | SignInRefused:
    return await sign_in(
        session, typed, election_id=election_id, origin=HOME, keys=KEYS, hasher=hasher, at=AT
    )


async def counted(session: WriteSession) -> int:
    return int((await session.execute(COUNTS)).scalar_one())


def wrong_rest(code: Code) -> Code:
    """A well-formed code with the same selector and another rest."""
    other = ALPHABET[(ALPHABET.index(code[6]) + 1) % len(ALPHABET)]
    return Code(with_check(code[:6] + other + code[7:12]))


def other_selector(town: Town) -> Code:
    """A well-formed code whose selector no code of the town has."""
    taken = {issued.code[:5] for issued in town.codes}
    free = next(s * 5 for s in ALPHABET if s * 5 not in taken)
    return Code(with_check(free + "2345678"))


async def test_a_code_signs_its_voter_in(session: WriteSession, hasher: CountingHasher) -> None:
    town = await a_town(session, hasher, voters=5)
    for issued in town.codes:
        found = await tried(session, hasher, town.election_id, grouped(issued.code).lower())
        assert found == SignedIn(
            voter_key=voter_key(
                KEYS, town.election_id, AnchorScheme.REGISTER_ROW, issued.recipient.anchor
            ),
            proof=Proof.CODE,
            language=issued.recipient.language,
        )
    assert await counted(session) == 0


async def test_a_code_signs_in_as_often_as_one_likes(
    session: WriteSession, hasher: CountingHasher
) -> None:
    town = await a_town(session, hasher, voters=1)
    found = [await tried(session, hasher, town.election_id, town.codes[0].code) for _ in range(30)]
    assert len(set(map(repr, found))) == 1
    assert isinstance(found[0], SignedIn)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("", Mistype.WRONG_LENGTH),
        ("V000001", Mistype.FOREIGN_SYMBOL),
        ("23456-789A-BCDEF", Mistype.CHECK_SYMBOLS),
        ("x" * 5_000_000, Mistype.WRONG_LENGTH),
    ],
)
async def test_what_is_no_code_is_neither_hashed_nor_counted(
    session: WriteSession, hasher: CountingHasher, typed: str, kind: Mistype
) -> None:
    election_id = await an_election(session)
    for _ in range(50):
        found = await tried(session, hasher, election_id, typed)
        assert isinstance(found, SignInRefused)
        assert found.reason is SignInRefusal.MISTYPED
        assert isinstance(found.mistyped, Mistyped)
        assert found.mistyped.kind is kind
    assert (hasher.hashed, await counted(session)) == (0, 0)


async def test_every_way_of_being_unknown_is_one_answer_and_one_hash(
    session: WriteSession, hasher: CountingHasher
) -> None:
    """Unknown selector, wrong rest, revoked, not activated, of another election: all alike."""
    town = await a_town(session, hasher, voters=2)
    first, second = town.codes
    again = await issue_codes(
        session,
        election_id=town.election_id,
        keys=KEYS,
        hasher=hasher,
        by="Anna",
        at=AT,
        persons=[first.recipient.person_id],
    )
    elsewhere = await a_town(session, hasher, voters=1)
    typed = [
        other_selector(town),
        wrong_rest(second.code),
        first.code,  # revoked by its successor
        again.codes[0].code,  # in a batch that nobody has activated
        elsewhere.codes[0].code,
    ]
    hasher.hashed = 0
    found = [await tried(session, hasher, town.election_id, code) for code in typed]
    assert found == [SignInRefused(reason=SignInRefusal.UNKNOWN_CODE)] * len(typed)
    assert hasher.hashed == len(typed)
    right = await tried(session, hasher, town.election_id, second.code)
    assert isinstance(right, SignedIn)
    assert hasher.hashed == len(typed) + 1  # a right one costs as much as well


async def test_a_re_issued_code_works_once_it_is_activated(
    session: WriteSession, hasher: CountingHasher
) -> None:
    town = await a_town(session, hasher, voters=1)
    again = await issue_codes(
        session,
        election_id=town.election_id,
        keys=KEYS,
        hasher=hasher,
        by="Anna",
        at=AT,
        persons=[town.codes[0].recipient.person_id],
    )
    await activate(session, again.id, by="Bertta", at=AT)
    old = await tried(session, hasher, town.election_id, town.codes[0].code)
    new = await tried(session, hasher, town.election_id, again.codes[0].code)
    assert isinstance(old, SignInRefused)
    assert isinstance(new, SignedIn)
    assert new.voter_key == voter_key(
        KEYS, town.election_id, "register-row", town.codes[0].recipient.anchor
    )


async def test_another_pepper_opens_nothing(session: WriteSession, hasher: CountingHasher) -> None:
    """A dump with all hashes is worth nothing without the election's file of keys."""
    town = await a_town(session, hasher, voters=1)
    stolen = type(KEYS)(pseudonym=KEYS.pseudonym, code_pepper=bytes(32))
    found = await sign_in(
        session,
        town.codes[0].code,
        election_id=town.election_id,
        origin=HOME,
        keys=stolen,
        hasher=hasher,
        at=AT,
    )
    assert found == SignInRefused(reason=SignInRefusal.UNKNOWN_CODE)


async def test_identifiers_alone_sign_nobody_in(
    session: WriteSession, hasher: CountingHasher
) -> None:
    """T1: 10,000 attempts with right anchors and no code; one a second from one address."""
    election_id = await an_election(session)
    body = roll_of(10_000)
    await import_roll(session, body, election_id=election_id, areas=AREAS, at=AT)
    accepted = 0
    for n in range(1, 10_001):
        found = await sign_in(
            session,
            f"V{n:06}",
            election_id=election_id,
            origin=HOME,
            keys=KEYS,
            hasher=hasher,
            at=AT + timedelta(seconds=n),
        )
        accepted += isinstance(found, SignedIn)
    assert accepted == 0


async def test_an_unknown_election_has_no_codes(
    session: WriteSession, hasher: CountingHasher
) -> None:
    town = await a_town(session, hasher, voters=1)
    found = await tried(session, hasher, ElectionId(uuid4()), town.codes[0].code)
    assert found == SignInRefused(reason=SignInRefusal.UNKNOWN_CODE)
