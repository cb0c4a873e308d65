"""The officials' desk: invited, signed in, two persons for each act, and whoever tries without."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from talkoot.base.db import Database
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import base64url
from talkoot.people import (
    INVITATION_LIFE,
    PROPOSAL_LIFE,
    asserted,
    disabled,
    invited,
    passkey_added,
    passkeys_of,
)
from talkoot.voting.log import ElectionState
from tests.people.made_up import on_file
from tests.web.desk import (
    BASE,
    DESK,
    OTHER_TOWN,
    PARTY,
    Hall,
    Person,
    a_hall,
    a_key,
    made,
    said,
)
from tests.web.town import AT


@pytest_asyncio.fixture
async def hall(database: Database, desk: Database, tmp_path: Path) -> AsyncIterator[Hall]:
    """Two towns with a desk."""
    async with a_hall(database, desk, tmp_path) as built:
        yield built


async def proposed(hall: Hall) -> tuple[Person, Person]:
    """Two managers, of whom the first has proposed to open the voting."""
    aino, otto = await hall.official("Aino"), await hall.official("Otto")
    answer = await (await hall.at_desk(aino)).propose(hall.page(), "open")
    assert answer.status_code == 303
    return aino, otto


async def first_signed(hall: Hall) -> tuple[Person, Person]:
    """As before, and the first has signed."""
    aino, otto = await proposed(hall)
    browser = await hall.at_desk(aino)
    offered = await browser.offered(hall.page())
    answer = await browser.sign(offered, asserted(aino.key, offered.challenge, PARTY))
    assert answer.status_code == 303, answer.text
    return aino, otto


async def test_two_officials_open_and_close_an_election(hall: Hall) -> None:
    aino, otto = await first_signed(hall)
    assert await hall.state() is ElectionState.FROZEN
    second = await hall.at_desk(otto)
    assert "Aino" in (await second.get(hall.page())).text
    offered = await second.offered(hall.page())
    await second.sign(offered, asserted(otto.key, offered.challenge, PARTY))
    assert await hall.state() is ElectionState.OPEN
    await second.propose(hall.page(), "close", "Viimeinen päivä.")
    for person in (otto, aino):
        browser = await hall.at_desk(person)
        offered = await browser.offered(hall.page())
        await browser.sign(offered, asserted(person.key, offered.challenge, PARTY))
    assert await hall.state() is ElectionState.CLOSED
    page = (await second.get(hall.page())).text
    for words in ("Viimeinen päivä.", "Aika on.", "Aino", "Otto"):
        assert words in page


async def test_t16_one_person_with_two_passkeys_opens_nothing(hall: Hall) -> None:
    aino, _ = await first_signed(hall)
    key = a_key()
    async with hall.desk.writing() as session:
        await passkey_added(session, on_file(aino.official, key))
    browser = await hall.at_desk(Person(official=aino.official, key=key))
    assert "data-options" not in (await browser.get(hall.page())).text
    otto = await hall.official("Iida")
    offered = await (await hall.at_desk(otto)).offered(hall.page())
    for each in (key, aino.key):
        answer = await browser.sign(offered, asserted(each, offered.challenge, PARTY))
        assert answer.status_code == 409
    assert await hall.state() is ElectionState.FROZEN


async def test_t16_one_session_cannot_send_anothers_signature(hall: Hall) -> None:
    _, otto = await first_signed(hall)
    iida = await hall.official("Iida")
    browser = await hall.at_desk(iida)
    offered = await browser.offered(hall.page())
    answer = await browser.sign(offered, asserted(otto.key, offered.challenge, PARTY))
    assert answer.status_code == 409
    assert await hall.state() is ElectionState.FROZEN


async def test_t16_another_towns_official_finds_neither_election_nor_proposal(hall: Hall) -> None:
    _, otto = await first_signed(hall)
    offered = await (await hall.at_desk(otto)).offered(hall.page())
    foreign = await hall.official("Olga", town=OTHER_TOWN.id)
    browser = await hall.at_desk(foreign)
    assert (await browser.get(hall.page())).status_code == 404
    assert (await browser.propose(hall.page(), "open")).status_code == 404
    answer = await browser.sign(offered, asserted(foreign.key, offered.challenge, PARTY))
    assert answer.status_code == 404
    withdrawn = await browser.send(
        offered.action.replace("/sign", "/withdraw"), form_token=await browser.form_token()
    )
    assert withdrawn.status_code == 404
    assert "Aika on." not in (await browser.get(DESK)).text
    assert (await browser.get(hall.page(OTHER_TOWN.id))).status_code == 200
    assert await hall.state() is ElectionState.FROZEN


async def test_t16_a_disabled_official_is_out_at_once_and_the_signature_is_worth_nothing(
    hall: Hall,
) -> None:
    aino, otto = await first_signed(hall)
    browser = await hall.at_desk(aino)
    async with hall.desk.writing() as session:
        await disabled(session, aino.official.id, at=AT)
    assert (await browser.get(DESK)).status_code == 303
    assert (await browser.sign_in(aino.key)).status_code == 403
    second = await hall.at_desk(otto)
    offered = await second.offered(hall.page())
    answer = await second.sign(offered, asserted(otto.key, offered.challenge, PARTY))
    assert answer.status_code == 409
    assert await hall.state() is ElectionState.FROZEN


@pytest.mark.parametrize("fault", ["address", "unrecognised", "another act", "replayed", "removed"])
async def test_t16_a_signature_that_is_none_opens_nothing(hall: Hall, fault: str) -> None:
    _, otto = await first_signed(hall)
    browser = await hall.at_desk(otto)
    offered = await browser.offered(hall.page())
    good = asserted(otto.key, offered.challenge, PARTY)
    match fault:
        case "address":
            elsewhere = replace(PARTY, origin="http://localhost:8001")
            bad = asserted(otto.key, offered.challenge, elsewhere)
        case "unrecognised":
            flags = bytes([good.authenticator_data[32] & ~0x04])
            data = good.authenticator_data[:32] + flags + good.authenticator_data[33:]
            bad = replace(good, authenticator_data=data)
        case "another act":
            bad = asserted(otto.key, bytes(32), PARTY)
        case "replayed":
            challenge = await browser.asked(f"{DESK}/sign-in/challenge")
            bad = asserted(otto.key, challenge, PARTY)
        case _:
            bad = asserted(a_key(), offered.challenge, PARTY)
    assert (await browser.sign(offered, bad)).status_code == 409
    assert await hall.state() is ElectionState.FROZEN
    # The control: the same way with the good signature opens the election.
    assert (await browser.sign(offered, good)).status_code == 303
    assert await hall.state() is ElectionState.OPEN


async def test_t16_a_signature_counts_once(hall: Hall) -> None:
    _, otto = await first_signed(hall)
    browser = await hall.at_desk(otto)
    offered = await browser.offered(hall.page())
    good = asserted(otto.key, offered.challenge, PARTY)
    assert (await browser.sign(offered, good)).status_code == 303
    assert (await browser.sign(offered, good)).status_code == 409
    await browser.propose(hall.page(), "close")
    again = await browser.offered(hall.page())
    assert again.challenge != offered.challenge
    assert (await browser.sign(again, good)).status_code == 409
    assert await hall.state() is ElectionState.OPEN


async def test_a_proposal_that_has_expired_is_not_signed(hall: Hall) -> None:
    _, otto = await first_signed(hall)
    offered = await (await hall.at_desk(otto)).offered(hall.page())
    hall.clock.at = AT + PROPOSAL_LIFE
    browser = await hall.at_desk(otto)
    answer = await browser.sign(offered, asserted(otto.key, offered.challenge, PARTY))
    assert answer.status_code == 409
    assert (await browser.propose(hall.page(), "open")).status_code == 303


async def test_t17_an_act_that_does_not_fit_or_lacks_a_reason_is_not_proposed(hall: Hall) -> None:
    browser = await hall.at_desk(await hall.official("Aino"))
    for kind, reason in (("close", "x"), ("count", "x"), ("", "x"), ("open", "  ")):
        assert (await browser.propose(hall.page(), kind, reason)).status_code == 409
    assert (await browser.propose(hall.page(), "open")).status_code == 303
    assert (await browser.propose(hall.page(), "open")).status_code == 409


async def test_an_invited_person_registers_signs_in_and_adds_a_second_passkey(hall: Hall) -> None:
    aino = await hall.official("Aino")
    async with hall.desk.writing() as session:
        invitation = await invited(session, aino.official.id, at=AT)
    browser, key = hall.browser(), a_key()
    ask = f"{DESK}/invitation/challenge"
    challenge = await browser.asked(ask, token=invitation.token)
    answer = await browser.send(
        f"{DESK}/invitation", token=invitation.token, answer=made(key, challenge), words="puhelin"
    )
    assert answer.status_code == 303, answer.text
    assert "SameSite=strict" in answer.headers["set-cookie"]
    assert (await hall.browser().send(ask, token=invitation.token)).status_code == 403
    assert "puhelin" in (await browser.get(f"{DESK}/keys")).text
    assert (await hall.browser().sign_in(key)).status_code == 303
    token, second = await browser.form_token(), a_key()
    challenge = await browser.asked(f"{DESK}/keys/challenge", form_token=token)
    added = await browser.send(
        f"{DESK}/keys", form_token=token, answer=made(second, challenge), words="varalla"
    )
    assert added.status_code == 303
    assert (await hall.browser().sign_in(second)).status_code == 303


async def test_an_expired_invitation_is_refused_in_both_steps(hall: Hall) -> None:
    aino = await hall.official("Aino")
    async with hall.desk.writing() as session:
        token = (await invited(session, aino.official.id, at=AT)).token
    browser, key = hall.browser(), a_key()
    challenge = await browser.asked(f"{DESK}/invitation/challenge", token=token)
    hall.clock.at = AT + INVITATION_LIFE
    late = await browser.send(f"{DESK}/invitation/challenge", token=token)
    assert late.status_code == 403
    used = await browser.send(
        f"{DESK}/invitation", token=token, answer=made(key, challenge), words=""
    )
    assert used.status_code == 403


@pytest.mark.parametrize("fault", ["unrecognised", "address", "another challenge", "nonsense"])
async def test_a_passkey_that_cannot_be_used_leaves_the_invitation_unused(
    hall: Hall, fault: str
) -> None:
    aino = await hall.official("Aino")
    async with hall.desk.writing() as session:
        token = (await invited(session, aino.official.id, at=AT)).token
    browser, key = hall.browser(), a_key()
    challenge = await browser.asked(f"{DESK}/invitation/challenge", token=token)
    bad = {
        "unrecognised": made(key, challenge, flags=0x41),
        "address": made(key, challenge, origin="https://evil.example"),
        "another challenge": made(key, bytes(32)),
        "nonsense": "{}",
    }[fault]
    answer = await browser.send(f"{DESK}/invitation", token=token, answer=bad, words="")
    assert answer.status_code == 403
    async with hall.desk.writing() as session:
        assert len(await passkeys_of(session, aino.official.id)) == 1
    good = await browser.send(
        f"{DESK}/invitation", token=token, answer=made(key, challenge), words=""
    )
    assert good.status_code == 303


async def test_the_last_passkey_stays_and_a_removed_one_signs_nobody_in(hall: Hall) -> None:
    aino = await hall.official("Aino")
    browser = await hall.at_desk(aino)
    token = await browser.form_token()
    first = base64url(aino.key.credential_id)
    kept = await browser.send(f"{DESK}/keys/remove", form_token=token, key=first)
    assert kept.status_code == 403
    second = a_key()
    async with hall.desk.writing() as session:
        await passkey_added(session, on_file(aino.official, second))
    other = await hall.at_desk(Person(official=aino.official, key=second))
    gone = await browser.send(f"{DESK}/keys/remove", form_token=token, key=first)
    assert gone.status_code == 303
    assert (await other.get(DESK)).status_code == 303, "whoever held it elsewhere is signed out"
    assert (await hall.browser().sign_in(aino.key)).status_code == 403
    assert (await browser.get(DESK)).status_code == 200


async def test_a_sign_in_answer_is_worth_one_sign_in(hall: Hall) -> None:
    aino = await hall.official("Aino")
    browser = hall.browser()
    challenge = await browser.asked(f"{DESK}/sign-in/challenge")
    answer = said(asserted(aino.key, challenge, PARTY))
    assert (await browser.send(f"{DESK}/sign-in", answer=answer)).status_code == 303
    assert (await hall.browser().send(f"{DESK}/sign-in", answer=answer)).status_code == 403
    for bad in ("", "{}", "[]", "\x00", said(asserted(aino.key, bytes(32), PARTY))):
        assert (await hall.browser().send(f"{DESK}/sign-in", answer=bad)).status_code == 403


async def test_signing_out_ends_the_session_on_the_server(hall: Hall) -> None:
    browser = await hall.at_desk(await hall.official("Aino"))
    cookie = dict(browser.client.cookies)
    await browser.send(f"{DESK}/sign-out", form_token=await browser.form_token())
    again = hall.browser()
    again.client.cookies.update(cookie)
    assert (await again.get(DESK)).status_code == 303


async def test_an_idle_desk_closes_after_half_an_hour(hall: Hall) -> None:
    browser = await hall.at_desk(await hall.official("Aino"))
    hall.clock.at = AT + timedelta(minutes=30)
    answer = await browser.get(DESK)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{DESK}/sign-in")


async def test_a_form_of_another_session_or_site_does_nothing(hall: Hall) -> None:
    aino, otto = await hall.official("Aino"), await hall.official("Otto")
    browser = await hall.at_desk(aino)
    foreign = await (await hall.at_desk(otto)).form_token()
    sent = {"kind": "open", "reason": "x"}
    for token in ("", foreign):
        answer = await browser.send(f"{hall.page()}/propose", form_token=token, **sent)
        assert answer.status_code == 403
    token = await browser.form_token()
    browser.headers["sec-fetch-site"] = "cross-site"
    answer = await browser.send(f"{hall.page()}/propose", form_token=token, **sent)
    assert answer.status_code == 403
    browser.headers["sec-fetch-site"] = "same-origin"
    answer = await browser.send(f"{hall.page()}/propose", form_token=token, **sent)
    assert answer.status_code == 303


async def test_the_sign_in_page_leads_to_the_name_that_passkeys_know(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    async with a_hall(database, desk, tmp_path, public_url="http://127.0.0.1:8000") as hall:
        for way in ("sign-in", "invitation"):
            answer = await hall.browser().client.get(f"http://127.0.0.1:8000{DESK}/{way}")
            assert answer.headers["location"] == f"{BASE}{DESK}/{way}"
            assert (await hall.browser().get(f"{DESK}/{way}")).status_code == 200


async def test_with_https_the_cookie_is_bound_to_the_host(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    async with a_hall(database, desk, tmp_path, public_url="https://desk.example.fi") as hall:
        aino = await hall.official("Aino")
        browser = hall.browser()
        browser.client.base_url = "https://desk.example.fi"
        party = replace(PARTY, id="desk.example.fi", origin="https://desk.example.fi")
        answer = await browser.sign_in(aino.key, party)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-talkoot-desk=")
        for part in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie


@pytest.mark.parametrize("language", ["fi", "sv", "en", "se"])
async def test_every_page_of_the_desk_is_there_in_every_language(hall: Hall, language: str) -> None:
    await first_signed(hall)
    everything = frozenset(OfficialRole)
    browser = await hall.at_desk(await hall.official("Iida", roles=everything))
    for path in ("", "/sign-in", "/invitation", "/keys", hall.page().removeprefix(DESK)):
        answer = await browser.get(f"/{language}/desk{path}")
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.text
        assert answer.headers["cache-control"] == "no-store"


async def test_a_manager_without_a_desk_finds_none(
    database: Database, desk: Database, tmp_path: Path
) -> None:
    async with a_hall(database, desk, tmp_path) as hall:
        hall.app.state.house = replace(hall.app.state.house, desk=None)
        for path in ("", "/sign-in", "/keys"):
            assert (await hall.browser().get(f"{DESK}{path}")).status_code == 404
