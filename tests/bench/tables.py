"""The same question to DuckDB and Polars: of each voter the last ballot, then the counts.

Each is given the made election in the form that suits it best, and the time of loading it so does
not count. Ways of asking that were tried and were slower are not here; of those here, the fastest
counts. None of them is asked for the fate of every row, which our own count gives.
"""

from collections.abc import Callable, Mapping

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from tests.bench.made import PROJECTS, Made

Counts = list[int]
"""How many standing ballots name each project."""

Ways = Mapping[str, Callable[[], Counts]]

HALF = 1 << 64


def _columns(made: Made) -> dict[str, npt.NDArray[np.generic]]:
    """A row for each entry: its number, voter key and precedence in halves."""
    voter, precedence = made.entries.voter, made.entries.precedence
    columns: dict[str, npt.NDArray[np.generic]] = {"r": np.arange(made.n)}
    for name, halves in (("v", voter), ("p", precedence)):
        columns |= {f"{name}{half}": np.ascontiguousarray(halves[:, half]) for half in (0, 1)}
    return columns


def _marks(made: Made) -> dict[str, npt.NDArray[np.generic]]:
    """A row for each mark: the ballot's row and the project."""
    lengths = np.diff(made.choices.indptr)
    return {"r": np.repeat(np.arange(made.n), lengths), "item": made.choices.items}


LAST_BY_WINDOW = """
select item, count(*) from (
    select unnest(items) as item from (
        select items, row_number() over (partition by v0, v1 order by p0 desc, p1 desc) as place
        from lists
    ) where place = 1
) group by item
"""
LAST_BY_MAXIMUM = """
select item, count(*) from marks
where r in (select arg_max(r, (p0, p1)) from entries group by v0, v1)
group by item
"""


def duckdb_ways(made: Made, threads: int | None) -> Ways:
    """DuckDB's tables in memory, with so many threads, or as many as it takes by itself."""
    connection = duckdb.connect()
    if threads is not None:
        connection.execute(f"set threads = {threads}")
    for name, columns in (("entries", _columns(made)), ("marks", _marks(made))):
        connection.register("columns", columns)
        connection.execute(f"create table {name} as select * from columns")  # noqa: S608 - ours
        connection.unregister("columns")
    connection.execute(
        "create table lists as select e.*, items from entries e"
        " join (select r, list(item) as items from marks group by r) using (r)"
    )

    def asked(query: str) -> Callable[[], Counts]:
        return lambda: _in_order(connection.execute(query).fetchall())

    return {"window": asked(LAST_BY_WINDOW), "maximum": asked(LAST_BY_MAXIMUM)}


def _in_order(counted: list[tuple[int, int]]) -> Counts:
    counts = [0] * PROJECTS
    for item, number in counted:
        counts[item] = number
    return counts


def polars_way(made: Made) -> Callable[[], Counts]:
    """Polars' frames; its threads are set by the environment before it is imported."""
    lists = pl.DataFrame(_marks(made)).group_by("r", maintain_order=True).agg("item")["item"]
    halves = pl.DataFrame(_columns(made))
    frame = halves.select(
        "r",
        *(
            (pl.col(f"{name}0").cast(pl.UInt128) * HALF + pl.col(f"{name}1")).alias(name)
            for name in ("v", "p")
        ),
        items=lists,
    )

    def work() -> Counts:
        last = frame.lazy().group_by("v").agg(pl.col("r").sort_by("p").last()).collect()["r"]
        marks = frame["items"].gather(last).explode().alias("item").to_frame()
        return _in_order(list(marks.group_by("item").len().iter_rows()))

    return work
