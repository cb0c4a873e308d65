"""The slow twins: one ballot after another, added up in dictionaries."""

from collections import Counter
from collections.abc import Iterable

from talkoot.voting.ballot import Ballot, BallotDefinition, VoteType
from talkoot.voting.dedup import U8
from talkoot.voting.tally.choices import I64, Choice, Choices, Rows, fault_of
from talkoot.voting.tally.count import Tally


def counted(ballots: Iterable[Ballot], definition: BallotDefinition) -> Tally:
    """Count ballots one by one."""
    ids = tuple(project.id for project in definition.projects)
    votes = dict.fromkeys(ids, 0)
    score = dict.fromkeys(ids, 0)
    number = 0
    for ballot in ballots:
        number += 1
        for mark in ballot.marks:
            votes[mark.project] += 1
            if definition.vote_type is VoteType.RANKING:
                score[mark.project] += len(ballot.marks) - mark.value + 1
            else:
                score[mark.project] += mark.value
    return Tally(
        projects=ids, votes=tuple(votes.values()), score=tuple(score.values()), ballots=number
    )


def add_ballots(  # noqa: PLR0917 - the kernel's arrays in the kernel's order
    choices: Choices, rows: Rows | None, keys: U8, votes: I64, score: I64, ballots: I64
) -> None:
    """Add ballots up by key and project, as the kernel does."""
    for row in _named(choices, rows):
        key = int(keys[row])
        ballots[key] += 1
        for place, value in choice_at(choices, row, votes.shape[1]):
            votes[key, place] += 1
            score[key, place] += value


def grouped(choices: Choices, rows: Rows | None, projects: int) -> Counter[Choice]:
    """Count equal ballots together."""
    return Counter(choice_at(choices, row, projects) for row in _named(choices, rows))


def choice_at(choices: Choices, row: int, projects: int) -> Choice:
    """Give one ballot. Raises ``ValueError`` naming row and project where it is not sound."""
    start, end = int(choices.indptr[row]), int(choices.indptr[row + 1])
    places = choices.items[start:end].tolist() if 0 <= start <= end <= len(choices.items) else None
    if places is None or places != sorted(set(places)) or max(places, default=-1) >= projects:
        raise fault_of(choices, row, projects)
    values = [1] * len(places) if choices.values is None else choices.values[start:end].tolist()
    return tuple(zip(places, values, strict=True))


def _named(choices: Choices, rows: Rows | None) -> Iterable[int]:
    number = len(choices)
    for row in range(number) if rows is None else rows.tolist():
        if not 0 <= row < number:
            raise IndexError(f"row {row} is not one of {number} ballots")
        yield row
