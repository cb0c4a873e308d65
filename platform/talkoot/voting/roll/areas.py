"""How many persons of each area have voted: the one question that a roll answers about turnout."""

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from talkoot.base.db import ReadSession
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import AreaCode, ElectionId
from talkoot.voting.roll.keys import keys_for, voter_key
from talkoot.voting.roll.tables import PersonRow

AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaOfRoll:
    """Of ``on_roll`` persons of an area ``voters`` have a ballot that stands. May be small."""

    area: AreaCode
    on_roll: int
    voters: int


async def voters_by_area(
    session: ReadSession, folder: Path, election_id: ElectionId, voted: AbstractSet[bytes]
) -> tuple[AreaOfRoll, ...]:
    """Count an election's roll by areas, in the order of their codes; nothing for an empty roll.

    ``voted`` are the voter keys under which a ballot stands, ``folder`` is where the election's
    keys are. What comes out are sums: which key is of which area is forgotten row by row. Raises
    :class:`NoKeys`, and :class:`NotAllowed` where a ballot stands under the key of nobody on the
    roll.
    """
    on_roll, voters = Counter[AreaCode](), Counter[AreaCode]()
    query = select(PersonRow.anchor_scheme, PersonRow.anchor, PersonRow.area_code).where(
        PersonRow.election_id == election_id
    )
    keys = None
    rows = await session.stream(query.execution_options(yield_per=AT_ONCE))
    async for some in rows.partitions(AT_ONCE):
        keys = keys or keys_for(folder, election_id)
        for scheme, anchor, area in some:
            on_roll[AreaCode(area)] += 1
            voters[AreaCode(area)] += voter_key(keys, election_id, scheme, anchor) in voted
    strangers = len(voted) - voters.total()
    if on_roll and strangers:
        raise NotAllowed(f"{strangers} ballots stand under the keys of nobody on the roll")
    return tuple(
        AreaOfRoll(area=area, on_roll=on_roll[area], voters=voters[area])
        for area in sorted(on_roll)
    )
