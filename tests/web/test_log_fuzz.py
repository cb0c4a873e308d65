"""T13: whatever people send in path, query, header or body, the log holds none of it."""

import io
import json
import logging
import random
import secrets
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from starlette.routing import Route
from starlette.types import Scope

from talkoot.web.app import all_routes
from talkoot.web.serve import LOGGING
from tests.web.raw import Pairs, Raw, status_of
from tests.web.town import Town, number

MARK = "S3CR3T"
HOST = "127.0.0.1:8000"
NETWORK = "203.0.113."
PATHS = sorted({route.path for route in all_routes() if isinstance(route, Route)})
METHODS = ("GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS")
ENDS = ("", "", "\r\nforged line", "\x1b[31m", "\u2028", "'", '"', "\\", "%s%s%n", "<b>", "\x00")
FIELDS = ("code", "submission", "definition", "form_token", "project", "words", "answer", "reason")
COUNTS = pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.full)])


@dataclass(slots=True)
class Log:
    """What the web process writes, in the form in which it writes it."""

    stream: io.StringIO = field(default_factory=io.StringIO)
    records: list[logging.LogRecord] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything that was written."""
        return self.stream.getvalue()


@contextmanager
def written() -> Iterator[Log]:
    """Write the log aside, at the levels of a web process at work."""
    found = Log()
    handler = logging.StreamHandler(found.stream)
    handler.setFormatter(logging.Formatter(str(LOGGING["formatters"]["minute"]["format"])))  # type: ignore[index]  # a table of tables
    handler.addFilter(lambda record: not found.records.append(record))  # type: ignore[func-returns-value]  # keeps each
    root, ours = logging.getLogger(), logging.getLogger("talkoot")
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    try:
        yield found
    finally:
        ours.setLevel(before)
        root.removeHandler(handler)


@dataclass(slots=True)
class Fuzzer:
    """Makes requests in which everything that somebody may type holds a mark."""

    town: Town
    session: str
    form_token: str
    rnd: random.Random = field(default_factory=lambda: random.Random(13))

    def secret(self) -> str:
        """Give a marked word, perhaps with an end that could break a line or a format."""
        return f"{MARK}{self.rnd.getrandbits(40):010x}{self.rnd.choice(ENDS)}"

    def request(self) -> Raw:
        """Give one request: as a voter who is signed in, one time in three."""
        method, path = self.rnd.choice(METHODS), self.path()
        query = urlencode({self.secret(): self.secret()}) if self.rnd.random() < 0.5 else ""
        kind, body = self.body() if method in {"POST", "PUT"} else ("", b"")
        return Raw(
            method=method,
            path=path,
            query=query,
            headers=[*self.headers(), *([("content-type", kind)] if kind else [])],
            body=body,
            address=f"{NETWORK}{self.rnd.randrange(256)}",
        )

    def path(self) -> str:
        """Give the address of a route, or of none; the names in it are real more often than not."""
        real = {"{language}": "fi", "{municipality}": "koe", "{round}": "kierros"}
        real["{election}"] = str(self.town.election.id)

        def filled(part: str) -> str:
            known = real.get(part, "") if self.rnd.random() < 0.8 else ""
            return known or (quote(self.secret(), safe="") if part.startswith("{") else part)

        nowhere = f"/{quote(self.secret(), safe='')}"
        return "/".join(map(filled, self.rnd.choice([*PATHS, nowhere]).split("/")))

    def headers(self) -> Pairs:
        """Give headers: our host, and secrets where people's secrets are."""
        secret = self.secret().replace("\r\n", " ").replace("\x00", "")
        signed_in = self.rnd.random() < 1 / 3
        token = self.session if signed_in else secret
        return [
            ("host", HOST if self.rnd.random() < 0.95 else secret),
            ("sec-fetch-site", "same-origin" if self.rnd.random() < 0.9 else "cross-site"),
            ("cookie", f"talkoot={token}; talkoot-desk={secret}"),
            ("authorization", self.rnd.choice([f"Bearer {token}", f"Basic {encoded(secret)}"])),
            ("user-agent", secret),
            ("referer", f"http://{HOST}/{secret}"),
            ("x-forwarded-for", secret),
            ("accept-language", secret),
        ]

    def body(self) -> tuple[str, bytes]:
        """Give a body and its media type: a form, a document, or something else."""
        fields = {name: self.secret() for name in self.rnd.sample(FIELDS, 4)}
        if self.rnd.random() < 0.5:
            fields |= {"form_token": self.form_token, "submission": str(uuid4())}
            fields |= {"definition": self.town.election.definition.hash.hex()}
            fields |= {"project": self.rnd.choice([number(1), self.secret()])}
        form = "application/x-www-form-urlencoded"
        document = json.dumps(fields).encode()
        return self.rnd.choice(
            [
                (form, urlencode(fields).encode()),
                (form, urlencode(fields).encode()),
                ("application/json", document),
                ("application/json", document[:-3]),
                ("multipart/form-data; boundary=x", document),
                (self.secret().encode("ascii", "replace").decode(), document),
            ]
        )


def encoded(secret: str) -> str:
    return b64encode(secret.encode()).decode()


async def fuzzed(town: Town, count: int) -> tuple[Log, Counter[int], list[str]]:
    """Send so many requests; give the log, the statuses, and what else may stand in no line."""
    visitor = town.visitor()
    opened = await visitor.signed_in(town.codes[0])
    session = dict(visitor.client.cookies)["talkoot"]
    form_token = dict(opened.fields)["form_token"]
    fuzzer = Fuzzer(town=town, session=session, form_token=form_token)
    statuses: Counter[int] = Counter()
    with written() as log:
        for _ in range(count):
            statuses[await status_of(town.app, fuzzer.request())] += 1
        # And a voter's whole way, with what is really secret.
        other = town.visitor(address=f"{NETWORK}9")
        ballot = await other.signed_in(town.codes[1])
        await other.cast(ballot, [number(2)])
    own = [dict(other.client.cookies)["talkoot"], *town.codes, session, form_token, NETWORK]
    return log, statuses, [*own, town.codes[1].replace("-", ""), number(2)]


@COUNTS
async def test_t13_no_line_of_the_log_holds_anything_that_was_sent(town: Town, count: int) -> None:
    log, statuses, own = await fuzzed(town, count)
    assert {200, 303, 403, 404} <= set(statuses), statuses
    assert 500 not in statuses, log.text
    for secret in (MARK, MARK.lower(), encoded(MARK), quote(MARK), "forged line", "\x1b", *own):
        assert secret not in log.text, secret
    requests = [record for record in log.records if record.name == "talkoot.web"]
    assert len(requests) >= count
    # A record is a line: nobody begins one of their own.
    assert len(log.text.splitlines()) == len(log.records)
    print(f"{count} requests, {len(log.records)} lines, 0 hold a mark")  # noqa: T201 - the figure


async def test_t13_a_log_of_addresses_as_they_were_asked_for_would_hold_them(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the line of most web servers, with the address in place of its pattern."""

    def asked(scope: Scope) -> str:
        return f"{scope['path']}?{scope['query_string'].decode()}"

    monkeypatch.setattr("talkoot.web.edge.pattern_of", asked)
    log, _, _ = await fuzzed(town, 100)
    assert sum(MARK in record.getMessage() for record in log.records) > 50


async def test_t13_the_trace_of_an_unexpected_fault_holds_nothing_that_was_sent(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = secrets.token_hex(8)

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("talkoot.web.pages.start.municipality_at", broken)
    with written() as log:
        answer = await town.visitor().get(f"/fi/{secret}?{secret}", user_agent=secret)
    assert answer.status_code == 500
    assert "ZeroDivisionError" in log.text
    assert secret not in log.text
