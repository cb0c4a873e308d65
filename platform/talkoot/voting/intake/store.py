"""What the door asks of the log, so that tests can put a log with a fault in its place."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from talkoot.base.db import WriteSession
from talkoot.base.ids import ElectionId
from talkoot.voting import board, log
from talkoot.voting.ballot import BallotDefinition, Entry
from talkoot.voting.log import ElectionHead, Known, Stands, Submission, Voter
from talkoot.voting.sealing import SealedEpoch


class Store(Protocol):
    """The statements of one batch, in the order in which the door asks them."""

    async def heads_for_share(
        self, session: WriteSession, election_ids: Sequence[ElectionId]
    ) -> Mapping[ElectionId, ElectionHead]:
        """Share-lock the elections in the order of their ids, and give those that exist."""
        ...

    async def definition(self, session: WriteSession, election_id: ElectionId) -> BallotDefinition:
        """Give an election's verified definition; asked once for each election."""
        ...

    async def tally_public(self, session: WriteSession, election_id: ElectionId) -> bytes | None:
        """Give the key to which ballots are sealed, ``None`` where they are not; asked as above."""
        ...

    async def known_submissions(
        self, session: WriteSession, submissions: Sequence[Submission]
    ) -> Mapping[Submission, Known]:
        """Give those of the submissions that are recorded."""
        ...

    async def claim_first_for_update(
        self, session: WriteSession, entries: Sequence[Entry]
    ) -> frozenset[Voter]:
        """Let entries of voters without a standing entry stand, and give those voters."""
        ...

    async def claim_next_for_update(
        self, session: WriteSession, entries: Sequence[Entry]
    ) -> Mapping[Voter, Stands]:
        """Count one cast more for each voter and give what stands."""
        ...

    async def replace_standing(self, session: WriteSession, entries: Sequence[Entry]) -> None:
        """Let entries stand in place of earlier ones."""
        ...

    async def append_entries(self, session: WriteSession, entries: Sequence[Entry]) -> None:
        """Append entries to the log."""
        ...

    async def append_sealed(
        self, session: WriteSession, entries: Sequence[Entry], epochs: Collection[SealedEpoch]
    ) -> None:
        """Append sealed entries and epochs not stored yet; let them wait for the board."""
        ...


class LogStore:
    """The log of the database."""

    async def heads_for_share(
        self, session: WriteSession, election_ids: Sequence[ElectionId]
    ) -> Mapping[ElectionId, ElectionHead]:
        """As :class:`Store` says."""
        return await log.heads_for_share(session, election_ids)

    async def definition(self, session: WriteSession, election_id: ElectionId) -> BallotDefinition:
        """As :class:`Store` says."""
        return (await log.election_of(session, election_id)).definition

    async def tally_public(self, session: WriteSession, election_id: ElectionId) -> bytes | None:
        """As :class:`Store` says."""
        setup = await log.sealing_of(session, election_id)
        return None if setup is None else setup.tally_public

    async def known_submissions(
        self, session: WriteSession, submissions: Sequence[Submission]
    ) -> Mapping[Submission, Known]:
        """As :class:`Store` says."""
        return await log.known_submissions(session, submissions)

    async def claim_first_for_update(
        self, session: WriteSession, entries: Sequence[Entry]
    ) -> frozenset[Voter]:
        """As :class:`Store` says."""
        return await log.claim_first_for_update(session, entries)

    async def claim_next_for_update(
        self, session: WriteSession, entries: Sequence[Entry]
    ) -> Mapping[Voter, Stands]:
        """As :class:`Store` says."""
        return await log.claim_next_for_update(session, entries)

    async def replace_standing(self, session: WriteSession, entries: Sequence[Entry]) -> None:
        """As :class:`Store` says."""
        await log.replace_standing(session, entries)

    async def append_entries(self, session: WriteSession, entries: Sequence[Entry]) -> None:
        """As :class:`Store` says."""
        await log.append_entries(session, entries)

    async def append_sealed(
        self, session: WriteSession, entries: Sequence[Entry], epochs: Collection[SealedEpoch]
    ) -> None:
        """As :class:`Store` says."""
        if epochs:
            await log.epochs_kept(session, epochs)
        await log.append_sealed(session, entries)
        await board.ballots_waiting(session, [(entry.election_id, entry.hash) for entry in entries])
