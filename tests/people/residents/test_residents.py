"""Residents: links used once and for a quarter of an hour, sessions that end, accounts that go."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from talkoot.base import allowances
from talkoot.base.allowances import Limit
from talkoot.base.db import Database, WriteSession
from talkoot.base.i18n import Language
from talkoot.base.ids import MunicipalityId, ResidentId
from talkoot.base.prose import BadWords
from talkoot.people.residents import (
    LINK_LIFE,
    PER_MAIL,
    PER_NETWORK,
    Author,
    BadMail,
    Held,
    LinkFor,
    LinkUsed,
    Mail,
    MailLink,
    Names,
    account_kept,
    erased,
    link_read,
    link_used,
    link_wanted,
    mail_in,
    names_of,
    others_ended,
    profile_kept,
    resident_ended,
    resident_session_of,
)
from talkoot.people.residents.sessions import ABSOLUTE, IDLE
from talkoot.rounds import municipality_kept
from tests.web.town import AT, MUNICIPALITY

HOME = MUNICIPALITY.id
ABROAD = MunicipalityId(UUID(int=2))
MAIL = Mail("aino@koe.example")
NETWORK = "192.0.2.0/24"
MINUTE = timedelta(minutes=1)


async def towns(session: WriteSession) -> None:
    await municipality_kept(session, MUNICIPALITY)
    await municipality_kept(session, replace(MUNICIPALITY, id=ABROAD, slug="toinen"))


async def asked(
    session: WriteSession, mail: Mail = MAIL, *, resident_id: ResidentId | None = None
) -> str:
    link = await link_wanted(
        session,
        HOME,
        mail,
        language=Language.FINNISH,
        network=NETWORK,
        at=AT,
        resident_id=resident_id,
    )
    assert isinstance(link, MailLink)
    return link.token


async def joined(session: WriteSession, mail: Mail = MAIL) -> LinkUsed:
    used = await link_used(session, await asked(session, mail), HOME, at=AT)
    assert used is not None
    return used


async def lives(session: WriteSession, token: str, *, after: timedelta = timedelta(0)) -> bool:
    return await resident_session_of(session, token, HOME, at=AT + after) is not None


async def test_an_account_is_made_by_the_first_use_of_a_link_and_not_by_asking(
    session: WriteSession,
) -> None:
    await towns(session)
    token = await asked(session)
    count = text("select count(*) from resident")
    assert (await session.execute(count)).scalar_one() == 0
    first = await link_used(session, token, HOME, at=AT)
    again = await joined(session)
    assert first is not None
    assert first.resident.id == again.resident.id
    assert (await session.execute(count)).scalar_one() == 1


async def test_a_link_is_used_once_within_its_quarter_of_an_hour_and_in_its_town(
    session: WriteSession,
) -> None:
    await towns(session)
    token = await asked(session)
    last = AT + LINK_LIFE - timedelta(seconds=1)
    assert await link_read(session, token, HOME, at=AT + LINK_LIFE) is None
    assert await link_used(session, token, HOME, at=AT + LINK_LIFE) is None
    assert await link_used(session, token, ABROAD, at=AT) is None
    assert await link_used(session, token[:-1], HOME, at=AT) is None
    read = await link_read(session, token, HOME, at=last)
    assert read is not None
    assert (read.mail, read.does) == (MAIL, LinkFor.SIGN_IN)
    assert await link_used(session, token, HOME, at=last) is not None
    assert await link_used(session, token, HOME, at=last) is None


async def test_of_eight_who_use_one_link_at_once_one_is_signed_in(
    database: Database, desk: Database
) -> None:
    async with desk.writing() as session:
        await towns(session)
    async with database.writing() as session:
        token = await asked(session)

    async def one() -> LinkUsed | None:
        async with database.writing() as session:
            return await link_used(session, token, HOME, at=AT)

    assert len([used for used in await asyncio.gather(*(one() for _ in range(8))) if used]) == 1


async def test_of_twenty_who_ask_at_once_for_one_mail_five_get_a_letter(
    database: Database, desk: Database
) -> None:
    async with desk.writing() as session:
        await towns(session)

    async def one(at: int) -> MailLink | Held:
        async with database.writing() as session:
            return await link_wanted(
                session,
                HOME,
                MAIL,
                language=Language.FINNISH,
                network=f"198.51.{at}.0/24",
                at=AT,
            )

    answers = await asyncio.gather(*(one(at) for at in range(20)))
    assert sum(isinstance(answer, MailLink) for answer in answers) == PER_MAIL.times
    assert [a.until for a in answers if isinstance(a, Held)] == [None] * 15


async def test_a_network_is_held_until_its_window_ends(session: WriteSession) -> None:
    await towns(session)
    for at in range(PER_NETWORK.times):
        await asked(session, Mail(f"a{at}@koe.example"))
    ask = partial(link_wanted, session, HOME, MAIL, language=Language.FINNISH, network=NETWORK)
    assert await ask(at=AT + MINUTE) == Held(until=AT + PER_NETWORK.window)
    assert isinstance(await ask(at=AT + PER_NETWORK.window), MailLink)


async def test_what_is_counted_is_forgotten_after_its_window(session: WriteSession) -> None:
    limit = Limit(name="knock", times=2, window=MINUTE)
    took = [await allowances.taken(session, limit, "a", at=AT) for _ in range(3)]
    assert took == [True, True, False]
    assert await allowances.taken(session, limit, "b", at=AT)
    await allowances.forgotten(session, at=AT + MINUTE - timedelta(seconds=1))
    assert not await allowances.taken(session, limit, "a", at=AT)
    await allowances.forgotten(session, at=AT + MINUTE)
    assert (await session.execute(text("select count(*) from allowance"))).scalar_one() == 0


async def test_a_session_ends_idle_by_age_by_signing_out_and_by_the_owners_word(
    session: WriteSession,
) -> None:
    await towns(session)
    one, two = await joined(session), await joined(session)
    assert not await lives(session, one.opened.token, after=IDLE)
    assert await resident_session_of(session, one.opened.token, ABROAD, at=AT) is None
    at = timedelta(0)
    while at < ABSOLUTE - IDLE:
        at += IDLE - MINUTE
        assert await lives(session, one.opened.token, after=at)
    assert not await lives(session, one.opened.token, after=ABSOLUTE)
    await others_ended(session, two.resident.id, two.opened.token)
    assert not await lives(session, one.opened.token, after=at)
    assert await lives(session, two.opened.token)
    await resident_ended(session, two.opened.token)
    assert not await lives(session, two.opened.token)


async def test_a_new_mail_ends_every_session_and_tells_the_old_one(session: WriteSession) -> None:
    await towns(session)
    before = await joined(session)
    new = Mail("uusi@koe.example")
    other = await asked(session, Mail("kolmas@koe.example"), resident_id=before.resident.id)
    token = await asked(session, new, resident_id=before.resident.id)
    used = await link_used(session, token, HOME, at=AT)
    assert used is not None
    assert (used.resident.id, used.resident.mail) == (before.resident.id, new)
    assert used.old_mail == MAIL
    assert not await lives(session, before.opened.token)
    assert await lives(session, used.opened.token)
    assert await link_used(session, other, HOME, at=AT) is None


async def test_a_mail_that_has_an_account_becomes_nobody_elses(session: WriteSession) -> None:
    await towns(session)
    mine = await joined(session)
    theirs = await joined(session, Mail("bertta@koe.example"))
    token = await asked(session, theirs.resident.mail, resident_id=mine.resident.id)
    assert await link_used(session, token, HOME, at=AT) is None
    assert await lives(session, mine.opened.token)
    assert await lives(session, theirs.opened.token)


async def test_erasing_leaves_no_row_with_the_resident_or_the_mail(session: WriteSession) -> None:
    await towns(session)
    mine, theirs = await joined(session), await joined(session, Mail("bertta@koe.example"))
    await asked(session)
    await asked(session, Mail("uusi@koe.example"), resident_id=mine.resident.id)
    kept = await account_kept(session, mine.resident)
    assert len(kept.sessions) == 1
    assert {link.mail for link in kept.links} == {MAIL, "uusi@koe.example"}
    await erased(session, mine.resident)
    assert not await lives(session, mine.opened.token)
    assert await lives(session, theirs.opened.token)
    for table in ("resident", "resident_session", "mail_link", "allowance"):
        rows = (await session.execute(text(f"select {table}::text from {table}"))).scalars()  # noqa: S608 - names of tables written above
        assert not [row for row in rows if MAIL in row or str(mine.resident.id) in row], table
    assert await names_of(session, [mine.resident.id]) == {}


async def test_names_are_tidied_and_shown_as_their_owner_chose(session: WriteSession) -> None:
    await towns(session)
    who = (await joined(session)).resident.id
    await profile_kept(session, who, name="  Aino   Aalto ", alias="", language=Language.SWEDISH)
    found = (await names_of(session, [who]))[who]
    assert found == Names(name="Aino Aalto", alias="")
    assert [found.shown_as(author) for author in Author] == ["Aino Aalto", "", ""]
    for name in ("Aino\u202eotlaA", "a" * 101):
        with pytest.raises(BadWords):
            await profile_kept(session, who, name=name, alias="", language=Language.FINNISH)


async def test_public_pages_read_names_and_nothing_else_of_an_account(
    database: Database, desk: Database
) -> None:
    async with desk.writing() as session:
        await towns(session)
    async with database.writing() as session:
        who = (await joined(session)).resident.id
    async with database.reading() as session:
        assert set(await names_of(session, [who])) == {who}
    for column, table in (("mail", "resident"), ("*", "resident_session"), ("*", "mail_link")):
        for reader in (database.reading, desk.writing):
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with reader() as session:
                    await session.execute(text(f"select {column} from {table}"))  # noqa: S608 - names written above


@pytest.mark.parametrize(
    ("typed", "mail"),
    [
        (" Aino.Aalto@Koe.Example ", "aino.aalto@koe.example"),
        ("a+b@mökki.example", "a+b@xn--mkki-5qa.example"),
    ],
)
def test_a_mail_is_kept_in_one_form(typed: str, mail: str) -> None:
    assert mail_in(typed) == mail


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "aino",
        "@koe.example",
        "a@koe",
        "a@b@koe.example",
        "a b@koe.example",
        "a@koe.example\r\nBcc: b@koe.example",
        "a,b@koe.example",
        '"a"@koe.example',
        "a@127.0.0.1",
        ".a@koe.example",
        "a" * 65 + "@koe.example",
        "a@" + "b" * 64 + ".example",
    ],
)
def test_what_is_no_mail_is_refused(typed: str) -> None:
    with pytest.raises(BadMail):
        mail_in(typed)


@given(st.text(max_size=80))
def test_whatever_is_taken_as_a_mail_is_one_line_of_ascii_and_stays_what_it_is(typed: str) -> None:
    try:
        mail = mail_in(typed)
    except BadMail:
        return
    assert mail.isascii()
    assert mail.isprintable()
    assert not set(mail) & set(' ,;:<>"()')
    assert mail_in(mail) == mail
