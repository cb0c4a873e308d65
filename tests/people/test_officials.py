"""Accounts, invitations and sessions: once, for a while, and gone when the work ends."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from talkoot.base.db import Database, WriteSession
from talkoot.base.errors import NotAllowed, NotFound
from talkoot.base.officials import OfficialId, OfficialRole
from talkoot.people import (
    CHALLENGE_LIFE,
    INVITATION_LIFE,
    KEYS_MAX,
    Purpose,
    desk_ended,
    desk_opened,
    desk_session_of,
    disabled,
    invited,
    invited_by,
    official_kept,
    official_of,
    officials_of,
    other_desks_ended,
    passkey_added,
    passkey_removed,
    passkeys_of,
    put,
    taken,
)
from talkoot.people.challenges import answered
from tests.people.made_up import (
    ABROAD,
    AT,
    HOME,
    MANAGER,
    a_key,
    an_official,
    another_key,
    on_file,
    towns,
)

SECOND = timedelta(seconds=1)


async def test_officials_are_listed_in_their_own_municipality_only(session: WriteSession) -> None:
    await towns(session)
    here, _ = await an_official(session, "Aino")
    there, _ = await an_official(session, "Otto", town=ABROAD)
    assert await officials_of(session, HOME) == (here,)
    assert await officials_of(session, ABROAD) == (there,)
    assert await official_of(session, here.id) == here


async def test_one_mail_address_is_one_official_of_a_municipality(session: WriteSession) -> None:
    await towns(session)
    await an_official(session, "Aino")
    again = {"name": "Aino again", "mail": " AINO@koe.example ", "roles": {MANAGER}}
    with pytest.raises(NotAllowed, match="already"):
        await official_kept(session, municipality_id=HOME, **again)  # type: ignore[arg-type] # the words above
    await official_kept(session, municipality_id=ABROAD, **again)  # type: ignore[arg-type] # the words above


@pytest.mark.parametrize(
    ("name", "mail", "roles"),
    [
        ("", "a@b", {MANAGER}),
        ("A" * 201, "a@b", {MANAGER}),
        ("A\u202eB", "a@b", {MANAGER}),
        ("A", "ab", {MANAGER}),
        ("A", "a@b", set()),
    ],
)
async def test_an_official_needs_name_mail_and_role(
    session: WriteSession, name: str, mail: str, roles: set[OfficialRole]
) -> None:
    await towns(session)
    with pytest.raises(NotAllowed):
        await official_kept(session, municipality_id=HOME, name=name, mail=mail, roles=roles)


async def test_an_invitation_is_used_once(session: WriteSession) -> None:
    await towns(session)
    aino, _ = await an_official(session, "Aino")
    invitation = await invited(session, aino.id, at=AT)
    assert await invited_by(session, invitation.token, at=AT) == aino
    assert await taken(session, invitation.token, at=AT) == aino
    for again in (invited_by, taken):
        with pytest.raises(NotAllowed, match="not valid"):
            await again(session, invitation.token, at=AT)


async def test_an_expired_invitation_is_refused_in_every_flow(session: WriteSession) -> None:
    await towns(session)
    aino, _ = await an_official(session, "Aino")
    token = (await invited(session, aino.id, at=AT)).token
    last = AT + INVITATION_LIFE
    for flow in (invited_by, taken):
        with pytest.raises(NotAllowed, match="not valid"):
            await flow(session, token, at=last)
    assert await taken(session, token, at=last - SECOND) == aino


async def test_a_new_invitation_takes_the_place_of_the_old(session: WriteSession) -> None:
    await towns(session)
    aino, _ = await an_official(session, "Aino")
    old = await invited(session, aino.id, at=AT)
    new = await invited(session, aino.id, at=AT)
    with pytest.raises(NotAllowed, match="not valid"):
        await taken(session, old.token, at=AT)
    assert await taken(session, new.token, at=AT) == aino


async def test_disabling_ends_sessions_invitations_and_challenges_at_once(
    session: WriteSession,
) -> None:
    await towns(session)
    aino, _ = await an_official(session, "Aino")
    otto, _ = await an_official(session, "Otto")
    invitation = await invited(session, aino.id, at=AT)
    desk, other = [await desk_opened(session, who.id, at=AT) for who in (aino, otto)]
    challenge = await put(session, Purpose.REGISTER, official_id=aino.id, at=AT)
    assert await desk_session_of(session, desk.token, at=AT)
    gone = await disabled(session, aino.id, at=AT)
    assert gone.disabled_at == AT
    assert await desk_session_of(session, desk.token, at=AT) is None
    assert await desk_session_of(session, other.token, at=AT)
    with pytest.raises(NotAllowed, match="not valid"):
        await taken(session, invitation.token, at=AT)
    with pytest.raises(NotAllowed, match="begin again"):
        await answered(session, challenge, Purpose.REGISTER, official_id=aino.id, at=AT)
    with pytest.raises(NotAllowed, match="any more"):
        await invited(session, aino.id, at=AT)
    with pytest.raises(NotAllowed, match="any more"):
        await passkey_added(session, on_file(aino, a_key()))
    assert (await disabled(session, aino.id, at=AT + SECOND)).disabled_at == AT
    assert len(await passkeys_of(session, aino.id)) == 1, "acts of the past are checked with it"


async def test_a_session_ends_idle_and_in_any_case_after_half_a_day(session: WriteSession) -> None:
    await towns(session)
    aino, _ = await an_official(session, "Aino")
    desk = await desk_opened(session, aino.id, at=AT)
    idle = timedelta(minutes=30)
    assert await desk_session_of(session, desk.token, at=AT + idle) is None
    at = AT
    while at < AT + timedelta(hours=12) - timedelta(minutes=29):
        at += timedelta(minutes=29)
        found = await desk_session_of(session, desk.token, at=at)
        assert found is not None
        assert found.official == aino
        assert found.form_token == desk.form_token
    assert await desk_session_of(session, desk.token, at=AT + timedelta(hours=12)) is None


async def test_a_session_is_not_to_be_had_by_another_token(session: WriteSession) -> None:
    await towns(session)
    aino, _ = await an_official(session, "Aino")
    desk = await desk_opened(session, aino.id, at=AT)
    for token in ("", "x", desk.token[:-1], desk.token + "x", desk.form_token, "\udcff"):
        assert await desk_session_of(session, token, at=AT) is None
    await desk_ended(session, desk.token)
    assert await desk_session_of(session, desk.token, at=AT) is None


async def test_other_sessions_end_and_ones_own_goes_on(session: WriteSession) -> None:
    await towns(session)
    aino, _ = await an_official(session, "Aino")
    one, two = [await desk_opened(session, aino.id, at=AT) for _ in range(2)]
    await other_desks_ended(session, aino.id, one.token)
    assert await desk_session_of(session, one.token, at=AT)
    assert await desk_session_of(session, two.token, at=AT) is None


async def test_a_challenge_is_answered_once_in_time_by_whom_it_was_put_to(
    session: WriteSession,
) -> None:
    await towns(session)
    aino, _ = await an_official(session, "Aino")
    stranger = OfficialId(HOME)
    challenge = await put(session, Purpose.REGISTER, official_id=aino.id, at=AT)
    late = AT + CHALLENGE_LIFE
    for purpose, who, at in (
        (Purpose.SIGN_IN, aino.id, AT),
        (Purpose.REGISTER, None, AT),
        (Purpose.REGISTER, stranger, AT),
        (Purpose.REGISTER, aino.id, late),
    ):
        with pytest.raises(NotAllowed, match="begin again"):
            await answered(session, challenge, purpose, official_id=who, at=at)
    await answered(session, challenge, Purpose.REGISTER, official_id=aino.id, at=AT)
    with pytest.raises(NotAllowed, match="begin again"):
        await answered(session, challenge, Purpose.REGISTER, official_id=aino.id, at=AT)


async def test_the_last_passkey_stays(session: WriteSession) -> None:
    await towns(session)
    aino, first = await an_official(session, "Aino")
    _, foreign = await an_official(session, "Otto")
    with pytest.raises(NotAllowed, match="last"):
        await passkey_removed(session, aino.id, first.credential_id)
    second = await another_key(session, aino)
    with pytest.raises(NotAllowed, match="not one of yours"):
        await passkey_removed(session, aino.id, foreign.credential_id)
    await passkey_removed(session, aino.id, first.credential_id)
    assert [key.credential_id for key in await passkeys_of(session, aino.id)] == [
        second.credential_id
    ]


async def test_a_key_is_on_file_once_and_nobody_has_too_many(session: WriteSession) -> None:
    await towns(session)
    aino, first = await an_official(session, "Aino")
    otto, _ = await an_official(session, "Otto")
    with pytest.raises(NotAllowed, match="already"):
        await passkey_added(session, on_file(otto, first))
    for _ in range(KEYS_MAX - 1):
        await another_key(session, aino)
    with pytest.raises(NotAllowed, match="more than"):
        await another_key(session, aino)


async def test_an_official_who_is_not_there_is_not_found(session: WriteSession) -> None:
    with pytest.raises(NotFound):
        await official_of(session, OfficialId(HOME))
    with pytest.raises(NotFound):
        await disabled(session, OfficialId(HOME), at=AT)
    with pytest.raises(NotFound):
        await invited(session, OfficialId(HOME), at=AT)


TABLES = (
    "official",
    "passkey",
    "invitation",
    "passkey_challenge",
    "official_session",
    "proposal",
    "proposal_signature",
)


@pytest.mark.parametrize("table", TABLES)
async def test_the_residents_web_process_cannot_even_read_about_officials(
    database: Database, desk: Database, table: str
) -> None:
    for opened in (database.writing, database.reading):
        async with opened() as session:
            with pytest.raises(Exception, match="permission denied"):
                await session.execute(text(f"select 1 from {table}"))  # noqa: S608 - a name of the list above
    async with desk.writing() as session:
        await session.execute(text(f"select 1 from {table}"))  # noqa: S608 - a name of the list above
        if table in {"official", "proposal", "proposal_signature"}:
            with pytest.raises(Exception, match="permission denied"):
                await session.execute(text(f"delete from {table}"))  # noqa: S608 - a name of the list above
