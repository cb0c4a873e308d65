"""One family of errors. Rooms raise them without HTTP numbers; the web translates once."""


class TalkootError(Exception):
    """Something that must not happen did: a fault of the programme, data or surroundings."""


class Unavailable(TalkootError):
    """The database or another part cannot be reached now; nothing was recorded; try again."""


class BrokenLog(TalkootError):
    """The log does not agree with itself: a bug or an attack, never a thing to pass over."""


class NotFound(TalkootError):
    """There is no such municipality, round, election or result."""


class BadFile(TalkootError):
    """A file that was given cannot be read. ``line`` counts from 1; 0 means the whole file."""

    def __init__(self, reason: str, *, line: int = 0) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason = reason
        self.line = line


class NotAllowed(TalkootError):
    """An act that the state of the election, or the persons, do not permit. The text says why."""
