"""The one door: check, append, answer Recorded or Refused. And the journals that devices bring."""

from talkoot.voting.intake.door import Door, NotRecorded
from talkoot.voting.intake.journal_ballots import Registrar, VoterOf, kiosk_submission
from talkoot.voting.intake.journal_chain import SYNC_LASTS, SegmentFault, SegmentRefused
from talkoot.voting.intake.journals import JournalHead, Taken, journal_taken
from talkoot.voting.intake.outcome import (
    AlreadyRecorded,
    Cast,
    Outcome,
    Recorded,
    Refusal,
    Refused,
)
from talkoot.voting.intake.quarantine import Reason
from talkoot.voting.intake.reconciling import Reconciled, device_revoked, journals_settled
from talkoot.voting.intake.store import LogStore, Store

__all__ = [
    "SYNC_LASTS",
    "AlreadyRecorded",
    "Cast",
    "Door",
    "JournalHead",
    "LogStore",
    "NotRecorded",
    "Outcome",
    "Reason",
    "Reconciled",
    "Recorded",
    "Refusal",
    "Refused",
    "Registrar",
    "SegmentFault",
    "SegmentRefused",
    "Store",
    "Taken",
    "VoterOf",
    "device_revoked",
    "journal_taken",
    "journals_settled",
    "kiosk_submission",
]
