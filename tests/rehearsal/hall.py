"""Where a rehearsal happens, and the commands that are run there."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

from talkoot.base.db import Database
from talkoot.base.settings import Settings
from tests.cli.processes import talkoot

OFFICIALS = ("Aino Esimerkki", "Otto Esimerkki")


class Failed(AssertionError):
    """A step of the rehearsal that did not go as it must; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """Where it happens: a database by two log-ins, and a folder with keys, media and boxes."""

    web: Database
    desk: Database
    url: str
    folder: Path

    @property
    def settings(self) -> Settings:
        """What the web process and the commands have in common."""
        return Settings(home=self.folder / "home")

    async def tried(self, *words: str, url: str = "") -> CompletedProcess[str]:
        """Run a command to its end."""
        more = {"TALKOOT_DATABASE_URL": url or self.url}
        return await asyncio.to_thread(talkoot, self.folder / "home", *words, **more)

    async def done(self, *words: str, url: str = "") -> str:
        """Run a command that must succeed, and give what it printed."""
        ran = await self.tried(*words, url=url)
        if ran.returncode:
            raise Failed(
                f"talkoot {words[0]} ended with {ran.returncode}: {ran.stderr}{ran.stdout}"
            )
        return ran.stdout

    async def refused(self, *words: str, why: str, url: str = "") -> None:
        """Run a command that must be refused for this reason."""
        ran = await self.tried(*words, url=url)
        if not ran.returncode or why not in ran.stderr:
            raise Failed(f"talkoot {words[0]} should say {why!r}: {ran.stderr}{ran.stdout}")

    def path(self, name: str) -> str:
        """Give a path in the folder, as a word of a command."""
        return str(self.folder / name)

    def media(self, *names: str) -> list[str]:
        """These trustees' first media on the command line, each with its passphrase."""
        words: list[str] = []
        for name in names:
            words += ["--medium", self.path(f"{name}/blue/talkoot-trustee-key.json")]
            words += ["--passphrase-file", self.path("passphrase")]
        return words

    def signing(self, reason: str) -> list[str]:
        """Both officials' key files on the command line."""
        words = ["--reason", reason]
        for name in OFFICIALS:
            words += ["--key", self.path(f"{name}.key")]
            words += ["--key-passphrase-file", self.path("passphrase")]
        return words
