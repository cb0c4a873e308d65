"""The Method of Equal Shares with its completion by Add1, and its rounds told exactly."""

from fractions import Fraction

from talkoot.voting.allocation.add1 import Added, add1
from talkoot.voting.allocation.equal_shares import Bought, Run, equal_shares
from talkoot.voting.allocation.explained import Decided
from talkoot.voting.allocation.ground import Ground, Utilities, ground_of
from talkoot.voting.allocation.ledger import Ledger
from talkoot.voting.allocation.outcome import Fate, FateKind, Phase, Round
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.ballot import AllocationRule, Completion, Endowment


def shares_decided(
    problem: AllocationProblem, rule: AllocationRule, utilities: Utilities, ranks: list[int]
) -> Decided:
    """Decide by equal shares, without greedy completion."""
    ground = ground_of(problem, utilities, ranks)
    added = _run(ground, rule)
    ledger = Ledger(ground, start=added.run.start, shift=added.run.shift)
    rounds = _rounds(ground, added.run, ledger)
    funded = (*_free(ground), *added.run.places)
    return Decided(
        funded=funded,
        rounds=rounds,
        steps=added.steps,
        endowment=_real(ground, Fraction(added.run.start)),
        unfunded={
            place: _fate(ground, ledger, place)
            for place in range(len(problem.costs))
            if place not in funded
        },
    )


def _run(ground: Ground, rule: AllocationRule) -> Added:
    start = _start(ground, rule.endowment)
    if rule.completion in (Completion.ADD1, Completion.ADD1U):
        return add1(ground, start=start, stop=rule.stop)
    return Added(run=equal_shares(ground, start), steps=0)


def _start(ground: Ground, endowment: Endowment) -> int:
    exact = ground.problem.budget // ground.scale
    if endowment is Endowment.FLOOR:
        return exact // ground.unit * ground.unit if ground.unit else 0
    return exact


def _real(ground: Ground, scaled: Fraction) -> Fraction:
    """Scaled money in minor units."""
    voters = ground.problem.profile.ballots
    return scaled * ground.scale / voters if voters else Fraction(0)


def _free(ground: Ground) -> list[int]:
    return ground.free_and_funded


def _rounds(ground: Ground, run: Run, ledger: Ledger) -> tuple[Round, ...]:
    """Tell all rounds, entering them into the ledger one by one."""
    rounds = [_free_round(ground, place) for place in _free(ground)]
    left = ground.problem.budget
    for bought in run.bought:
        payers, short = ledger.enter(bought.quote)
        left -= ground.problem.costs[bought.place]
        rounds.append(
            _round(ground, bought, rho=ledger.rhos[-1], payers=payers, short=short, left=left)
        )
    return tuple(rounds)


def _free_round(ground: Ground, place: int) -> Round:
    return Round(
        winner=ground.problem.profile.projects[place],
        phase=Phase.FREE,
        measure=None,
        payers=0,
        short=0,
        tied_with=(),
        left=ground.problem.budget,
    )


def _round(
    ground: Ground, bought: Bought, *, rho: Fraction, payers: int, short: int, left: int
) -> Round:
    ids = ground.problem.profile.projects
    measure = _real(ground, rho / ground.key_cost(bought.place))
    worth = ground.problem.worths[bought.place] if ground.utilities is Utilities.COST else 1
    price = measure * worth
    return Round(
        winner=ids[bought.place],
        phase=Phase.RULE,
        measure=measure,
        payers=payers,
        short=short,
        tied_with=tuple(ids[place] for place in bought.tied),
        left=left,
        price=price,
        effective_votes=ground.problem.costs[bought.place] / price,
    )


def _fate(ground: Ground, ledger: Ledger, place: int) -> Fate:
    """What the supporters of a project that was not bought had at the end, and what they lacked."""
    some = ground.supporters[place]
    behind = _real(ground, ledger.money_behind(some.groups, some.weights))
    return Fate(
        project=ground.problem.profile.projects[place],
        kind=FateKind.TOO_LITTLE_SUPPORT,
        missing=ground.problem.costs[place] - behind,
        money_behind=behind,
    )
