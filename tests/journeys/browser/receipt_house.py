"""A sealed election with its board, served to real browsers; ballots wait and are looked for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.async_api import Browser, Page, ViewportSize

from talkoot.base.bytes import Digest
from talkoot.base.db import Database
from talkoot.voting.board import (
    Note,
    SigningKey,
    Use,
    cosigned,
    last_note,
    published,
    witnessed,
    witnesses_named,
)
from talkoot.web.app import application
from tests.journeys.browser.visitor import DESKTOP, PATIENCE_MS, Scripts, Watch
from tests.journeys.served import served
from tests.voting.board.made_up import cast
from tests.web.sealed_town import board_started, opened_sealed
from tests.web.town import AT, Town, a_town, rules

WITNESSES = tuple(
    SigningKey(name, Use.WITNESS, Ed25519PrivateKey.generate())
    for name in ("paper.example", "school.example")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxHouse:
    """Where the town is, its election's board, and the key that signs it."""

    address: str
    town: Town
    key: SigningKey

    @property
    def base(self) -> str:
        """The address of the receipts' page, without its language."""
        return f"receipt/{self.town.election.id}"

    def url(self, *parts: str, language: str = "fi") -> str:
        """Give the address of a page."""
        return "/".join([self.address, language, *parts])

    async def waits(self, count: int) -> list[Digest]:
        """Record ballots that wait for the board."""
        async with self.town.desk.writing() as session:
            return list(await cast(session, self.town.election.id, count))

    async def publishes(self) -> None:
        """Put what waits on the board and sign it."""
        async with self.town.desk.writing() as session:
            await published(session, self.town.election.id, at=AT, signer=self.key)

    async def needs_witnesses(self, quorum: int) -> None:
        """Name both witnesses, and say how many readers should demand."""
        async with self.town.desk.writing() as session:
            keys = [each.verifier for each in WITNESSES]
            await witnesses_named(session, self.town.election.id, keys, quorum=quorum)

    async def witness_signs(self, witness: SigningKey) -> None:
        """Have an outside witness sign the newest page."""
        async with self.town.desk.writing() as session:
            id_ = self.town.election.id
            note = Note.read(await last_note(session, id_) or b"")
            line = cosigned(note, witness, at=1_800_000_000)
            await witnessed(session, id_, Note(note.text, (line,)).octets)


@asynccontextmanager
async def box_served(database: Database, desk: Database, home: Path) -> AsyncIterator[BoxHouse]:
    """Build the town with a sealed election, start its board and serve it."""
    async with a_town(database, desk, home, rules(), opening=opened_sealed) as town:
        key = await board_started(town)
        house = town.app.state.house
        build = lambda settings: application(  # noqa: E731
            settings, house.database, house.door, house.hasher, house.clock
        )
        async with served(home, build) as address:
            yield BoxHouse(address=address, town=town, key=key)


@asynccontextmanager
async def reading(
    chromium: Browser,
    house: BoxHouse,
    *,
    language: str = "fi",
    scripts: Scripts = Scripts.ON,
    size: ViewportSize = DESKTOP,
    expected: frozenset[int] = frozenset(),
) -> AsyncIterator[Page]:
    """Open a window; fail at the end if the browser complained of more than was expected."""
    context = await chromium.new_context(
        viewport=size,
        java_script_enabled=scripts is Scripts.ON,
        locale=language,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    watch = Watch(loopback=urlsplit(house.address).netloc, expected=set(expected))
    watch.on(context)
    try:
        yield await context.new_page()
    finally:
        await context.close()
    assert watch.complaints == []
