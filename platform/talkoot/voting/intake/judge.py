"""What a ballot at the door comes to, given what the log holds. Pure."""

from collections.abc import Sequence
from datetime import datetime

from talkoot.base.bytes import Digest
from talkoot.base.errors import NotAllowed
from talkoot.voting.ballot import (
    Ballot,
    BallotDefinition,
    Entry,
    Fault,
    FaultKind,
    Mark,
    ballot_bytes,
    checked,
)
from talkoot.voting.intake.outcome import AlreadyRecorded, Cast, Refusal, Refused
from talkoot.voting.log import Acceptance, ElectionHead, Known, accepts

NO_BEACON = 0
"""The beacon of a ballot cast on line (``Entry``)."""
FIRST_ROUND = 1
VALUE_MAX = 2**63 - 1
"""The greatest value of a mark that the count can hold, where the definition sets no bound."""


def judged(
    cast: Cast,
    *,
    at: datetime,
    election: ElectionHead,
    definition: BallotDefinition,
    known: Known | None,
) -> Entry | AlreadyRecorded | Refused:
    """Give the entry to record (as the voter's first), or the answer where there is none to record.

    A repeat is answered before the window is looked at: who asks again after the closing learns
    what became of the ballot. Raises :class:`NotAllowed` where the election has no rank for ballots
    of this method and channel.
    """
    if known is not None:
        return judged_repeat(cast, definition=definition, known=known)
    match accepts(election, at):
        case Acceptance.NOT_OPEN_YET:
            return Refused(reason=Refusal.NOT_OPEN_YET)
        case Acceptance.CLOSED:
            return Refused(reason=Refusal.CLOSED)
        case Acceptance.OPEN:
            pass
    if cast.definition_hash != election.definition_hash:
        return Refused(reason=Refusal.WRONG_DEFINITION)
    ballot = _checked(cast.marks, definition)
    if not isinstance(ballot, Ballot):
        return Refused(reason=Refusal.INVALID_BALLOT, faults=ballot)
    return _entry(cast, ballot, definition, round_=FIRST_ROUND)


def judged_repeat(
    cast: Cast, *, definition: BallotDefinition, known: Known
) -> AlreadyRecorded | Refused:
    """Answer a submission id that the log holds: the same voter and content, or a mix-up."""
    ballot = _checked(cast.marks, definition)
    if isinstance(ballot, Ballot):
        same = _entry(cast, ballot, definition, round_=known.round).hash
        if same == known.entry_hash:
            return AlreadyRecorded(entry_hash=Digest(same))
    return Refused(reason=Refusal.SUBMISSION_REUSED)


def _checked(marks: Sequence[Mark], definition: BallotDefinition) -> Ballot | tuple[Fault, ...]:
    beyond = tuple(
        Fault(
            kind=FaultKind.VALUE_TOO_HIGH,
            project=mark.project,
            found=mark.value,
            allowed=VALUE_MAX,
        )
        for mark in marks
        if mark.value > VALUE_MAX
    )
    return beyond or checked(marks, definition)


def _entry(cast: Cast, ballot: Ballot, definition: BallotDefinition, *, round_: int) -> Entry:
    try:
        rank = definition.rank(cast.method, cast.channel)
    except KeyError:
        raise NotAllowed(
            f"this election takes no ballots of voters identified by {cast.method} "
            f"and cast by {cast.channel}"
        ) from None
    return Entry(
        election_id=cast.election_id,
        submission_id=cast.submission_id,
        voter_key=cast.voter_key,
        definition_hash=cast.definition_hash,
        channel=cast.channel,
        rank=rank,
        round=round_,
        beacon=NO_BEACON,
        what=ballot_bytes(ballot, definition),
    )
