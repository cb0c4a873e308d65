"""The table of channels tells nothing about a few people, neither by a number nor by a sum."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkoot.voting.results.channels import ChannelBallots, channel_table
from talkoot.voting.results.figures import ChannelTable

CHANNELS = ("web", "kiosk", "paper")


def table(ballots: tuple[int, ...], *rows: tuple[int, ...], least: int = 10) -> ChannelTable | None:
    """The table of projects 1, 2, ... whose votes by channel are the rows."""
    votes = tuple(tuple(row[at] for row in rows) for at in range(len(CHANNELS)))
    counts = ChannelBallots(channels=CHANNELS, ballots=ballots, votes=votes)
    return channel_table(counts, [str(at + 1) for at in range(len(rows))], least=least)


def test_large_numbers_are_shown_and_the_largest_channel_stands_first() -> None:
    found = table((100, 300, 60), (40, 90, 20), (50, 200, 30))
    assert found is not None
    assert found.channels == ("kiosk", "web", "paper")
    assert found.ballots == (300, 100, 60)
    assert [row.votes for row in found.projects] == [(90, 40, 20), (200, 50, 30)]


def test_a_small_number_takes_the_one_beside_it_along() -> None:
    found = table((300, 100, 60), (90, 40, 3), (200, 50, 4), (100, 30, 20))
    assert found is not None
    assert [row.votes for row in found.projects] == [
        (90, None, None),
        (200, None, None),
        (100, None, None),  # 3 and 4 are fewer than ten together: a total of the column would tell
    ]


def test_a_single_row_that_leaves_out_a_number_takes_another_row_along() -> None:
    found = table((300, 100, 60), (90, 40, 3), (200, 50, 20), (100, 30, 25))
    assert found is not None
    assert [row.votes for row in found.projects] == [
        (90, None, None),
        (200, None, None),
        (100, 30, 25),
    ]


def test_a_project_that_nearly_everyone_at_a_kiosk_chose_is_not_shown_by_channel() -> None:
    found = table((300, 40, 0), (150, 39, 0), (150, 20, 0), (100, 12, 0))
    assert found is not None
    assert [row.votes for row in found.projects] == [(None, None), (150, 20), (None, None)]


def test_ballots_of_a_small_channel_are_not_shown_even_as_a_sum() -> None:
    assert table((300, 4, 0), (150, 2, 0)) is None
    assert table((300, 4, 5), (150, 2, 1)) is None
    found = table((300, 40, 5), (150, 20, 2), (140, 20, 2))
    assert found is not None
    assert found.ballots == (300, None, None)
    assert [row.votes for row in found.projects] == [(150, None, None), (140, None, None)]


def test_one_channel_alone_needs_no_table() -> None:
    assert table((300, 0, 0), (150, 0, 0)) is None


Row = tuple[int, ...]


@st.composite
def elections_by_channel(draw: st.DrawFn) -> tuple[Row, tuple[Row, ...]]:
    """Small channels where every voter chooses one of up to four projects."""
    cells = st.tuples(*[st.integers(0, 6)] * draw(st.integers(2, 3)))
    rows = tuple((*row, 0)[:3] for row in draw(st.lists(cells, min_size=1, max_size=4)))
    return tuple(sum(row[at] for row in rows) for at in range(3)), rows


def worlds(rows: tuple[Row, ...], found: ChannelTable) -> list[tuple[Row, ...]]:
    """Every table that fits what is published, by brute force.

    All that a reader knows are the cells shown, the rows' totals and, where they are shown, the
    columns' totals.
    """
    fitting = []
    for world in product(
        *(_rows(row, shown.votes) for row, shown in zip(rows, found.projects, strict=True))
    ):
        columns = [sum(row[at] for row in world) for at in range(len(found.channels))]
        if all(b in {None, c} for b, c in zip(found.ballots, columns, strict=True)):
            fitting.append(world)
    return fitting


def _rows(row: Row, shown: tuple[int | None, ...]) -> list[Row]:
    cells = [range(sum(row) + 1) if one is None else (one,) for one in shown]
    return [one for one in product(*cells) if sum(one) == sum(row)]


@given(elections_by_channel())
@settings(max_examples=150, deadline=None)
def test_no_number_left_out_can_be_worked_out(election: tuple[Row, tuple[Row, ...]]) -> None:
    ballots, rows = election
    found = table(ballots, *rows, least=2)
    if found is None:
        return
    fitting = worlds(rows, found)
    for at, row in enumerate(found.projects):
        for column, cell in enumerate(row.votes):
            if cell is None and any(rows[at]):
                assert len({world[at][column] for world in fitting}) > 1


@pytest.mark.parametrize("least", [1, 3, 10])
@given(data=st.data())
def test_every_number_shown_is_large_enough_and_so_is_what_it_leaves(
    data: st.DataObject, least: int
) -> None:
    ballots = data.draw(st.tuples(*[st.integers(0, 40)] * 3))
    rows = [data.draw(st.tuples(*[st.integers(0, most) for most in ballots])) for _ in range(3)]
    found = table(ballots, *rows, least=least)
    if found is None:
        return
    order = [CHANNELS.index(channel) for channel in found.channels]
    for row, published in zip(rows, found.projects, strict=True):
        shown = [at for at, cell in zip(order, published.votes, strict=True) if cell is not None]
        rest = [at for at in order if at not in shown]
        blocks = [[at] for at in shown] + ([rest] if rest and shown else [])
        for block in blocks:
            named, whole = sum(row[at] for at in block), sum(ballots[at] for at in block)
            assert named >= least
            assert whole - named >= least
