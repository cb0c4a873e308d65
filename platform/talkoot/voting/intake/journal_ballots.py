"""A kiosk's ballot becomes an entry of the log: its credential's voter found, its place checked."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from talkoot.base.bytes import Digest, Tag, digest
from talkoot.base.db import WriteSession
from talkoot.base.ids import SubmissionId, VoterKey
from talkoot.voting import board, log
from talkoot.voting.ballot import BallotDefinition, Channel, Entry, JournalEntry, Method
from talkoot.voting.intake.judge import NO_BEACON
from talkoot.voting.intake.quarantine import Reason
from talkoot.voting.sealing import (
    CannotOpen,
    EpochPosition,
    NotAWhat,
    PrivateKey,
    SealedEpoch,
    code_in_proof,
    epoch_and_what,
    opened_who,
)

OFF_LINE = 0
"""The round of a ballot that no server has counted when it was cast."""
SEALED_KEY_BYTES = 1168
"""Before a journal's *what* stands its epoch's sealed key (``sealing/in_journal.py``)."""

VoterOf = Callable[[str], Awaitable[VoterKey | None]]
"""Whose code this is, as it was typed; ``None``: nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrar:
    """What opens *who*, and what finds the voter: both from outside, and the key never a row."""

    key: PrivateKey = field(repr=False)
    voter_of: VoterOf = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskBallot:
    """An entry to record, the epoch that it is sealed in, and by what its journal names it."""

    entry: Entry
    epoch: SealedEpoch
    journal_hash: Digest


def kiosk_submission(journal_hash: Digest) -> SubmissionId:
    """Give the submission id of a journal's ballot: once in the log, however often it comes."""
    return SubmissionId(UUID(bytes=digest(Tag.SUBMISSION, journal_hash)[:16]))


async def ballot_in(
    session: WriteSession,
    found: JournalEntry,
    definition: BallotDefinition,
    registrar: Registrar,
) -> KioskBallot | Reason:
    """Open a journal's *who*, find the voter, and give the entry to record, or why there is none.

    Its *what* stays sealed; whether that holds a ballot shows in the count.
    """
    place = found.place
    position = EpochPosition(election_id=place.election_id, device=place.device, epoch=place.epoch)
    copied = await log.position_known(session, found.what[SEALED_KEY_BYTES:][: log.POSITION_BYTES])
    if copied:
        return Reason.COPIED
    try:
        epoch, what = epoch_and_what(position, found.seq, found.what)
    except NotAWhat:
        return Reason.MISPLACED
    if found.config_hash != definition.hash:
        return Reason.UNKNOWN_DEFINITION
    try:
        typed = code_in_proof(opened_who(registrar.key, position, found.seq, found.who))
    except (CannotOpen, NotAWhat):
        return Reason.UNREADABLE
    voter = await registrar.voter_of(typed)
    if voter is None:
        return Reason.UNKNOWN_CREDENTIAL
    try:
        rank = definition.rank(Method.CODE, Channel.KIOSK)
    except KeyError:
        return Reason.NO_RANK
    entry = Entry(
        election_id=place.election_id,
        submission_id=kiosk_submission(found.hash),
        voter_key=voter,
        definition_hash=found.config_hash,
        channel=Channel.KIOSK,
        rank=rank,
        round=OFF_LINE,
        beacon=NO_BEACON,
        what=what,
    )
    return KioskBallot(entry=entry, epoch=epoch, journal_hash=found.hash)


async def ballots_recorded(session: WriteSession, ballots: Sequence[KioskBallot]) -> None:
    """Append ballots to the log, let those stand that have precedence, and all wait for the board.

    The caller has locked the election, and they are none that the log has.
    """
    if not ballots:
        return
    entries = [ballot.entry for ballot in ballots]
    for wave in _waves(entries):
        claims = await log.claim_offline_for_update(session, wave)
        replacing = [entry for entry in wave if _replaces(entry, claims)]
        if replacing:
            await log.replace_standing(session, replacing)
    await log.epochs_kept(session, [ballot.epoch for ballot in ballots])
    await log.append_sealed(session, entries)
    await board.ballots_waiting(session, [(entry.election_id, entry.hash) for entry in entries])
    hashes = [ballot.journal_hash for ballot in ballots]
    await log.journal_recorded(session, entries[0].election_id, hashes)


def _replaces(entry: Entry, claims: Mapping[log.Voter, log.Stands]) -> bool:
    stands = claims[entry.election_id, entry.voter_key]
    return stands.entry_hash != entry.hash and entry.sort_key > stands.sort_key


def _waves(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Cut entries into parts with at most one of each voter, each sorted by voter."""
    waves: list[list[Entry]] = []
    taken: dict[VoterKey, int] = {}
    for entry in sorted(entries, key=lambda each: (each.voter_key, each.hash)):
        place = taken.get(entry.voter_key, 0)
        taken[entry.voter_key] = place + 1
        if place == len(waves):
            waves.append([])
        waves[place].append(entry)
    return waves
