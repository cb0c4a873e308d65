"""What kind of count a result comes from, as far as words and pictures differ by it."""

from enum import Enum, auto

from talkoot.voting.ballot import Rule, VoteType
from talkoot.voting.results import Result


class Paying(Enum):
    """Who pays for a project."""

    NOBODY = auto()
    """Votes decide, down a list."""
    SHARES = auto()
    """Voters pay from equal shares."""
    INCOME = auto()
    """Voters pay from money that all receive at the same pace (Phragmen)."""


_PAYING = {
    Rule.MES_COST.value: Paying.SHARES,
    Rule.MES_CARDINALITY.value: Paying.SHARES,
    Rule.MES_VALUES.value: Paying.SHARES,
    Rule.PHRAGMEN.value: Paying.INCOME,
}


def paying_of(result: Result) -> Paying:
    """Tell who pays for the projects of this result.

    Where the outcome by votes stands after a comparison, nobody does.
    """
    if result.rounds and all(step.phase == "comparison" for step in result.rounds):
        return Paying.NOBODY
    return _PAYING.get(result.rule, Paying.NOBODY)


def is_scored(result: Result) -> bool:
    """Tell whether ballots give points, so that points and not votes are what counts."""
    return result.vote_type in {VoteType.POINTS, VoteType.SCORES, VoteType.RANKING}


def strength_of(votes: int, score: int, result: Result) -> int:
    """Give what counts for a project: its points where ballots give points, else its votes."""
    return score if is_scored(result) else votes
