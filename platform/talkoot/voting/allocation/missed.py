"""By how many votes a project missed, where projects are taken in the order of their votes."""

from dataclasses import dataclass
from fractions import Fraction

from talkoot.voting.allocation.greedy import By, GreedyRun, Order
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.allocation.ties import ticket
from talkoot.voting.ballot import AllocationRule

_DOUBLINGS = 70
"""Scores fit 63 bits: where cost decides nothing, no more votes than that are needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """So many votes (points) more, and the project would have come before the place ``before``."""

    votes: int
    before: int


def missed_by(
    problem: AllocationProblem, rule: AllocationRule, order: Order, run: GreedyRun, place: int
) -> Missed | None:
    """Give the least number of votes more that would have funded a project, all else unchanged.

    What is left only shrinks along the list. So the project has to come before the last turn that
    still left enough for it, and not after one that excludes it; the turn of the project at which
    the rule ended counts as well. ``None`` where no number of votes helps: it costs too much, or
    what it would have to pass costs nothing and has support.
    """
    turns = list(run.turns)
    clubs = [problem.exclusive[turn.place] for turn in turns]
    if (club := problem.exclusive[place]) >= 0 and club in clubs:
        turns = turns[: clubs.index(club) + 1]
    elif run.stopped_at is not None:
        turns.append(run.stopped_at)
    roomy = [turn.place for turn in turns if turn.left >= problem.costs[place]]
    if not roomy:
        return None
    race = _Race(problem=problem, rule=rule, by=order.by, rival=roomy[-1], place=place)
    votes = race.least()
    return None if votes is None else Missed(votes=votes, before=roomy[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Race:
    """A project that would have had to come before a rival."""

    problem: AllocationProblem
    rule: AllocationRule
    by: By
    rival: int
    place: int

    def least(self) -> int | None:
        """The least number of votes more with which it does; more never harm."""
        equal = self.equal()
        if equal is not None:
            return equal if equal > 0 and self.ahead(equal) else equal + 1
        far = next((1 << at for at in range(_DOUBLINGS) if self.ahead(1 << at)), None)
        if far is None:
            return None
        near = far // 2
        while far - near > 1:
            middle = (near + far) // 2
            near, far = (near, middle) if self.ahead(middle) else (middle, far)
        return far

    def equal(self) -> int | None:
        """How many votes more make it at least equal, where that is a matter of votes alone."""
        score, costs = self.problem.tally.score, self.problem.costs
        if self.by is By.SCORE:
            return score[self.rival] - score[self.place]
        if not costs[self.rival] or not costs[self.place]:
            return None
        return -(-score[self.rival] * costs[self.place] // costs[self.rival]) - score[self.place]

    def ahead(self, more: int) -> bool:
        """Whether it comes first with so many votes more."""
        mine, other = self.key(self.place, more), self.key(self.rival, 0)
        if mine != other:
            return mine > other
        # Where ballots give points, more of them are not more votes.
        votes = more if self.problem.tally.votes == self.problem.tally.score else 0
        return ticket(self.problem, self.rule, self.place, votes) < ticket(
            self.problem, self.rule, self.rival
        )

    def key(self, place: int, more: int) -> tuple[bool, Fraction]:
        """What greedy compares; first whether it is infinitely good."""
        score, cost = self.problem.tally.score[place] + more, self.problem.costs[place]
        if self.by is By.SCORE_PER_COST and cost == 0:
            return score > 0, Fraction(0)
        return False, Fraction(score, cost if self.by is By.SCORE_PER_COST else 1)
