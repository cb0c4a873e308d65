"""The real things that a web process works with, built once and given to every request."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from talkoot.base.clock import Clock
from talkoot.base.db import Database
from talkoot.base.settings import Settings
from talkoot.voting.intake import Door
from talkoot.voting.roll import CodeHasher


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Settings, database, the one door for ballots, the hasher of codes, and the clock.

    ``desk`` writes in the officials' role, of which the residents' pages have nothing; without it
    this process serves no desk.
    """

    settings: Settings
    database: Database
    door: Door
    hasher: CodeHasher
    clock: Clock
    desk: Database | None = None

    @property
    def secure(self) -> bool:
        """Tell whether residents reach us by https."""
        return self.settings.address.startswith("https://")

    def now(self) -> datetime:
        """Give the time, in UTC."""
        return self.clock()


def house_of(request: Request) -> House:
    """Give the house that serves this request."""
    house = request.app.state.house
    if not isinstance(house, House):
        raise TypeError("the application was built without a house")
    return house
