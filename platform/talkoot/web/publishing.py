"""The boards publish themselves: every ten minutes while people vote, and at once at the close."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from talkoot.base.clock import Clock
from talkoot.base.db import Database, WriteSession
from talkoot.base.errors import TalkootError
from talkoot.base.ids import ElectionId
from talkoot.voting.board import Checkpoint, board_key, boards_due, published
from talkoot.voting.results import turnouts_taken

EVERY = timedelta(minutes=10)
"""How often a board grows while voting is open."""
LOOK_S = 30
"""Seconds between looks for boards that are due: so soon after the close the rest is published."""

_ALONE = text("select pg_try_advisory_xact_lock(hashtextextended('publisher ' || :election, 0))")
_LOG = logging.getLogger("talkoot.board")

Pause = Callable[[asyncio.Event, float], Awaitable[None]]
"""Waits so many seconds, or until the event is set."""


async def paused(stop: asyncio.Event, seconds: float) -> None:
    """Wait as :data:`Pause` says."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


class Publisher:
    """Publishes the boards of a database whose keys are in a folder of this machine.

    ``desk`` has the officials' log-in. As many of these as there are may work on one database: who
    finds another one at a board leaves it alone, and the database keeps when it last grew.
    """

    def __init__(
        self, desk: Database, keys_folder: Path, clock: Clock, *, every: timedelta = EVERY
    ) -> None:
        self._desk = desk
        self._keys = keys_folder
        self._clock = clock
        self._every = every

    async def run(self, stop: asyncio.Event, pause: Pause = paused) -> None:
        """Look again and again until ``stop`` is set; a turn that has begun is ended first."""
        while not stop.is_set():
            await self.turn(self._clock())
            await pause(stop, LOOK_S)

    async def turn(self, at: datetime) -> list[Checkpoint]:
        """Publish what is due, each board for itself, and give the checkpoints that were signed.

        Whatever goes wrong is logged, and tried again at the next turn.
        """
        signed: list[Checkpoint] = []
        try:
            async with self._desk.writing() as session:
                due = await boards_due(session, at=at, every=self._every)
        except Exception as err:  # noqa: BLE001 - whatever it is, the next turn comes
            _said("the boards cannot be read", err)
            return signed
        for one in due:
            try:
                async with self._desk.writing() as session:
                    last = await self._published(session, one.election_id, at)
            except Exception as err:  # noqa: BLE001 - as above; the other boards are published
                _said(f"the board of {one.election_id} is not published", err)
            else:
                if last is not None:
                    _LOG.info("the board of %s: %d leaves are signed", one.election_id, last.size)
                    signed.append(last)
        await self._turnout(at)
        return signed

    async def _turnout(self, at: datetime) -> None:
        """Count who has voted, once an hour; it is shown when it is six hours old."""
        try:
            async with self._desk.writing() as session:
                await turnouts_taken(session, at)
        except Exception as err:  # noqa: BLE001 - as above
            _said("turnout is not counted", err)

    async def _published(
        self, session: WriteSession, election_id: ElectionId, at: datetime
    ) -> Checkpoint | None:
        if not await session.scalar(_ALONE, {"election": str(election_id)}):
            return None
        # Asked again under the lock: another process may have been at it a moment ago.
        due = await boards_due(session, at=at, every=self._every, only=election_id)
        if not due:
            return None
        key = board_key(self._keys, election_id)
        return await published(session, election_id, at=at, signer=key, closing=due[0].closing)


def _said(what: str, err: Exception) -> None:
    """Log a fault: an expected one in a sentence, any other with its trace."""
    if isinstance(err, TalkootError):
        _LOG.error("%s: %s", what, err)
    else:
        _LOG.error("%s", what, exc_info=err)
