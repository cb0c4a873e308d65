"""The one door: check, append, answer Recorded, AlreadyRecorded or Refused."""

from talkoot.voting.intake.door import Door, NotRecorded
from talkoot.voting.intake.outcome import (
    AlreadyRecorded,
    Cast,
    Outcome,
    Recorded,
    Refusal,
    Refused,
)
from talkoot.voting.intake.store import LogStore, Store

__all__ = [
    "AlreadyRecorded",
    "Cast",
    "Door",
    "LogStore",
    "NotRecorded",
    "Outcome",
    "Recorded",
    "Refusal",
    "Refused",
    "Store",
]
