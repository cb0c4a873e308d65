"""Sealing in the database: each election's set-up, and the sealed keys of its epochs."""

from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.errors import BrokenLog, NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.voting.log.copy_stream import RawRows, copied_file, long_running, rows_of_file
from talkoot.voting.log.epochs_tables import SealingEpochRow, SealingRow
from talkoot.voting.sealing import (
    BadSetup,
    EpochPosition,
    SealedEpoch,
    SealingSetup,
    setup_from_json,
    setup_to_json,
)

_INSERT_EPOCHS = text(
    """
    insert into sealing_epoch (election_id, epoch_id, device, epoch, sealed_key)
    select * from unnest(cast(:elections as uuid[]), cast(:ids as bytea[]),
                         cast(:devices as bytea[]), cast(:epochs as int[]),
                         cast(:keys as bytea[]))
    on conflict do nothing
    """
)
_EPOCHS = (
    "select epoch_id, device, epoch, sealed_key from sealing_epoch"
    " where election_id = $1 order by epoch_id"
)


async def sealing_kept(session: WriteSession, setup: SealingSetup) -> None:
    """Keep to whom an election's ballots are sealed.

    Raises :class:`NotAllowed` where that was decided before: a second key would leave ballots
    behind that nobody can open.
    """
    row = {
        "election_id": setup.election_id,
        "setup": setup_to_json(setup),
        "setup_hash": setup.hash,
    }
    statement = insert(SealingRow).values(row).on_conflict_do_nothing()
    if await session.scalar(statement.returning(SealingRow.election_id)) is None:
        raise NotAllowed("this election's ballots are sealed to its trustees already")


async def sealing_of(session: ReadSession, election_id: ElectionId) -> SealingSetup | None:
    """Give to whom an election's ballots are sealed; ``None``: to nobody (yet).

    Raises :class:`BrokenLog` where the set-up is not the one whose hash was kept.
    """
    row = await session.get(SealingRow, election_id)
    if row is None:
        return None
    try:
        setup = setup_from_json(row.setup)
    except BadSetup as err:
        raise BrokenLog(f"the sealing of election {election_id}: {err}") from err
    if setup.hash != row.setup_hash or setup.election_id != election_id:
        raise BrokenLog(f"the sealing of election {election_id} is not the one that was kept")
    return setup


async def epochs_kept(session: WriteSession, epochs: Collection[SealedEpoch]) -> None:
    """Keep the sealed keys of epochs; those that are kept already stay as they are."""
    await session.execute(
        _INSERT_EPOCHS,
        {
            "elections": [one.position.election_id for one in epochs],
            "ids": [one.id for one in epochs],
            "devices": [one.position.device for one in epochs],
            "epochs": [one.position.epoch for one in epochs],
            "keys": [one.sealed_key for one in epochs],
        },
    )


async def epochs_of(session: ReadSession, election_id: ElectionId) -> tuple[SealedEpoch, ...]:
    """Give the sealed keys of an election's epochs, by their ids, so that order tells nothing.

    Raises :class:`BrokenLog` for one that is not what it was stored as.
    """
    query = (
        select(
            SealingEpochRow.epoch_id,
            SealingEpochRow.device,
            SealingEpochRow.epoch,
            SealingEpochRow.sealed_key,
        )
        .where(SealingEpochRow.election_id == election_id)
        .order_by(SealingEpochRow.epoch_id)
    )
    return tuple(
        _epoch(election_id, row.epoch_id, row.device, row.epoch, row.sealed_key)
        for row in await session.execute(query)
    )


async def rows_shuffled(session: WriteSession, election_id: ElectionId) -> int:
    """Write a closed election's rows anew, by their hashes; give the number of entries.

    In which order they were cast then shows in no table. Nothing in them changes: the database does
    it by itself, and only between the closing and the count. What it leaves behind is gone for good
    once the database has been vacuumed and its old write-ahead log and backups have expired.
    """
    rows = await long_running(session, "select rows_shuffled($1)", election_id)
    return rows if isinstance(rows, int) else 0


async def epochs_copied(session: ReadSession, election_id: ElectionId, file: Path) -> None:
    """Write an election's epochs into a file, by their ids."""
    await copied_file(session, _EPOCHS, (election_id,), file)


def epochs_of_file(file: Path, election_id: ElectionId) -> tuple[SealedEpoch, ...]:
    """Read such a file, without a database. Raises :class:`BrokenLog` for what is no such file."""
    found: list[SealedEpoch] = []

    def kept(rows: RawRows) -> None:
        raw = rows.raw.tobytes()
        for at, length in zip(rows.at.tolist(), rows.length.tolist(), strict=True):
            id_, device, epoch, key = (
                raw[start : start + size] for start, size in zip(at, length, strict=True)
            )
            number = int.from_bytes(epoch, "big")
            found.append(_epoch(election_id, id_, device, number, key))

    rows_of_file(file, fields=4, sink=kept)
    return tuple(found)


def _epoch(
    election_id: UUID, epoch_id: bytes, device: bytes, epoch: int, sealed_key: bytes
) -> SealedEpoch:
    try:
        position = EpochPosition(election_id=ElectionId(election_id), device=device, epoch=epoch)
    except ValueError as err:
        raise BrokenLog(f"epoch {epoch_id.hex()}: {err}") from err
    found = SealedEpoch(position=position, sealed_key=sealed_key)
    if found.id != epoch_id:
        raise BrokenLog(f"an epoch was stored as {epoch_id.hex()}, and is {found.id.hex()}")
    return found
