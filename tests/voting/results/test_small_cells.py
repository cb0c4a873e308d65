"""T10: no published table tells of fewer than ten people, and no sum or difference of them does."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from talkoot.voting.results import (
    AreaTable,
    AreaTurnout,
    AreaVoters,
    ChannelTable,
    ChannelVotes,
    area_table,
)
from talkoot.voting.results.channels import LEAST, ChannelBallots, channel_table
from tests.voting.results.recovering import Known

CHANNELS = ("web", "kiosk", "paper")
TRICKY = st.sampled_from([0, 1, 2, 5, 8, 9, 10, 11, 12, 18, 19, 20, 21, 25, 40, 100])


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Who has voted, by area, and what was chosen, by channel.

    ``areas``: voters and others of each; ``cells[p][c]``: ballots by channel c that choose project
    p; ``single``: whether every ballot chooses exactly one, so that a channel's cells are its
    ballots; else ``more[c]`` is how many ballots of a channel there are above its largest cell.
    """

    areas: tuple[tuple[int, int], ...]
    cells: tuple[tuple[int, ...], ...]
    more: tuple[int, ...]
    single: bool

    @property
    def ballots(self) -> tuple[int, ...]:
        """Ballots by channel."""
        columns = list(zip(*self.cells, strict=True))
        if self.single:
            return tuple(sum(column) for column in columns)
        return tuple(max(col) + more for col, more in zip(columns, self.more, strict=True))

    def counts(self) -> list[AreaVoters]:
        """The areas, as the roll counts them."""
        return [
            AreaVoters(area=f"a{at}", on_roll=voters + others, voters=voters)
            for at, (voters, others) in enumerate(self.areas)
        ]

    def by_channel(self) -> ChannelBallots:
        """The channels, as the count leaves them."""
        votes = tuple(zip(*self.cells, strict=True))
        return ChannelBallots(channels=CHANNELS, ballots=self.ballots, votes=votes)


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """Registers whose numbers lie at and around the least that may be told, and their sums."""
    row = st.tuples(TRICKY, TRICKY, TRICKY)
    areas = draw(st.lists(st.tuples(TRICKY, TRICKY), min_size=1, max_size=7))
    cells = draw(st.lists(row, min_size=1, max_size=4))
    more, single = draw(row), draw(st.booleans())
    return Register(areas=tuple(areas), cells=tuple(cells), more=more, single=single)


def known_by_areas(register: Register, table: AreaTable | None) -> Known:
    """All equations about areas that a reader has; what is left out is told by nothing else."""
    known, areas = Known(), register.counts()
    for area in areas:
        known.is_sum_of((area.area, "roll"), [(area.area, "voters"), (area.area, "others")])
    known.is_sum([(area.area, "voters") for area in areas], sum(v for v, _ in register.areas))
    if table is not None:
        known.is_sum([(area.area, "roll") for area in areas], table.on_roll)
        for line in table.areas:
            if line.on_roll is not None and line.voters is not None:
                known.is_sum([(line.area, "roll")], line.on_roll)
                known.is_sum([(line.area, "voters")], line.voters)
    return known


def known_by_channels(register: Register, table: ChannelTable | None) -> Known:
    """The same about channels: every project's votes and all ballots are in the public files."""
    known, ballots = Known(), register.ballots
    used = [channel for channel, number in zip(CHANNELS, ballots, strict=True) if number]
    known.is_sum([(channel, "ballots") for channel in used], sum(ballots))
    for project, row in enumerate(register.cells):
        known.is_sum([(channel, project) for channel in used], sum(row))
        for channel in used:
            others = (channel, project, "others")
            known.is_sum_of((channel, "ballots"), [(channel, project), others])
    if register.single:
        for channel in used:
            cells = [(channel, project) for project in range(len(register.cells))]
            known.is_sum_of((channel, "ballots"), cells)
    for channel, number in zip(table.channels, table.ballots, strict=True) if table else ():
        if number is not None:
            known.is_sum([(channel, "ballots")], number)
    for project, line in enumerate(table.projects if table else ()):
        for channel, cell in zip(table.channels if table else (), line.votes, strict=True):
            if cell is not None:
                known.is_sum([(channel, project)], cell)
    return known


def recovered(known: Known, whole: dict[Hashable, int]) -> list[Hashable]:
    """Give the cells that a reader knows to be fewer than ten, though ``whole`` is not.

    ``whole`` is what a cell's row comes to, which everyone knows: where that is small itself, it is
    no table that gives a cell away, but then a cell must not be worked out exactly.
    """
    found = []
    for cell, (least, most) in known.bounds().items():
        row = whole.get(cell, LEAST)
        if row and most is not None and most < LEAST and (row >= LEAST or least == most):
            found.append(cell)
    return found


def rows_of(register: Register) -> dict[Hashable, int]:
    """What each row of the table of channels comes to over all channels."""
    whole: dict[Hashable, int] = {}
    every = sum(register.ballots)
    for project, row in enumerate(register.cells):
        for channel in CHANNELS:
            whole[channel, project] = sum(row)
            whole[channel, project, "others"] = every - sum(row)
    return whole | {(channel, "ballots"): every for channel in CHANNELS}


def told_by_areas(register: Register, table: AreaTable | None) -> list[Hashable]:
    """The cells of areas that are published small, or can be worked out. Areas of nobody aside."""
    whole: dict[Hashable, int] = {}
    voters = sum(v for v, _ in register.areas)
    others = sum(o for _, o in register.areas)
    for area in register.counts():
        whole[area.area, "voters"] = voters
        whole[area.area, "others"] = others
    return recovered(known_by_areas(register, table), whole)


def told_by_channels(register: Register, table: ChannelTable | None) -> list[Hashable]:
    """The same of channels."""
    return recovered(known_by_channels(register, table), rows_of(register))


def two_or_more(register: Register) -> bool:
    """Whether there is a table to make at all: one channel, one area are the totals themselves."""
    return len(register.areas) > 1 and sum(bool(number) for number in register.ballots) > 1


HARD = (
    Register(
        areas=((3, 40), (50, 60), (70, 80)),
        cells=((90, 40, 3), (200, 50, 20), (100, 30, 25)),
        more=(10, 10, 10),
        single=True,
    ),
    Register(
        areas=((12, 12), (1, 30), (40, 50), (100, 15)),
        cells=((20, 19, 1), (40, 9, 12)),
        more=(0, 1, 9),
        single=False,
    ),
)


@example(register=HARD[0])
@example(register=HARD[1])
@given(register=registers())
@settings(max_examples=100, deadline=None)
def test_t10_no_cell_below_ten_is_published_or_can_be_worked_out(register: Register) -> None:
    areas, channels = area_table(register.counts()), None
    if two_or_more(register):
        channels = channel_table(
            register.by_channel(), [str(at) for at in range(len(register.cells))]
        )
    told = told_by_areas(register, areas) if len(register.areas) > 1 else []
    told += told_by_channels(register, channels) if two_or_more(register) else []
    assert (len(told), told) == (0, [])


def only_small_ones(register: Register) -> tuple[AreaTable, ChannelTable]:
    """Leave out what is small and nothing besides: the defence without its second half."""
    counts = register.counts()
    areas = AreaTable(
        least=LEAST,
        on_roll=sum(area.on_roll for area in counts),
        voters=sum(area.voters for area in counts),
        areas=tuple(
            AreaTurnout(area=area.area, on_roll=area.on_roll, voters=area.voters)
            if min(area.voters, area.on_roll - area.voters) >= LEAST
            else AreaTurnout(area=area.area)
            for area in counts
        ),
    )
    channels = ChannelTable(
        least=LEAST,
        channels=CHANNELS,
        ballots=_large(register.ballots),
        projects=tuple(
            ChannelVotes(number=str(at), votes=_large(row)) for at, row in enumerate(register.cells)
        ),
    )
    return areas, channels


def _large(row: Sequence[int]) -> tuple[int | None, ...]:
    return tuple(number if number >= LEAST else None for number in row)


@pytest.mark.parametrize("register", HARD)
def test_t10_the_same_solver_recovers_cells_where_only_small_ones_are_left_out(
    register: Register,
) -> None:
    """The control: one cell left out alone follows from the totals."""
    areas, channels = only_small_ones(register)
    assert told_by_areas(register, areas)
    assert told_by_channels(register, channels)


def test_t10_lines_of_small_areas_are_left_out_two_at_least_and_ten_at_least_together() -> None:
    table = area_table(HARD[0].counts())
    assert table is not None
    assert (table.on_roll, table.voters) == (303, 123)
    assert [(line.on_roll, line.voters) for line in table.areas] == [
        (None, None),
        (None, None),  # not small, but alone the first would follow from the totals
        (150, 70),
    ]


def test_t10_where_nothing_can_be_shown_there_is_no_table_and_more_than_all_cannot_vote() -> None:
    assert area_table([]) is None
    assert area_table([AreaVoters(area="a", on_roll=30, voters=9)]) is None
    small = [AreaVoters(area=name, on_roll=30, voters=3) for name in "abcd"]
    assert area_table(small) is None
    with pytest.raises(ValueError, match="cannot be"):
        AreaVoters(area="a", on_roll=3, voters=4)
