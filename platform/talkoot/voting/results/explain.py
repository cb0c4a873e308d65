"""From an allocation's exact steps to figures that a page can put into sentences."""

from fractions import Fraction
from math import ceil

from talkoot.base.ids import ProjectId
from talkoot.voting.allocation import Allocation, FateKind, Phase, Round
from talkoot.voting.allocation import Fate as ExactFate
from talkoot.voting.ballot import BallotDefinition
from talkoot.voting.results.values import Accounting, Fate, ProjectResult, Result
from talkoot.voting.tally import Tally

_FATES = {
    FateKind.DEARER_THAN_BUDGET: Fate.DEARER_THAN_BUDGET,
    FateKind.NO_SUPPORT: Fate.NO_VOTES,
    FateKind.NOT_AFFORDABLE_LEFT: Fate.NOT_ENOUGH_LEFT,
    FateKind.TOO_LITTLE_SUPPORT: Fate.TOO_LITTLE_SUPPORT,
    FateKind.STOPPED_BEFORE: Fate.STOPPED_BEFORE,
    FateKind.COUNTED_ONLY: Fate.COUNTED,
}


def result_of_count(
    definition: BallotDefinition, tally: Tally, allocation: Allocation, accounting: Accounting
) -> Result:
    """Put the count into the form that is published."""
    rule = definition.allocation
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
        projects=_projects(definition, tally, allocation),
    )


def _projects(
    definition: BallotDefinition, tally: Tally, allocation: Allocation
) -> tuple[ProjectResult, ...]:
    rounds = {round_.winner: (turn, round_) for turn, round_ in enumerate(allocation.rounds, 1)}
    fates = {fate.project: fate for fate in allocation.fates}
    return tuple(
        ProjectResult(
            number=project.id,
            name=dict(project.name),
            area=project.area,
            cost=project.cost,
            votes=votes,
            score=score,
            fate=_fate(fates[project.id], rounds.get(project.id)),
            turn=_turn(project.id, rounds),
            missing=_whole_cents(fates[project.id].missing),
            tied_with=_tied(project.id, rounds),
        )
        for project, votes, score in zip(definition.projects, tally.votes, tally.score, strict=True)
    )


def _fate(fate: ExactFate, won: tuple[int, Round] | None) -> Fate:
    if won is None:
        return _FATES[fate.kind]
    return Fate.FUNDED_BY_COMPLETION if won[1].phase is Phase.COMPLETION else Fate.FUNDED


def _turn(project: ProjectId, rounds: dict[ProjectId, tuple[int, Round]]) -> int | None:
    return rounds[project][0] if project in rounds else None


def _tied(project: ProjectId, rounds: dict[ProjectId, tuple[int, Round]]) -> tuple[str, ...]:
    return tuple(rounds[project][1].tied_with) if project in rounds else ()


def _whole_cents(amount: Fraction) -> int:
    """Round what was missing up to a whole cent: with a cent less it would still have failed."""
    return ceil(amount)
