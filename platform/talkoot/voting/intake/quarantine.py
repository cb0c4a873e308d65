"""Why an entry that a device brought is not taken as it is. Pure."""

from enum import StrEnum


class Reason(StrEnum):
    """A closed list; ``docs/decisions/0028-journals-taken-in.md`` says what becomes of each."""

    CONFLICT = "conflict"
    """Another entry has its number, or its device has written two with one number."""
    REVOKED_DEVICE = "revoked-device"
    """It arrived after its device was revoked."""
    LATE = "late"
    """It arrived after the time for it, or after its device was declared lost."""
    UNCLOSED = "unclosed"
    """Voting has ended, and its journal has no close."""
    AFTER_CLOSE = "after-close"
    """It was written after the journal's close, or came when the device had been reconciled."""
    UNKNOWN_DEFINITION = "unknown-definition"
    """Its ballot definition is none that this election gave out."""
    COPIED = "copied"
    """Its sealed ballot is byte for byte one that is in the log."""
    MISPLACED = "misplaced"
    """Its ballot was sealed for another place than its own."""
    UNREADABLE = "unreadable"
    """Its *who* does not open at its place, or holds no credential."""
    UNKNOWN_CREDENTIAL = "unknown-credential"
    """Nobody on the roll has the credential."""
    NO_RANK = "no-rank"
    """The election takes no ballots of voters so identified at a kiosk."""

    @property
    def waits_for_two(self) -> bool:
        """Whether two persons decide; all others are ineligible by the published rule."""
        return self in _BY_TWO


_BY_TWO = {Reason.CONFLICT, Reason.REVOKED_DEVICE, Reason.LATE, Reason.UNCLOSED}
