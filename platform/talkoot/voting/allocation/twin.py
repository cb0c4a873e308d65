"""An election taken apart for slow counting: dictionaries and fractions, nothing clever.

The twins of the rules are written from the definitions, apart from the fast rules, so that the two
can disagree.
"""

import hashlib
import unicodedata
from dataclasses import dataclass, field
from fractions import Fraction

from talkoot.base.ids import AreaCode
from talkoot.voting.allocation.outcome import Compared, Fate, FateKind, Phase, Round, TieBy
from talkoot.voting.allocation.problem import AllocationProblem
from talkoot.voting.ballot import AllocationRule, TieRule

Group = tuple[dict[int, int], int]
"""One ballot as project -> value, and how many ballots look like that."""


@dataclass(slots=True)
class State:
    """What a rule has done so far."""

    winners: list[int] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    fates: dict[int, Fate] = field(default_factory=dict)
    steps: int = 0
    endowment: Fraction | None = None
    compared: Compared | None = None


class Twin:
    """One pot of an election, or all of it: some of its projects, and the ballots that count."""

    def __init__(
        self,
        problem: AllocationProblem,
        rule: AllocationRule,
        *,
        budget: int,
        home: int | None,
        area: AreaCode | None,
    ) -> None:
        """Take ballots out of the profile, as if there were only the projects at ``home``."""
        self.problem, self.rule, self.budget, self.area = problem, rule, budget, area
        everywhere = range(len(problem.costs))
        self.places = [p for p in everywhere if home is None or problem.pot[p] == home]
        self.groups: list[Group] = []
        for choice, number in problem.profile.counts().items():
            ballot = {p: value for p, value in choice if p in self.places}
            if home is None or ballot:
                self.groups.append((ballot, number))
        self.votes = {p: sum(n for b, n in self.groups if p in b) for p in self.places}
        self.score = {p: sum(n * b.get(p, 0) for b, n in self.groups) for p in self.places}
        self.voters = sum(number for _, number in self.groups)
        self.ids = problem.profile.projects
        self.costs = problem.costs
        self.barred = self._barred()
        self.taking_part = [p for p in self.places if p not in self.barred]

    def _barred(self) -> dict[int, Fate]:
        rule, barred = self.rule, {}
        for p in self.places:
            votes_needed = 0
            if rule.support_for_cost and self.voters:
                wanted = Fraction(self.costs[p] * self.voters, rule.support_for_cost)
                votes_needed = -1 if self.budget == 0 else -(-wanted // self.budget)
                if self.budget == 0 and self.costs[p] == 0:
                    votes_needed = 0
            if self.score[p] < rule.min_support:
                missing = rule.min_support - self.score[p]
                barred[p] = self.fate(p, FateKind.BELOW_MIN_SUPPORT, missing_votes=missing)
            elif votes_needed < 0:
                barred[p] = self.fate(p, FateKind.NOT_ELIGIBLE)
            elif self.votes[p] < votes_needed:
                missing = votes_needed - self.votes[p]
                barred[p] = self.fate(p, FateKind.NOT_ELIGIBLE, missing_votes=missing)
            elif not self.problem.eligible[p]:
                barred[p] = self.fate(p, FateKind.NOT_ELIGIBLE)
        return barred

    def fate(
        self,
        place: int,
        kind: FateKind,
        *,
        missing: Fraction | int = 0,
        missing_votes: int | None = None,
        blocked_by: int | None = None,
    ) -> Fate:
        """A project's fate in few words."""
        return Fate(
            project=self.ids[place],
            kind=kind,
            missing=Fraction(missing),
            missing_votes=missing_votes,
            blocked_by=None if blocked_by is None else self.ids[blocked_by],
            pot=self.area,
        )

    def supporters(self, place: int) -> list[int]:
        """The groups that give the project a positive value."""
        return [g for g, (ballot, _) in enumerate(self.groups) if ballot.get(place, 0) > 0]

    def left(self, state: State) -> int:
        """What remains of the budget."""
        return self.budget - sum(self.costs[p] for p in state.winners)

    def excluded(self, place: int, state: State) -> bool:
        """Whether a project of the same group was funded."""
        group = self.problem.exclusive[place]
        return group >= 0 and any(self.problem.exclusive[p] == group for p in state.winners)

    def criteria(self) -> list[TieBy]:
        """What decides between equal projects, one after another."""
        last = TieBy.LOT if self.rule.lot_seed else TieBy.LISTED
        if self.rule.tie is TieRule.CHEAPER:
            return [TieBy.CHEAPER, TieBy.VOTES, last]
        if self.rule.tie is TieRule.POPULAR:
            return [TieBy.VOTES, TieBy.CHEAPER, last]
        return [last]

    def stands(self, kind: TieBy, place: int) -> int:
        """Where a project stands by one criterion: the smallest number comes first."""
        if kind is TieBy.CHEAPER:
            return self.costs[place]
        if kind is TieBy.VOTES:
            return -self.votes[place]
        if kind is TieBy.LISTED:
            return place
        words = unicodedata.normalize("NFC", self.rule.lot_seed)
        words += unicodedata.normalize("NFC", self.ids[place])
        return int(hashlib.sha256(words.encode()).hexdigest(), 16)

    def first(self, tied: list[int]) -> tuple[int, TieBy | None]:
        """The one of equal projects that the tie rule names, and what told it from the second."""
        order = sorted(tied, key=lambda p: [self.stands(kind, p) for kind in self.criteria()])
        if len(order) == 1:
            return order[0], None
        one, two = order[:2]
        for kind in self.criteria():
            if self.stands(kind, one) != self.stands(kind, two):
                return one, kind
        raise AssertionError("two projects cannot be listed at one place")

    def bought(
        self,
        state: State,
        tied: list[int],
        *,
        phase: Phase,
        measure: Fraction | None,
        payers: int = 0,
        short: int = 0,
        price: Fraction | None = None,
    ) -> int:
        """Fund the first of equal projects and write the round down."""
        winner, by = self.first(tied)
        state.winners.append(winner)
        state.rounds.append(
            Round(
                winner=self.ids[winner],
                phase=phase,
                measure=measure,
                payers=payers,
                short=short,
                tied_with=tuple(self.ids[p] for p in sorted(tied) if p != winner),
                left=self.left(state),
                price=price,
                effective_votes=None if price is None else self.costs[winner] / price,
                tie_by=by,
                pot=self.area,
            )
        )
        return winner
