"""What a reader works out from published tables: elimination in fractions, then bounds."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

Row = dict[Hashable, Fraction]
NONE, ONE = Fraction(0), Fraction(1)


@dataclass(slots=True)
class Known:
    """Equations about whole numbers that are not negative. A cell is named by anything."""

    equations: list[tuple[Row, Fraction]] = field(default_factory=list)

    def is_sum(self, cells: Iterable[Hashable], value: int) -> None:
        """These cells come to a number that is published."""
        self.equations.append((dict.fromkeys(cells, ONE), Fraction(value)))

    def is_sum_of(self, whole: Hashable, cells: Iterable[Hashable]) -> None:
        """These cells come to another one."""
        self.equations.append(({**dict.fromkeys(cells, ONE), whole: -ONE}, NONE))

    def reduced(self) -> list[tuple[Row, Fraction]]:
        """Give the equations in reduced row echelon form. Raises ``ValueError`` if none can be."""
        done: list[tuple[Hashable, Row, Fraction]] = []
        for given, right in self.equations:
            row, value = dict(given), right
            for pivot, other, known in done:
                row, value = _less(row, value, row.get(pivot, NONE), other, known)
            if not row:
                if value:
                    raise ValueError("the published tables contradict each other")
                continue
            pivot = next(iter(row))
            by = row[pivot]
            row, value = {cell: part / by for cell, part in row.items()}, value / by
            done = [
                (p, *_less(other, known, other.get(pivot, NONE), row, value))
                for p, other, known in done
            ]
            done.append((pivot, row, value))
        return [(row, value) for _, row, value in done]

    def bounds(self) -> Mapping[Hashable, tuple[Fraction, Fraction | None]]:
        """Give the least and the most that each cell can be, as far as single equations tell.

        Equations as given and as reduced are gone through until nothing changes.
        """
        least: dict[Hashable, Fraction] = {}
        most: dict[Hashable, Fraction | None] = {}
        rows = [*self.equations, *self.reduced()]
        for row, _ in rows:
            for cell in row:
                least[cell], most[cell] = NONE, None
        changed = True
        while changed:
            changed = False
            for row, value in rows:
                for cell in row:
                    changed |= _narrowed(cell, row, value, least, most)
        return {cell: (least[cell], most[cell]) for cell in least}


def _less(
    row: Row, value: Fraction, times: Fraction, other: Row, known: Fraction
) -> tuple[Row, Fraction]:
    if not times:
        return row, value
    parts = {c: row.get(c, NONE) - times * other.get(c, NONE) for c in {**row, **other}}
    return {cell: part for cell, part in parts.items() if part}, value - times * known


def _narrowed(
    cell: Hashable,
    row: Row,
    value: Fraction,
    least: dict[Hashable, Fraction],
    most: dict[Hashable, Fraction | None],
) -> bool:
    """Narrow one cell by what all others of its equation can be; tell whether that did anything."""
    ends: list[Fraction | None] = []
    for low in (True, False):
        rest: Fraction | None = value
        for other, part in row.items():
            if other == cell:
                continue
            # The largest rest needs the smallest others: by the sign of each part.
            end = most[other] if low == (part > 0) else least[other]
            rest = None if rest is None or end is None else rest - part * end
        ends.append(rest)
    if row[cell] < 0:
        ends.reverse()
    low_end, high_end = (None if end is None else end / row[cell] for end in ends)
    changed = False
    if low_end is not None and low_end > least[cell]:
        least[cell], changed = low_end, True
    bound = most[cell]
    if high_end is not None and (bound is None or high_end < bound):
        most[cell], changed = high_end, True
    return changed
