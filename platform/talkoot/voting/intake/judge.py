"""What a ballot at the door comes to, given what the log holds. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hmac import compare_digest

from talkoot.base.errors import NotAllowed
from talkoot.base.ids import SubmissionId
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
from talkoot.voting.log import POSITION_BYTES, Acceptance, ElectionHead, Known, accepts
from talkoot.voting.sealing import fingerprint_of, stored_submission

NO_BEACON = 0
"""The beacon of a ballot cast on line (``Entry``)."""
FIRST_ROUND = 1
VALUE_MAX = 2**63 - 1
"""The greatest value of a mark that the count can hold, where the definition sets no bound."""

Seal = Callable[[Cast, bytes, datetime], bytes]
"""How a ballot's bytes, of this cast that arrived then, become what is recorded."""


def judged(
    cast: Cast,
    *,
    at: datetime,
    election: ElectionHead,
    definition: BallotDefinition,
    known: Known | None,
    seal: Seal | None,
) -> Entry | AlreadyRecorded | Refused:
    """Give the entry to record (as the voter's first), or the answer where there is none to record.

    ``seal``: how the election's ballots are sealed, at once and here; ``None``: they are not. A
    repeat is answered before the window is looked at: who asks again after the closing learns
    what became of the ballot. Raises :class:`NotAllowed` where the election has no rank for ballots
    of this method and channel.
    """
    if known is not None:
        return judged_repeat(cast, definition=definition, known=known, seal=seal)
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
    rank, what = _rank(cast, definition), ballot_bytes(ballot, definition)
    if seal is None:
        return _entry(cast, cast.submission_id, what, rank=rank, round_=FIRST_ROUND)
    stored = stored_submission(cast.submission_id)
    return _entry(cast, stored, seal(cast, what, at), rank=rank, round_=FIRST_ROUND)


def judged_repeat(
    cast: Cast, *, definition: BallotDefinition, known: Known, seal: Seal | None
) -> AlreadyRecorded | Refused:
    """Answer a submission id that the log holds: the same voter and content, or a mix-up."""
    ballot = _checked(cast.marks, definition)
    if isinstance(ballot, Ballot):
        rank, what = _rank(cast, definition), ballot_bytes(ballot, definition)
        same = (
            _entry(cast, cast.submission_id, what, rank=rank, round_=known.round).hash
            == known.entry_hash
            if seal is None
            else _same_sealed(cast, what, rank, known)
        )
        if same:
            return AlreadyRecorded(entry_hash=known.entry_hash)
    return Refused(reason=Refusal.SUBMISSION_REUSED)


def _same_sealed(cast: Cast, what: bytes, rank: int, known: Known) -> bool:
    """Whether a sealed ballot is a repeat: its fingerprint says so, and all that is not sealed."""
    fingerprint = fingerprint_of(cast.submission_id.bytes, what)
    return (
        cast.voter_key == known.voter_key
        and cast.definition_hash == known.definition_hash
        and (cast.channel, rank) == (known.channel, known.rank)
        and compare_digest(fingerprint, known.opening[POSITION_BYTES:])
    )


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


def _rank(cast: Cast, definition: BallotDefinition) -> int:
    try:
        return definition.rank(cast.method, cast.channel)
    except KeyError:
        raise NotAllowed(
            f"this election takes no ballots of voters identified by {cast.method} "
            f"and cast by {cast.channel}"
        ) from None


def _entry(cast: Cast, stored: SubmissionId, what: bytes, *, rank: int, round_: int) -> Entry:
    return Entry(
        election_id=cast.election_id,
        submission_id=stored,
        voter_key=cast.voter_key,
        definition_hash=cast.definition_hash,
        channel=cast.channel,
        rank=rank,
        round=round_,
        beacon=NO_BEACON,
        what=what,
    )
