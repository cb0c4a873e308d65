"""A visitor with a real browser, and what the browser complains about on the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
)

from tests.journeys.browser.town import Town

DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
KIOSK = ViewportSize(width=1080, height=1920)
NARROW = ViewportSize(width=320, height=640)

ARGUMENTS = (
    "--no-sandbox",  # the tests may run as root; every page is our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PATIENCE_MS = 15_000
"""Longest wait for one step: a quiet machine needs a twentieth of it, a busy one may not."""


class Scripts(Enum):
    """Whether the browser runs scripts."""

    ON = "with scripts"
    OFF = "without scripts"


@dataclass(kw_only=True)  # no slots: Playwright keeps its wrappers on the listener
class Watch:
    """Everything a browser says that no page of ours may make it say.

    ``expected`` are the statuses of refusals that a test walks into on purpose.
    """

    loopback: str
    expected: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def on(self, context: BrowserContext) -> None:
        """Listen to every page of a context."""
        context.on("console", self._said)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # A refusal is judged by its status, below; everything else of this weight is a fault.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load"):
            self.complaints.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and parts.netloc != self.loopback:
            self.complaints.append(f"left the machine: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.complaints.append(f"{response.status}: {response.url}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person with a browser of their own: no cookie or history of anybody else."""

    page: Page
    town: Town
    language: str
    scripts: Scripts
    watch: Watch


@asynccontextmanager
async def visit(
    chromium: Browser,
    town: Town,
    *,
    language: str = "fi",
    scripts: Scripts = Scripts.ON,
    size: ViewportSize = DESKTOP,
) -> AsyncIterator[Visitor]:
    """Open a browser window; when the visit went well, fail if the browser complained."""
    context = await chromium.new_context(
        viewport=size,
        java_script_enabled=scripts is Scripts.ON,
        locale=language,
        timezone_id="Europe/Helsinki",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    watch = Watch(loopback=urlsplit(town.address).netloc)
    watch.on(context)
    try:
        page = await context.new_page()
        yield Visitor(page=page, town=town, language=language, scripts=scripts, watch=watch)
    finally:
        await context.close()
    assert watch.complaints == []
