"""META and PROJECTS, read row by row, or the line in which they are wrong and why."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from talkoot.base.errors import BadFile
from talkoot.base.ids import ProjectId
from talkoot.voting.pabulib.election import PbProject, PbVoteType, Remark
from talkoot.voting.pabulib.numbers import amount_from, whole_from
from talkoot.voting.pabulib.sections import Row, Rows

NEEDED_KEYS = ("num_projects", "num_votes", "budget", "vote_type")
"""Without these nothing can be counted."""

OTHER_OBLIGATORY_KEYS = (
    "description",
    "country",
    "unit",
    "instance",
    "rule",
    "date_begin",
    "date_end",
)
"""The format asks for these too; a count does not need them, so a lack is only remarked on."""

MAX_ID = 64


def meta_of(rows: Rows) -> tuple[dict[str, str], dict[str, int]]:
    """Give META as a mapping, and the line of each key. Text after further semicolons is kept.

    Raises :class:`BadFile` for a key that is there twice or lacking.
    """
    if rows.header[:2] != ("key", "value"):
        raise BadFile("META must begin with the header key;value", line=rows.line + 1)
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    for row, line in zip(rows.rows, rows.lines, strict=True):
        key = row[0].strip().lower()
        if key in meta:
            raise BadFile(f"META key {key} is there twice", line=line)
        meta[key] = ";".join(row[1:]).strip().rstrip(";")
        lines[key] = line
    for key in NEEDED_KEYS:
        if not meta.get(key):
            raise BadFile(f"META has no {key}", line=lines.get(key, rows.line))
    return meta, lines


def vote_type_of(meta: Mapping[str, str], lines: Mapping[str, int]) -> PbVoteType:
    """Give the type of the ballots. Raises :class:`BadFile` for one that nobody knows."""
    word = meta["vote_type"].strip().lower()
    if word not in set(PbVoteType):
        raise BadFile(f"unknown vote_type {word!r}", line=lines["vote_type"])
    return PbVoteType(word)


def same_number(meta: Mapping[str, str], lines: Mapping[str, int], key: str, found: int) -> None:
    """Raise :class:`BadFile` where META does not say how many there are."""
    try:
        said = whole_from(meta[key])
    except ValueError as err:
        raise BadFile(f"{key}: {err}", line=lines[key]) from err
    if said != found:
        raise BadFile(f"META says {key} {said}, the file holds {found}", line=lines[key])


def amount_of(cell: str, what: str, line: int) -> Fraction:
    """Read money. Raises :class:`BadFile` naming what it should be."""
    try:
        return amount_from(cell)
    except ValueError as err:
        raise BadFile(f"{what}: {err}", line=line) from err


def projects_of(rows: Rows) -> tuple[PbProject, ...]:
    """Read the projects, at least one. Raises :class:`BadFile`."""
    for name in ("project_id", "cost"):
        if name not in rows.header:
            raise BadFile(f"PROJECTS has no column {name}", line=rows.line + 1)
    projects = [
        _project(dict(zip(rows.header, row, strict=False)), line) for row, line in _even(rows)
    ]
    seen: set[ProjectId] = set()
    for project in projects:
        if project.id in seen:
            raise BadFile(f"project {project.id} is there twice", line=project.line)
        seen.add(project.id)
    if not projects:
        raise BadFile("there are no projects", line=rows.line)
    return tuple(projects)


def _project(cells: Mapping[str, str], line: int) -> PbProject:
    columns = {name: "" if cell.strip() == "None" else cell.strip() for name, cell in cells.items()}
    number = columns.get("project_id", "")
    if not 1 <= len(number) <= MAX_ID:
        raise BadFile(f"a project's number has 1 to {MAX_ID} characters", line=line)
    return PbProject(
        id=ProjectId(number),
        cost=amount_of(columns.get("cost", ""), "cost", line),
        columns=columns,
        line=line,
    )


def _even(rows: Rows) -> Iterator[tuple[Row, int]]:
    for row, line in zip(rows.rows, rows.lines, strict=True):
        within(row, rows, line)
        yield row, line


def within(row: Row, rows: Rows, line: int) -> None:
    """Raise :class:`BadFile` where a row of the section has a cell beyond the header's columns."""
    width = len(rows.header)
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        raise BadFile(f"{len(row)} cells under {width} columns in {rows.section}", line=line)


def remarks_on(meta: Mapping[str, str], vote_type: PbVoteType) -> Iterator[Remark]:
    """Name what the format asks for and META does not have."""
    for key in OTHER_OBLIGATORY_KEYS:
        if not meta.get(key):
            yield Remark(line=0, words=f"META has no {key}, which the format asks for")
    if vote_type is PbVoteType.CUMULATIVE and not meta.get("max_sum_points"):
        yield Remark(line=0, words="META has no max_sum_points, which cumulative ballots need")
