"""From an allocation's exact steps to figures that a page can put into sentences."""

from collections.abc import Collection
from fractions import Fraction
from math import ceil, floor

import msgspec

from talkoot.base.engine import Engine
from talkoot.base.ids import ProjectId
from talkoot.voting.allocation import Allocation, AllocationProblem, FateKind, Phase, Round
from talkoot.voting.allocation import Fate as ExactFate
from talkoot.voting.ballot import BallotDefinition, ProjectOnBallot, Purpose
from talkoot.voting.log import CHANNELS
from talkoot.voting.results.areas import AreaVoters, area_table
from talkoot.voting.results.channels import ChannelBallots, channel_table
from talkoot.voting.results.figures import ChannelTable
from talkoot.voting.results.satisfied import compared, satisfied_by
from talkoot.voting.results.steps import blank_of, pots_of, steps_of, supporters_of
from talkoot.voting.results.values import Accounting, Fate, ProjectResult, Result
from talkoot.voting.tally import KeyCounts, Tally

_FATES = {
    FateKind.DEARER_THAN_BUDGET: Fate.DEARER_THAN_BUDGET,
    FateKind.NO_SUPPORT: Fate.NO_VOTES,
    FateKind.NOT_AFFORDABLE_LEFT: Fate.NOT_ENOUGH_LEFT,
    FateKind.TOO_LITTLE_SUPPORT: Fate.TOO_LITTLE_SUPPORT,
    FateKind.BELOW_MIN_SUPPORT: Fate.BELOW_MIN_SUPPORT,
    FateKind.NOT_ELIGIBLE: Fate.NOT_ELIGIBLE,
    FateKind.EXCLUDED: Fate.EXCLUDED,
    FateKind.STOPPED_BEFORE: Fate.STOPPED_BEFORE,
    FateKind.COUNTED_ONLY: Fate.COUNTED,
}

_Rounds = dict[ProjectId, tuple[int, Round]]


def result_of_count(
    definition: BallotDefinition,
    problem: AllocationProblem,
    allocation: Allocation,
    accounting: Accounting,
    channels: KeyCounts | None = None,
    *,
    areas: Collection[AreaVoters] = (),
    engine: Engine = Engine.KERNELS,
) -> Result:
    """Put the count into the form that is published.

    ``channels`` are the counts by channel, in the order of :data:`CHANNELS`, ``areas`` those by
    area. ``engine`` works out what other rules would have made of the ballots.
    """
    rule, binding = definition.allocation, definition.purpose is Purpose.BINDING
    return Result(
        election_id=str(definition.election_id),
        definition_hash=definition.hash.hex(),
        title=dict(definition.title),
        vote_type=definition.vote_type.value,
        rule=rule.rule.value,
        completion=rule.completion.value,
        stop=rule.stop.value,
        endowment=rule.endowment.value,
        tie=rule.tie.value,
        currency=definition.currency,
        budget=definition.budget,
        spent=allocation.total_cost,
        steps=allocation.steps,
        ties_broken=allocation.ties_broken,
        accounting=accounting,
        projects=_projects(definition, problem, allocation),
        fit=rule.fit.value,
        min_support=rule.min_support,
        support_for_cost=rule.support_for_cost,
        comparison=rule.comparison.value,
        leftover=rule.leftover.value,
        lot_seed=rule.lot_seed,
        blank=blank_of(problem),
        pots=pots_of(allocation),
        rounds=tuple(steps_of(problem, rule, allocation)),
        satisfied=satisfied_by(problem.profile, allocation.winners),
        alternatives=compared(problem, rule, allocation, engine=engine),
        channels=None if channels is None else _channels(definition, channels),
        areas=area_table(areas) or msgspec.UNSET,
        purpose=msgspec.UNSET if binding else definition.purpose.value,
    )


def _channels(definition: BallotDefinition, counts: KeyCounts) -> ChannelTable | None:
    ballots = counts.ballots.tolist()
    return channel_table(
        ChannelBallots(
            channels=tuple(channel.value for channel in CHANNELS[: len(ballots)]),
            ballots=tuple(ballots),
            votes=tuple(tuple(row) for row in counts.votes.tolist()),
        ),
        [project.id for project in definition.projects],
    )


def _projects(
    definition: BallotDefinition, problem: AllocationProblem, allocation: Allocation
) -> tuple[ProjectResult, ...]:
    rounds = {round_.winner: (turn, round_) for turn, round_ in enumerate(allocation.rounds, 1)}
    fates = {fate.project: fate for fate in allocation.fates}
    tally, supporters = problem.tally, supporters_of(problem)
    return tuple(
        _project(
            project,
            place,
            tally=tally,
            supporters=supporters[place],
            fate=fates[project.id],
            rounds=rounds,
        )
        for place, project in enumerate(definition.projects)
    )


def _project(
    project: ProjectOnBallot,
    place: int,
    *,
    tally: Tally,
    supporters: int,
    fate: ExactFate,
    rounds: _Rounds,
) -> ProjectResult:
    return ProjectResult(
        number=project.id,
        name=dict(project.name),
        area=project.area,
        cost=project.cost,
        votes=tally.votes[place],
        score=tally.score[place],
        fate=_fate(fate, rounds.get(project.id)),
        turn=_turn(project.id, rounds),
        missing=_whole_cents(fate.missing),
        tied_with=_tied(project.id, rounds),
        supporters=supporters,
        pledged=project.pledged,
        pot=fate.pot,
        money_behind=_behind(fate.money_behind),
        out_after=fate.out_after,
        behind_then=_behind(fate.behind_then),
        missing_votes=fate.missing_votes,
        blocked_by=fate.blocked_by,
    )


def _fate(fate: ExactFate, won: tuple[int, Round] | None) -> Fate:
    if won is None:
        return _FATES[fate.kind]
    return Fate.FUNDED_BY_COMPLETION if won[1].phase is Phase.COMPLETION else Fate.FUNDED


def _turn(project: ProjectId, rounds: _Rounds) -> int | None:
    return rounds[project][0] if project in rounds else None


def _tied(project: ProjectId, rounds: _Rounds) -> tuple[str, ...]:
    return tuple(rounds[project][1].tied_with) if project in rounds else ()


def _whole_cents(amount: Fraction) -> int:
    """Round what was missing up to a whole cent: with a cent less it would still have failed."""
    return ceil(amount)


def _behind(amount: Fraction | None) -> int | None:
    """Round what supporters had down to a whole cent: with what was missing it makes the cost."""
    return None if amount is None else floor(amount)
