"""Published results and public files in the database; one statement per method."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import select

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotFound
from talkoot.base.ids import ElectionId
from talkoot.voting.results.tables import PublicFileRow, ResultRow
from talkoot.voting.results.values import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFile:
    """A file that anyone may download and recount from."""

    name: str
    media_type: str
    body: bytes

    @property
    def sha256(self) -> bytes:
        """The hash by which it is named in the result, 32 bytes."""
        return hashlib.sha256(self.body).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFileName:
    """A public file's name, size-free: name, media type and SHA-256 in hexadecimal."""

    name: str
    media_type: str
    sha256: str


async def result_of(session: ReadSession, election_id: ElectionId) -> Result | None:
    """Give the published result; ``None`` before it is published."""
    row = await session.get(ResultRow, election_id)
    return None if row is None else msgspec.convert(row.result, Result)


async def published_at(session: ReadSession, election_id: ElectionId) -> datetime | None:
    """Give the time of publication, in UTC; ``None`` before it."""
    row = await session.get(ResultRow, election_id)
    return None if row is None else row.published_at


async def public_files_of(
    session: ReadSession, election_id: ElectionId
) -> tuple[PublicFileName, ...]:
    """Give the names of an election's public files, by name, without their bodies."""
    rows = await session.execute(
        select(PublicFileRow.name, PublicFileRow.media_type, PublicFileRow.sha256)
        .where(PublicFileRow.election_id == election_id)
        .order_by(PublicFileRow.name)
    )
    return tuple(
        PublicFileName(name=name, media_type=media_type, sha256=sha256.hex())
        for name, media_type, sha256 in rows
    )


async def public_file(session: ReadSession, election_id: ElectionId, name: str) -> PublicFile:
    """Give one public file. Raises :class:`NotFound`."""
    row = await session.get(PublicFileRow, (election_id, name))
    if row is None:
        raise NotFound(f"there is no public file {name!r}")
    return PublicFile(name=row.name, media_type=row.media_type, body=row.body)


async def result_kept(
    session: WriteSession, election_id: ElectionId, result: Result, at: datetime
) -> None:
    """Insert the published result; it is never changed."""
    session.add(
        ResultRow(election_id=election_id, published_at=at, result=msgspec.to_builtins(result))
    )
    await session.flush()


async def public_file_kept(
    session: WriteSession, election_id: ElectionId, file: PublicFile
) -> None:
    """Insert a public file of a published result."""
    session.add(
        PublicFileRow(
            election_id=election_id,
            name=file.name,
            media_type=file.media_type,
            sha256=file.sha256,
            body=file.body,
        )
    )
    await session.flush()
