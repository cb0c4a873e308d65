"""Read a whole ``.pb`` file, or say in which line it is wrong and why."""

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from talkoot.base.errors import BadFile
from talkoot.base.ids import ProjectId
from talkoot.voting.pabulib.election import (
    Cell,
    PbElection,
    PbProject,
    PbVotes,
    PbVoteType,
    Remark,
)
from talkoot.voting.pabulib.marks import Parsed, parsed
from talkoot.voting.pabulib.numbers import amount_from, whole_from
from talkoot.voting.pabulib.sections import Rows, Section, sections_of, text_of

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
MAX_REMARKS = 1_000


def read_pb(data: bytes) -> PbElection:
    """Read the bytes of a ``.pb`` or ``.pb.gz`` file.

    Raises :class:`BadFile` with reason and line for whatever makes the file uncountable. What is
    odd but harmless (a ballot that repeats a project, a missing description) becomes a remark.
    """
    sections = sections_of(text_of(data))
    meta, lines = _meta(sections[Section.META])
    vote_type = _vote_type(meta, lines)
    projects = _projects(sections[Section.PROJECTS])
    _same(meta, lines, "num_projects", len(projects))
    votes = _votes(sections[Section.VOTES], vote_type)
    read = _marks(votes, vote_type, projects)
    _same(meta, lines, "num_votes", len(votes.rows))
    remarks = [*_meta_remarks(meta, vote_type), *_vote_remarks(votes, read, projects)]
    return PbElection(
        meta=meta,
        vote_type=vote_type,
        budget=_amount(meta["budget"], "budget", lines["budget"]),
        projects=projects,
        votes=votes,
        marks={cell: found.marks for cell, found in read.items()},
        counts=Counter(votes.cells),
        remarks=tuple(remarks[:MAX_REMARKS]),
    )


def _meta(rows: Rows) -> tuple[dict[str, str], dict[str, int]]:
    """META as a mapping, and the line of each key. Text after further semicolons is kept."""
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


def _vote_type(meta: Mapping[str, str], lines: Mapping[str, int]) -> PbVoteType:
    word = meta["vote_type"].strip().lower()
    if word not in set(PbVoteType):
        raise BadFile(f"unknown vote_type {word!r}", line=lines["vote_type"])
    return PbVoteType(word)


def _same(meta: Mapping[str, str], lines: Mapping[str, int], key: str, found: int) -> None:
    try:
        said = whole_from(meta[key])
    except ValueError as err:
        raise BadFile(f"{key}: {err}", line=lines[key]) from err
    if said != found:
        raise BadFile(f"META says {key} {said}, the file holds {found}", line=lines[key])


def _amount(cell: str, what: str, line: int) -> Fraction:
    try:
        return amount_from(cell)
    except ValueError as err:
        raise BadFile(f"{what}: {err}", line=line) from err


def _projects(rows: Rows) -> tuple[PbProject, ...]:
    for name in ("project_id", "cost"):
        if name not in rows.header:
            raise BadFile(f"PROJECTS has no column {name}", line=rows.line + 1)
    projects = [
        _project(dict(zip(rows.header, row, strict=False)), line)
        for row, line in _even(rows, Section.PROJECTS)
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
    number = columns["project_id"]
    if not 1 <= len(number) <= MAX_ID:
        raise BadFile(f"a project's number has 1 to {MAX_ID} characters", line=line)
    return PbProject(
        id=ProjectId(number),
        cost=_amount(columns.get("cost", ""), "cost", line),
        columns=columns,
        line=line,
    )


def _even(rows: Rows, section: Section) -> Iterator[tuple[list[str], int]]:
    """Rows with no cell beyond the header's columns."""
    width = len(rows.header)
    for row, line in zip(rows.rows, rows.lines, strict=True):
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            reason = f"{len(row)} cells under {width} columns in {section}"
            raise BadFile(reason, line=line)
        yield row, line


def _votes(rows: Rows, vote_type: PbVoteType) -> PbVotes:
    for name in ("voter_id", "vote"):
        if name not in rows.header:
            raise BadFile(f"VOTES has no column {name}", line=rows.line + 1)
    points = _points_column(rows, vote_type)
    voter, vote = rows.header.index("voter_id"), rows.header.index("vote")
    seen: set[str] = set()
    cells: list[Cell] = []
    for row, line in _even(rows, Section.VOTES):
        if len(row) <= max(voter, vote, points):
            raise BadFile("the row is cut off before its vote", line=line)
        name = row[voter].strip()
        if not name or name in seen:
            what = f"voter {name} is there twice" if name else "a voter has no number"
            raise BadFile(what, line=line)
        seen.add(name)
        cells.append((row[vote], row[points] if points >= 0 else ""))
    return PbVotes(
        header=rows.header,
        rows=tuple(map(tuple, rows.rows)),
        lines=tuple(rows.lines),
        cells=tuple(cells),
    )


def _points_column(rows: Rows, vote_type: PbVoteType) -> int:
    """The place of the column that counts beside ``vote``, or -1 where none does."""
    if vote_type not in (PbVoteType.CUMULATIVE, PbVoteType.SCORING):
        return -1
    if "points" not in rows.header:
        raise BadFile(f"{vote_type} ballots need a column points", line=rows.line + 1)
    return rows.header.index("points")


def _marks(
    votes: PbVotes, vote_type: PbVoteType, projects: tuple[PbProject, ...]
) -> dict[Cell, Parsed]:
    """Read each different ballot once, complaining about the first line that holds it."""
    places = {str(project.id): place for place, project in enumerate(projects)}
    read: dict[Cell, Parsed] = {}
    for cell, line in zip(votes.cells, votes.lines, strict=True):
        if cell not in read:
            try:
                read[cell] = parsed(cell, vote_type, places)
            except ValueError as err:
                raise BadFile(str(err), line=line) from err
    return read


def _meta_remarks(meta: Mapping[str, str], vote_type: PbVoteType) -> Iterator[Remark]:
    for key in OTHER_OBLIGATORY_KEYS:
        if not meta.get(key):
            yield Remark(line=0, words=f"META has no {key}, which the format asks for")
    if vote_type is PbVoteType.CUMULATIVE and not meta.get("max_sum_points"):
        yield Remark(line=0, words="META has no max_sum_points, which cumulative ballots need")


def _vote_remarks(
    votes: PbVotes, read: Mapping[Cell, Parsed], projects: tuple[PbProject, ...]
) -> Iterator[Remark]:
    for cell, line in zip(votes.cells, votes.lines, strict=True):
        if repeated := read[cell].repeated:
            ids = ", ".join(projects[place].id for place in repeated)
            yield Remark(line=line, words=f"the ballot repeats project {ids}: counted once")
