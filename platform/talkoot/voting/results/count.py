"""The whole count, top to bottom: entries in, result out. Nothing here knows a name or a clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from talkoot.base.errors import BrokenLog
from talkoot.voting.allocation import Allocation, allocated, problem_of
from talkoot.voting.ballot import (
    Ballot,
    BallotDefinition,
    Entry,
    NotCanonical,
    ballot_from,
    checked,
)
from talkoot.voting.dedup import Settlement, Standing, columns_from, settled
from talkoot.voting.results.explain import result_of_count
from talkoot.voting.results.values import Accounting, Result
from talkoot.voting.tally import profile_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A finished count: the result, the ballots sorted by content, and which entries stood."""

    result: Result
    ballots: tuple[Ballot, ...]
    allocation: Allocation
    standing: frozenset[bytes]


def counted(entries: Sequence[Entry], definition: BallotDefinition) -> Count:
    """Count an election from its raw log.

    1. Of each voter's entries one stands, by rank, round, beacon and hash.
    2. Voter keys are dropped and the ballots sorted by content, so that no order says who.
    3. Ballots are opened and checked; one that is not valid is spoiled and counts for nothing.
    4. Equal ballots are grouped and tallied.
    5. The published rule spends the budget, in exact arithmetic.
    6. The accounting identity must hold: every entry counted, superseded or spoiled.

    Raises :class:`BrokenLog` where it does not, or where an entry belongs to another definition.
    """
    _all_of_one_definition(entries, definition)
    settlement = settled(columns_from(entries))
    standing = [entries[row] for row in settlement.standing]
    boxes = sorted(entry.what for entry in standing)
    ballots = tuple(ballot for what in boxes if (ballot := _opened(what, definition)) is not None)
    accounting = _accounted(settlement, entries, ballots)
    problem = problem_of(profile_of(ballots, definition), definition)
    allocation = allocated(problem, definition.allocation)
    return Count(
        result=result_of_count(definition, problem.tally, allocation, accounting),
        ballots=ballots,
        allocation=allocation,
        standing=frozenset(bytes(entry.hash) for entry in standing),
    )


def _all_of_one_definition(entries: Sequence[Entry], definition: BallotDefinition) -> None:
    for entry in entries:
        if entry.definition_hash != definition.hash:
            raise BrokenLog(f"entry {entry.hash.hex()} was cast under another ballot definition")


def _opened(what: bytes, definition: BallotDefinition) -> Ballot | None:
    """Open a ballot; ``None`` for one that the rules do not allow."""
    try:
        found = checked(ballot_from(what, definition).marks, definition)
    except NotCanonical:
        return None
    return found if isinstance(found, Ballot) else None


def _accounted(
    settlement: Settlement, entries: Sequence[Entry], ballots: tuple[Ballot, ...]
) -> Accounting:
    repeats = settlement.number(Standing.DUPLICATE)
    accounting = Accounting(
        entries=len(entries) - repeats,
        counted=len(ballots),
        superseded=settlement.number(Standing.SUPERSEDED),
        spoiled=len(settlement.standing) - len(ballots),
    )
    if not accounting.holds:
        raise BrokenLog(f"the entries do not add up: {accounting}")
    return accounting
