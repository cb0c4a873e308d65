"""Links by mail: who can read the mail of an address may sign in with it, once, for 15 minutes.

An account is made when its first link is used, not when one is asked for. So asking does the same
for every address, whether it has an account or not, and takes the same time.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from talkoot.base import allowances
from talkoot.base.allowances import Limit
from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.i18n import Language
from talkoot.base.ids import MunicipalityId, ResidentId
from talkoot.people.residents.accounts import Resident, resident_in, resident_with
from talkoot.people.residents.mails import Mail
from talkoot.people.residents.sessions import OpenedResident, others_ended, resident_opened
from talkoot.people.residents.tables import MailLinkRow, ResidentRow
from talkoot.people.tokens import TOKEN_BYTES, hash_of

LINK_LIFE = timedelta(minutes=15)
SWEPT_AT_ONCE = 100
PER_MAIL = Limit(name="link to mail", times=5, window=timedelta(hours=1))
"""Enough for one who waits for a slow mail server; too few to fill somebody's mailbox."""
PER_NETWORK = Limit(name="link from network", times=30, window=timedelta(hours=1))
"""A class at school behind one address gets in, and nobody writes to a whole town."""


class LinkFor(StrEnum):
    """What a link does when it is used."""

    SIGN_IN = "sign-in"
    NEW_MAIL = "new-mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLink:
    """A link to be mailed. The token is nowhere on file."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """So many links were asked for that no more is taken until then.

    ``until`` is ``None`` for a mail that has got its share: the asker is told what every asker is.
    """

    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRead:
    """What a link that lives would do, and for which mail."""

    mail: Mail
    does: LinkFor


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUsed:
    """Whom a link signed in. ``old_mail`` is the mail that the account had till now, if another."""

    resident: Resident
    opened: OpenedResident
    old_mail: Mail | None


async def link_wanted(
    session: WriteSession,
    municipality_id: MunicipalityId,
    mail: Mail,
    *,
    language: Language,
    network: str,
    at: datetime,
    resident_id: ResidentId | None = None,
) -> MailLink | Held:
    """Make a link for this mail: to sign in, or to become the mail of the resident who is named.

    A held network takes nothing from a mail's share.
    """
    await _swept(session, at=at)
    await allowances.forgotten(session, at=at)
    if not await allowances.taken(session, PER_NETWORK, network, at=at):
        until = await allowances.free_again_at(session, PER_NETWORK, network, at=at)
        return Held(until=until or at + PER_NETWORK.window)
    if not await allowances.taken(session, PER_MAIL, f"{municipality_id} {mail}", at=at):
        return Held(until=None)
    token, expires_at = secrets.token_urlsafe(TOKEN_BYTES), at + LINK_LIFE
    await session.execute(
        insert(MailLinkRow).values(
            token_hash=hash_of(token),
            municipality_id=municipality_id,
            mail=mail,
            language=language.value,
            resident_id=resident_id,
            expires_at=expires_at,
        )
    )
    return MailLink(token=token, expires_at=expires_at)


async def link_read(
    session: ReadSession, token: str, municipality_id: MunicipalityId, *, at: datetime
) -> LinkRead | None:
    """Tell what a link would do, without using it; ``None``: it was used, has ended, or is none.

    Programmes that look at mails before people do open links; so opening one does nothing.
    """
    row = MailLinkRow
    found = await session.scalar(
        select(row).where(
            row.token_hash == hash_of(token),
            row.municipality_id == municipality_id,
            row.expires_at > at,
        )
    )
    if found is None:
        return None
    does = LinkFor.SIGN_IN if found.resident_id is None else LinkFor.NEW_MAIL
    return LinkRead(mail=Mail(found.mail), does=does)


async def link_used(
    session: WriteSession, token: str, municipality_id: MunicipalityId, *, at: datetime
) -> LinkUsed | None:
    """Use a link up and sign its reader in: of two who try at once, one is signed in.

    ``None``: it was used, has ended or never was; or the new mail has an account already.
    """
    row = MailLinkRow
    used = (
        await session.execute(
            delete(row)
            .where(
                row.token_hash == hash_of(token),
                row.municipality_id == municipality_id,
                row.expires_at > at,
            )
            .returning(row.mail, row.language, row.resident_id)
        )
    ).one_or_none()
    if used is None:
        return None
    mail = Mail(used.mail)
    if used.resident_id is not None:
        return await _mail_changed(session, ResidentId(used.resident_id), mail, at=at)
    language = Language(used.language)
    resident = await resident_with(session, municipality_id, mail, language=language, at=at)
    opened = await resident_opened(session, resident.id, at=at)
    return LinkUsed(resident=resident, opened=opened, old_mail=None)


async def _mail_changed(
    session: WriteSession, resident_id: ResidentId, mail: Mail, *, at: datetime
) -> LinkUsed | None:
    """Give the account its new mail, and end its sessions and its other links of this kind."""
    row = ResidentRow
    kept = await session.scalar(select(row).where(row.id == resident_id).with_for_update())
    if kept is None:
        return None
    old = Mail(kept.mail)
    try:
        async with session.begin_nested():
            await session.execute(update(row).where(row.id == resident_id).values(mail=mail))
    except IntegrityError:
        return None
    await session.refresh(kept)
    await session.execute(delete(MailLinkRow).where(MailLinkRow.resident_id == resident_id))
    await others_ended(session, resident_id)
    opened = await resident_opened(session, resident_id, at=at)
    return LinkUsed(resident=resident_in(kept), opened=opened, old_mail=old)


async def _swept(session: WriteSession, *, at: datetime) -> None:
    row = MailLinkRow
    dead = (
        select(row.token_hash)
        .where(row.expires_at <= at)
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(row).where(row.token_hash.in_(dead)))
