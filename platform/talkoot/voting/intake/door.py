"""The one door to the log: whatever ballots wait are recorded together, in one transaction.

While one batch is being written the next one gathers, so the batches grow with the load and a lone
ballot waits for nobody. Each voter has at most one ballot in a batch; a second waits for the next.
Several processes may each have a door: the database's row locks order what they do.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy.exc import DBAPIError

from talkoot.base.db import Database
from talkoot.base.errors import TalkootError, Unavailable
from talkoot.voting.intake.batch import Answer, Batch, Definitions, Knock
from talkoot.voting.intake.outcome import Cast, Outcome
from talkoot.voting.intake.seals import EPOCH_LASTS, Seals
from talkoot.voting.intake.store import LogStore, Store
from talkoot.voting.log import Submission, Voter

BATCH_MAX = 512
"""Ballots in one transaction: it keeps the row locks short, and more would gain next to nothing."""
WAITING_MAX = 4096
"""Ballots that may wait; beyond it a ballot is turned away at once and its sender tries again."""
WAITING_OF_ONE_VOTER_MAX = 16
"""Ballots of one voter that may wait, so that nobody fills the line alone."""
ANSWER_TIMEOUT_S = 60.0
"""No ballot waits longer: twice the database's own limit on a statement, and for what is before."""
ATTEMPTS = 4
"""How often a batch is written before its ballots are tried one by one."""
WORTH_REPEATING = {"40001", "40P01", "23505"}
"""PostgreSQL's codes for a serialization failure, a deadlock, and a unique row that another process
committed after we had looked: the next attempt sees it and answers."""

logger = logging.getLogger(__name__)


class NotRecorded(TalkootError):
    """The database refused this ballot, and it stays unrecorded: a fault of the programme."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    knock: Knock
    answer: asyncio.Future[Outcome]

    def resolve(self, answer: Answer | TalkootError) -> None:
        """Give the answer, unless who asked has gone."""
        if self.answer.done():
            return
        if isinstance(answer, TalkootError):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)


class Door:
    """The one door. Use it as a context manager: leaving it records what was accepted before."""

    def __init__(self, database: Database, *, store: Store | None = None) -> None:
        self._database = database
        self._store = LogStore() if store is None else store
        self._definitions = Definitions(self._store)
        self._seals = Seals()
        self._waiting: deque[_Waiting] = deque()
        self._pending: Counter[Voter] = Counter()
        self._knocked = asyncio.Event()
        self._shut = False
        self._owned = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the door."""
        tasks = await self._owned.enter_async_context(asyncio.TaskGroup())
        tasks.create_task(self._work(), name="the door")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Shut the door, record what waits, and end; an error of the block goes on its way."""
        self._shut = True
        self._knocked.set()
        await self._owned.aclose()

    async def cast(self, cast: Cast, at: datetime) -> Outcome:
        """Record a ballot that arrived at ``at`` (UTC), or say why not.

        ``Recorded`` is answered only after the entry is durably stored. The same submission again
        gets the same entry. Raises :class:`Unavailable` where the door is shut, too many wait or
        the database cannot be reached: nothing was acknowledged; whether it was recorded the same
        submission sent again will tell. Raises :class:`NotAllowed` for a method and channel that
        the election gives no rank, and :class:`NotRecorded` where the database refuses the ballot.
        """
        if self._shut:
            raise Unavailable("the door is shut")
        if len(self._waiting) >= WAITING_MAX:
            raise Unavailable("too many ballots wait")
        knock = Knock(cast=cast, at=at)
        if self._pending[knock.voter] >= WAITING_OF_ONE_VOTER_MAX:
            raise Unavailable("too many ballots of this voter wait")
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(knock, answer))
        self._pending[knock.voter] += 1
        self._knocked.set()
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                return await answer
        except TimeoutError as err:
            raise Unavailable("no answer in time") from err

    async def _work(self) -> None:
        """Write batch after batch until the door is shut and nobody waits."""
        batch: list[_Waiting] = []
        try:
            while not (self._shut and not self._waiting):
                if not self._waiting:
                    self._knocked.clear()
                    await self._quiet()
                    continue
                batch = self._taken()
                await self._record(batch)
        finally:
            self._seals.forget()
            for left in (*batch, *self._waiting):
                left.resolve(Unavailable("the door was torn down"))

    async def _quiet(self) -> None:
        """Wait for a knock; where none comes for the life of an epoch, forget the keys."""
        try:
            async with asyncio.timeout(EPOCH_LASTS.total_seconds()):
                await self._knocked.wait()
        except TimeoutError:
            self._seals.forget()
            await self._knocked.wait()

    def _taken(self) -> list[_Waiting]:
        """Take who is first in line, leaving second ballots of a voter or a submission in line."""
        batch: list[_Waiting] = []
        left: list[_Waiting] = []
        voters: set[Voter] = set()
        submissions: set[Submission] = set()
        while self._waiting and len(batch) < BATCH_MAX:
            one = self._waiting.popleft()
            voter, submission = one.knock.voter, one.knock.submission
            if voter in voters or submission in submissions:
                left.append(one)
            else:
                batch.append(one)
                self._pending[voter] -= 1
                if not self._pending[voter]:
                    del self._pending[voter]
            voters.add(voter)
            submissions.add(submission)
        self._waiting.extendleft(reversed(left))
        return batch

    async def _record(self, batch: Sequence[_Waiting]) -> None:
        """Write a batch and answer all in it, whatever happens."""
        try:
            answers = await self._written(batch)
        except Unavailable as err:
            for one in batch:
                one.resolve(Unavailable(str(err)))
        except Exception as err:  # noqa: BLE001 - one bad ballot must not take the others with it
            await self._record_apart(batch, err)
        else:
            for one in batch:
                one.resolve(answers[one.knock.submission])

    async def _record_apart(self, batch: Sequence[_Waiting], err: Exception) -> None:
        """Find the ballot that a batch failed for by writing each alone."""
        if len(batch) == 1:
            logger.error("a ballot could not be recorded: %s", _named(err))
            batch[0].resolve(err if isinstance(err, TalkootError) else NotRecorded(_named(err)))
            return
        logger.warning("a batch of %s failed, each is tried alone: %s", len(batch), _named(err))
        for one in batch:
            await self._record([one])

    async def _written(self, batch: Sequence[_Waiting]) -> dict[Submission, Answer]:
        """Write a batch in one transaction; when this returns it is committed."""
        knocks = [one.knock for one in batch]
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._committed(knocks)
            except DBAPIError as err:
                if _code(err) not in WORTH_REPEATING:
                    raise
        return await self._committed(knocks)

    async def _committed(self, knocks: Sequence[Knock]) -> dict[Submission, Answer]:
        batch = Batch(knocks, self._store, self._definitions, self._seals)
        async with self._database.writing() as session:
            answers = await batch.written(session)
        self._seals.stored(batch.epochs)
        return answers


def _code(err: Exception) -> str:
    """Give PostgreSQL's five-letter code, or nothing."""
    code = getattr(getattr(err, "orig", None), "sqlstate", None)
    return code if isinstance(code, str) else ""


def _named(err: Exception) -> str:
    """Say what an error is, never its text: it may hold a voter's key or choice."""
    return f"{type(err).__name__} {_code(err)}".strip()
