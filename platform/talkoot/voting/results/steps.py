"""How each funded project came about: effective votes, price and who paid, exactly and rounded."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from talkoot.voting.allocation import Allocation, AllocationProblem, Phase, PotOutcome, Round
from talkoot.voting.ballot import AllocationRule, Rule
from talkoot.voting.results.figures import Compared, PotResult, Step

SYMBOLS_MAX = 60
"""A longer fraction helps nobody: whoever wants it counts again."""


def steps_of(
    problem: AllocationProblem, rule: AllocationRule, allocation: Allocation
) -> Iterator[Step]:
    """Give every round of an allocation."""
    places = {project: place for place, project in enumerate(problem.profile.projects)}
    for round_ in allocation.rounds:
        yield _step(problem, rule, round_, places[round_.winner])


def pots_of(allocation: Allocation) -> tuple[PotResult, ...]:
    """Give what became of every pot, or of the whole budget where there are none."""
    return tuple(_pot(pot) for pot in allocation.pots)


def _pot(pot: PotOutcome) -> PotResult:
    share, compared = pot.endowment, pot.compared
    return PotResult(
        area=pot.area,
        budget=pot.budget,
        brought=pot.brought,
        spent=pot.spent,
        ballots=pot.ballots,
        steps=pot.steps,
        share=None if share is None else exactly(share),
        share_cents=None if share is None else nearest(share),
        compared=None
        if compared is None
        else Compared(
            greedy=compared.greedy, rule=compared.rule, rejected=tuple(compared.rejected)
        ),
    )


def exactly(amount: Fraction) -> str:
    """Write a fraction as ``num/den``; empty where that takes too many symbols.

    Bit lengths are compared first: Python refuses to write numbers of thousands of digits.
    """
    if amount.numerator.bit_length() + amount.denominator.bit_length() > 4 * SYMBOLS_MAX:
        return ""
    words = f"{amount.numerator}/{amount.denominator}"
    return words if len(words) <= SYMBOLS_MAX else ""


def nearest(amount: Fraction) -> int:
    """Round to the nearest whole number, halves up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def _step(problem: AllocationProblem, rule: AllocationRule, round_: Round, place: int) -> Step:
    is_paid = _is_paid(rule, round_)
    price, votes = _paid_price(rule, round_) if is_paid else _voted_price(problem, place)
    return Step(
        number=round_.winner,
        phase=round_.phase.value,
        cost=problem.costs[place],
        left=round_.left,
        votes=None if votes is None else exactly(votes),
        votes_hundredths=None if votes is None else nearest(100 * votes),
        price=None if price is None else exactly(price),
        price_cents=None if price is None else nearest(price),
        payers=round_.payers if is_paid else 0,
        short=round_.short if is_paid else 0,
        tied_with=tuple(round_.tied_with),
        tie_by="" if round_.tie_by is None else round_.tie_by.value,
        pot=round_.pot,
    )


def _is_paid(rule: AllocationRule, round_: Round) -> bool:
    """Whether supporters pay in this round: not by votes, and not for what costs nothing."""
    return round_.phase is Phase.RULE and rule.rule not in (Rule.GREEDY, Rule.GREEDY_PER_COST)


def _paid_price(rule: AllocationRule, round_: Round) -> tuple[Fraction | None, Fraction | None]:
    """Give the price and the effective votes of a round in which supporters pay."""
    if rule.rule is Rule.PHRAGMEN:
        return round_.measure, None
    return round_.price, round_.effective_votes


def _voted_price(problem: AllocationProblem, place: int) -> tuple[Fraction | None, Fraction | None]:
    """Give the cost divided by the votes (points), and these; nothing where there are none."""
    score = problem.tally.score[place]
    if score <= 0:
        return None, None
    return Fraction(problem.costs[place], score), Fraction(score)


def supporters_of(problem: AllocationProblem) -> tuple[int, ...]:
    """Count the ballots that give each project a positive value, in listed order."""
    profile = problem.profile
    per_mark = np.repeat(profile.weights, np.diff(profile.indptr)) * (profile.values > 0)
    total = np.zeros(len(profile.projects), dtype=np.int64)
    np.add.at(total, profile.items, per_mark)
    return tuple(total.tolist())


def blank_of(problem: AllocationProblem) -> int:
    """Count the ballots that name no project."""
    profile = problem.profile
    return int(profile.weights[np.diff(profile.indptr) == 0].sum())
