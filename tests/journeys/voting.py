"""Voters over HTTP: by the API, and by the forms of the pages."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx2
import msgspec

from tests.journeys.forms import Fields, PageForm, form_in
from tests.journeys.plain import Marks

AT_ONCE = 32
SAY_EVERY = 500
RETRY_EVERY = 20
AGAIN_EVERY = 50
LANGUAGES = ("fi", "sv", "en", "se")
JSON = {"content-type": "application/json"}
TIMEOUT_S = 60
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loopback; the usual one takes 0.1 s a client


class Fault(msgspec.Struct):
    """A fault of a refused ballot."""

    kind: str
    detail: str


class Answer(msgspec.Struct):
    """What the API may say to a ballot or a code: each field only where it belongs."""

    token: str = ""
    submission_id: str = ""
    entry_hash: str = ""
    receipt: str = ""
    replaced: bool | None = None
    type: str = ""
    detail: str = ""
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Tally:
    """What the voters were answered."""

    recorded: dict[str, str] = field(default_factory=dict)
    """Voter to entry hash or receipt."""
    refused: dict[str, Answer] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)

    def say(self, total: int) -> None:
        """Tell how far it is, now and then."""
        done = len(self.recorded) + len(self.refused)
        if done % SAY_EVERY == 0 or done == total:
            print(f"  {done} of {total} voters answered", flush=True)  # noqa: T201 - progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Booth:
    """Where to vote: the running application's address, the election and its frozen hash."""

    address: str
    election: str
    definition_hash: str

    def client(self) -> httpx2.AsyncClient:
        """A client with cookies of its own and at most so many connections."""
        return httpx2.AsyncClient(
            base_url=self.address,
            timeout=TIMEOUT_S,
            trust_env=False,
            verify=_NO_TLS,
            limits=httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
        )

    async def signs_in(self, client: httpx2.AsyncClient, code: str) -> tuple[int, Answer]:
        """Send a code to the API."""
        return await self._post(client, "sign-in", {"code": code}, token="")

    async def casts(
        self, client: httpx2.AsyncClient, token: str, submission: str, marks: Marks
    ) -> tuple[int, Answer]:
        """Send a ballot to the API."""
        ballot = {
            "submission_id": submission,
            "definition_hash": self.definition_hash,
            "marks": [{"project": project, "value": value} for project, value in marks],
        }
        return await self._post(client, "ballots", ballot, token=token)

    async def _post(
        self, client: httpx2.AsyncClient, what: str, body: Mapping[str, object], *, token: str
    ) -> tuple[int, Answer]:
        headers = JSON | ({"authorization": f"Bearer {token}"} if token else {})
        answer = await client.post(
            f"/api/v1/elections/{self.election}/{what}",
            content=msgspec.json.encode(body),
            headers=headers,
        )
        assert answer.status_code < 500, answer.text
        return answer.status_code, msgspec.json.decode(answer.content, type=Answer)


async def all_by_api(
    booth: Booth, codes: Mapping[str, str], votes: Mapping[str, Marks], tally: Tally, total: int
) -> None:
    """Let every voter sign in and cast, so many at once; some send the same ballot twice."""
    waiting = [ApiVoter(number, voter, votes[voter]) for number, voter in enumerate(votes)]

    async def in_turn(client: httpx2.AsyncClient) -> None:
        while waiting:
            one = waiting.pop()
            await one.votes(booth, client, codes[one.voter], tally)
            tally.say(total)

    async with booth.client() as client, asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(in_turn(client))


@dataclass(frozen=True, slots=True)
class ApiVoter:
    """A voter at the API; every so many-th retries, and every so many-th tries to vote twice."""

    number: int
    voter: str
    marks: Marks

    async def votes(
        self, booth: Booth, client: httpx2.AsyncClient, code: str, tally: Tally
    ) -> None:
        """Sign in and cast; note the receipt or the refusal."""
        status, session = await booth.signs_in(client, code)
        assert status == 201, session
        token, submission = session.token, session.submission_id
        status, answer = await booth.casts(client, token, submission, self.marks)
        tally.answers[f"{status} {answer.type}"] += 1
        if status != 201:
            tally.refused[self.voter] = answer
            return
        tally.recorded[self.voter] = answer.entry_hash
        if self.number % RETRY_EVERY == 0:
            status, again = await booth.casts(client, token, submission, self.marks)
            assert (status, again.entry_hash, again.replaced) == (200, answer.entry_hash, None)
            tally.answers["retry answered with the first receipt"] += 1
        if self.number % AGAIN_EVERY == 0:
            status, again = await booth.casts(client, token, str(uuid4()), self.marks)
            assert (status, again.type) == (409, "urn:talkoot:problem:already-voted")
            tally.answers["second ballot refused"] += 1


async def all_by_forms(
    booth: Booth,
    way: str,
    codes: Mapping[str, str],
    votes: Mapping[str, Marks],
    tally: Tally,
) -> None:
    """Let voters use the pages one after another, each in one of the four languages."""
    for language, (voter, marks) in zip(cycle(LANGUAGES), votes.items(), strict=False):
        async with booth.client() as client:
            visitor = Visitor(client, booth.address)
            ballot = await visitor.signed_in(f"/{language}/{way}/sign-in", codes[voter])
            receipt = await visitor.voted(ballot, marks)
        tally.recorded[voter] = receipt
        tally.answers["by the forms"] += 1


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser without JavaScript: cookies, pages, and forms sent from our own pages."""

    client: httpx2.AsyncClient
    address: str

    async def signed_in(self, path: str, code: str) -> PageForm:
        """Send the sign-in form, and give the form of the ballot page that follows."""
        form = form_in(await self._page(path), "sign-in")
        answer = await self._send(form.action, form.filled([("code", code)]))
        assert answer.status_code == 303, answer.text
        return form_in(await self._page(answer.headers["location"]), "ballot")

    async def voted(self, ballot: PageForm, marks: Marks) -> str:
        """Fill in, review and cast, twice by an impatient finger; give the receipt's number."""
        review = await self._send(ballot.action, ballot.filled(_fields(ballot, marks)))
        assert review.status_code == 200, review.text
        cast = form_in(review.text, "ballot")
        first = await self._send(cast.action, cast.sends)
        assert first.status_code == 303, first.text
        receipt = receipt_in(await self._page(first.headers["location"]))
        second = await self._send(cast.action, cast.sends)
        assert second.status_code == 303, second.text
        assert receipt_in(await self._page(second.headers["location"])) == receipt
        return receipt

    async def _page(self, path: str) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.text

    async def _send(self, action: str, fields: Sequence[tuple[str, str]]) -> httpx2.Response:
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "origin": self.address,
            "sec-fetch-site": "same-origin",
        }
        return await self.client.post(action, content=urlencode(fields), headers=headers)


def _fields(ballot: PageForm, marks: Marks) -> Fields:
    """The controls of the page for these marks: boxes to tick, or fields for numbers."""
    if ballot.choices:
        return [("project", project) for project, _ in marks]
    return [(f"value.{project}", str(value)) for project, value in marks]


def receipt_in(page: str) -> str:
    """Give the receipt number that the page shows."""
    return page.split('<p class="receipt-number">', 1)[1].split("</p>", 1)[0].strip()


def receipt_of(entry_hash: str) -> str:
    """Give the receipt number of an entry's hash, as the page shows it."""
    symbols = entry_hash.upper()[:16]
    return "-".join(symbols[at : at + 4] for at in range(0, 16, 4))


def election_in(verdict: str) -> tuple[str, str]:
    """Give the way and the id of the election that ``talkoot import-pb`` says it made."""
    words = verdict.split("imported as ", 1)[1].split()
    way, id_ = words[0].rstrip(","), words[2].rstrip(";")
    return way, str(UUID(id_))
