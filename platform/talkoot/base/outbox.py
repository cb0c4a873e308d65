"""Letters that wait to be sent, as files in a folder: one ``.eml`` each, for our eyes only."""

import asyncio
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from talkoot.base.i18n import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to one person, in that person's language; ``paragraphs`` are plain text."""

    to: str = field(repr=False)
    language: Language
    subject: str
    paragraphs: Sequence[str] = field(repr=False)


class Post(Protocol):
    """Who takes letters."""

    async def taken(self, letter: Letter, *, at: datetime) -> None:
        """Take a letter. Raises ``OSError`` where it can be kept nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """A folder of letters. ``sender`` is whom they come from: a mail address."""

    folder: Path
    sender: str

    async def taken(self, letter: Letter, *, at: datetime) -> None:
        """Write the letter to a file that nobody else on the machine reads."""
        await asyncio.to_thread(self._written, bytes(self.message(letter, at=at)), at)

    def message(self, letter: Letter, *, at: datetime) -> EmailMessage:
        """Give the letter as mail servers take it."""
        message = EmailMessage(policy=SMTP)
        message["From"] = Address("Talkoot", addr_spec=self.sender)
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{secrets.token_hex(16)}@{self.sender.rpartition('@')[2]}>"
        message["Content-Language"] = letter.language.value
        message["Auto-Submitted"] = "auto-generated"
        message.set_content("\n\n".join(letter.paragraphs) + "\n")
        return message

    def _written(self, message: bytes, at: datetime) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(8)}.eml"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(message)
