"""A resident's account in the browser: by mail, for its owner only, and gone when asked."""

import json
import logging
import re
from email import message_from_bytes, policy
from pathlib import Path

import httpx2
import pytest
from starlette.requests import Request
from starlette.routing import Route

from talkoot.people.residents import PER_MAIL, PER_NETWORK
from talkoot.web import app as app_module
from talkoot.web.access import Access, access_of
from talkoot.web.app import all_routes
from talkoot.web.cookies import SessionCookie
from tests.web.town import BASE, Town, Visitor, form_of

ME = "/fi/koe/me"
MAIL = "aino@koe.example"
KEY = re.compile(r"(?<=\?key=)[\w-]{43}")


def letters(town: Town) -> list[tuple[str, str]]:
    """Give to whom letters wait, and what they say, in the order in which they came."""
    files = sorted(
        (town.settings.home / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns
    )
    read = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in files)
    return [(str(letter["To"]), letter.get_content()) for letter in read]


def key_in(letter: tuple[str, str]) -> str:
    found = KEY.search(letter[1])
    assert found, letter
    return found[0]


async def asked(visitor: Visitor, mail: str = MAIL) -> httpx2.Response:
    return await visitor.send(f"{ME}/sign-in", [("mail", mail)])


async def signed_in(town: Town, mail: str = MAIL) -> Visitor:
    visitor = town.visitor()
    assert (await asked(visitor, mail)).status_code == 200
    used = await visitor.send(f"{ME}/link", [("key", key_in(letters(town)[-1]))])
    assert (used.status_code, used.headers["location"]) == (303, ME)
    return visitor


async def token_of(visitor: Visitor) -> str:
    page = await visitor.get(ME)
    assert page.status_code == 200
    return dict(form_of(page.text, "profile"))["form_token"]


async def test_a_link_signs_in_by_its_button_once_and_not_by_being_opened(town: Town) -> None:
    visitor = town.visitor()
    assert (await visitor.get(ME)).headers["location"] == f"{ME}/sign-in"
    assert (await asked(visitor)).status_code == 200
    ((to, words),) = letters(town)
    assert to == MAIL
    assert f"{BASE}{ME}/link?key=" in words
    key = key_in((to, words))
    for _ in range(2):
        opened = await visitor.get(f"{ME}/link?key={key}")
        assert (opened.status_code, MAIL in opened.text) == (200, True)
        assert "set-cookie" not in opened.headers
    used = await visitor.send(f"{ME}/link", [("key", key)])
    cookie = used.headers["set-cookie"]
    assert cookie.startswith("talkoot-resident=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert MAIL in (await visitor.get(ME)).text
    again = await town.visitor().send(f"{ME}/link", [("key", key)])
    assert (again.status_code, again.headers.get("set-cookie")) == (410, None)
    assert (await visitor.get(f"{ME}/link?key={key}")).status_code == 410


async def test_whoever_asks_is_told_the_same_with_and_without_an_account(town: Town) -> None:
    await signed_in(town)
    before = len(letters(town))
    answers = [await asked(town.visitor(), mail) for mail in (MAIL, "bert@koe.example")]
    pages = [a.text.replace(MAIL, "").replace("bert@koe.example", "") for a in answers]
    assert pages[0] == pages[1]
    heads = [dict(answer.headers) | {"content-length": ""} for answer in answers]
    assert heads[0] == heads[1]
    known, unknown = letters(town)[before:]
    assert KEY.sub("", known[1]) == KEY.sub("", unknown[1])


async def test_one_address_gets_five_letters_an_hour_and_the_asker_sees_no_difference(
    town: Town,
) -> None:
    pages = {(await asked(town.visitor(address=f"198.51.{at}.1"))).text for at in range(7)}
    assert len(pages) == 1
    assert len(letters(town)) == PER_MAIL.times


async def test_a_network_that_asks_for_too_many_links_waits(town: Town) -> None:
    answers = [await asked(town.visitor(), f"a{at}@koe.example") for at in range(31)]
    assert [a.status_code for a in answers] == [200] * PER_NETWORK.times + [429]
    assert answers[-1].headers["retry-after"] == "3600"
    assert len(letters(town)) == PER_NETWORK.times
    assert (await asked(town.visitor(address="203.0.113.9"))).status_code == 200


async def test_what_is_no_mail_is_shown_again_as_text(town: Town) -> None:
    answer = await asked(town.visitor(), '"><script>x</script>@koe')
    assert answer.status_code == 422
    assert "<script>x" not in answer.text
    assert letters(town) == []


def of_residents() -> list[tuple[str, str]]:
    found = []
    for route in all_routes():
        if isinstance(route, Route) and access_of(route) is Access.RESIDENT:
            methods = set(route.methods or ()) - {"HEAD"}
            path = route.path.replace("{language}", "fi").replace("{municipality}", "koe")
            found += [(path, method) for method in methods]
    return sorted(found)


async def test_no_route_of_residents_answers_a_stranger_or_a_form_of_another(town: Town) -> None:
    stranger = town.visitor()
    mine, theirs = await signed_in(town), await signed_in(town, "bert@koe.example")
    foreign = await token_of(theirs)
    assert len(of_residents()) >= 8
    for path, method in of_residents():
        if method == "GET":
            answer = await stranger.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, f"{ME}/sign-in")
            continue
        fields = [("form_token", foreign), ("sure", "yes"), ("name", "X"), ("mail", "x@y.example")]
        assert (await stranger.send(path, fields)).status_code == 401, path
        assert (await mine.send(path, fields)).status_code == 403, path
        assert (await mine.send(path, fields[1:])).status_code == 403, path
    assert MAIL in (await mine.get(ME)).text


async def test_a_profile_is_kept_and_a_name_that_poses_is_not(town: Town) -> None:
    visitor = await signed_in(town)
    token = ("form_token", await token_of(visitor))
    fields = [token, ("name", "Aino <b>"), ("alias", "Ainu"), ("language", "sv")]
    assert (await visitor.send(f"{ME}/profile", fields)).status_code == 303
    page = (await visitor.get(ME)).text
    assert 'value="Aino &lt;b&gt;"' in page
    assert '<option value="sv" lang="sv" selected>' in page
    posing = [token, ("name", "a\u202eb"), ("alias", ""), ("language", "xx")]
    answer = await visitor.send(f"{ME}/profile", posing)
    assert answer.status_code == 422
    assert 'value="Aino &lt;b&gt;"' in answer.text


async def test_a_new_mail_takes_over_when_its_link_is_used_and_the_old_one_hears_of_it(
    town: Town,
) -> None:
    visitor = await signed_in(town)
    token = await token_of(visitor)
    await visitor.send(f"{ME}/mail", [("form_token", token), ("mail", "uusi@koe.example")])
    assert MAIL in (await visitor.get(ME)).text
    key = key_in(letters(town)[-1])
    reader = town.visitor()
    assert (await reader.send(f"{ME}/link", [("key", key)])).status_code == 303
    assert "uusi@koe.example" in (await reader.get(ME)).text
    assert (await visitor.get(ME)).status_code == 303
    assert letters(town)[-1][0] == MAIL


async def test_signing_out_ends_the_session_here_or_everywhere_else(town: Town) -> None:
    one, two = await signed_in(town), await signed_in(town)
    held = dict(one.client.cookies)["talkoot-resident"]
    await two.send(f"{ME}/sign-out-elsewhere", [("form_token", await token_of(two))])
    assert (await one.get(ME)).status_code == 303
    held = dict(two.client.cookies)["talkoot-resident"]
    await two.send(f"{ME}/sign-out", [("form_token", await token_of(two))])
    thief = town.visitor()
    thief.client.cookies.set("talkoot-resident", held, domain="127.0.0.1")
    assert (await thief.get(ME)).status_code == 303


async def test_an_export_holds_the_account_and_an_erased_account_is_gone(town: Town) -> None:
    visitor = await signed_in(town)
    file = await visitor.get(f"{ME}/export")
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["cache-control"] == "no-store"
    kept = json.loads(file.text)
    assert kept["resident"]["mail"] == MAIL
    assert len(kept["sessions"]) == 1
    token = ("form_token", await token_of(visitor))
    assert (await visitor.send(f"{ME}/erase", [token])).status_code == 422
    gone = await visitor.send(f"{ME}/erase", [token, ("sure", "yes")])
    assert (gone.status_code, MAIL in gone.text) == (200, False)
    assert (await visitor.get(ME)).status_code == 303
    assert (
        json.loads((await (await signed_in(town)).get(f"{ME}/export")).text)["resident"]["id"]
        != kept["resident"]["id"]
    )


async def test_no_handler_reads_the_cookies_of_a_voter_and_of_a_resident(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await signed_in(town)
    await visitor.signed_in(town.codes[0])
    assert {"talkoot", "talkoot-resident"} <= set(dict(visitor.client.cookies))
    read: set[str] = set()
    token_in = SessionCookie.token_in

    def noted(cookie: SessionCookie, request: Request) -> str:
        read.add(cookie.name)
        return token_in(cookie, request)

    monkeypatch.setattr(SessionCookie, "token_in", noted)
    ever: set[str] = set()
    names = {"language": "fi", "municipality": "koe", "round": "kierros"}
    names |= {"election": str(town.election.id)}
    for route in all_routes():
        assert isinstance(route, Route)
        path = re.sub(r"\{(\w+)[^}]*\}", lambda found: names.get(found[1], "x"), route.path)
        for method in sorted(set(route.methods or ()) - {"HEAD"}):
            read.clear()
            await (visitor.get(path) if method == "GET" else visitor.send(path, []))
            assert len(read) <= 1, (path, method, read)
            ever |= read
    assert {"talkoot", "talkoot-resident"} <= ever


def test_no_module_of_accounts_knows_ballots_or_voters() -> None:
    web = Path(app_module.__file__).parent
    for path in (web / "residents.py", *sorted((web / "pages").glob("me*.py"))):
        imported = re.findall(r"^from (talkoot\.\S+)", path.read_text(), re.MULTILINE)
        assert not [
            name
            for name in imported
            if re.match(r"talkoot\.(voting|web\.voters|web\.pages\.gate)", name)
        ], path


async def test_the_log_holds_no_mail_and_no_key(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    visitor = await signed_in(town)
    key = key_in(letters(town)[0])
    await visitor.get(f"{ME}/link?key={key}")
    lines = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("talkoot")
    )
    assert "POST /{language}/{municipality}/me/link 303" in lines
    token = dict(visitor.client.cookies)["talkoot-resident"]
    for secret in (MAIL, key, token):
        assert secret not in lines


async def test_letters_are_for_the_owner_of_the_house_only(town: Town) -> None:
    await asked(town.visitor())
    outbox = town.settings.home / "outbox"
    assert outbox.stat().st_mode & 0o077 == 0
    for path in outbox.glob("*.eml"):
        assert path.stat().st_mode & 0o077 == 0
