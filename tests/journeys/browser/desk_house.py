"""A desk served to real browsers on localhost, and officials with virtual authenticators."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from playwright.async_api import Browser, CDPSession, Page, ViewportSize

from talkoot.base.db import Database
from talkoot.base.ids import ElectionId, MunicipalityId, RoundId
from talkoot.base.officials import OfficialRole
from talkoot.people import invited, official_kept
from talkoot.rounds import picture_kept, round_kept
from talkoot.voting import log
from talkoot.web.app import self_contained
from tests.journeys.browser.visitor import ARGUMENTS, DESKTOP, PATIENCE_MS, Watch
from tests.journeys.served import SetClock, served
from tests.people.made_up import an_official
from tests.web.desk import OTHER_TOWN, Person, frozen_in, sealed_in, trustees_for
from tests.web.town import AT, MUNICIPALITY, PICTURE, a_round

DESK_ARGUMENTS = tuple(
    f"{argument}, EXCLUDE localhost" if argument.startswith("--host-resolver-rules") else argument
    for argument in ARGUMENTS
)
"""Browsers bind passkeys to names: the desk is at localhost, and nowhere else."""
HARMLESS = "publicKey.pubKeyCredParams is missing at least one of the default algorithm"
"""Chromium misses RS256, which old authenticators make and we do not take."""
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskHouse:
    """Where the desk is, and what it writes into."""

    address: str
    desk: Database
    clock: SetClock
    election: ElectionId

    def url(self, language: str, *parts: str) -> str:
        """Give the address of a page of the desk."""
        return "/".join([self.address, language, "desk", *parts])

    async def invitation(
        self, name: str, roles: frozenset[OfficialRole] = frozenset({OfficialRole.ELECTION_MANAGER})
    ) -> str:
        """Put an official on file and give the address of the invitation."""
        async with self.desk.writing() as session:
            official = await official_kept(
                session,
                municipality_id=MUNICIPALITY.id,
                name=name,
                mail=f"{name.lower().replace(' ', '.')}@koe.example",
                roles=roles,
            )
            invitation = await invited(session, official.id, at=self.clock.shows)
        return self.url("fi", f"invitation#{invitation.token}")

    async def sealed(self) -> ElectionId:
        """Freeze a sealed election with trustees, signed by two officials with keys in files."""
        async with self.desk.writing() as session:
            signers = [await an_official(session, name) for name in ("Tuula", "Veikko")]
        first, second = [Person(official=official, key=key) for official, key in signers]
        election_id = await sealed_in(self.desk, first, second)
        await trustees_for(self.desk, election_id)
        return election_id

    async def drafted(self) -> str:
        """Keep a round whose ballot is not frozen, and give its page's last parts."""
        async with self.desk.writing() as session:
            await round_kept(session, replace(a_round(), id=RoundId(uuid4()), slug="luonnos"))
        return "drafts/luonnos"

    async def state(self) -> log.ElectionState:
        """Give the state of the election."""
        async with self.desk.reading() as session:
            return (await log.election_of(session, self.election)).state


@dataclass(kw_only=True)  # no slots: Playwright keeps its wrappers on the listener
class Sitter:
    """A person before a browser with an authenticator of their own."""

    page: Page
    cdp: CDPSession
    watch: Watch
    authenticators: list[str] = field(default_factory=list)

    async def another_authenticator(self, **changed: bool) -> None:
        """Put the present authenticator away and take another."""
        for present in self.authenticators:
            await self.cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": present})
        options = {"options": {**AUTHENTICATOR, **changed}}
        made = await self.cdp.send("WebAuthn.addVirtualAuthenticator", options)
        self.authenticators = [made["authenticatorId"]]


@asynccontextmanager
async def desk_served(
    app_url: str, desk_url: str, desk: Database, home: Path
) -> AsyncIterator[DeskHouse]:
    """Build two towns and serve their desk at localhost."""
    clock = SetClock(shows=AT)
    elections: dict[MunicipalityId, ElectionId] = {}
    async with desk.writing() as session:
        await picture_kept(session, PICTURE, "image/svg+xml", b"<svg/>")
    for town in (MUNICIPALITY, OTHER_TOWN):
        elections[town.id] = await frozen_in(desk, town)
    build = lambda settings: self_contained(  # noqa: E731
        settings, app_url, desk_url=desk_url, clock=clock
    )
    async with served(home, build) as address:
        yield DeskHouse(
            address=address.replace("127.0.0.1", "localhost"),
            desk=desk,
            clock=clock,
            election=elections[MUNICIPALITY.id],
        )


@asynccontextmanager
async def sitting(
    chromium: Browser, house: DeskHouse, *, language: str = "fi", size: ViewportSize = DESKTOP
) -> AsyncIterator[Sitter]:
    """Open a window with an authenticator; fail at the end if the browser complained."""
    context = await chromium.new_context(
        viewport=size,
        locale=language,
        timezone_id="Europe/Helsinki",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    watch = Watch(loopback=urlsplit(house.address).netloc)
    watch.on(context)
    try:
        page = await context.new_page()
        cdp = await context.new_cdp_session(page)
        await cdp.send("WebAuthn.enable")
        sitter = Sitter(page=page, cdp=cdp, watch=watch)
        await sitter.another_authenticator()
        yield sitter
    finally:
        await context.close()
    complaints = [said for said in watch.complaints if HARMLESS not in said]
    assert complaints == [], complaints
