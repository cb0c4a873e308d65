"""A change of the roll after the ballot was frozen: said in figures first, done when two signed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NewType

import msgspec
from sqlalchemy import ARRAY, String, TextClause, Uuid, bindparam, text

from talkoot.base.db import WriteSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import AreaCode, ElectionId
from talkoot.voting.roll.import_roll import import_roll
from talkoot.voting.roll.keys import AnchorScheme
from talkoot.voting.roll.roll_file import RollFault, roll_file

_OTHERS = """
    from roll_person
    where election_id = :election and anchor_scheme = :scheme and anchor <> all(:named)
"""


def _of_others(statement: str) -> TextClause:
    return text(statement).bindparams(
        bindparam("election", type_=Uuid),
        bindparam("scheme", type_=String),
        bindparam("named", type_=ARRAY(String)),
    )


_CODES_GONE = _of_others(f"delete from roll_code where person_id in (select id {_OTHERS})")  # noqa: S608  words of ours
_PERSONS_GONE = _of_others(f"delete {_OTHERS} returning id")
PackedChange = NewType("PackedChange", bytes)
"""A line of JSON that says what the change does, then the file. Its SHA-256 is what two sign."""


class Scope(StrEnum):
    """What the persons who are not in the file are."""

    SOME = "some"
    """They stay as they are: the file adds and corrects."""
    ALL = "all"
    """They are not on the roll any more: the file is the whole roll."""


class RollFigures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a change does to the roll, in persons."""

    scope: Scope
    added: int
    changed: int
    removed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """A change that can be signed, or the faults of its file; then there is nothing to sign."""

    figures: RollFigures | None
    packed: PackedChange
    faults: tuple[RollFault, ...] = ()

    @property
    def digest(self) -> str:
        """What two sign, in hexadecimal."""
        return change_digest(self.packed)


def change_digest(packed: bytes) -> str:
    """Give the SHA-256 of a packed change, in hexadecimal."""
    return sha256(packed).hexdigest()


def figures_in(packed: bytes) -> RollFigures:
    """Read what a change does. Raises :class:`NotAllowed` for bytes that are none."""
    try:
        return msgspec.json.decode(packed.partition(b"\n")[0], type=RollFigures)
    except (msgspec.DecodeError, UnicodeDecodeError) as err:
        raise NotAllowed(f"this is no change of a roll: {err}") from err


async def change_planned(
    session: WriteSession,
    body: bytes,
    *,
    scope: Scope,
    election_id: ElectionId,
    areas: Collection[AreaCode],
    at: datetime,
) -> PlannedChange:
    """Find out what a file would do to the roll; nothing of it stays done."""
    file = roll_file(body, areas=areas, at=at)
    if file.faults:
        return PlannedChange(figures=None, packed=PackedChange(b""), faults=file.faults)
    # By doing it: only so are the figures certainly those of the deed.
    async with session.begin_nested() as tried:
        figures = await _done(session, body, scope, election_id=election_id, areas=areas, at=at)
        await tried.rollback()
    head = msgspec.json.encode(figures, order="deterministic")
    return PlannedChange(figures=figures, packed=PackedChange(head + b"\n" + body))


async def change_applied(
    session: WriteSession,
    packed: bytes,
    *,
    election_id: ElectionId,
    areas: Collection[AreaCode],
    at: datetime,
) -> RollFigures:
    """Do a change. Raises :class:`NotAllowed` where it would do something else than was signed."""
    said, body = figures_in(packed), packed.partition(b"\n")[2]
    found = await _done(session, body, said.scope, election_id=election_id, areas=areas, at=at)
    if found != said:
        raise NotAllowed("the roll is not any more what it was when this change was proposed")
    return found


async def _done(
    session: WriteSession,
    body: bytes,
    scope: Scope,
    *,
    election_id: ElectionId,
    areas: Collection[AreaCode],
    at: datetime,
) -> RollFigures:
    report = await import_roll(session, body, election_id=election_id, areas=areas, at=at)
    if report.faults:
        raise NotAllowed(f"the roll file has {len(report.faults)} faults")
    removed = 0
    if scope is Scope.ALL:
        named = {person.anchor for person in roll_file(body, areas=areas, at=at).persons}
        removed = await _others_removed(session, named, election_id)
    return RollFigures(
        scope=scope,
        added=report.added,
        changed=report.changed,
        removed=removed,
        unchanged=report.unchanged,
    )


async def _others_removed(
    session: WriteSession, named: Collection[str], election_id: ElectionId
) -> int:
    """Take everybody else off the roll, with their codes, and give how many they were."""
    values = {
        "election": election_id,
        "scheme": AnchorScheme.REGISTER_ROW.value,
        "named": sorted(named),
    }
    await session.execute(_CODES_GONE, values)
    return len((await session.execute(_PERSONS_GONE, values)).all())
