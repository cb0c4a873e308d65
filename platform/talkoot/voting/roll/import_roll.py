"""Importing a roll: all of a file or nothing of it, as often as one likes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ARRAY, Integer, String, Uuid, bindparam, select, text

from talkoot.base.db import ReadSession, WriteSession
from talkoot.base.ids import AreaCode, ElectionId
from talkoot.voting.roll.keys import AnchorScheme
from talkoot.voting.roll.roll_file import PersonOnFile, RollFault, roll_file
from talkoot.voting.roll.tables import PersonRow

AT_ONCE = 10_000

# xmax is 0 in a row that this statement inserted and not in one that it updated.
_UPSERT = text(
    """
    insert into roll_person
        (id, election_id, anchor_scheme, anchor, birth_year, area_code, language)
    select new.id, :election, :scheme, new.anchor, new.birth_year, new.area, new.language
    from unnest(:ids, :anchors, :years, :areas, :languages)
        as new (id, anchor, birth_year, area, language)
    on conflict (election_id, anchor_scheme, anchor) do update
    set birth_year = excluded.birth_year,
        area_code = excluded.area_code,
        language = excluded.language
    where (roll_person.birth_year, roll_person.area_code, roll_person.language)
        is distinct from (excluded.birth_year, excluded.area_code, excluded.language)
    returning (roll_person.xmax = 0) as added
    """
).bindparams(
    bindparam("election", type_=Uuid),
    bindparam("scheme", type_=String),
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("anchors", type_=ARRAY(String)),
    bindparam("years", type_=ARRAY(Integer)),
    bindparam("areas", type_=ARRAY(String)),
    bindparam("languages", type_=ARRAY(String)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollReport:
    """What an import did. With any fault nothing was imported and the three counts are 0.

    ``rows`` are the file's rows below its header; without faults they are the sum of the three.
    """

    rows: int
    added: int = 0
    unchanged: int = 0
    changed: int = 0
    faults: tuple[RollFault, ...] = ()


async def import_roll(
    session: WriteSession,
    body: bytes,
    *,
    election_id: ElectionId,
    areas: Collection[AreaCode],
    at: datetime,
    scheme: AnchorScheme = AnchorScheme.REGISTER_ROW,
) -> RollReport:
    """Put the persons of a roll file on the roll of an election.

    A person is known by the anchor: again the same row changes nothing, another row for the same
    anchor replaces birth year, area and language. Persons whom the file does not name stay.
    ``areas`` are the codes of the municipality's areas.
    """
    file = roll_file(body, areas=areas, at=at)
    if file.faults:
        return RollReport(rows=file.rows, faults=file.faults)
    added = changed = 0
    # In order of anchors, so that two imports at the same time wait for each other and never lock.
    persons = sorted(file.persons, key=lambda person: person.anchor)
    for first in range(0, len(persons), AT_ONCE):
        some = persons[first : first + AT_ONCE]
        fresh = await _upserted(session, some, election_id=election_id, scheme=scheme)
        added += sum(fresh)
        changed += len(fresh) - sum(fresh)
    return RollReport(
        rows=file.rows, added=added, changed=changed, unchanged=file.rows - added - changed
    )


async def roll_is_empty(session: ReadSession, election_id: ElectionId) -> bool:
    """Tell whether nobody is on the roll of an election yet."""
    query = select(PersonRow.id).where(PersonRow.election_id == election_id).limit(1)
    return await session.scalar(query) is None


async def _upserted(
    session: WriteSession,
    persons: Sequence[PersonOnFile],
    *,
    election_id: ElectionId,
    scheme: AnchorScheme,
) -> list[bool]:
    """Give a value for each row that was written: whether it is new."""
    values = {
        "election": election_id,
        "scheme": scheme.value,
        "ids": [uuid4() for _ in persons],
        "anchors": [person.anchor for person in persons],
        "years": [person.birth_year for person in persons],
        "areas": [person.area for person in persons],
        "languages": [person.language.value for person in persons],
    }
    return list((await session.execute(_UPSERT, values)).scalars())
