"""Small elections that never change, one of every vote type, and their ``.pb`` files as recorded.

Forty voters' marks are read off SHA-256, so that no library's random numbers decide; some voted
twice and some ballots are spoiled.
"""

import hashlib
from pathlib import Path
from uuid import UUID

from talkoot.base.i18n import text_from
from talkoot.base.ids import ElectionId, MunicipalityId, RoundId
from talkoot.rounds import Contact, Municipality
from talkoot.voting.ballot import BallotDefinition, Entry, VoteType
from talkoot.voting.log import Election, ElectionState
from tests.voting.log.made_up import CLOSES, GRACE_S, OPENS
from tests.voting.results.made_up import a_definition, an_entry, what_of

FOLDER = Path(__file__).with_name("recorded")
VOTERS = 40
AGAIN = 7
"""Every so many voters one voted a second time."""

TOWN = Municipality(
    id=MunicipalityId(UUID(int=1)),
    slug="satamala",
    name=text_from("Satamala"),
    intro=text_from(""),
    contact=Contact(name="Aino", role=text_from(""), email="", phone=""),
    timezone="Europe/Helsinki",
    areas=(),
)


def recorded(vote_type: VoteType) -> bytes:
    """The file as it was first written."""
    return (FOLDER / f"{vote_type.value}.pb").read_bytes()


def an_election(vote_type: VoteType) -> tuple[Election, list[Entry]]:
    definition = a_definition(vote_type)
    election = Election(
        id=ElectionId(definition.election_id),
        round_id=RoundId(UUID(int=2)),
        state=ElectionState.CLOSED,
        opens_at=OPENS,
        closes_at=CLOSES,
        grace_s=GRACE_S,
        definition=definition,
    )
    entries = [_entry(definition, voter, 1) for voter in range(VOTERS)]
    return election, entries + [_entry(definition, v, 2) for v in range(0, VOTERS, AGAIN)]


def _entry(definition: BallotDefinition, voter: int, turn: int) -> Entry:
    dice = hashlib.sha256(f"{voter} {turn}".encode()).digest()
    places = sorted(range(len(definition.projects)), key=lambda place: dice[place])
    some = places[: 1 + dice[10] % min(4, definition.capacity)]
    marks = [
        (definition.projects[place].id, _value(definition.vote_type, at, dice[20 + place]))
        for at, place in enumerate(some, 1)
    ]
    what = what_of(definition, *marks)
    return an_entry(definition, what, voter=voter + 1, submission=voter * 2 + turn, round_=turn)


def _value(vote_type: VoteType, at: int, dice: int) -> int:
    match vote_type:
        case VoteType.RANKING:
            return at
        case VoteType.POINTS | VoteType.SCORES:
            return dice % 4
        case _:
            return 1
