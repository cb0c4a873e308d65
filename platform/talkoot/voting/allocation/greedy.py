"""Greedy: down the list by support, funding what fits. Whole numbers throughout.

What almost all towns do; Talmon and Faliszewski, "A Framework for Approval-Based Budgeting
Methods" (AAAI 2019), have both orders, and Faliszewski and others, "Participatory Budgeting: Data,
Tools, and Analysis" (IJCAI 2023), the towns' variants: going on after a project that does not fit
or stopping there, minimum support, projects of which only one can be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from talkoot.voting.allocation.outcome import Phase, Round
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.ballot import Fit


class By(Enum):
    """By what greedy goes."""

    SCORE = "votes, or points where the ballots give points"
    SCORE_PER_COST = "the same per minor unit of cost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The list that greedy goes down: ``keys`` are exact, greater ones first; equal ones by
    ``ranks``, smaller ones first.
    """

    by: By
    keys: Sequence[int]
    ranks: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A project that was funded, or at which the rule ended, and what was left before."""

    place: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GreedyRun:
    """A run. ``turns``: the projects funded, in order, each with what was left before it.

    ``ties``: for each of them the places that were exactly as good; ``missing``: for each place
    that did not fit when its turn came, how much was missing; ``stopped_at``: where the rule ended
    early; ``not_reached``: the places whose turn never came.
    """

    turns: tuple[Turn, ...]
    ties: tuple[tuple[int, ...], ...]
    missing: dict[int, int]
    stopped_at: Turn | None
    not_reached: tuple[int, ...]

    @property
    def funded(self) -> tuple[int, ...]:
        """The places funded, in order."""
        return tuple(turn.place for turn in self.turns)


def by_score(problem: AllocationProblem, ranks: Sequence[int]) -> Order:
    """The order by votes, or points where the ballots give points."""
    return Order(by=By.SCORE, keys=problem.tally.score, ranks=ranks)


def by_score_per_cost(problem: AllocationProblem, ranks: Sequence[int]) -> Order:
    """The order by the same per unit of cost; what is free and has support comes before all.

    Two different fractions with denominators up to c are at least 1/c^2 apart, so that scaled by
    more than c^2 and rounded down they are still different and in order, and equal ones equal.
    """
    pairs = list(zip(problem.tally.score, problem.costs, strict=True))
    bits = 2 * max(problem.costs, default=0).bit_length()
    best = 1 + max((score << bits for score, _ in pairs), default=0)
    free = {True: best, False: 0}
    return Order(
        by=By.SCORE_PER_COST,
        keys=[(s << bits) // c if c else free[s > 0] for s, c in pairs],
        ranks=ranks,
    )


def measure_of(problem: AllocationProblem, by: By, place: int) -> Fraction | None:
    """Give what is compared, exactly; ``None`` for infinitely much."""
    score, cost = problem.tally.score[place], problem.costs[place]
    if by is By.SCORE:
        return Fraction(score)
    if cost:
        return Fraction(score, cost)
    return None if score > 0 else Fraction(0)


def greedy(
    problem: AllocationProblem, order: Order, *, fit: Fit, funded: Sequence[int] = ()
) -> GreedyRun:
    """Go down the projects not yet funded, and fund what fits.

    What is not eligible takes no part, and what is excluded by a funded project is passed over. A
    project without support comes last and is funded if it fits, as the literature has it: a minimum
    support of 1 bars it.
    """
    run = _Running(problem, order, fit, funded)
    waiting = set(range(len(order.keys))) - set(funded)
    places = sorted(
        (place for place in waiting if problem.eligible[place]),
        key=lambda place: (-order.keys[place], order.ranks[place]),
    )
    for at, place in enumerate(places):
        if run.stopped_at is not None:
            return run.finished(tuple(places[at:]))
        run.consider(place, places[at + 1 :])
    return run.finished(())


class _Running:
    """The state of a run under way."""

    def __init__(
        self, problem: AllocationProblem, order: Order, fit: Fit, funded: Sequence[int]
    ) -> None:
        self.problem, self.order, self.fit = problem, order, fit
        self.left = problem.budget - sum(problem.costs[place] for place in funded)
        self.taken = {problem.exclusive[place] for place in funded} - {-1}
        self.turns: list[Turn] = []
        self.ties: list[tuple[int, ...]] = []
        self.missing: dict[int, int] = {}
        self.stopped_at: Turn | None = None

    def consider(self, place: int, after: Sequence[int]) -> None:
        """Fund a project, pass it over, or stop there."""
        cost = self.problem.costs[place]
        if self.problem.exclusive[place] in self.taken:
            return
        if cost > self.left:
            self.missing[place] = cost - self.left
            if self.fit is Fit.STOP:
                self.stopped_at = Turn(place=place, left=self.left)
            return
        self.turns.append(Turn(place=place, left=self.left))
        self.ties.append(self._equals(place, after))
        self.left -= cost
        if self.problem.exclusive[place] >= 0:
            self.taken.add(self.problem.exclusive[place])

    def _equals(self, place: int, after: Sequence[int]) -> tuple[int, ...]:
        """The others with the same key whose turn could have come now just as well.

        One that does not fit would only have been passed over; but where the rule then ends, it
        matters whether its turn comes first.
        """
        equals = []
        for other in after:
            if self.order.keys[other] != self.order.keys[place]:
                break
            fits = self.fit is Fit.STOP or self.problem.costs[other] <= self.left
            if fits and self.problem.exclusive[other] not in self.taken:
                equals.append(other)
        return tuple(sorted(equals))

    def finished(self, not_reached: tuple[int, ...]) -> GreedyRun:
        return GreedyRun(
            turns=tuple(self.turns),
            ties=tuple(self.ties),
            missing=self.missing,
            stopped_at=self.stopped_at,
            not_reached=not_reached,
        )


def rounds_of(
    problem: AllocationProblem, order: Order, run: GreedyRun, phase: Phase
) -> tuple[Round, ...]:
    """Tell the rounds of a run."""
    ids = problem.profile.projects
    return tuple(
        Round(
            winner=ids[turn.place],
            phase=phase,
            measure=measure_of(problem, order.by, turn.place),
            payers=problem.tally.votes[turn.place],
            short=0,
            tied_with=tuple(ids[other] for other in equals),
            left=turn.left - problem.costs[turn.place],
        )
        for turn, equals in zip(run.turns, run.ties, strict=True)
    )
