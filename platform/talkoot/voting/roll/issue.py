"""Issuing codes: drawn, hashed and kept as hashes; in clear only in what is returned, for printing.

A batch works once a second person has activated it, when the letters are on their way. A new code
for a person revokes the old one at once, so that a lost letter is worth nothing.
"""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    CollectionAggregate,
    String,
    Uuid,
    any_,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.i18n import Language
from talkoot.base.ids import ElectionId
from talkoot.voting.roll.codes import Code, Selector, generated, secret_of, selector_of
from talkoot.voting.roll.hashing import SALT_BYTES, CodeHasher
from talkoot.voting.roll.keys import ElectionKeys
from talkoot.voting.roll.tables import CodeBatchRow, CodeRow, PersonRow

PersonId = NewType("PersonId", UUID)
BatchId = NewType("BatchId", UUID)

AT_ONCE = 500
"""Codes hashed and inserted together: what one progress step covers."""

Progress = Callable[[int, int], None]
"""Is told how many are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets a code: the anchor is for addressing the letter, never for printing on it."""

    person_id: PersonId
    anchor: str
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode:
    """A code in clear, and for whom. ``number`` counts the letters of the batch from 1."""

    number: int
    recipient: Recipient
    code: Code = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedBatch:
    """What was issued. The clear codes exist only here: print them and let them go."""

    id: BatchId
    codes: tuple[IssuedCode, ...]


async def issue_codes(
    session: WriteSession,
    *,
    election_id: ElectionId,
    keys: ElectionKeys,
    hasher: CodeHasher,
    by: str,
    at: datetime,
    persons: Sequence[PersonId] | None = None,
    limit: int | None = None,
    progress: Progress = lambda _done, _total: None,
) -> IssuedBatch:
    """Draw a code for each of ``persons``, or for everybody on the roll who has none.

    At most ``limit`` of those without a code, in order of their anchors. Whoever had a code loses
    it. Issuing for an election is done by one at a time; others wait. Raises :class:`NotAllowed`
    where there is no one to issue to or ``by`` is empty, and :class:`NotFound` for a person not on
    the roll.
    """
    if not _same_name(by):
        raise NotAllowed("say who issues the codes")
    await _one_at_a_time(session, election_id)
    recipients = await _recipients(session, election_id, persons=persons, limit=limit)
    if not recipients:
        raise NotAllowed("everybody on the roll has a code, or the roll is empty")
    batch_id = BatchId(uuid4())
    await session.execute(
        insert(CodeBatchRow).values(
            id=batch_id, election_id=election_id, issued_by=by.strip(), issued_at=at
        )
    )
    await _revoked(session, [recipient.person_id for recipient in recipients], at=at)
    codes = await _drawn(session, election_id, recipients)
    for some in _parts(codes):
        await _kept(session, election_id, batch_id, some, keys=keys, hasher=hasher)
        progress(some[-1].number, len(codes))
    return IssuedBatch(id=batch_id, codes=tuple(codes))


async def activate(session: WriteSession, batch_id: BatchId, *, by: str, at: datetime) -> None:
    """Make the codes of a batch work. ``by`` must be another person than issued it.

    Raises :class:`NotFound` where there is no such batch, and :class:`NotAllowed` where it is
    active already or the same person asks.
    """
    row = CodeBatchRow
    found = (
        await session.execute(select(row).where(row.id == batch_id).with_for_update())
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(f"there is no batch {batch_id}")
    if found.activated_at is not None:
        raise NotAllowed(f"the batch was activated by {found.activated_by}")
    if not _same_name(by) or _same_name(by) == _same_name(found.issued_by):
        raise NotAllowed(f"{found.issued_by} issued the batch: somebody else must activate it")
    await session.execute(
        update(row).where(row.id == batch_id).values(activated_by=by.strip(), activated_at=at)
    )


async def persons_with(
    session: ReadSession, election_id: ElectionId, anchors: Sequence[str]
) -> tuple[PersonId, ...]:
    """Give the persons with these anchors. Raises :class:`NotFound` naming one not on the roll."""
    query = select(PersonRow.id, PersonRow.anchor).where(
        PersonRow.election_id == election_id,
        PersonRow.anchor == any_(literal(list(anchors), ARRAY(String))),
    )
    rows = (await session.execute(query)).all()
    if missing := set(anchors) - {row.anchor for row in rows}:
        raise NotFound(f"nobody on the roll has the anchor {min(missing)!r}")
    return tuple(PersonId(row.id) for row in rows)


def _same_name(name: str) -> str:
    """Fold away what does not make another person: case, width and spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


async def _one_at_a_time(session: WriteSession, election_id: ElectionId) -> None:
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"issue {election_id}", 0))
    await session.execute(select(lock))


async def _recipients(
    session: ReadSession,
    election_id: ElectionId,
    *,
    persons: Sequence[PersonId] | None,
    limit: int | None,
) -> list[Recipient]:
    query = select(PersonRow.id, PersonRow.anchor, PersonRow.language).where(
        PersonRow.election_id == election_id
    )
    if persons is None:
        live = exists().where(CodeRow.person_id == PersonRow.id, CodeRow.revoked_at.is_(None))
        query = query.where(~live)
        query = query.limit(limit)
    else:
        query = query.where(PersonRow.id == _any_of(persons))
    rows = await session.execute(query.order_by(PersonRow.anchor, PersonRow.id))
    found = [
        Recipient(person_id=PersonId(row.id), anchor=row.anchor, language=Language(row.language))
        for row in rows
    ]
    missing = set(persons or ()) - {recipient.person_id for recipient in found}
    if missing:
        raise NotFound(f"not on the roll: {min(missing)}")
    return found


async def _revoked(session: WriteSession, persons: Sequence[PersonId], *, at: datetime) -> None:
    await session.execute(
        update(CodeRow)
        .where(CodeRow.person_id == _any_of(persons), CodeRow.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def _any_of(persons: Sequence[PersonId]) -> CollectionAggregate[bool]:
    """One parameter, however many persons there are: a statement takes at most 32,767."""
    return any_(literal(list(persons), ARRAY(Uuid)))


async def _drawn(
    session: ReadSession, election_id: ElectionId, recipients: Sequence[Recipient]
) -> list[IssuedCode]:
    """Draw codes whose selectors no other code of the election has or had."""
    query = select(CodeRow.selector).where(CodeRow.election_id == election_id)
    taken = {Selector(selector) for selector in (await session.execute(query)).scalars()}
    codes = []
    for number, recipient in enumerate(recipients, start=1):
        code = generated(secrets.randbelow)
        while selector_of(code) in taken:
            code = generated(secrets.randbelow)
        taken.add(selector_of(code))
        codes.append(IssuedCode(number=number, recipient=recipient, code=code))
    return codes


def _parts(codes: Sequence[IssuedCode]) -> Iterator[Sequence[IssuedCode]]:
    for first in range(0, len(codes), AT_ONCE):
        yield codes[first : first + AT_ONCE]


async def _kept(
    session: WriteSession,
    election_id: ElectionId,
    batch_id: BatchId,
    codes: Sequence[IssuedCode],
    *,
    keys: ElectionKeys,
    hasher: CodeHasher,
) -> None:
    salts = [secrets.token_bytes(SALT_BYTES) for _ in codes]
    verifiers = await asyncio.gather(
        *(
            hasher.verifier(keys, secret=secret_of(issued.code), salt=salt)
            for issued, salt in zip(codes, salts, strict=True)
        )
    )
    rows = [
        {
            "election_id": election_id,
            "selector": selector_of(issued.code),
            "salt": salt,
            "verifier": verifier,
            "person_id": issued.recipient.person_id,
            "batch_id": batch_id,
        }
        for issued, salt, verifier in zip(codes, salts, verifiers, strict=True)
    ]
    await session.execute(insert(CodeRow), rows)
