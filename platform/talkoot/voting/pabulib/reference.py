"""The slow twin: VOTES read row by row, one ballot after another, in lists and dictionaries."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from talkoot.base.errors import BadFile
from talkoot.voting.pabulib.election import PbProject, PbVoteType, Places, Remark
from talkoot.voting.pabulib.head import within
from talkoot.voting.pabulib.marks import Parsed, parsed
from talkoot.voting.pabulib.sections import Head, Lines, Rows, Section, opened, rows_of, title_of
from talkoot.voting.pabulib.votes import Cell, ListedVotes


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of VOTES as they stand."""

    rows: Rows

    def votes(
        self, places: Places, vote_type: PbVoteType, projects: tuple[PbProject, ...]
    ) -> tuple[ListedVotes, list[Remark]]:
        """Read the ballots, and what is odd about some of them.

        Raises :class:`BadFile` naming the first row that is no ballot of a new voter, and after
        that the first ballot that cannot be read.
        """
        rows = self.rows
        cells = _cells(rows, places)
        read = _marks(cells, rows.lines, vote_type, projects)
        votes = ListedVotes(
            header=rows.header,
            rows=tuple(map(tuple, rows.rows)),
            lines=tuple(rows.lines),
            cells=cells,
            marks={cell: found.marks for cell, found in read.items()},
            counts=Counter(cells),
        )
        return votes, [
            Remark(line=line, words=words)
            for cell, line in zip(cells, rows.lines, strict=True)
            if (words := read[cell].words(projects))
        ]


def listed(raw: bytes, head: Head) -> Listing:
    """Read the rows of VOTES. Raises :class:`BadFile` where another section begins among them."""
    above = head.found.get(Section.VOTES, Rows(line=0, section=Section.VOTES))
    rows = replace(above, rows=[], lines=[])
    for line, row in rows_of(Lines(raw, head.place, head.line)):
        title = title_of(row)
        if title is not None:
            opened(head.found, title, line)
        rows.rows.append(row)
        rows.lines.append(line)
    return Listing(rows)


def _cells(rows: Rows, places: Places) -> tuple[Cell, ...]:
    voter, vote, points = places
    seen: set[str] = set()
    cells: list[Cell] = []
    for row, line in zip(rows.rows, rows.lines, strict=True):
        within(row, rows, line)
        if len(row) <= max(places):
            raise BadFile("the row is cut off before its vote", line=line)
        name = row[voter].strip()
        if not name or name in seen:
            what = f"voter {name} is there twice" if name else "a voter has no number"
            raise BadFile(what, line=line)
        seen.add(name)
        cells.append((row[vote], row[points] if points >= 0 else ""))
    return tuple(cells)


def _marks(
    cells: tuple[Cell, ...],
    lines: list[int],
    vote_type: PbVoteType,
    projects: tuple[PbProject, ...],
) -> Mapping[Cell, Parsed]:
    """Read each different ballot once, complaining about the first line that holds it."""
    places = {str(project.id): place for place, project in enumerate(projects)}
    read: dict[Cell, Parsed] = {}
    for cell, line in zip(cells, lines, strict=True):
        if cell not in read:
            try:
                read[cell] = parsed(cell, vote_type, places)
            except ValueError as err:
                raise BadFile(str(err), line=line) from err
    return read
