"""What the one door is given, and what it answers."""

from dataclasses import dataclass
from enum import StrEnum

from talkoot.base.bytes import Digest
from talkoot.base.ids import ElectionId, SubmissionId, VoterKey
from talkoot.voting.ballot import Channel, Fault, Mark, Method


class Refusal(StrEnum):
    """Why a ballot was not recorded. ``docs/refusals.md`` says each in the reader's words."""

    UNKNOWN_ELECTION = "unknown-election"
    NOT_OPEN_YET = "not-open-yet"
    CLOSED = "closed"
    WRONG_DEFINITION = "wrong-definition"
    INVALID_BALLOT = "invalid-ballot"
    ALREADY_VOTED = "already-voted"
    SUBMISSION_REUSED = "submission-reused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A ballot at the door: who (a key), what (marks as they were sent) and under which definition.

    ``submission_id`` was drawn when the ballot page opened: sent twice it is recorded once.
    ``definition_hash`` is that of the definition which the voter saw.
    """

    election_id: ElectionId
    submission_id: SubmissionId
    voter_key: VoterKey
    method: Method
    channel: Channel
    definition_hash: Digest
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The ballot is durably stored. ``replaced``: it stands in place of an earlier one."""

    entry_hash: Digest
    replaced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyRecorded:
    """This very submission was recorded before; nothing changed."""

    entry_hash: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing was recorded. ``faults`` says what is wrong with an invalid ballot."""

    reason: Refusal
    faults: tuple[Fault, ...] = ()


Outcome = Recorded | AlreadyRecorded | Refused
