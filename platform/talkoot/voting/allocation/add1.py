"""Add1: the Method of Equal Shares again and again, every voter with one currency unit more.

Most steps change nothing. Where :func:`same_between` is certain that all steps up to a greater one
buy the same, they are jumped over; jumps double while they succeed and are halved where they fail.
"""

from dataclasses import dataclass

from talkoot.voting.allocation.equal_shares import Run, equal_shares, same_between
from talkoot.voting.allocation.ground import Ground
from talkoot.voting.ballot import Stop


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Added:
    """The run whose outcome is returned, and the number of steps tried to find it.

    An exhaustive outcome is that of the last step; the outcome before an infeasible one is that of
    the step before the last.
    """

    run: Run
    steps: int


def add1(ground: Ground, *, start: int, stop: Stop) -> Added:
    """Raise every voter's start by one currency unit until the stop rule says.

    An outcome is infeasible if it costs more than the budget, exhaustive if no supported project
    outside it fits what it leaves. *Exhaustive* stops at the first exhaustive outcome or before the
    first infeasible one; *infeasible* stops only before the first infeasible one, or when every
    supported project is bought, since nothing changes after that.
    """
    here = Added(run=equal_shares(ground, start), steps=0)
    jump = 1
    while not _final(ground, here.run, stop):
        if jump > 1:
            steps = here.steps + jump
            far = same_between(ground, here.run, start + steps * ground.unit)
            if far is None:
                jump //= 2
                continue
            here, jump = Added(run=far, steps=steps), jump * 2
            continue
        steps = here.steps + 1
        following = equal_shares(ground, start + steps * ground.unit)
        if _cost(ground, following) > ground.problem.budget:
            return Added(run=here.run, steps=steps)
        jump = 2 if following.places == here.run.places else 1
        here = Added(run=following, steps=steps)
    return here


def _cost(ground: Ground, run: Run) -> int:
    return sum(ground.problem.costs[place] for place in run.places)


def _final(ground: Ground, run: Run, stop: Stop) -> bool:
    bought = set(run.places)
    others = [place for place in ground.contested if place not in bought]
    if stop is Stop.INFEASIBLE:
        return not others
    left = ground.problem.budget - _cost(ground, run)
    return all(ground.problem.costs[place] > left for place in others)
