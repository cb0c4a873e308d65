"""Officials of two towns at the desk, with passkeys made in memory and browsers without scripts."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
from starlette.applications import Starlette
from webauthn.helpers import encode_cbor

from talkoot.base.db import Database
from talkoot.base.ids import ElectionId, MunicipalityId, RoundId
from talkoot.base.officials import OfficialRole
from talkoot.base.passkeys import Assertion, RelyingParty, base64url, from_base64url, relying_party
from talkoot.base.settings import Settings
from talkoot.people import KeyFile, Official, asserted, signatures_of
from talkoot.rounds import Municipality, municipality_kept, picture_kept, round_kept
from talkoot.voting import log
from talkoot.voting.intake import Door
from talkoot.voting.log import DRAFT, ActKind, ActRequest, Signed, act_challenge
from talkoot.voting.roll import CodeCost, CodeHasher
from talkoot.web.app import application
from tests.people.made_up import a_key, an_official
from tests.voting.sealing.made import made as made_trustees
from tests.web.town import (
    AT,
    CLOSES,
    MUNICIPALITY,
    OPENS,
    PERSONS,
    PICTURE,
    Hand,
    a_round,
    rules,
)

BASE = "http://localhost:8000"
PARTY = relying_party(BASE)
OTHER_TOWN = replace(MUNICIPALITY, id=MunicipalityId(UUID(int=2)), slug="toinen")
DESK = "/fi/desk"
MANAGER = OfficialRole.ELECTION_MANAGER


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """Two towns, each with a frozen election, and an application that serves the desk."""

    app: Starlette
    settings: Settings
    desk: Database
    clock: Hand
    elections: dict[MunicipalityId, ElectionId]

    def browser(self) -> "Browser":
        """Give a browser of its own."""
        transport = httpx2.ASGITransport(app=self.app, client=("192.0.2.7", 40_000))
        return Browser(client=httpx2.AsyncClient(transport=transport, base_url=BASE))

    async def official(
        self,
        name: str,
        *,
        town: MunicipalityId = MUNICIPALITY.id,
        roles: frozenset[OfficialRole] = frozenset({MANAGER}),
    ) -> "Person":
        """Put an official with one passkey on file."""
        async with self.desk.writing() as session:
            official, key = await an_official(session, name, town=town, roles=roles)
        return Person(official=official, key=key)

    async def at_desk(self, person: "Person") -> "Browser":
        """Give a browser in which the person has signed in."""
        browser = self.browser()
        answer = await browser.sign_in(person.key)
        assert answer.status_code == 303, answer.text
        return browser

    async def state(self, town: MunicipalityId = MUNICIPALITY.id) -> log.ElectionState:
        """Give the state of a town's election."""
        async with self.desk.reading() as session:
            return (await log.election_of(session, self.elections[town])).state

    def page(self, town: MunicipalityId = MUNICIPALITY.id) -> str:
        """Give the address of a town's election at the desk."""
        return f"{DESK}/elections/{self.elections[town]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An official and the key on file."""

    official: Official
    key: KeyFile


@dataclass(slots=True)
class Browser:
    """A browser: keeps cookies, sends forms as browsers do, answers as ``desk.js`` does."""

    client: httpx2.AsyncClient
    headers: dict[str, str] = field(default_factory=lambda: {"sec-fetch-site": "same-origin"})

    async def get(self, path: str) -> httpx2.Response:
        """Open an address."""
        return await self.client.get(path)

    async def send(self, path: str, **fields: str) -> httpx2.Response:
        """Send a form of ours."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        body = str(httpx2.QueryParams(fields)).encode()
        return await self.client.post(path, content=body, headers=self.headers | kind)

    async def bring(
        self, path: str, fields: Mapping[str, str], files: Mapping[str, bytes]
    ) -> httpx2.Response:
        """Send a form with files."""
        sent = [("files", (name, body, "application/octet-stream")) for name, body in files.items()]
        return await self.client.post(path, data=dict(fields), files=sent, headers=self.headers)

    async def asked(self, path: str, **fields: str) -> bytes:
        """Give the challenge that an address puts."""
        answer = await self.send(path, **fields)
        assert answer.status_code == 200, answer.text
        return from_base64url(answer.json()["challenge"])

    async def sign_in(self, key: KeyFile, party: RelyingParty = PARTY) -> httpx2.Response:
        """Sign in with a key."""
        challenge = await self.asked(f"{DESK}/sign-in/challenge")
        return await self.send(f"{DESK}/sign-in", answer=said(asserted(key, challenge, party)))

    async def form_token(self) -> str:
        """Give the session's form token, as the desk's page has it."""
        page = await self.get(DESK)
        assert page.status_code == 200, page.text
        found = re.search(r'name="form_token" value="([0-9a-f]+)"', page.text)
        assert found
        return found[1]

    async def propose(self, page: str, kind: str, reason: str = "Aika on.") -> httpx2.Response:
        """Propose an act."""
        return await self.send(
            f"{page}/propose", form_token=await self.form_token(), kind=kind, reason=reason
        )

    async def offered(self, page: str) -> "Offered":
        """Give the proposal that the page asks to sign; fails where it asks for none."""
        answer = await self.get(page)
        found = re.search(r'action="([^"]+/sign)"[^>]*data-options="([^"]+)"', answer.text)
        assert found, answer.text
        options = json.loads(unescape(found[2]))
        return Offered(action=found[1], challenge=from_base64url(options["challenge"]))

    async def offered_withdrawal(self, page: str) -> str:
        """Give the address that withdraws the proposal which waits."""
        found = re.search(r'action="([^"]+/withdraw)"', (await self.get(page)).text)
        assert found
        return found[1]

    async def sign(self, offered: "Offered", assertion: Assertion) -> httpx2.Response:
        """Send a signature."""
        token = await self.form_token()
        return await self.send(offered.action, form_token=token, answer=said(assertion))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a page offers to sign."""

    action: str
    challenge: bytes


def said(assertion: Assertion) -> str:
    """Write an assertion as the browser's script does."""
    id_ = base64url(assertion.credential_id)
    response = {
        "clientDataJSON": base64url(assertion.client_data_json),
        "authenticatorData": base64url(assertion.authenticator_data),
        "signature": base64url(assertion.signature),
    }
    return json.dumps({"id": id_, "rawId": id_, "type": "public-key", "response": response})


def made(key: KeyFile, challenge: bytes, *, flags: int = 0x45, origin: str = BASE) -> str:
    """Answer a registration as an authenticator does that attests nothing."""
    site = hashlib.sha256(PARTY.id.encode()).digest()
    id_ = key.credential_id
    about = bytes(16) + len(id_).to_bytes(2, "big") + id_ + key.public_key
    attested = {"fmt": "none", "attStmt": {}, "authData": site + bytes([flags, 0, 0, 0, 0]) + about}
    words = {"type": "webauthn.create", "challenge": base64url(challenge), "origin": origin}
    response = {
        "clientDataJSON": base64url(json.dumps(words).encode()),
        "attestationObject": base64url(encode_cbor(attested)),
    }
    name = base64url(id_)
    return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


async def sealed_in(desk: Database, first: Person, second: Person) -> ElectionId:
    """Freeze a sealed election in the first town, signed by two, with trustees but no rehearsal."""
    round_ = replace(a_round(), id=RoundId(uuid4()), slug="sinetti")
    definition = log.definition_of(round_, MUNICIPALITY, ElectionId(uuid4()), rules())
    request = ActRequest(
        election_id=definition.election_id,
        kind=ActKind.FREEZE,
        state=DRAFT,
        definition_hash=definition.hash,
        reason="Valmis.",
        nonce=bytes(16),
        payload=log.freeze_payload(
            opens_at=OPENS, closes_at=CLOSES, grace_s=300, appeals_until=CLOSES + timedelta(days=30)
        ),
    )
    challenge = act_challenge(request)
    async with desk.writing() as session:
        await round_kept(session, round_)
        pair = await signatures_of(
            session,
            MUNICIPALITY.id,
            challenge,
            [asserted(each.key, challenge, PARTY) for each in (first, second)],
            roles={MANAGER},
            party=PARTY,
        )
        signed = Signed(signatures=pair, party=PARTY)
        await log.frozen_sealed(
            session, definition, request, round_id=round_.id, signed=signed, at=OPENS
        )
    return definition.election_id


async def trustees_for(desk: Database, election_id: ElectionId) -> None:
    """Say to which trustees an election's ballots are sealed."""
    async with desk.writing() as session:
        await log.sealing_kept(session, made_trustees(2, 3, election_id).setup)


@asynccontextmanager
async def a_hall(
    database: Database, desk: Database, home: Path, *, public_url: str = BASE
) -> AsyncIterator[Hall]:
    """Build both towns and serve them."""
    settings, clock = Settings(home=home, public_url=public_url), Hand(AT)
    elections = {}
    async with desk.writing() as session:
        await picture_kept(session, PICTURE, "image/svg+xml", b"<svg/>")
    for town in (MUNICIPALITY, OTHER_TOWN):
        elections[town.id] = await frozen_in(desk, town)
    async with CodeHasher(CodeCost(memory_kib=8, passes=1)) as hasher, Door(database) as door:
        app = application(settings, database, door, hasher, clock, desk=desk)
        yield Hall(app=app, settings=settings, desk=desk, clock=clock, elections=elections)


async def frozen_in(desk: Database, town: Municipality) -> ElectionId:
    """Keep a town with one frozen election."""
    round_ = replace(a_round(), municipality_id=town.id, id=RoundId(uuid4()))
    async with desk.writing() as session:
        await municipality_kept(session, town)
        await round_kept(session, round_)
        definition = log.definition_of(round_, town, ElectionId(uuid4()), rules())
        election = await log.frozen(
            session,
            definition,
            round_id=round_.id,
            opens_at=OPENS,
            closes_at=CLOSES,
            grace_s=300,
            persons=PERSONS,
            at=OPENS,
        )
    return election.id


__all__ = [
    "BASE",
    "DESK",
    "Browser",
    "Hall",
    "Offered",
    "Person",
    "a_hall",
    "a_key",
    "made",
    "said",
]
