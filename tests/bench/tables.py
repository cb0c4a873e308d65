"""The same questions to DuckDB and Polars, each given the election in the form that suits it best.

Two questions. *Counts only*: how many standing ballots name each project. *The same answer*: that,
and all that our settlement tells besides: what became of every row, which row it lost to or
repeats, and the rows that stand sorted by voter. Loading their tables does not count. Ways of
asking that were tried and were slower are not here; of those here the fastest counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from tests.bench.made import PROJECTS, Made

Counts = list[int]
"""How many standing ballots name each project."""

Ways = Mapping[str, Callable[[], Counts]]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

HALF = 1 << 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The counts, and the arrays of a settlement."""

    counts: Counts
    standing: I64
    fates: U8
    superseded_by: I64


def _by_row(n: int, rows: I64, fates: U8, others: I64) -> tuple[U8, I64]:
    """Fates and rows lost to, in the order of the rows; a row that is not named stands."""
    fate, other = np.zeros(n, np.uint8), np.full(n, -1, np.int64)
    fate[rows], other[rows] = fates, others
    return fate, other


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


SETTLED = """
create or replace temp table standing as
    select v0, v1, arg_max(r, (p0, p1, -r)) as stands, count(*) as number
    from entries group by v0, v1
"""
LOST = """
with repeated as (
    select v0, v1, p0, p1, min(r) as first
    from entries semi join (select v0, v1 from standing where number > 1) using (v0, v1)
    group by all
)
select
    r,
    case when r <> first then 2 when r = stands then 0 else 1 end::utinyint as fate,
    case when r <> first then first when r = stands then -1 else stands end as other
from entries join standing using (v0, v1) join repeated using (v0, v1, p0, p1)
"""
COUNTED = "select item, count(*) from marks where r in (select stands from standing) group by item"


class DuckTables:
    """DuckDB's tables in memory, with so many threads, or as many as it takes by itself."""

    def __init__(self, made: Made, threads: int | None) -> None:
        """Load the election."""
        self._n, self._connection = made.n, duckdb.connect()
        if threads is not None:
            self._connection.execute(f"set threads = {threads}")
        for name, columns in (("entries", _columns(made)), ("marks", _marks(made))):
            self._connection.register("columns", columns)
            self._connection.execute(f"create table {name} as select * from columns")  # noqa: S608 - ours
            self._connection.unregister("columns")
        self._connection.execute(
            "create table lists as select e.*, items from entries e"
            " join (select r, list(item) as items from marks group by r) using (r)"
        )

    def counts_only(self) -> Ways:
        """The ways to ask for counts."""
        return {
            "window": lambda: self._counts(LAST_BY_WINDOW),
            "maximum": lambda: self._counts(LAST_BY_MAXIMUM),
        }

    def same_answer(self) -> Answer:
        """Everything that our settlement and tally tell."""
        self._connection.execute(SETTLED)
        lost = self._connection.execute(LOST).fetchnumpy()
        standing = self._connection.execute("select stands from standing order by v0, v1")
        rows: I64 = standing.fetchnumpy()["stands"]
        fates, others = _by_row(self._n, lost["r"], lost["fate"], lost["other"])
        counts = self._counts(COUNTED)
        return Answer(counts=counts, standing=rows, fates=fates, superseded_by=others)

    def _counts(self, query: str) -> Counts:
        return _in_order(self._connection.execute(query).fetchall())


def _in_order(counted: list[tuple[int, int]]) -> Counts:
    counts = [0] * PROJECTS
    for item, number in counted:
        counts[item] = number
    return counts


class PolarsFrames:
    """Polars' frames; its threads are set by the environment before it is imported."""

    def __init__(self, made: Made) -> None:
        """Load the election, keys and precedence as numbers of 128 bits."""
        halves, self._n = pl.DataFrame(_columns(made)), made.n
        whole = (
            (pl.col(f"{name}0").cast(pl.UInt128) * HALF + pl.col(f"{name}1")).alias(name)
            for name in ("v", "p")
        )
        marks = pl.DataFrame(_marks(made))
        self._items = marks.group_by("r", maintain_order=True).agg("item")["item"]
        self._frame = halves.select("r", *whole)

    def counts_only(self) -> Counts:
        """Of each voter the last row, then the marks of these."""
        last = self._frame.lazy().group_by("v").agg(pl.col("r").sort_by("p").last())
        return self._counted(last.collect()["r"])

    def same_answer(self) -> Answer:
        """Everything that our settlement and tally tell."""
        r, first, stands = pl.col("r"), pl.col("first"), pl.col("stands")
        last = pl.col("r").sort_by("p", -pl.col("r")).last().alias("stands")
        standing = self._frame.lazy().group_by("v").agg(last, number=pl.len()).collect()
        several = standing.lazy().filter(pl.col("number") > 1)
        rows = self._frame.lazy().join(several, on="v")
        rows = rows.with_columns(first=pl.col("r").min().over("v", "p"))
        lost = rows.select(
            "r",
            fate=pl.when(r != first).then(2).when(r == stands).then(0).otherwise(1).cast(pl.UInt8),
            other=pl.when(r != first).then(first).when(r == stands).then(-1).otherwise(stands),
        ).collect()
        columns = (lost[name].to_numpy() for name in ("r", "fate", "other"))
        fates, others = _by_row(self._n, *columns)
        in_order = standing.sort("v")["stands"]
        counts = self._counted(in_order)
        rows_: I64 = in_order.to_numpy()
        return Answer(counts=counts, standing=rows_, fates=fates, superseded_by=others)

    def _counted(self, rows: pl.Series) -> Counts:
        marks = self._items.gather(rows).explode().alias("item").to_frame()
        return _in_order(list(marks.group_by("item").len().iter_rows()))
