"""Add1: the Method of Equal Shares again and again, every voter with one currency unit more.

Most steps change nothing. Where :func:`same_between` is certain that all steps up to a greater one
buy the same, they are jumped over. How far to jump is guessed from how fast the closest rivals came
nearer, and halved where the guess was too bold.
"""

from dataclasses import dataclass

from talkoot.voting.allocation.equal_shares import Run, equal_shares, same_between
from talkoot.voting.allocation.ground import Ground
from talkoot.voting.ballot import Stop

MOST_TRUST = 32
"""Sixteenths of a guess that are jumped at the most: guesses are often too careful."""

FARTHEST = 64
"""Guesses reach at most so many times as far as what they are taken from."""


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
    pace = _Pace()
    while not _final(ground, here.run, stop):
        steps = here.steps + pace.jump
        if pace.jump > 1:
            far = same_between(ground, here.run, start + steps * ground.unit)
            if far is None:
                pace = pace.failed()
                continue
        else:
            far = equal_shares(ground, start + steps * ground.unit)
            if _cost(ground, far) > ground.problem.budget:
                return Added(run=here.run, steps=steps)
        before, here = here, Added(run=far, steps=steps)
        pace = pace.arrived(_reach(before, here))
    return here


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pace:
    """How far to go next. It decides only how fast the answer is found, never what it is.

    ``trust`` sixteenths of the distance that seems safe are jumped: fewer after every jump that
    failed, more after one that did not.
    """

    jump: int = 1
    trust: int = 16

    def failed(self) -> "_Pace":
        """After a jump that was not certain to change nothing: half as far."""
        return _Pace(jump=self.jump // 2, trust=max(self.trust // 2, 1))

    def arrived(self, reach: int) -> "_Pace":
        """After a step or jump: as far as seems safe, but never more than eight times as far."""
        trust = min(self.trust + self.trust // 4 + 1, MOST_TRUST) if reach else self.trust
        jump = max(1, min(reach * trust // 16, 8 * self.jump))
        return _Pace(jump=jump, trust=trust)


def _reach(before: Added, here: Added) -> int:
    """How many steps more will probably change nothing: a guess, from what moved how fast.

    In each round a rival's key falls by what it fell per step since ``before``, and must not reach
    the winner's; at the end what is missing for any other project must not melt away.
    """
    if before.run.places != here.run.places:
        return 0
    width = here.steps - before.steps
    reach = FARTHEST * width
    for then, now in zip(before.run.bought, here.run.bought, strict=True):
        for place, key in now.rivals.items():
            fallen = then.rivals.get(place, key) - key
            if fallen > 0 and now.quote.most is not None:
                reach = min(reach, (key - now.quote.most) * width // fallen)
    for place, missing in here.run.missing.items():
        melted = before.run.missing.get(place, missing) - missing
        if melted > 0:
            reach = min(reach, missing * width // melted)
    return reach


def _cost(ground: Ground, run: Run) -> int:
    return sum(ground.problem.costs[place] for place in run.places)


def _final(ground: Ground, run: Run, stop: Stop) -> bool:
    bought = {*ground.free_and_funded, *run.places}
    out = bought | ground.excluded(bought)
    others = [place for place in ground.contested if place not in out]
    if stop is Stop.INFEASIBLE:
        return not others
    left = ground.problem.budget - _cost(ground, run)
    return all(ground.problem.costs[place] > left for place in others)
