"""Only the edge asks the clock; everything inside is given the time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the time now, in UTC."""


def system_clock() -> datetime:
    """Give the machine's time in UTC."""
    return datetime.now(tz=UTC)
