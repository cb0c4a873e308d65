"""The slow twin of opening: one ballot after another, by the rules of the ballot room."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from talkoot.voting.ballot import Ballot, BallotDefinition, NotCanonical, VoteType, ballot_from
from talkoot.voting.ballot import checked as checked_marks
from talkoot.voting.tally.choices import SHORT_ITEMS, Choice, Choices
from talkoot.voting.tally.profile import choice_of

U8 = npt.NDArray[np.uint8]

VALUE_MAX = 2**31 - 1
_APPROVING = {VoteType.APPROVAL, VoteType.KNAPSACK, VoteType.ONE}


def opened_one_by_one(whats: Iterable[bytes], definition: BallotDefinition) -> tuple[Choices, U8]:
    """Open ballots: their choices, and 1 for each that is spoiled, uint8 (n,)."""
    found = [_opened(what, definition) for what in whats]
    marks: list[Choice] = [() if choice is None else choice for choice in found]
    places = [place for choice in marks for place, _ in choice]
    values = [value for choice in marks for _, value in choice]
    short = len(definition.projects) <= SHORT_ITEMS
    approving = definition.vote_type in _APPROVING
    choices = Choices(
        indptr=np.cumsum([0, *(len(choice) for choice in marks)], dtype=np.int64),
        items=np.array(places, np.uint16) if short else np.array(places, np.uint32),
        values=None if approving else np.array(values, dtype=np.int32),
    )
    return choices, np.array([choice is None for choice in found], dtype=np.uint8)


def _opened(what: bytes, definition: BallotDefinition) -> Choice | None:
    """Open a ballot; ``None`` for one that the rules do not allow."""
    try:
        found = checked_marks(ballot_from(what, definition).marks, definition)
    except NotCanonical:
        return None
    if not isinstance(found, Ballot) or any(mark.value > VALUE_MAX for mark in found.marks):
        return None
    return choice_of(found.marks, definition)
