"""Hosts, forged posts, headers and access: what every request meets before a handler."""

import re
from html.parser import HTMLParser

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from talkoot.web.access import Access, Unguarded, access_of, check_guarded, guarded
from talkoot.web.app import all_routes
from talkoot.web.doors import allowed_hosts
from talkoot.web.headers import CONTENT_SECURITY_POLICY, EVERYWHERE
from tests.web.conftest import TownWith
from tests.web.town import BASE, PICTURE, ROUND, Town, Visitor, number, rules

UNSAFE = [
    f"{ROUND}/sign-in",
    f"{ROUND}/ballot",
    f"{ROUND}/review",
    f"{ROUND}/cast",
    f"{ROUND}/sign-out",
]


async def nothing(_: Request) -> Response:
    return PlainTextResponse("")


def test_every_route_says_who_may_use_it() -> None:
    routes = all_routes()
    check_guarded(routes)
    voters = {r.path for r in routes if isinstance(r, Route) and access_of(r) is Access.VOTER}
    assert {path.rpartition("/")[2] for path in voters} == {
        "ballot",
        "ballots",
        "cast",
        "recorded",
        "review",
        "sign-out",
    }


def test_a_route_that_does_not_say_so_stops_the_application() -> None:
    open_ = guarded(Route("/open", nothing), Access.PUBLIC)
    with pytest.raises(Unguarded, match="/inside"):
        check_guarded([open_, Mount("/in", routes=[Route("/inside", nothing)])])


def test_a_route_for_voters_needs_a_gate() -> None:
    with pytest.raises(Unguarded, match="/closed"):
        guarded(Route("/closed", nothing), Access.VOTER)


@pytest.mark.parametrize(
    ("address", "known", "foreign"),
    [
        ("https://vote.example", ["vote.example", "vote.example:443"], ["localhost", "example"]),
        ("https://vote.example:8443", ["vote.example:8443"], ["vote.example", "vote.example:443"]),
        ("http://127.0.0.1:8000", ["127.0.0.1:8000", "localhost:8000"], ["127.0.0.1"]),
    ],
)
def test_hosts_follow_the_public_address(
    address: str, known: list[str], foreign: list[str]
) -> None:
    assert allowed_hosts(address) >= set(known)
    assert not allowed_hosts(address) & set(foreign)


HOSTS = [
    "evil.example",
    "127.0.0.1",
    "127.0.0.1:8001",
    "127.0.0.1:8000.evil.example",
    "127.0.0.1:8000/x",
    "127.0.0.1:8000?x",
    "127.0.0.1:8000#x",
    "x@127.0.0.1:8000",
    "",
]


@pytest.fixture
def visitor(town: Town) -> Visitor:
    return town.visitor()


async def test_another_host_is_refused_with_every_header(visitor: Visitor) -> None:
    for host in HOSTS:
        answer = await visitor.get("/fi/koe", host=host)
        assert answer.status_code == 400, host
        check_headers(answer)


STRANGE = ["%00", "%0a", "%7f", "%ff", "%c3%28", "%2e%2e%2f", "x" * 3000, "%F0%9F%8C%B2"]


async def test_strange_names_in_an_address_are_not_found(visitor: Visitor) -> None:
    for name in STRANGE:
        for path in (
            f"/fi/{name}",
            f"/fi/koe/{name}",
            f"/{name}/koe",
            f"{ROUND}/results/{name}",
            f"/pictures/{name}",
            f"/api/v1/elections/{name}",
        ):
            answer = await visitor.get(path)
            assert answer.status_code in {303, 404}, (path, answer.status_code)


async def test_a_forged_post_is_refused_everywhere(town: Town, visitor: Visitor) -> None:
    opened = await visitor.signed_in(town.codes[0])
    fields = opened.choosing(number(1))
    for path in UNSAFE:
        for headers in (
            {"sec_fetch_site": "cross-site"},
            {"sec_fetch_site": "same-site"},
            {"sec_fetch_site": "none"},
        ):
            assert (await visitor.send(path, fields, **headers)).status_code == 403
        for origin in ({}, {"origin": "https://evil.example"}, {"origin": "null"}):
            answer = await visitor.client.post(path, data=dict(fields), headers=origin)
            assert answer.status_code == 403
            assert "ei tullut tältä sivustolta" in answer.text
    assert await town.recorded() == 0


async def test_an_old_browser_that_says_its_origin_is_let_in(town: Town) -> None:
    answer = await town.visitor().client.post(
        f"{ROUND}/sign-in", data={"code": town.codes[0]}, headers={"origin": BASE}
    )
    assert answer.status_code == 303


async def test_a_form_of_another_media_type_is_refused(visitor: Visitor) -> None:
    answer = await visitor.send(f"{ROUND}/sign-in", [], content_type="text/plain")
    assert answer.status_code == 415


def check_headers(answer: httpx2.Response) -> None:
    for name, value in EVERYWHERE.items():
        if name != "cache-control":
            assert answer.headers.get(name) == value, (str(answer.url), name)
    assert answer.headers["cache-control"]
    assert "server" not in answer.headers


async def test_every_answer_carries_every_header(town: Town, visitor: Visitor) -> None:
    await visitor.signed_in(town.codes[0])
    for path in (
        "/",
        "/fi/",
        "/fi/koe",
        ROUND,
        f"{ROUND}/sign-in",
        f"{ROUND}/ballot",
        f"{ROUND}/results",
        "/xx/koe",
        "/fi/none",
        "/fi/koe/none",
        "/static/x/theme.css",
        "/healthz",
        "/api/v1/municipalities",
        "/api/none",
    ):
        check_headers(await visitor.get(path))


async def test_public_pages_may_be_cached_and_personal_ones_not(
    town: Town, visitor: Visitor
) -> None:
    for path in ("/fi/koe", ROUND):
        answer = await visitor.get(path)
        assert answer.headers["cache-control"].startswith("public")
        assert "set-cookie" not in answer.headers
    await visitor.signed_in(town.codes[0])
    assert (await visitor.get(f"{ROUND}/ballot")).headers["cache-control"] == "no-store"
    assert (await visitor.get(ROUND)).text == (await town.visitor().get(ROUND)).text


async def test_a_picture_is_kept_for_ever_and_can_run_nothing(visitor: Visitor) -> None:
    answer = await visitor.get(f"/pictures/{PICTURE}")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "immutable" in answer.headers["cache-control"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]


async def test_static_files_are_those_of_the_list_only(visitor: Visitor) -> None:
    page = (await visitor.get("/fi/koe")).text
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert any(link.endswith("theme.css") for link in links)
    for link in links:
        answer = await visitor.get(link)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert (await visitor.get(link.replace("/static/", "/static/0"))).status_code == 404
    version = links[0].split("/")[2]
    for name in ("../app.py", "%2e%2e/app.py", "vendor/../../app.py", "nothing.css"):
        assert (await visitor.get(f"/static/{version}/{name}")).status_code == 404


async def test_the_cookie_is_bound_to_the_host_where_there_is_https(town_with: TownWith) -> None:
    town = await town_with(rules(), public_url="https://vote.example")
    answer = await town.visitor().send(
        f"{ROUND}/sign-in", [("code", town.codes[0])], host="vote.example"
    )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-talkoot=")
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= {
        part.strip().lower() for part in cookie.split(";")
    }
    assert "domain" not in cookie.lower()
    assert "max-age" in answer.headers["strict-transport-security"]


async def test_the_cookie_without_https_is_hidden_from_scripts(town: Town) -> None:
    answer = await town.visitor().send(f"{ROUND}/sign-in", [("code", town.codes[0])])
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("talkoot=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "strict-transport-security" not in answer.headers


class Inline(HTMLParser):
    """Collects what a strict policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note inline styles and scripts."""
        names = dict(attrs)
        if tag == "style" or (tag == "script" and not names.get("src")):
            self.found.append(tag)
        self.found += [name for name in names if name.startswith("on") or name == "style"]
        self.found += [v for v in names.values() if v and v.startswith("javascript:")]


async def test_no_page_has_anything_inline(town: Town, visitor: Visitor) -> None:
    opened = await visitor.signed_in(town.codes[0])
    pages = [
        opened.html,
        (await visitor.send(f"{ROUND}/review", opened.choosing(number(1)))).text,
        (await visitor.get("/fi/koe")).text,
        (await visitor.get(ROUND)).text,
    ]
    await visitor.cast(opened, [number(1)])
    pages.append((await visitor.get(f"{ROUND}/recorded")).text)
    await town.counted()
    pages.append((await visitor.get(f"{ROUND}/results")).text)
    for page in pages:
        parser = Inline()
        parser.feed(page)
        assert parser.found == []
    assert "'unsafe" not in CONTENT_SECURITY_POLICY
