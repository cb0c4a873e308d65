"""What ties a voter key to a row goes out of the database, when its time has come.

The secret files of an election are the roll's; they are destroyed first, so that whatever survives
in old pages of the database or in a copy of it can be read by nobody.
"""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, insert, select

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.voting.log.epochs import sealing_of
from talkoot.voting.log.tables import BackupRow
from talkoot.voting.sealing import setup_to_json


async def backup_declared(
    session: WriteSession, *, taken_at: datetime, expires_at: datetime, place: str, by: str
) -> None:
    """Declare a backup of the database, and when its last copy will be gone.

    Raises :class:`NotAllowed` for one that expires before it is taken, and without a place or name.
    """
    if taken_at >= expires_at:
        raise NotAllowed("a backup expires after it was taken")
    if not place.strip() or not by.strip():
        raise NotAllowed("say where the backup is, and who declares it")
    row = {
        "id": uuid4(),
        "taken_at": taken_at,
        "expires_at": expires_at,
        "place": place.strip(),
        "declared_by": by.strip(),
    }
    await session.execute(insert(BackupRow).values(row))


async def backups_alive(session: ReadSession, at: datetime) -> int:
    """Give how many declared backups have not expired."""
    query = select(func.count()).where(BackupRow.expires_at > at)
    return await session.scalar(query) or 0


async def voter_keys_destroyed(session: WriteSession, election_id: ElectionId) -> int:
    """Take voter keys, standing rows, sessions, codes and trustees' wraps out of the database.

    Gives the number of entries. The database does it by itself, and only where the state of the
    election says that its keys are destroyed. Old versions of the rows are gone once the database
    has been vacuumed and its write-ahead log has been recycled (``docs/runbook.md``).
    """
    setup = await sealing_of(session, election_id)
    bare = b"" if setup is None else setup_to_json(setup.without_wraps())
    return int(await session.scalar(select(func.voter_keys_destroyed(election_id, bare))) or 0)
