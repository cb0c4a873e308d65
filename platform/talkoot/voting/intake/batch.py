"""One batch in one transaction: many ballots, at most one of each voter.

The statements, each for the whole batch: share-lock the elections, find repeats, claim the voters'
standing rows in the order of their keys, append the entries. Nothing here commits. Where ballots
are sealed, each is as soon as it is judged, and its bytes go no further.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from talkoot.base.bytes import Digest
from talkoot.base.db import WriteSession
from talkoot.base.errors import BrokenLog, NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.voting.ballot import BallotDefinition, Entry, Recast
from talkoot.voting.intake.judge import Seal, judged, judged_repeat
from talkoot.voting.intake.outcome import Cast, Outcome, Recorded, Refusal, Refused
from talkoot.voting.intake.seals import Seals
from talkoot.voting.intake.store import Store
from talkoot.voting.log import Assurance, ElectionHead, ElectionState, Submission, Voter
from talkoot.voting.sealing import EpochId, parts_of, stored_submission

DEFINITIONS_KEPT = 64
"""Definitions kept in memory; one of 200 projects in four languages takes about 0.3 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A ballot and the moment at which it arrived, in UTC."""

    cast: Cast
    at: datetime

    @property
    def voter(self) -> Voter:
        """Whose ballot it is."""
        return (self.cast.election_id, self.cast.voter_key)

    @property
    def submission(self) -> Submission:
        """Under which id it was sent."""
        return (self.cast.election_id, self.cast.submission_id)


Answer = Outcome | NotAllowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a batch needs of an election besides its head. ``tally_public``: as ``Store`` says."""

    definition: BallotDefinition
    tally_public: bytes | None


class Definitions:
    """The verified rules of elections that were cast in. While it is open they stay, so they keep.

    To whom ballots are sealed is decided between freezing and opening: each state has its own.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[tuple[ElectionId, Digest, ElectionState], Rules] = {}

    async def of(self, session: WriteSession, head: ElectionHead) -> Rules:
        """Give the election's rules. Raises :class:`BrokenLog` where a hash is wrong."""
        key = (head.id, head.definition_hash, head.state)
        if key not in self._kept:
            if len(self._kept) >= DEFINITIONS_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = Rules(
                definition=await self._store.definition(session, head.id),
                tally_public=await self._tally_public(session, head),
            )
        return self._kept[key]

    async def _tally_public(self, session: WriteSession, head: ElectionHead) -> bytes | None:
        """As ``Store`` says, but never ``None`` where sealing was promised and ballots may come."""
        found = await self._store.tally_public(session, head.id)
        promised = head.assurance is Assurance.SEALED and head.state is ElectionState.OPEN
        if promised and found is None:
            raise BrokenLog(f"election {head.id} is open, and its ballots are sealed to nobody")
        return found


class Batch:
    """One batch. Its knocks are of different voters and different submissions."""

    def __init__(
        self, knocks: Sequence[Knock], store: Store, definitions: Definitions, seals: Seals
    ) -> None:
        self._knocks = sorted(knocks, key=lambda knock: knock.voter)
        self._store = store
        self._definitions = definitions
        self._seals = seals
        self._rules: dict[ElectionId, Rules] = {}
        self._sent: dict[Submission, Submission] = {}
        self._answers: dict[Submission, Answer] = {}
        self.epochs: tuple[EpochId, ...] = ()
        """The epochs that this batch stores: known to be stored once it is committed."""

    async def written(self, session: WriteSession) -> dict[Submission, Answer]:
        """Write the batch, and give an answer to each submission, true once this is committed."""
        entries = await self._judge(session)
        once = [entry for entry in entries if self._recast(entry) is Recast.FIRST_COUNTS]
        again = [entry for entry in entries if self._recast(entry) is Recast.LAST_COUNTS]
        placed = await self._first_counts(session, once) if once else []
        placed += await self._last_counts(session, again) if again else []
        await self._append(session, placed)
        return self._answers

    async def _append(self, session: WriteSession, placed: list[Entry]) -> None:
        plain = [entry for entry in placed if not self._is_sealed(entry.election_id)]
        sealed = [entry for entry in placed if self._is_sealed(entry.election_id)]
        if plain:
            await self._store.append_entries(session, plain)
        if sealed:
            used = {parts_of(entry.what).epoch_id for entry in sealed}
            unstored = self._seals.unstored(sorted(used))
            await self._store.append_sealed(session, sealed, unstored.values())
            self.epochs = tuple(unstored)

    async def _judge(self, session: WriteSession) -> list[Entry]:
        """Answer what needs no row, and give the entries to record, sorted by voter."""
        ids = sorted({knock.cast.election_id for knock in self._knocks})
        heads = await self._store.heads_for_share(session, ids)
        for head in heads.values():
            self._rules[head.id] = await self._definitions.of(session, head)
        self._sent = {self._stored(knock): knock.submission for knock in self._knocks}
        known = await self._store.known_submissions(session, list(self._sent))
        entries = []
        for knock in self._knocks:
            election = heads.get(knock.cast.election_id)
            if election is None:
                self._answers[knock.submission] = Refused(reason=Refusal.UNKNOWN_ELECTION)
                continue
            try:
                verdict = judged(
                    knock.cast,
                    at=knock.at,
                    election=election,
                    definition=self._rules[election.id].definition,
                    known=known.get(self._stored(knock)),
                    seal=self._seal(election.id),
                )
            except NotAllowed as err:
                self._answers[knock.submission] = err
                continue
            if isinstance(verdict, Entry):
                entries.append(verdict)
            else:
                self._answers[knock.submission] = verdict
        return entries

    async def _first_counts(self, session: WriteSession, entries: list[Entry]) -> list[Entry]:
        """Claim the voters' rows where a second ballot is refused; give what is to be appended."""
        claimed = await self._store.claim_first_for_update(session, entries)
        placed = [entry for entry in entries if _voter(entry) in claimed]
        for entry in placed:
            self._answers[self._sent[_submission(entry)]] = Recorded(
                entry_hash=entry.hash, replaced=False
            )
        late = [entry for entry in entries if _voter(entry) not in claimed]
        if late:
            await self._answer_late(session, {_submission(entry) for entry in late})
        return placed

    async def _answer_late(self, session: WriteSession, late: set[Submission]) -> None:
        """Answer those whose voter has voted already.

        It may have been by this very submission, through another process while we waited.
        """
        known = await self._store.known_submissions(session, sorted(late))
        for knock in self._knocks:
            if self._stored(knock) not in late:
                continue
            found = known.get(self._stored(knock))
            election_id = knock.cast.election_id
            self._answers[knock.submission] = (
                Refused(reason=Refusal.ALREADY_VOTED)
                if found is None
                else judged_repeat(
                    knock.cast,
                    definition=self._rules[election_id].definition,
                    known=found,
                    seal=self._seal(election_id),
                )
            )

    async def _last_counts(self, session: WriteSession, entries: list[Entry]) -> list[Entry]:
        """Claim the voters' rows where a later ballot may stand in place of an earlier one."""
        claims = await self._store.claim_next_for_update(session, entries)
        placed, replacing = [], []
        for first in entries:
            stands = claims[_voter(first)]
            entry = first if stands.casts == 1 else replace(first, round=stands.casts)
            # A kiosk's ballot may stand before the first cast on line.
            replaced = stands.entry_hash != first.hash and entry.sort_key > stands.sort_key
            if replaced:
                replacing.append(entry)
            placed.append(entry)
            self._answers[self._sent[_submission(entry)]] = Recorded(
                entry_hash=entry.hash, replaced=replaced
            )
        if replacing:
            await self._store.replace_standing(session, replacing)
        return placed

    def _recast(self, entry: Entry) -> Recast:
        return self._rules[entry.election_id].definition.recast

    def _is_sealed(self, election_id: ElectionId) -> bool:
        rules = self._rules.get(election_id)
        return rules is not None and rules.tally_public is not None

    def _stored(self, knock: Knock) -> Submission:
        """Under which id a knock's ballot is stored: not the one sent, where ballots are sealed."""
        if not self._is_sealed(knock.cast.election_id):
            return knock.submission
        return (knock.cast.election_id, stored_submission(knock.cast.submission_id))

    def _seal(self, election_id: ElectionId) -> Seal | None:
        tally_public = self._rules[election_id].tally_public
        if tally_public is None:
            return None

        def seal(cast: Cast, ballot: bytes, at: datetime) -> bytes:
            return self._seals.sealed(
                ballot,
                election_id=election_id,
                tally_public=tally_public,
                submission_id=cast.submission_id,
                at=at,
            )

        return seal


def _voter(entry: Entry) -> Voter:
    return (entry.election_id, entry.voter_key)


def _submission(entry: Entry) -> Submission:
    return (entry.election_id, entry.submission_id)
