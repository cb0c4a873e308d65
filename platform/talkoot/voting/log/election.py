"""An election as the log keeps it: a frozen definition, a state and a window in time. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from talkoot.base.bytes import Digest
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId, RoundId
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.log.phases import Assurance, ElectionState


class Acceptance(StrEnum):
    """Whether a ballot that arrives now is accepted."""

    NOT_OPEN_YET = "not-open-yet"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class TwoPersons:
    """The two persons who answer for an act, as they are known to each other.

    Raises :class:`NotAllowed` unless both are named and they are two.
    """

    first: str
    second: str

    def __post_init__(self) -> None:
        """Refuse one person under two spellings of one name."""
        names = {name.strip().casefold() for name in (self.first, self.second)}
        if "" in names:
            raise NotAllowed("two persons must be named")
        if len(names) == 1:
            raise NotAllowed(f"two different persons are needed, and {self.first!r} is one")


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectionHead:
    """All of an election that the door needs in every batch: its state and window, no definition.

    ``grace_s`` is how many seconds a page opened before ``closes_at`` may still send its ballot.
    """

    id: ElectionId
    state: ElectionState
    opens_at: datetime
    closes_at: datetime
    grace_s: int
    definition_hash: Digest
    assurance: Assurance = Assurance.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """An election with its whole definition, whose hash was verified as it was read.

    ``appeals_until``: when the time for appeals ends; ``None`` only for plain elections.
    """

    id: ElectionId
    round_id: RoundId
    state: ElectionState
    opens_at: datetime
    closes_at: datetime
    grace_s: int
    definition: BallotDefinition
    assurance: Assurance = Assurance.PLAIN
    appeals_until: datetime | None = None


def accepts(election: Election | ElectionHead, at: datetime) -> Acceptance:
    """Tell whether the election accepts a ballot that arrived at ``at``.

    It does if two persons have opened and not closed it, and ``at`` lies in
    ``[opens_at, closes_at + grace_s)``.
    """
    if at >= election.closes_at + timedelta(seconds=election.grace_s):
        return Acceptance.CLOSED
    match election.state:
        case (
            ElectionState.CLOSED
            | ElectionState.COUNTED
            | ElectionState.CLOSING
            | ElectionState.RECONCILING
            | ElectionState.TALLIED
            | ElectionState.FINAL
            | ElectionState.KEYS_DESTROYED
        ):
            return Acceptance.CLOSED
        case ElectionState.FROZEN:
            return Acceptance.NOT_OPEN_YET
        case ElectionState.OPEN:
            return Acceptance.OPEN if at >= election.opens_at else Acceptance.NOT_OPEN_YET
        case _:
            assert_never(election.state)
