"""Ballots by channel, without the small numbers that would tell what a few people chose.

Everyone knows each project's votes and the number of ballots over all channels, and where voters
choose one project also that a channel's votes add up to its ballots. So a number that is left out
must not follow from those that stay. The table is published in nested steps:

- channels are ordered by their ballots, most first;
- in a row either all channels are shown, or only the first (and so the rest of them together), or
  only the total. A row takes the first of these in which every number shown or implied, and the
  number of ballots beside it that do not name the project, is at least the least;
- in a column the cells that rows leave out must not follow from its total: together they, and what
  else these rows leave out, are each at least the least, and so is what all of them but the largest
  leave out. Until that holds, the next smallest row leaves its cell out too; where no row is left
  to do so, there is no table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from talkoot.voting.results.figures import ChannelTable, ChannelVotes

LEAST = 10
"""Ballots: a smaller number may tell a neighbour what somebody chose."""
PAIR = 2
"""Of two channels one cannot be left out alone: the total gives it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBallots:
    """Counts that may be small: only :func:`channel_table` decides what of them is shown.

    ``ballots[c]`` were cast in ``channels[c]``, ``votes[c][p]`` of them name project p.
    """

    channels: tuple[str, ...]
    ballots: tuple[int, ...]
    votes: tuple[tuple[int, ...], ...]


def channel_table(
    counts: ChannelBallots, numbers: Sequence[str], *, least: int = LEAST
) -> ChannelTable | None:
    """Give what may be shown of the channels that were used.

    ``None`` where only one was used, or where the ballots of so few people came through the others
    that nothing may be shown.
    """
    used = [at for at, ballots in enumerate(counts.ballots) if ballots]
    order = sorted(used, key=lambda at: (-counts.ballots[at], at))
    if len(order) < PAIR:
        return None
    ballots = [counts.ballots[at] for at in order]
    most = _widest(ballots, least)
    if not most:
        return None
    rows = [[counts.votes[at][place] for at in order] for place in range(len(numbers))]
    shown = [min(most, _widest_with_others(row, ballots, least)) for row in rows]
    for column in reversed(range(most)):
        if not _hidden_together(rows, shown, column, least):
            return None
    return ChannelTable(
        least=least,
        channels=tuple(counts.channels[at] for at in order),
        ballots=_visible(ballots, most),
        projects=tuple(
            ChannelVotes(number=number, votes=_visible(row, many))
            for number, row, many in zip(numbers, rows, shown, strict=True)
        ),
    )


def _visible(row: Sequence[int], shown: int) -> tuple[int | None, ...]:
    return tuple(value if at < shown else None for at, value in enumerate(row))


def _steps(channels: int) -> tuple[int, ...]:
    """Give how many cells of a row may be shown from the left, most first."""
    return (channels, 0) if channels == PAIR else (channels, 1, 0)


def _known(row: Sequence[int], shown: int) -> list[int]:
    """Give what a reader then knows: each cell shown, and the rest of them together."""
    return [*row[:shown], sum(row[shown:])] if shown < len(row) else list(row)


def _widest(row: Sequence[int], least: int) -> int:
    """Give how many cells may be shown so that nobody learns of a small number; 0: the total."""
    steps = _steps(len(row))
    return next((many for many in steps[:-1] if min(_known(row, many)) >= least), 0)


def _widest_with_others(row: list[int], ballots: list[int], least: int) -> int:
    """The same, counting too those who cast a ballot and did not name the project."""
    others = [whole - some for whole, some in zip(ballots, row, strict=True)]
    return min(_widest(row, least), _widest(others, least))


def _hidden_together(rows: list[list[int]], shown: list[int], column: int, least: int) -> bool:
    """Let more rows leave a cell out until the column tells nothing; say if that is enough."""
    narrower = next(many for many in _steps(len(rows[0])) if many <= column)
    while _tells(rows, shown, column, least):
        wide = [at for at, many in enumerate(shown) if many > column]
        if not wide:
            return False
        shown[min(wide, key=lambda at: (rows[at][column], at))] = narrower
    return True


def _tells(rows: list[list[int]], shown: list[int], column: int, least: int) -> bool:
    """Whether a column's total would tell what some of its cells are that are left out."""
    hidden = [(row, many) for row, many in zip(rows, shown, strict=True) if many <= column]
    if not hidden:
        return False
    cells = sum(row[column] for row, _ in hidden)
    left_out = [sum(row[many:]) for row, many in hidden]
    whole = sum(left_out)
    return min(cells, whole - cells, whole - max(left_out)) < least
