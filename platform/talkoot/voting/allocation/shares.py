"""The Method of Equal Shares with its completion by Add1, and its rounds told exactly."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from talkoot.voting.allocation import ground as ground_
from talkoot.voting.allocation.equal_shares import Added, Run, add1, equal_shares
from talkoot.voting.allocation.explained import Decided
from talkoot.voting.allocation.ground import Ground, Utilities, ground_of
from talkoot.voting.allocation.ledger import Ledger, Paid, Price
from talkoot.voting.allocation.outcome import Fate, FateKind, Phase, Round
from talkoot.voting.allocation.problem import AllocationProblem, TooLarge
from talkoot.voting.ballot import AllocationRule, Completion, Endowment


def shares_decided(
    problem: AllocationProblem, rule: AllocationRule, utilities: Utilities, ranks: list[int]
) -> Decided:
    """Decide by equal shares, without greedy completion, and tell every round exactly."""
    ground = ground_of(problem, utilities, ranks)
    added = shares_run(ground, rule)
    free = ground.free
    telling = _Telling(ground, added.run)
    rounds = (*(_free_round(ground, place) for place in free), *telling.rounds())
    funded = (*free, *added.run.places)
    return Decided(
        funded=funded,
        rounds=rounds,
        steps=added.steps,
        endowment=_real(ground, Fraction(added.run.start)),
        unfunded={
            place: telling.fate(place, len(free))
            for place in range(len(problem.costs))
            if place not in funded
        },
    )


def shares_run(ground: Ground, rule: AllocationRule) -> Added:
    """Decide by equal shares, without greedy completion: the run whose outcome stands."""
    if ground.large:
        raise TooLarge("these amounts do not fit 64 bits: count this election with the slow twin")
    start = _start(ground, rule.endowment)
    if rule.completion in (Completion.ADD1, Completion.ADD1U):
        return add1(ground, start=start, stop=rule.stop)
    return Added(run=equal_shares(ground, start), steps=0)


def _start(ground: Ground, endowment: Endowment) -> int:
    if endowment is Endowment.FLOOR and ground.unit:
        return ground.purse // ground.unit * ground.unit
    return ground.purse if endowment is Endowment.EXACT else 0


def _real(ground: Ground, scaled: Fraction) -> Fraction:
    """Scaled money in minor units."""
    return scaled * ground.scale / ground.ballots if ground.ballots else Fraction(0)


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


class _Telling:
    """A run told round by round, exactly."""

    def __init__(self, ground: Ground, run: Run) -> None:
        self.ground, self.run = ground, run
        self.ledger = Ledger(ground, start=run.start, sum_bits=ground_.SUM_BITS)
        self.waiting = [int(place) for place in ground.field.order]
        self.excluded = {rival for place in ground.free for rival in ground.rivals(place)}

    def rounds(self) -> Iterator[Round]:
        """Tell all rounds, entering them into the ledger one by one."""
        left = self.ground.problem.budget
        for place, equals in zip(self.run.places, self.run.equals, strict=True):
            price = self.ledger.price(place)
            if price is None:
                raise ValueError(f"project {place} was bought without the money for it")
            tied = self._tied(place, price) if equals else ()
            paid = self.ledger.enter(place, price)
            self._bought(place)
            left -= self.ground.problem.costs[place]
            yield self._round(place, price, paid, tied, left)

    def _bought(self, place: int) -> None:
        out = {place, *self.ground.rivals(place)}
        self.waiting = [other for other in self.waiting if other not in out]
        self.excluded |= out

    def _tied(self, place: int, price: Price) -> tuple[int, ...]:
        """The other projects that were exactly as good."""
        key = price.rho / self.ground.key_of(place)
        equal = []
        for other in sorted(self.waiting):
            theirs = self.ledger.price(other)
            if other == place or theirs is None:
                continue
            if theirs.rho / self.ground.key_of(other) == key:
                equal.append(other)
        return tuple(equal)

    def _round(
        self, place: int, price: Price, paid: Paid, tied: tuple[int, ...], left: int
    ) -> Round:
        ids = self.ground.problem.profile.projects
        each = _real(self.ground, price.rho)
        by_cost = self.ground.utilities is Utilities.COST
        return Round(
            winner=ids[place],
            phase=Phase.RULE,
            measure=each / self.ground.problem.worths[place] if by_cost else each,
            payers=paid.payers,
            short=paid.short,
            tied_with=tuple(ids[other] for other in tied),
            left=left,
            price=each,
            effective_votes=self.ground.problem.costs[place] / each,
        )

    def fate(self, place: int, before: int) -> Fate:
        """What the supporters of a project that was not bought had at the end, and what they
        lacked; ``before`` rounds came before those of the run.
        """
        ledger, ground = self.ledger, self.ground
        cost = ground.problem.costs[place]
        behind = _real(ground, ledger.behind(place, len(ledger.rhos)))
        usual = Fate(
            project=ground.problem.profile.projects[place],
            kind=FateKind.TOO_LITTLE_SUPPORT,
            missing=cost - behind,
            money_behind=behind,
        )
        if place in self.excluded or not cost or not ground.problem.eligible[place]:
            return usual
        out = ledger.out_after(place) if place in self.waiting else 0
        then = _real(ground, ledger.behind(place, out))
        return replace(usual, out_after=before + out if out else 0, behind_then=then)
