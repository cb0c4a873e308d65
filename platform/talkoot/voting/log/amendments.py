"""Corrections of a frozen ballot, as everybody may read them: when, why, and from what to what."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from talkoot.base.db import ReadSession
from talkoot.voting.ballot import Outline, outline_of
from talkoot.voting.log.election import Election
from talkoot.voting.log.phases import ActKind
from talkoot.voting.log.tables import ActRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """An amendment that was done: the ballot as it was, and as it was from then on."""

    at: datetime
    reason: str
    persons: tuple[str, str]
    before: Outline
    after: Outline


async def amendments_of(session: ReadSession, election: Election) -> tuple[Amendment, ...]:
    """Give an election's amendments, the first one first. Raises :class:`BrokenLog`."""
    query = (
        select(ActRow)
        .where(
            ActRow.election_id == election.id,
            ActRow.kind == ActKind.AMEND.value,
            ActRow.earlier.is_not(None),
        )
        .order_by(ActRow.number)
    )
    rows = list(await session.scalars(query))
    ballots = [outline_of(row.earlier or b"") for row in rows]
    ballots.append(outline_of(election.definition.canonical))
    return tuple(
        Amendment(
            at=row.at,
            reason=row.reason or "",
            persons=(row.first_person, row.second_person),
            before=ballots[place],
            after=ballots[place + 1],
        )
        for place, row in enumerate(rows)
    )
