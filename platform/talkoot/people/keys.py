"""Officials' public keys: added, listed, found by an assertion, removed but for the last."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.officials import OfficialId
from talkoot.base.passkeys import (
    Assertion,
    CosePublicKey,
    CredentialId,
    KeyKind,
    RelyingParty,
    key_in,
    verified,
)
from talkoot.people.officials import Official, enabled_for_share, enabled_for_update
from talkoot.people.tables import PasskeyRow

WORDS_MAX = 80
KEYS_MAX = 10
"""Enough for a phone, a computer and spare keys; more is a sign that keys are shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A public key on file. ``words`` are its owner's; ``sign_count`` is the last one seen."""

    credential_id: CredentialId
    official_id: OfficialId
    public_key: CosePublicKey
    key_kind: KeyKind
    words: str
    sign_count: int
    added_at: datetime


async def passkey_added(session: WriteSession, passkey: Passkey) -> None:
    """Put a key on file for its enabled owner.

    Raises :class:`NotAllowed` where the key is on file already (anybody's), is of no kind that is
    used here, where the owner has ten already, or is disabled.
    """
    key_in(passkey.public_key)
    await enabled_for_update(session, passkey.official_id)
    if await _number_of(session, passkey.official_id) >= KEYS_MAX:
        raise NotAllowed(f"nobody has more than {KEYS_MAX} passkeys: remove one first")
    row = {
        "credential_id": passkey.credential_id,
        "official_id": passkey.official_id,
        "public_key": passkey.public_key,
        "key_kind": passkey.key_kind.value,
        "words": passkey.words.strip()[:WORDS_MAX],
        "sign_count": passkey.sign_count,
        "added_at": passkey.added_at,
    }
    statement = insert(PasskeyRow).values(row).on_conflict_do_nothing()
    if await session.scalar(statement.returning(PasskeyRow.credential_id)) is None:
        raise NotAllowed("this passkey is on file already")


async def passkeys_of(session: ReadSession, official_id: OfficialId) -> tuple[Passkey, ...]:
    """Give an official's keys, the oldest first."""
    rows = await session.scalars(
        select(PasskeyRow)
        .where(PasskeyRow.official_id == official_id)
        .order_by(PasskeyRow.added_at, PasskeyRow.credential_id)
    )
    return tuple(_passkey(row) for row in rows)


async def passkey_removed(
    session: WriteSession, official_id: OfficialId, credential_id: CredentialId
) -> None:
    """Take one of an official's own keys off file, never the last one.

    The owner's row is locked, so two removals at once cannot take the last two. Raises
    :class:`NotAllowed`.
    """
    await enabled_for_update(session, official_id)
    if await _number_of(session, official_id) <= 1:
        raise NotAllowed("the last passkey cannot be removed: add another one first")
    found = await session.scalar(
        delete(PasskeyRow)
        .where(PasskeyRow.credential_id == credential_id, PasskeyRow.official_id == official_id)
        .returning(PasskeyRow.credential_id)
    )
    if found is None:
        raise NotAllowed("this passkey is not one of yours")


async def owner_of(
    session: WriteSession, assertion: Assertion, *, challenge: bytes, party: RelyingParty
) -> tuple[Official, Passkey]:
    """Tell who answered a challenge: an enabled official with a key on file.

    Locks the person and the key until the transaction ends, and moves the key's counter on. Raises
    :class:`NotAllowed` for an unknown key, a disabled person, an assertion that does not hold, and
    a counter that stands still (a copy of the key is in use).
    """
    query = select(PasskeyRow.official_id).where(
        PasskeyRow.credential_id == assertion.credential_id
    )
    official_id = await session.scalar(query)
    if official_id is None:
        raise NotAllowed("this passkey is not on file")
    official = await enabled_for_share(session, OfficialId(official_id))
    row = await session.scalar(
        select(PasskeyRow)
        .where(PasskeyRow.credential_id == assertion.credential_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotAllowed("this passkey is not on file")
    passkey = _passkey(row)
    count = verified(
        assertion,
        passkey.public_key,
        challenge=challenge,
        rp_id=party.id,
        origin=party.origin,
    )
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        raise NotAllowed("the passkey counts less than before: it was copied; remove it")
    await session.execute(
        update(PasskeyRow)
        .where(PasskeyRow.credential_id == assertion.credential_id)
        .values(sign_count=count)
        .execution_options(synchronize_session=False)
    )
    return official, passkey


async def _number_of(session: ReadSession, official_id: OfficialId) -> int:
    query = select(func.count()).where(PasskeyRow.official_id == official_id)
    return await session.scalar(query) or 0


def _passkey(row: PasskeyRow) -> Passkey:
    return Passkey(
        credential_id=CredentialId(row.credential_id),
        official_id=OfficialId(row.official_id),
        public_key=CosePublicKey(row.public_key),
        key_kind=KeyKind(row.key_kind),
        words=row.words,
        sign_count=row.sign_count,
        added_at=row.added_at,
    )
