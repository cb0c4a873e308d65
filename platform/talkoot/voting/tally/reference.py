"""The slow twin: one ballot after another, added up in dictionaries."""

from collections.abc import Iterable

from talkoot.voting.ballot import Ballot, BallotDefinition, VoteType
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
