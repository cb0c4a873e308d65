"""The table of all figures, for machines and for people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

from tests.bench.harness import Row

RESULTS = Path(__file__).with_name("results.json")
PAGE = Path(__file__).with_name("RESULTS.md")

HEAD = """\
# What was measured

Written by `make bench`; [results.json](results.json) holds the same rows. Seconds are medians of
the runs named; what is compared took turns in the same run. The ratio is their seconds by ours, so
that more is better for us, unless the note says what else it is.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row on file, with the machine that it was measured on."""

    ratio: float | None
    ours_s: float | None
    theirs_s: float | None
    runs: int
    n: int
    note: str = ""
    machine: str = ""


@dataclass(slots=True, kw_only=True)
class Report:
    """Rows by name; the first part of a name is its group."""

    rows: dict[str, Kept] = field(default_factory=dict)

    @staticmethod
    def read(file: Path = RESULTS) -> "Report":
        """What is on file, or nothing."""
        if not file.is_file():
            return Report()
        return Report(rows=msgspec.json.decode(file.read_bytes(), type=dict[str, Kept]))

    def take(self, group: str, rows: Sequence[Row], *, machine: str, busy: str) -> None:
        """Put a group's rows in place of those it had; ``busy`` says what else the machine did."""
        if not rows:
            return
        name = f"{machine} ({busy})" if busy else machine
        self.rows = {old: row for old, row in self.rows.items() if group_of(old) != group}
        for row in rows:
            figures = {key: value for key, value in asdict(row).items() if key != "name"}
            self.rows[row.name] = Kept(**figures, machine=name)

    def write(self, groups: Mapping[str, str]) -> None:
        """Write both files, groups in the order of ``groups``, which says what each is."""
        order = list(groups)
        self.rows = dict(sorted(self.rows.items(), key=lambda item: order.index(group_of(item[0]))))
        RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(self.rows), indent=1) + b"\n")
        PAGE.write_text(self.page(groups), "utf-8")

    def page(self, groups: Mapping[str, str]) -> str:
        """The page for people."""
        parts = [HEAD]
        for group, words in groups.items():
            machines = sorted(
                {row.machine for name, row in self.rows.items() if group_of(name) == group}
            )
            if machines:
                parts.append(f"## {group}: {words}\n\nOn {'; '.join(machines)}.\n")
                parts.append(self.table([group], mark="|"))
        return "\n".join(parts)

    def table(self, groups: Sequence[str], mark: str = "") -> str:
        """Rows of some groups; with a mark as a table of Markdown, else in even columns."""
        some = [(name, row) for name, row in self.rows.items() if group_of(name) in groups]
        head = ("name", "ratio", "ours", "theirs", "runs", "n", "note")
        lines = [head, *(cells(name, row) for name, row in some)]
        if mark:
            rule = ("---", "--:", "--:", "--:", "--:", "--:", "---")
            return "".join(f"| {' | '.join(line)} |\n" for line in (head, rule, *lines[1:]))
        widths = [max(len(line[at]) for line in lines) for at in range(len(head) - 1)]
        return "\n".join(
            "  ".join(
                [*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]
            )
            for line in lines
        )


def group_of(name: str) -> str:
    """The group that a row belongs to."""
    return name.partition("/")[0]


def cells(name: str, row: Kept) -> tuple[str, ...]:
    """A row as text."""
    return (
        name,
        ""
        if row.ratio is None
        else f"{row.ratio:,.3g}"
        if row.ratio < 100
        else f"{row.ratio:,.0f}",
        duration(row.ours_s),
        duration(row.theirs_s),
        str(row.runs) if row.runs else "",
        f"{row.n:,}" if row.n else "",
        row.note,
    )


def duration(seconds: float | None) -> str:
    """Seconds in the unit that suits them."""
    if seconds is None:
        return ""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
