"""The whole count, top to bottom: entries in, result out. Nothing here knows a name or a clock."""

from collections.abc import Collection
from dataclasses import dataclass

from talkoot.base.engine import Engine
from talkoot.base.errors import BrokenLog
from talkoot.voting.allocation import Allocation, allocated, problem_of
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.results.areas import AreaVoters
from talkoot.voting.results.digest import UNSALTED
from talkoot.voting.results.explain import result_of_count
from talkoot.voting.results.partition import PartCount, Partition, partition_counted
from talkoot.voting.results.values import Accounting, Result
from talkoot.voting.tally import KeyCounts, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A finished count.

    ``profile``: the ballots, grouped and sorted by content; ``channels``: the same by the place
    where they were cast; ``standing``: the digest of the set of entries that stand.
    """

    result: Result
    profile: Profile
    allocation: Allocation
    channels: KeyCounts
    standing: bytes


def counted(
    partition: Partition,
    definition: BallotDefinition,
    *,
    engine: Engine = Engine.KERNELS,
    salt: bytes = UNSALTED,
) -> Count:
    """Count an election from its log, whose ballots are opened and whose hashes are checked.

    1. Of each voter's entries one stands, by rank, round, beacon and hash.
    2. Voter keys are dropped; from here on nothing says who.
    3. A ballot that was not valid is spoiled and counts for nothing.
    4. Equal ballots are grouped, sorted by content, and tallied.
    5. The published rule spends the budget, in exact arithmetic.
    6. The accounting identity must hold: every entry counted, superseded or spoiled.

    The first four can be done in parts, by voter, and added. Raises :class:`BrokenLog` where the
    identity does not hold.
    """
    part = partition_counted(partition, definition, engine=engine, salt=salt)
    return finished(part, definition, engine=engine)


def finished(
    part: PartCount,
    definition: BallotDefinition,
    *,
    areas: Collection[AreaVoters] = (),
    engine: Engine = Engine.KERNELS,
) -> Count:
    """Spend the budget and explain, once, whatever number of parts was added up before.

    ``areas``: who has voted by area, which the roll alone can tell. Raises :class:`BrokenLog` where
    the entries do not add up, or the areas come to another number than stands.
    """
    accounting = Accounting(
        entries=part.entries,
        counted=part.counted,
        superseded=part.superseded,
        spoiled=part.spoiled,
    )
    if not accounting.holds or part.counted != part.profile.ballots:
        raise BrokenLog(f"the entries do not add up: {accounting}")
    voters = sum(area.voters for area in areas)
    if areas and voters != part.counted + part.spoiled:
        raise BrokenLog(f"{part.counted + part.spoiled} ballots stand, and by areas {voters}")
    problem = problem_of(part.profile, definition)
    allocation = allocated(problem, definition.allocation, engine=engine)
    return Count(
        result=result_of_count(
            definition,
            problem,
            allocation,
            accounting,
            channels=part.channels,
            areas=areas,
            engine=engine,
        ),
        profile=part.profile,
        allocation=allocation,
        channels=part.channels,
        standing=part.standing,
    )
