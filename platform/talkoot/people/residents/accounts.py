"""Residents' accounts: who one is to others, what we keep, and how it goes away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.i18n import Language
from talkoot.base.ids import MunicipalityId, ResidentId
from talkoot.base.prose import line_tidied
from talkoot.people.residents.mails import Mail
from talkoot.people.residents.tables import MailLinkRow, ResidentRow, ResidentSessionRow

NAME_MAX = 100
ALIAS_MAX = 40


class Author(StrEnum):
    """How a resident signs something that everyone reads."""

    NAME = "name"
    ALIAS = "alias"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of a resident that others may see; either may be empty."""

    name: str
    alias: str

    def shown_as(self, author: Author) -> str:
        """Give the name under a text; empty for one without a name."""
        match author:
            case Author.NAME:
                return self.name
            case Author.ALIAS:
                return self.alias
            case Author.ANONYMOUS:
                return ""
            case _:
                assert_never(author)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """An account in one municipality."""

    id: ResidentId
    municipality_id: MunicipalityId
    mail: Mail = field(repr=False)
    names: Names
    language: Language
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSession:
    """What is kept of a session, as its owner may know it."""

    opened_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLink:
    """What is kept of a link that was mailed and not used yet."""

    mail: Mail
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKept:
    """Everything that this room keeps of a resident."""

    resident: Resident
    sessions: tuple[KeptSession, ...]
    links: tuple[KeptLink, ...]


async def resident_with(
    session: WriteSession,
    municipality_id: MunicipalityId,
    mail: Mail,
    *,
    language: Language,
    at: datetime,
) -> Resident:
    """Give the account with this mail, made now if there was none. Of two at once one makes it."""
    row = ResidentRow
    await session.execute(
        insert(row)
        .values(
            id=uuid4(),
            municipality_id=municipality_id,
            mail=mail,
            name="",
            alias="",
            language=language.value,
            joined_at=at,
        )
        .on_conflict_do_nothing(index_elements=[row.municipality_id, row.mail])
    )
    query = select(row).where(row.municipality_id == municipality_id, row.mail == mail)
    return resident_in((await session.execute(query)).scalar_one())


async def profile_kept(
    session: WriteSession, resident_id: ResidentId, *, name: str, alias: str, language: Language
) -> None:
    """Keep how a resident wants to be called and addressed. Empty names are none.

    Raises :class:`~talkoot.base.prose.BadWords` for a name that is too long or poses as another.
    """
    await session.execute(
        update(ResidentRow)
        .where(ResidentRow.id == resident_id)
        .values(
            name=line_tidied(name, longest=NAME_MAX) if name.strip() else "",
            alias=line_tidied(alias, longest=ALIAS_MAX) if alias.strip() else "",
            language=language.value,
        )
    )


async def names_of(
    session: ReadSession, resident_ids: Iterable[ResidentId]
) -> Mapping[ResidentId, Names]:
    """Give the names of those who still have an account, for public pages, by one query.

    Whoever is missing has erased the account: what they wrote stays, under "a resident".
    """
    row = ResidentRow
    wanted = sorted(set(resident_ids))
    if not wanted:
        return {}
    found = await session.execute(select(row.id, row.name, row.alias).where(row.id.in_(wanted)))
    return {ResidentId(id_): Names(name=name, alias=alias) for id_, name, alias in found}


async def account_kept(session: WriteSession, resident: Resident) -> AccountKept:
    """Give everything that this room keeps of a resident."""
    kept, link = ResidentSessionRow, MailLinkRow
    sessions = await session.execute(
        select(kept.opened_at, kept.seen_at, kept.expires_at)
        .where(kept.resident_id == resident.id)
        .order_by(kept.opened_at, kept.token_hash)
    )
    links = await session.execute(
        select(link.mail, link.expires_at)
        .where(
            (link.resident_id == resident.id)
            | (
                (link.municipality_id == resident.municipality_id)
                & (link.mail == resident.mail)
                & link.resident_id.is_(None)
            )
        )
        .order_by(link.expires_at, link.token_hash)
    )
    return AccountKept(
        resident=resident,
        sessions=tuple(
            KeptSession(opened_at=opened_at, seen_at=seen_at, expires_at=expires_at)
            for opened_at, seen_at, expires_at in sessions
        ),
        links=tuple(KeptLink(mail=Mail(mail), expires_at=expires_at) for mail, expires_at in links),
    )


async def erased(session: WriteSession, resident: Resident) -> None:
    """Erase an account with its sessions and links. What the resident published stays, nameless."""
    link = MailLinkRow
    await session.execute(
        delete(link).where(
            link.municipality_id == resident.municipality_id, link.mail == resident.mail
        )
    )
    await session.execute(delete(ResidentRow).where(ResidentRow.id == resident.id))


def resident_in(row: ResidentRow) -> Resident:
    """Give the account in a row."""
    return Resident(
        id=ResidentId(row.id),
        municipality_id=MunicipalityId(row.municipality_id),
        mail=Mail(row.mail),
        names=Names(name=row.name, alias=row.alias),
        language=Language(row.language),
        joined_at=row.joined_at,
    )
