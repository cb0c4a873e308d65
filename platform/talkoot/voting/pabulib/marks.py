"""One ballot's cells, read. A ballot is a set of projects: what it repeats counts once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from talkoot.voting.pabulib.election import PbProject, PbVoteType
from talkoot.voting.pabulib.numbers import whole_from
from talkoot.voting.pabulib.votes import Cell, Marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The marks in the ballot's order, and the places of projects that it names again."""

    marks: Marks
    repeated: tuple[int, ...] = ()

    def words(self, projects: Sequence[PbProject]) -> str:
        """Say what is odd about the ballot; nothing where nothing is."""
        ids = ", ".join(projects[place].id for place in self.repeated)
        return f"the ballot repeats project {ids}: counted once" if ids else ""


def parsed(cell: Cell, vote_type: PbVoteType, places: Mapping[str, int]) -> Parsed:
    """Read the ``vote`` and ``points`` cells. Raises ``ValueError`` saying what is wrong.

    Points given to the same project twice are added, so that the voter's sum stays what it was;
    everywhere else the first mention stands.
    """
    named = [_place(item, places) for item in _items(cell[0])]
    if vote_type is PbVoteType.CHOOSE_1 and len(set(named)) > 1:
        raise ValueError(f"{len(set(named))} projects on a choose-1 ballot")
    repeated = tuple(dict.fromkeys(p for at, p in enumerate(named) if p in named[:at]))
    if vote_type in (PbVoteType.CUMULATIVE, PbVoteType.SCORING):
        marks = _with_points(named, _items(cell[1]), adding=vote_type is PbVoteType.CUMULATIVE)
    elif vote_type is PbVoteType.ORDINAL:
        marks = tuple((p, rank) for rank, p in enumerate(dict.fromkeys(named), start=1))
    else:
        marks = tuple((p, 1) for p in dict.fromkeys(named))
    return Parsed(marks=marks, repeated=repeated)


def _items(cell: str) -> list[str]:
    return [item.strip() for item in cell.split(",")] if cell.strip() else []


def _place(item: str, places: Mapping[str, int]) -> int:
    if item not in places:
        raise ValueError(f"unknown project {item[:64]!r} on a ballot")
    return places[item]


def _with_points(named: list[int], items: list[str], *, adding: bool) -> Marks:
    if len(items) != len(named):
        raise ValueError(f"{len(named)} projects and {len(items)} points on a ballot")
    values: dict[int, int] = {}
    for place, item in zip(named, items, strict=True):
        points = whole_from(item)
        if place not in values:
            values[place] = points
        elif adding:
            values[place] += points
    return tuple(values.items())
